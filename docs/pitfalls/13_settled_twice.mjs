// A promise can be settled once. It does not say so when somebody tries again.
const operation = () =>
  new Promise((resolve, reject) => {
    console.log('resolve 1')
    resolve(1)
    console.log('resolve 2')
    resolve(2)
    console.log('reject')
    reject(new Error('too late'))
  })

console.log('heard:', await operation())
