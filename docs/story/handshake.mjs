// The layer `handshake`: it answers a GET itself, and the layers further in do not run.
import { play } from './stage.mjs'

const handshake = {}

// ANCHOR: callbacks
handshake.callbacks = (req, res, next) => {
  if (req.method === 'GET') return res.send(req.query.echostr)
  next()
}
// ANCHOR_END: callbacks

// ANCHOR: promises
handshake.promises = (ctx, next) => {
  if (ctx.method !== 'GET') return next()
  ctx.body = ctx.query.echostr
  return Promise.resolve()
}
// ANCHOR_END: promises

// ANCHOR: generators
handshake.generators = function* (next) {
  if (this.method !== 'GET') return yield next
  this.body = this.query.echostr
}
// ANCHOR_END: generators

// ANCHOR: async
handshake.async = async (ctx, next) => {
  if (ctx.method !== 'GET') return await next()
  ctx.body = ctx.query.echostr
}
// ANCHOR_END: async

// ANCHOR: forgetful
handshake['callbacks, without return'] = (req, res, next) => {
  if (req.method === 'GET') res.send(req.query.echostr)
  next()
}

handshake['async, without await'] = async (ctx, next) => {
  if (ctx.method === 'GET') return (ctx.body = ctx.query.echostr)
  next()
}
// ANCHOR_END: forgetful

await play(handshake, [{ name: 'GET', method: 'GET' }, { name: 'POST' }])
