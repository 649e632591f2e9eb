// koa 2: `next()` with `await` before it, and without.
import { now, sleep } from '../node.mjs'

const compose = (layers) => {
  const dispatch = async (at) => layers[at]?.(() => dispatch(at + 1))
  return () => dispatch(0)
}

async function timer(next) {
  const start = now()
  await next()
  console.log(`took ${now() - start} ms`)
}

const withAwait = (name) => async (next) => {
  console.log(`${name}-1`)
  await sleep(10)
  console.log(`${name}-2`)
  await next()
  console.log(`${name}-3`)
}

const withoutAwait = (name) => async (next) => {
  console.log(`${name}-1`)
  await sleep(10)
  console.log(`${name}-2`)
  next()
  console.log(`${name}-3`)
}

console.log('waits: true')
await compose([timer, withAwait('1'), withAwait('2')])()
await sleep(50)
console.log('waits: false')
await compose([timer, withoutAwait('1'), withoutAwait('2')])()
