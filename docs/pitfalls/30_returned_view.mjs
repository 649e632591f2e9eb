// A buffer is used again. Whoever got a view of it finds another text in it.
const scratch = Buffer.alloc(16)

function render(text) {
  const length = scratch.write(text)
  return scratch.subarray(0, length)
}

const first = render('hello')
const second = render('later')
console.log('first:', first.toString())
console.log('second:', second.toString())
