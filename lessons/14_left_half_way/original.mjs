// 2017: an async function cannot be cancelled. Whoever asked can only stop listening.
// 2015: a generator can be ended: `return()` runs its `finally` blocks.
import { sleep } from '../node.mjs'

async function inner() {
  try {
    await sleep(60)
    console.log('inner goes on')
  } finally {
    console.log('inner gives back')
  }
}

async function outer() {
  try {
    await inner()
    console.log('outer goes on')
  } finally {
    console.log('outer gives back')
  }
}

const controller = new AbortController()
const cancelled = new Promise((resolve) => controller.signal.addEventListener('abort', resolve))
setTimeout(() => {
  console.log('cancelled')
  controller.abort()
}, 10)
await Promise.race([outer(), cancelled])

function* hold(name, rest) {
  try {
    yield* rest
    console.log(`${name} goes on`)
  } finally {
    console.log(`${name} gives back`)
  }
}

await sleep(100)
console.log('generator:')
const request = hold('outer', hold('inner', ['waits']))
request.next()
console.log('cancelled')
request.return()
