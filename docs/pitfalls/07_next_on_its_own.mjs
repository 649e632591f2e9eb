// "Nobody needs the result, so why wait?" The layers below go on when the request is over.
import { compose, sleep } from './koa.mjs'

const early = (ctx, next) => {
  ctx.body = 'success'
  setImmediate(next)
}

const units = async (ctx) => {
  await sleep(10)
  if (ctx.closed) throw new Error('write after end')
  ctx.body = 'hello'
}

const ctx = {}
await compose([early, units])(ctx)
console.log('sent:', ctx.body)
ctx.closed = true
