// WeChat sends a message again when no answer came in time. It must not be played twice.
const games = new Map()

function answer(user, text) {
  if (text === 'guess') games.set(user, { tries: 0 })
  const game = games.get(user)
  game.tries += 1
  return `try ${game.tries}`
}

console.log('guess  →', answer('alice', 'guess'))
console.log('25     →', answer('alice', '25'))
console.log('25     →', answer('alice', '25'), '(the same message again)')
