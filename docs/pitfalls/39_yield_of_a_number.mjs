// co can wait for some things. What it cannot wait for is an error when the line runs.
import { co } from './co.mjs'

function* units() {
  console.log('waits a second')
  yield 1000
  console.log('never printed')
}

await co(units()).catch((error) => console.log(error.name, error.message.slice(0, 70)))
