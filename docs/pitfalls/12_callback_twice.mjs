// The callback stands inside of the try, so that an error of the caller comes back as its own.
function account(name, callback) {
  try {
    if (name === 'nobody') throw new Error('no such account')
    callback(null, { name })
  } catch (error) {
    callback(error)
  }
}

account('demo', (error, found) => {
  console.log('called with', error ? error.message : found)
  if (!error) throw new Error('a mistake of the caller')
})
