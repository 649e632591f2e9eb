// ES6, 2015: `then` waits for a promise that its function returns. Without the `return` it goes on.
import { promisify, request, writeFile } from '../node.mjs'

const save = (path) => promisify(request)('http://a').then((page) => {
  console.log(`writes ${path}`)
  return promisify(writeFile)(path, page)
})

function returned(path) {
  Promise.resolve()
    .then(() => save(path))
    .then(() => console.log(`saved ${path}`))
    .catch((error) => console.log(`caught: ${error.message}`))
}

function notReturned(path) {
  Promise.resolve()
    .then(() => { save(path) })
    .then(() => console.log(`saved ${path}`))
    .catch((error) => console.log(`caught: ${error.message}`))
}

returned('1.txt')
setTimeout(() => returned('full/2.txt'), 100)
setTimeout(() => notReturned('full/3.txt'), 200)
