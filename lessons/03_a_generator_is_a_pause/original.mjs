// ES6, 2015: a generator pauses at `yield`. A value goes out, and `next(value)` sends one in.
function* count(n) {
  for (let i = 0; i < 3; i++) {
    n++
    yield n
  }
}

function* foo() {
  const m = yield 1
  yield m * m
}

// The same without generators, as the compiler regenerator writes it for ES5.
function fooSwitched() {
  let next = 0
  return (sent) => {
    switch (next) {
      case 0: next = 2; return { value: 1, done: false }
      case 2: next = 5; return { value: sent * sent, done: false }
      default: return { value: undefined, done: true }
    }
  }
}

const [counting, paused, switched] = [count(0), foo(), fooSwitched()]
for (let i = 0; i < 4; i++) console.log('count:', counting.next())
for (const sent of [9, 2, 0]) console.log(`next(${sent}):`, paused.next(sent))
for (const sent of [9, 2, 0]) console.log(`switch(${sent}):`, switched(sent))
