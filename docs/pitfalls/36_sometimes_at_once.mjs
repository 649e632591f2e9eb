// A callback that comes at once when the value is known, and later when it is not.
const known = new Map()

function account(name, callback) {
  if (known.has(name)) return callback(known.get(name))
  setTimeout(() => {
    known.set(name, `account of ${name}`)
    callback(known.get(name))
  }, 5)
}

function ask(then) {
  account('demo', (found) => { console.log('found', found); then?.() })
  console.log('asked')
}

ask(() => ask())
