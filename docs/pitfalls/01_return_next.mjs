// A layer without async: it chains, and does not return its chain.
import { compose, sleep } from './koa.mjs'

const envelope = (ctx, next) => {
  next().then(() => { ctx.body = `<xml>${ctx.body}</xml>` })
}

const units = async (ctx) => {
  await sleep(10)
  ctx.body = 'hello'
}

const ctx = { body: 'Not Found' }
await compose([envelope, units])(ctx)
console.log('sent:', ctx.body)
await sleep(20)
console.log('made:', ctx.body)
