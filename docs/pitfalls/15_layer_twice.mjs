// Two files call app.use(count). Both are right, alone.
import { compose } from './koa.mjs'

const count = async (ctx, next) => {
  ctx.count += 1
  await next()
}
const units = async (ctx) => {
  ctx.body = `message ${ctx.count}`
}

const layers = []
layers.push(count) // in session.js
layers.push(count) // in metrics.js
layers.push(units)

const ctx = { count: 0 }
await compose(layers)(ctx)
console.log(ctx.body)
