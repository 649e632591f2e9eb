// One middleware in five frameworks: it prints `>` on the way in and `<` on the way out.
import { promisify, request, sleep } from '../node.mjs'

const fetch = promisify(request)
const fail = (url) => (error) => console.log(`500 ${url}: ${error.message}`)

// Express, 2010. A function with four parameters is an error handler.
function express(layers) {
  return function handle(url) {
    let at = 0
    next()
    function next(error) {
      const layer = layers[at++]
      if (!layer) return console.log(`404 ${url}`)
      if (layer.length === 4) return error ? layer(error, url, {}, next) : next()
      return error ? next(error) : layer(url, {}, next)
    }
  }
}

const inExpress = express([
  (url, res, next) => {
    console.log(`> ${url}`)
    next()
    console.log(`< ${url}`)
  },
  (url, res, next) => request(url, (error) => (error ? next(error) : console.log(`200 ${url}`))),
  (error, url, res, next) => fail(url)(error),
])

// Toa. Thunks one after the other, then the hooks before the end.
function seq(ctx, [thunk, ...others], done) {
  if (!thunk) return done()
  thunk(ctx, (error) => (error ? done(error) : seq(ctx, others, done)))
}

const toa = (layers) => (url) => {
  const ctx = { url, onPreEnd: [] }
  seq(ctx, layers, (error) => (error ? fail(url)(error) : seq(ctx, ctx.onPreEnd, () => {})))
}

const inToa = toa([
  (ctx, done) => {
    console.log(`> ${ctx.url}`)
    ctx.onPreEnd.push((ctx, done) => done(console.log(`< ${ctx.url}`)))
    done()
  },
  (ctx, done) => request(ctx.url, (error) => done(error || console.log(`200 ${ctx.url}`))),
])

// koa 1, 2013. The layers are composed from the inside out; co drives the generators.
function koa1(layers) {
  return (url) => {
    let next = (function* () {})()
    for (const layer of [...layers].reverse()) next = layer(url, next)
    return co(next)
  }
}

function co(generator, step = () => generator.next()) {
  return new Promise((resolve) => resolve(step())).then(({ value, done }) => {
    if (done) return value
    return Promise.resolve(value.next ? co(value) : value).then(
      (answer) => co(generator, () => generator.next(answer)),
      (error) => co(generator, () => generator.throw(error)))
  })
}

const inKoa1 = koa1([
  function* (url, next) {
    try { yield next } catch (error) { fail(url)(error) }
  },
  function* (url, next) {
    console.log(`> ${url}`)
    yield next
    console.log(`< ${url}`)
  },
  function* (url) {
    yield fetch(url)
    console.log(`200 ${url}`)
  },
])

// koa 2, 2017. A layer is any function that returns a promise.
function koa2(layers) {
  return (url) => {
    const dispatch = async (at) => layers[at]?.(url, () => dispatch(at + 1))
    return dispatch(0)
  }
}

const inKoa2 = koa2([
  async (url, next) => {
    try { await next() } catch (error) { fail(url)(error) }
  },
  async (url, next) => {
    console.log(`> ${url}`)
    await next()
    console.log(`< ${url}`)
  },
  async (url) => {
    await fetch(url)
    console.log(`200 ${url}`)
  },
])

// Promises. The same compose as koa 2: it does not see who made the promise.
const inPromises = koa2([
  (url, next) => next().catch(fail(url)),
  (url, next) => {
    console.log(`> ${url}`)
    return next().then(() => console.log(`< ${url}`))
  },
  (url) => fetch(url).then(() => console.log(`200 ${url}`)),
])

for (const [name, handle] of Object.entries({ inExpress, inToa, inKoa1, inKoa2, inPromises })) {
  console.log(name)
  handle('http://up')
  handle('http://down')
  await sleep(30)
}
