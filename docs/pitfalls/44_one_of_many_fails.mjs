// Promise.all reports the first error at once. The others go on, and their results are lost.
import { sleep } from './koa.mjs'

const send = async (name, wait) => {
  await sleep(wait)
  if (name === 'bob') throw new Error('bob has left')
  console.log('sent to', name)
  return name
}

await Promise.all([send('alice', 1), send('bob', 10), send('carol', 20)])
  .then((names) => console.log('all:', names))
  .catch((error) => console.log('failed:', error.message))
console.log('the request is over')
