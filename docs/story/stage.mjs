// The stage of the story's JavaScript: a clock of its own, so that the output is always the same,
// the operations, and what each style used to put layers around each other. The four functions at
// the end are written anew, in the spirit of express, co 4, koa 1 and koa-compose 4.

import { EventEmitter } from 'node:events'
import { promisify } from 'node:util'

let time = 0
let ids = 0
let timers = []
let said = []

/** The time by the stage's clock, in milliseconds. */
export const now = () => time

/** Node's `setTimeout` and `clearTimeout`, by the stage's clock. */
export function setTimeout(callback, milliseconds) {
  timers.push({ id: ++ids, at: time + milliseconds, callback })
  timers.sort((one, other) => one.at - other.at || one.id - other.id)
  return ids
}

export function clearTimeout(id) {
  timers = timers.filter((timer) => timer.id !== id)
}

/** bluebird's `Promise.delay`. */
export const delay = (milliseconds, value) =>
  new Promise((resolve) => setTimeout(() => resolve(value), milliseconds))

/** Adds to the line that is printed of the request. */
export const say = (text) => said.push(text)

/** What this request is: `takes` milliseconds, `fails` names what fails. */
let request

function operation(name, milliseconds) {
  return (...args) => {
    const callback = args.pop()
    setTimeout(() => {
      const fails = request.fails.includes(name)
      say(fails ? `${name} fails` : name)
      callback(fails ? new Error(`${name} failed`) : null)
    }, milliseconds)
  }
}

/** The operations as they are in Node: the callback is the last argument. */
export const callback = {
  begin: operation('begin', 10),
  commit: operation('commit', 10),
  abort: operation('abort', 10),
  /** The layers further in, as a function: `callback(error, answer)`. */
  units: (callback) => rest.raw(callback),
}

/** The same operations as functions that return a promise. */
export const begin = promisify(callback.begin)
export const commit = promisify(callback.commit)
export const abort = promisify(callback.abort)

/** The layers further in. They wait, and then they answer, fail, or throw in a callback. */
const rest = {
  raw(callback) {
    setTimeout(() => {
      if (request.fails === 'throws') throw new Error('thrown in a callback')
      if (request.fails.includes('units')) return callback(new Error('units failed'))
      say(`units answer at ${now()} ms`)
      callback(null, 'hello')
    }, request.takes)
  },
  callbacks: (req, res, next) =>
    rest.raw((error, answer) => (error ? next(error) : res.send(answer))),
  async promises(ctx) {
    ctx.body = await promisify(rest.raw)()
  },
  *generators() {
    this.body = yield promisify(rest.raw)()
  },
}

/** Plays requests through a layer in each style, and prints one line for each. */
export async function play(layer, requests) {
  for (const [style, written] of Object.entries(layer)) {
    console.log(`== ${style}`)
    for (const each of requests) {
      request = { method: 'POST', takes: 10, fails: '', ...each }
      time = 0
      said = []
      respond[style.split(',')[0]](written)
      await idle()
      console.log(`${each.name}: ${said.join('; ')}`)
    }
  }
}

/** Ends when no timer is left. */
export function idle() {
  return new Promise((resolve) => {
    const tick = () => {
      const timer = timers.shift()
      if (!timer) return resolve()
      setImmediate(tick)
      time = timer.at
      timer.callback()
    }
    setImmediate(tick)
  })
}

// Node ends the process in the first case, and since version 15 in the second one, too. The stage
// says so, and goes on with the next request.
process.on('uncaughtException', (error) => say(`THE PROCESS ENDS: ${error.message}`))
process.on('unhandledRejection', (error) => say(`UNHANDLED: ${error.message}`))

/** The message of an error is shown. express and koa hide it, unless they are told to show it. */
const answer = (status, body) => say(`answer ${status} ${body} at ${now()} ms`)

/** One request through a layer and the rest. */
const respond = {
  callbacks(layer) {
    const res = Object.assign(new EventEmitter(), {
      statusCode: 200,
      send(body) {
        if (this.headersSent) throw new Error('Cannot set headers after they are sent')
        this.headersSent = true
        answer(this.statusCode, body)
        this.emit('finish')
      },
    })
    // Express has handlers of errors behind the layers, and other layers in front.
    const layers = layer.length === 4 ? [rest.callbacks, layer] : [layer, rest.callbacks]
    express(layers)({ ...request, query: { echostr: '42' } }, res)
  },
  promises(layer) {
    const ctx = context()
    compose([layer, rest.promises])(ctx).then(() => end(ctx), (error) => answer(500, error.message))
  },
  generators(layer) {
    const ctx = context()
    koa1([layer, rest.generators])(ctx).then(() => end(ctx), (error) => answer(500, error.message))
  },
  async: (layer) => respond.promises(layer),
}

/** koa's context: 404 until a body is set. */
const context = () => ({
  method: request.method,
  query: { echostr: '42' },
  status: 404,
  set body(body) {
    if (this.status === 404) this.status = 200
    this.text = body
  },
  get body() {
    return this.text
  },
})

const end = (ctx) => answer(ctx.status, ctx.body ?? 'Not Found')

/** Express: `next` calls the next layer, `next(error)` the next one with four arguments. */
function express(layers) {
  return (req, res) => {
    let at = 0
    const next = (error) => {
      const layer = layers[at++]
      if (!layer) {
        if (res.headersSent) return say('express closes the connection')
        res.statusCode = error ? 500 : 404
        return res.send(error ? error.message : 'Not Found')
      }
      if ((layer.length === 4) !== Boolean(error)) return next(error)
      try {
        error ? layer(error, req, res, next) : layer(req, res, next)
      } catch (thrown) {
        next(thrown)
      }
    }
    next()
  }
}

/** co: waits for what a generator yields, and resumes it with the answer, or throws into it. */
export function co(generator) {
  return new Promise((resolve, reject) => {
    const step = (resume) => {
      let yielded
      try {
        yielded = resume()
      } catch (error) {
        return reject(error)
      }
      if (yielded.done) return resolve(yielded.value)
      const waited = yielded.value.next ? co(yielded.value) : Promise.resolve(yielded.value)
      waited.then(
        (answer) => step(() => generator.next(answer)),
        (error) => step(() => generator.throw(error)),
      )
    }
    step(() => generator.next())
  })
}

/** koa 1: `next` is the generator of the layer further in. */
function koa1(layers) {
  return (ctx) => {
    let next = (function* () {})()
    for (const layer of [...layers].reverse()) next = layer.call(ctx, next)
    return co(next)
  }
}

/** koa-compose: `next()` is the promise of the layers further in. */
function compose(layers) {
  return (ctx) => {
    let last = -1
    const dispatch = (at) => {
      if (at <= last) return Promise.reject(new Error('next() called multiple times'))
      last = at
      if (at === layers.length) return Promise.resolve()
      try {
        return Promise.resolve(layers[at](ctx, () => dispatch(at + 1)))
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return dispatch(0)
  }
}
