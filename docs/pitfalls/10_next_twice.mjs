// koa 2: next() a second time, to try again.
import { compose } from './koa.mjs'

const retry = async (ctx, next) => {
  await next()
  if (ctx.status === 500) await next()
}

const units = async (ctx) => {
  ctx.runs = (ctx.runs ?? 0) + 1
  ctx.status = 500
}

const ctx = {}
await compose([retry, units])(ctx).catch((error) => console.log('rejected:', error.message))
console.log('units ran', ctx.runs, 'time')
