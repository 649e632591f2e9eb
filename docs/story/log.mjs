// The layer `log`: koa's example of a response time.
import { now, play, say } from './stage.mjs'

const log = {}

// ANCHOR: callbacks
log.callbacks = (req, res, next) => {
  const started = now()
  next()
  // Not the way out: `next` has returned, but the layers further in still wait.
  say(`log ${res.statusCode}, ${now() - started} ms`)
}
// ANCHOR_END: callbacks

// ANCHOR: promises
log.promises = (ctx, next) => {
  const started = now()
  return next().then(() => {
    say(`log ${ctx.status}, ${now() - started} ms`)
  })
}
// ANCHOR_END: promises

// ANCHOR: generators
log.generators = function* (next) {
  const started = now()
  yield next
  say(`log ${this.status}, ${now() - started} ms`)
}
// ANCHOR_END: generators

// ANCHOR: async
log.async = async (ctx, next) => {
  const started = now()
  await next()
  say(`log ${ctx.status}, ${now() - started} ms`)
}
// ANCHOR_END: async

await play(log, [{ name: 'it answers' }, { name: 'it fails', fails: 'units' }])
