// What the promise version of async-compare did: the commit is started, and not waited for.
import { sleep } from './koa.mjs'

const host = {
  async commit() {
    await sleep(10)
    throw new Error('the disk is full')
  },
}

async function exchange(ctx) {
  ctx.body = 'hello'
  host.commit(ctx.body)
  return 'success'
}

console.log('reported:', await exchange({}))
await sleep(20)
console.log('never printed')
