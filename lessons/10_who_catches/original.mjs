// koa 2, 2017: an error middleware whose chain is returned, or not; and a throw in a later turn.
import { promisify, request, sleep } from '../node.mjs'

const fetch = promisify(request)

async function page(how) {
  console.log(`${how}: page begins`)
  if (how === 'in a timer') {
    await new Promise(() => setTimeout(() => { throw new Error('late') }, 10))
  }
  if (how === 'throws') {
    await sleep(10)
    throw new Error('late')
  }
  await fetch('http://down')
}

const returned = (how, next) =>
  next().catch((error) => console.log(`${how}: caught ${error.message}`))

const notReturned = async (how, next) => {
  next().then(() => {}).catch((error) => console.log(`${how}: caught ${error.message}`))
}

// As in koa: the end of the chain is the framework's, with a `catch` of its own.
function handle(how) {
  const errors = how === 'not returned' ? notReturned : returned
  return errors(how, () => page(how))
    .then(() => console.log(`${how}: reply`))
    .catch((error) => console.log(`${how}: the framework caught ${error.message}`))
}

for (const how of ['returned', 'not returned', 'throws', 'in a timer']) {
  await Promise.race([handle(how), sleep(30)])
  await sleep(30)
}
