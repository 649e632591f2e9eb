// Each layer that does not wait is a few frames on the stack, on the way in and out.
import { compose } from './koa.mjs'

const pass = (ctx, next) => {
  ctx.depth += 1
  return next()
}

for (const depth of [100, 100_000]) {
  const ctx = { depth: 0 }
  const ended = compose(Array(depth).fill(pass))(ctx)
  const result = await ended.then(() => 'ends', (error) => error.name)
  console.log(depth, 'layers →', result, ctx.depth === depth)
}
