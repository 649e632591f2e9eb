// 2009: the callback is the last argument. 2013: a promise is made of it, by hand.
import { writeFile } from '../node.mjs'

function save(path, data) {
  return new Promise((resolve, reject) => {
    console.log('begins')
    writeFile(path, data, (error) => (error ? reject(error) : resolve()))
  })
}

const saving = save('1.txt', 'hello')
console.log('made')
saving.then(() => console.log('written: true'), () => console.log('written: false'))
console.log('asked')
