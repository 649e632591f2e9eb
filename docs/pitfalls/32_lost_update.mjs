// Read, wait, write back. Another request did the same meanwhile.
import { sleep } from './koa.mjs'

const sessions = { alice: { exchanges: 0 } }

async function exchange(user) {
  const session = { ...sessions[user] }
  await sleep(5) // the units
  session.exchanges += 1
  sessions[user] = session
}

await Promise.all([exchange('alice'), exchange('alice'), exchange('alice')])
console.log('three messages, exchanges:', sessions.alice.exchanges)
