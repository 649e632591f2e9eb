// koa 2: next() is called, and nobody waits for it.
import { compose, sleep } from './koa.mjs'

const timing = async (ctx, next) => {
  console.log('timing: in')
  next()
  console.log('timing: out')
}

const units = async (ctx) => {
  console.log('units: in')
  await sleep(10)
  ctx.body = 'hello'
  console.log('units: out')
}

const ctx = {}
await compose([timing, units])(ctx)
console.log('sent:', ctx.body)
