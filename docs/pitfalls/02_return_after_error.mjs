// The famous missing return.
const account = (name, callback) =>
  callback(name === 'demo' ? null : new Error('no such account'), name)

function answer(name, reply) {
  account(name, (error, found) => {
    if (error) reply(404, error.message)
    reply(200, `welcome to ${found}`)
  })
}

answer('demo', (status, text) => console.log('demo:', status, text))
answer('nobody', (status, text) => console.log('nobody:', status, text))
