// A race has one winner. The loser goes on, and replies, too.
import { sleep } from './koa.mjs'

const reply = (text) => console.log('reply:', text)

const later = async () => {
  await sleep(20)
  reply('hello')
}
const deadline = async () => {
  await sleep(5)
  reply('success')
}

await Promise.race([later(), deadline()])
console.log('the request is over')
