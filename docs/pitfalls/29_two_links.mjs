// Two links of the same promise change one object, each after a read of its own.
import { sleep } from './koa.mjs'

const ctx = { revision: 1 }
const begun = sleep(1)

const count = async () => {
  const before = ctx.revision
  await sleep(1)
  ctx.revision = before + 1
}

await Promise.all([begun.then(count), begun.then(count)])
console.log('two have counted:', ctx.revision)
