// 2014: thunks as in Toa. A thunk takes a callback; calling it returns the thunk of what follows.
import { request } from '../node.mjs'

const STOP = new Error('stop')

/** A task that begins with the first callback. A second one is an error. */
function thunk(task) {
  let called = false
  return (callback) => {
    if (called) throw new Error('the thunk is already called')
    called = true
    let ended, next
    task((error, value) => {
      if (error === STOP) return console.log('stopped')
      const end = (...results) => (next ? next(...results) : (ended = results))
      const returned = callback(error, value)
      typeof returned === 'function' ? returned(end) : end(null, returned)
    })
    return thunk((callback) => (ended ? callback(...ended) : (next = callback)))
  }
}

/** One after the other. */
const seq = ([first, ...others]) => thunk((callback) =>
  first((error) => (error || others.length === 0 ? callback(error) : seq(others)(callback))))

/** All at once. */
const all = (thunks) => thunk((callback) => {
  let missing = thunks.length
  thunks.forEach((each) => each((error) => {
    if (error || --missing === 0) callback(error)
  }))
})

const fetch = (name) => thunk((callback) => {
  console.log(`begins ${name}`)
  request(name, (error, page) => {
    console.log(`ends ${name}`)
    callback(error, page)
  })
})

const page = fetch('a')
console.log('made')
const chain = page((error) => console.log(`first: ${!error}`))
try {
  page((error) => console.log(`again: ${!error}`))
} catch (error) {
  console.log(`again: ${error.message}`)
}
chain(() => seq([fetch('b'), fetch('c')]))(() => {
  console.log('seq')
  return all([fetch('d'), fetch('e')])
})(() => {
  console.log('all')
  return thunk((callback) => callback(STOP))
})(() => console.log('not reached'))
