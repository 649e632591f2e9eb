// One function with two waits: as a generator, as the state machine that a compiler makes of the
// generator, and as an async function.
import { co, delay, idle } from './stage.mjs'

const findName = () => delay(10, 'alice')
const findCount = (name) => delay(10, name.length)

// ANCHOR: generator
function* generator() {
  const name = yield findName()
  const count = yield findCount(name)
  return `${name}, message ${count}`
}
// ANCHOR_END: generator

// ANCHOR: byhand
function byHand() {
  let state = 0
  let name // it is needed after the second wait, so it outlives the call of `next`
  return {
    next(answer) {
      switch (state++) {
        case 0:
          return { value: findName(), done: false }
        case 1:
          name = answer
          return { value: findCount(name), done: false }
        case 2:
          return { value: `${name}, message ${answer}`, done: true }
      }
    },
  }
}
// ANCHOR_END: byhand

// ANCHOR: async
async function asyncFunction() {
  const name = await findName()
  const count = await findCount(name)
  return `${name}, message ${count}`
}
// ANCHOR_END: async

co(generator()).then((greeting) => console.log(`generator with co: ${greeting}`))
co(byHand()).then((greeting) => console.log(`by hand with co: ${greeting}`))
asyncFunction().then((greeting) => console.log(`async function: ${greeting}`))
await idle()
