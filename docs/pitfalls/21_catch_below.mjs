// In Express the error handler stands last. In an onion it must stand first.
import { compose } from './koa.mjs'

const recover = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    ctx.body = `recovered: ${error.message}`
  }
}
const account = async (ctx, next) => {
  if (ctx.account !== 'demo') throw new Error('no such account')
  await next()
}

for (const layers of [[account, recover], [recover, account]]) {
  const ctx = { account: 'nobody' }
  await compose(layers)(ctx).catch((error) => { ctx.body = `escaped: ${error.message}` })
  console.log(ctx.body)
}
