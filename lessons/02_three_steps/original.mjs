// 2012: text 1's callbacks. `err && handleError(err)` handles the error, and does not return.
import { request, writeFile } from '../node.mjs'

const handleError = (err) => console.log(`failed: ${err.message}`)

function threeSteps(url, path) {
  request(url, (err, page) => {
    err && handleError(err)
    writeFile(path, page, (err) => {
      err && handleError(err)
      console.log(`${path}: ${page}`)
      request('http://b', (err, page) => {
        err && handleError(err)
        console.log(`fetched: ${page}`)
      })
    })
  })
}

threeSteps('http://a', '1.txt')
setTimeout(() => threeSteps('http://down', '2.txt'), 100)
setTimeout(() => threeSteps('http://a', 'full/3.txt'), 200)
