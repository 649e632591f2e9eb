// Two have the same object: the layer that handed it on, and whoever got it.
import { compose, sleep } from './koa.mjs'

const outer = (ctx, next) => {
  ctx.user = 'alice'
  const rest = next()
  ctx.user = undefined // "it is handed on, so I tidy up"
  return rest
}
const units = async (ctx) => {
  const user = await sleep(1).then(() => ctx.user)
  ctx.body = `Hello, ${user}.`
}

const ctx = {}
await compose([outer, units])(ctx)
console.log(ctx.body)
