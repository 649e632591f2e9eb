// A layer makes one error of all. The boundary above can no longer choose the status.
import { compose } from './koa.mjs'

const recover = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    ctx.status = error.status ?? 500
  }
}
const envelope = async (ctx, next) => {
  await next().catch(() => { throw new Error('the message cannot be handled') })
}
const account = async () => {
  throw Object.assign(new Error('no such account'), { status: 404 })
}

const ctx = {}
await compose([recover, envelope, account])(ctx)
console.log('status', ctx.status)
