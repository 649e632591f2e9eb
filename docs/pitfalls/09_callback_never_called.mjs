// One branch forgets the callback. Here the caller has a deadline of its own; Express has none.
const handshake = (query, callback) => {
  if (query.echostr) return callback(null, query.echostr)
  if (query.signature) callback(new Error('echostr is missing'))
}

function answer(query) {
  const timer = setTimeout(() => console.log(query, 'still waits'), 20)
  handshake(query, (error, text) => {
    clearTimeout(timer)
    console.log(query, error ? error.message : text)
  })
}

answer({ echostr: '42' })
answer({ signature: 'abc' })
answer({})
