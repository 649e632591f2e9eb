// Each request starts something that nobody stops. It keeps the request, and the process.
async function answer(ctx) {
  const timer = setInterval(() => ctx.touched = Date.now(), 1000)
  ctx.stop = () => clearInterval(timer)
  return 'hello'
}

const requests = [{ user: 'alice' }, { user: 'bob' }, { user: 'carol' }]
for (const ctx of requests) console.log(ctx.user, await answer(ctx))

const alive = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout')
console.log('all are answered,', alive.length, 'timers are alive')
requests.forEach((ctx) => ctx.stop()) // or this program would not end
