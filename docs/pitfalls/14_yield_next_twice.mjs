// koa 1: the second `yield next` finds a generator that is over.
import { co } from './co.mjs'

function* retry(ctx, next) {
  console.log('first:', yield next)
  console.log('second:', yield next)
}

function* units(ctx) {
  ctx.runs = (ctx.runs ?? 0) + 1
  return `run ${ctx.runs}`
}

const ctx = {}
await co(retry(ctx, units(ctx)))
console.log('units ran', ctx.runs, 'time')
