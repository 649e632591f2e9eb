// The layer changes the context between next() and await.
import { compose, sleep } from './koa.mjs'

const session = async (ctx, next) => {
  const rest = next()
  ctx.revision += 1
  await rest
}
const units = async (ctx) => {
  console.log('before a wait:', ctx.revision)
  await sleep(1)
  console.log('after it:', ctx.revision)
}

await compose([session, units])({ revision: 1 })
