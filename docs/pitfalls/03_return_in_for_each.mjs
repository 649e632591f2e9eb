// A return inside of forEach leaves the inner function, not the loop.
const units = [
  ['keyword', (text) => text === 'hello' && 'Hello, nice to meet you.'],
  ['fuzzy', (text) => text.includes('hell') && 'Mind your language.'],
]

function answer(text) {
  let reply
  units.forEach(([name, unit]) => {
    const found = unit(text)
    console.log(name, found ? 'replies' : 'passes')
    if (found) return (reply = found)
  })
  return reply
}

console.log(answer('hello'))
