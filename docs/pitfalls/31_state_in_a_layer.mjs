// The version of an upload is in a variable of the module, as in three files of bluebird's copy.
import { sleep } from './koa.mjs'

let version

async function upload(name) {
  version = `version of ${name}`
  await sleep(5)
  console.log(name, 'stores the', version)
}

await upload('one')
await Promise.all([upload('two'), upload('three')])
