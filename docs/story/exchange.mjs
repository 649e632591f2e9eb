// The layer `exchange`: begin, then commit or abort.
import { abort, begin, callback, commit, play } from './stage.mjs'

const exchange = {}

// ANCHOR: callbacks
const { units } = callback // Express has no way out: the layers further in must be a function.

exchange.callbacks = (req, res, next) => {
  callback.begin((error) => {
    if (error) return next(error)
    units((error, answer) => {
      if (error) return callback.abort(() => next(error))
      callback.commit(answer, (error) => {
        if (error) return callback.abort(() => next(error))
        res.send(answer)
      })
    })
  })
}
// ANCHOR_END: callbacks

// ANCHOR: promises
exchange.promises = (ctx, next) =>
  begin().then(() =>
    next()
      .then(() => commit(ctx.body))
      .catch((error) => abort().then(() => Promise.reject(error))),
  )
// ANCHOR_END: promises

// ANCHOR: generators
exchange.generators = function* (next) {
  yield begin()
  try {
    yield next
    yield commit(this.body)
  } catch (error) {
    yield abort()
    throw error
  }
}
// ANCHOR_END: generators

// ANCHOR: async
exchange.async = async (ctx, next) => {
  await begin()
  try {
    await next()
    await commit(ctx.body)
  } catch (error) {
    await abort()
    throw error
  }
}
// ANCHOR_END: async

// ANCHOR: forgetful
exchange['promises, without return'] = (ctx, next) =>
  begin().then(() =>
    next()
      .then(() => {
        commit(ctx.body)
      })
      .catch((error) => abort().then(() => Promise.reject(error))),
  )
// ANCHOR_END: forgetful

await play(exchange, [
  { name: 'all is well' },
  { name: 'units fail', fails: 'units' },
  { name: 'commit fails', fails: 'commit' },
  { name: 'commit and abort fail', fails: 'commit abort' },
])
