// 2017: Promise.all, Promise.race; "two at a time" needs a few lines, or the package p-limit.
import { sleep } from '../node.mjs'

function job(name, time) {
  console.log(`  ${name} begins`)
  return sleep(time).then(() => {
    console.log(`  ${name} ends`)
    return name
  })
}

async function twoAtATime(jobs) {
  const lane = async () => {
    while (jobs.length > 0) await jobs.shift()()
  }
  await Promise.all([lane(), lane()])
}

console.log('all:', (await Promise.all([job('a', 60), job('b', 10)])).join(' '))
console.log('first:', await Promise.race([job('c', 60), job('d', 10)]))
await sleep(100)
console.log('in time:', (await Promise.race([job('e', 60), job('timer', 10)])) !== 'timer')
await sleep(100)
await twoAtATime([() => job('f', 250), () => job('g', 10), () => job('h', 10)])
console.log('two at a time: over')
