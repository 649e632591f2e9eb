// The linter wants the promise to be used. `void` makes it quiet, and the promise runs on.
import { compose, sleep } from './koa.mjs'

const handshake = async (ctx, next) => {
  ctx.body = '42'
  void next()
}
const units = async (ctx) => {
  await sleep(5)
  ctx.body = 'hello'
  console.log('units: out')
}

const ctx = {}
await compose([handshake, units])(ctx)
console.log('sent:', ctx.body)
