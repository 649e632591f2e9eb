// The rollback is started in catch, and not waited for.
import { sleep } from './koa.mjs'

const open = new Set()
const host = {
  async abort(user) {
    await sleep(10)
    open.delete(user)
  },
}

async function exchange(user, work) {
  if (open.has(user)) return 'refused: one is open'
  open.add(user)
  try {
    return work()
  } catch (error) {
    host.abort(user)
    return `failed: ${error.message}`
  }
}

console.log(await exchange('alice', () => { throw new Error('unit') }))
console.log(await exchange('alice', () => 'hello'))
