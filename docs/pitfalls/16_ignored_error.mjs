// The first argument of a callback is easily left out.
const account = (name, callback) =>
  callback(name === 'demo' ? null : new Error('the store is down'), name === 'demo' ? { name } : undefined)

function greet(name) {
  account(name, (_, found) => {
    console.log(`welcome to ${found?.name}`)
  })
}

greet('demo')
greet('other')
