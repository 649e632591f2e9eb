// A loop that awaits what is ready does not let timers in. This one stops after a while.
const queue = { async next() { return 'nothing yet' } }

let heard = false
setTimeout(() => { heard = true }, 1)

const started = performance.now()
let rounds = 0
while (!heard && performance.now() - started < 100) {
  await queue.next()
  rounds += 1
}
console.log('many rounds:', rounds > 100)
console.log('the timer of 1 ms has fired:', heard)
