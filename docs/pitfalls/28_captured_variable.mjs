// A closure holds the variable and not its value at that time.
import { sleep } from './koa.mjs'

var user
for (user of ['alice', 'bob', 'carol']) {
  setTimeout(() => console.log('var: the reply goes to', user), 5)
}
await sleep(10)

for (const user of ['alice', 'bob', 'carol']) {
  setTimeout(() => console.log('const: the reply goes to', user), 5)
}
