// forEach calls the async function for each element, and drops the promises.
import { sleep } from './koa.mjs'

const send = async (name) => {
  await sleep(10)
  console.log('sent to', name)
}

async function broadcast(names) {
  names.forEach(async (name) => {
    await send(name)
  })
  console.log('all sent')
}

await broadcast(['alice', 'bob'])
