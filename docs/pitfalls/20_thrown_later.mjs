// try surrounds the call. The timer calls back when try is over.
import './koa.mjs'

function answer(text, callback) {
  try {
    setTimeout(() => {
      if (text === '<xml>') throw new Error('the message is not closed')
      callback(null, text)
    }, 10)
  } catch (error) {
    callback(error)
  }
}

setTimeout(() => console.log('another user is answered'), 20)
answer('<xml>', (error) => console.log('heard:', error))
