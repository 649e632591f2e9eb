// The layer that reads the session stands above the layer that loads it.
import { compose } from './koa.mjs'

const session = async (ctx, next) => {
  ctx.session = { unit: 'guess' }
  await next()
}
const prefer = async (ctx, next) => {
  ctx.unit = ctx.session?.unit ?? 'keyword'
  await next()
}

for (const layers of [[session, prefer], [prefer, session]]) {
  const ctx = {}
  await compose(layers)(ctx)
  console.log(layers.map((layer) => layer.name).join(', '), '→', ctx.unit)
}
