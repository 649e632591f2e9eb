// The turn of a user is taken, and an error keeps it for ever.
import { sleep } from './koa.mjs'

const turns = new Set()

async function exchange(user, text) {
  for (let tries = 0; turns.has(user); tries += 1) {
    if (tries === 3) return console.log(text, '→ still waits for its turn')
    await sleep(5)
  }
  turns.add(user)
  if (text === 'bad') throw new Error('the unit failed')
  turns.delete(user)
  console.log(text, '→ answered')
}

await exchange('alice', 'hello')
await exchange('alice', 'bad').catch((error) => console.log('bad →', error.message))
await exchange('alice', 'hello again')
