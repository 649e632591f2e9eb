// The log line stands below `await next()`. An error jumps over it.
import { compose } from './koa.mjs'

const log = async (ctx, next) => {
  const started = performance.now()
  await next()
  console.log('log:', ctx.path, performance.now() - started < 1000 ? 'in time' : 'late')
}
const units = async (ctx) => {
  if (ctx.path === '/bad') throw new Error('units failed')
}

for (const path of ['/good', '/bad']) {
  await compose([log, units])({ path }).catch((error) => console.log('500:', error.message))
}
