// koa 1: next is a generator. Without yield nobody drives it.
import { co } from './co.mjs'

function* timing(ctx, next) {
  console.log('timing: in')
  next
  console.log('timing: out')
}

function* units(ctx) {
  console.log('units: in')
  ctx.body = 'hello'
}

const ctx = {}
await co(timing(ctx, units(ctx)))
console.log('sent:', ctx.body)
