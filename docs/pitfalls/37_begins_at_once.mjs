// "First make all, then run them one after the other." A promise runs since it was made.
import { sleep } from './koa.mjs'

const send = async (text) => {
  console.log('begins', text)
  await sleep(5)
  console.log('ends', text)
}

const steps = [send('one'), send('two')]
console.log('made')
for (const step of steps) await step
