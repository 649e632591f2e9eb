// The clean-up stands below the wait. A generator that is ended in the wait does not get there.
function* below() {
  console.log('below: begin')
  yield
  console.log('below: clean up')
}

function* inFinally() {
  console.log('finally: begin')
  try {
    yield
  } finally {
    console.log('finally: clean up')
  }
}

for (const routine of [below(), inFinally()]) {
  routine.next()
  routine.return() // the client has gone
}
