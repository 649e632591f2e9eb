// koa-compose 4: `dispatch(i)`, and its guard against a second `next()`.
import { sleep } from '../node.mjs'

function compose(middleware) {
  return (ctx) => {
    let index = -1
    return dispatch(0)

    function dispatch(i) {
      if (i <= index) return Promise.reject(new Error('next() called multiple times'))
      index = i
      const layer = middleware[i]
      if (!layer) return Promise.resolve()
      try {
        return Promise.resolve(layer(ctx, () => dispatch(i + 1)))
      } catch (error) {
        return Promise.reject(error)
      }
    }
  }
}

async function gate(ctx, next) {
  switch (ctx.path) {
    case '/favicon.ico': // never: it answers by itself
      ctx.body = 'icon'
      break
    case '/lost': // never, and no answer
      break
    case '/twice':
      await next()
      await next()
      break
    case '/careless': // twice, and nobody looks at what comes of it
      next()
      next()
      break
    default:
      await next()
  }
}

async function page(ctx) {
  console.log(`page runs for ${ctx.path}`)
  await sleep(10)
  ctx.body = 'page'
}

const handle = compose([gate, page])
for (const path of ['/hello', '/favicon.ico', '/lost', '/twice', '/careless', '/hello']) {
  const ctx = { path, body: '404' }
  await handle(ctx).then(
    () => console.log(`${path}: ${ctx.body}`),
    (error) => console.log(`${path}: 500 ${error.message}`))
}
