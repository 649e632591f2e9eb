// A plugin adds a layer when the server is running.
import { compose } from './koa.mjs'

const hello = async (ctx, next) => {
  ctx.body = 'hello'
  await next()
}
const layers = [hello]
const onion = compose(layers)

for (let request = 1; request <= 2; request += 1) {
  const ctx = {}
  await onion(ctx)
  console.log('request', request, '→', ctx.body)
  layers.push(async (ctx) => { ctx.body = 'something else' })
}
