// Express: next() is a plain function, and its walkers share one index.
function handle(layers, request, done) {
  let at = 0
  const next = (error) => {
    const layer = layers[at++]
    if (error || !layer) return done(error)
    layer(request, next)
  }
  next()
}

const verify = (request, next) => {
  if (!request.signature) next(new Error('403'))
  next()
}
const units = (request, next) => {
  console.log('units run')
  next()
}

handle([verify, units], {}, (error) => console.log('done:', error?.message ?? 'no error'))
