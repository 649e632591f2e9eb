// The message is marked as done before it is done. Then its repeat gets nothing.
const done = new Set()

async function answer(id, unit) {
  if (done.has(id)) return 'a repeat: nothing to do'
  done.add(id)
  return unit()
}

const flaky = (() => {
  let calls = 0
  return () => {
    calls += 1
    if (calls === 1) throw new Error('the network is down')
    return 'hello'
  }
})()

console.log(await answer(1, flaky).catch((error) => error.message))
console.log(await answer(1, flaky).catch((error) => error.message))
