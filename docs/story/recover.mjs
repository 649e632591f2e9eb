// The layer `recover`: every error further in becomes an answer.
import { play } from './stage.mjs'

const recover = {}

// ANCHOR: callbacks
// `app.use` it last. Express knows it by its four arguments.
recover.callbacks = (error, req, res, next) => {
  res.statusCode = 500
  res.send(`sorry: ${error.message}`)
}
// ANCHOR_END: callbacks

// ANCHOR: promises
recover.promises = (ctx, next) =>
  next().catch((error) => {
    ctx.status = 500
    ctx.body = `sorry: ${error.message}`
  })
// ANCHOR_END: promises

// ANCHOR: generators
recover.generators = function* (next) {
  try {
    yield next
  } catch (error) {
    this.status = 500
    this.body = `sorry: ${error.message}`
  }
}
// ANCHOR_END: generators

// ANCHOR: async
recover.async = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    ctx.status = 500
    ctx.body = `sorry: ${error.message}`
  }
}
// ANCHOR_END: async

await play(recover, [{ name: 'it fails', fails: 'units' }, { name: 'it throws', fails: 'throws' }])
