// 2018: async generators. `for await` asks for the next message when the last reply is written.
import { sleep } from '../node.mjs'

async function* incoming() {
  for (const text of ['one', 'two', 'three', 'four']) {
    console.log('in:', text)
    yield text
  }
}

async function write(messages) {
  for await (const text of messages) {
    await sleep(10)
    console.log('out:', text)
  }
}

await write(incoming())
