// The layer `deadline`: the layers further in and a timer at the same time; the first one counts.
import { clearTimeout, co, delay, play, setTimeout } from './stage.mjs'

const deadline = {}

// ANCHOR: callbacks
deadline.callbacks = (req, res, next) => {
  const timer = setTimeout(() => res.send('success'), 4500)
  res.on('finish', () => clearTimeout(timer))
  next()
}
// ANCHOR_END: callbacks

// ANCHOR: promises
deadline.promises = (ctx, next) =>
  Promise.race([next(), delay(4500, 'late')]).then((first) => {
    if (first === 'late') ctx.body = 'success'
  })
// ANCHOR_END: promises

// ANCHOR: generators
deadline.generators = function* (next) {
  const first = yield Promise.race([co(next), delay(4500, 'late')])
  if (first === 'late') this.body = 'success'
}
// ANCHOR_END: generators

// ANCHOR: async
deadline.async = async (ctx, next) => {
  const first = await Promise.race([next(), delay(4500, 'late')])
  if (first === 'late') ctx.body = 'success'
}
// ANCHOR_END: async

await play(deadline, [
  { name: '10 ms' },
  { name: '6000 ms', takes: 6000 },
  { name: '6000 ms, fails', takes: 6000, fails: 'units' },
])
