// 2014: co, version 4. A driver waits for what a generator yields, and resumes it with the answer.
import { promisify, request } from '../node.mjs'

function co(generator) {
  return new Promise((resolve, reject) => {
    const step = (how, answer) => {
      try {
        const { value, done } = generator[how](answer)
        if (done) return resolve(value)
        toPromise(value).then((value) => step('next', value), (error) => step('throw', error))
      } catch (error) {
        reject(error)
      }
    }
    step('next')
  })
}

function toPromise(yielded) {
  if (Array.isArray(yielded)) return Promise.all(yielded.map(toPromise))
  if (typeof yielded === 'function') return promisify(yielded)()
  if (typeof yielded.next === 'function') return co(yielded)
  return yielded
}

const get = (name) => (callback) => request(name, callback)

function* find(name) {
  console.log(`begins ${name}`)
  return yield promisify(request)(name)
}

function* main() {
  console.log(`promise: ${yield promisify(request)('a')}`)
  console.log(`thunk: ${yield get('b')}`)
  console.log(`nested: ${yield find('c')}`)
  console.log(`list: ${(yield [find('d'), find('e')]).join(', ')}`)
  return yield promisify(request)('http://down')
}

co(main()).catch((error) => console.log(`caught: ${error.message}`))
