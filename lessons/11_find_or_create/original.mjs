// Toa: `try` and `catch` around one wait, in a generator.
import { sleep } from '../node.mjs'

// The database knows ann, does not know bob, and gives no answer about cyd.
const userDao = {
  *findById(id) {
    console.log(`find ${id}`)
    yield sleep(10)
    if (id === 'bob') throw new Error('no such user')
    if (id === 'cyd') throw new Error('no answer')
    return { id, isNew: false }
  },
  *create(id) {
    console.log(`create ${id}`)
    yield sleep(10)
    return { id }
  },
}

function* findUserPreference(user) {
  console.log(`preferences of ${user.id}`)
  yield sleep(10)
  return user
}

function* findOrCreate(id) {
  let user
  try {
    user = yield userDao.findById(id)
  } catch (error) {
    user = yield userDao.create(id)
    user.isNew = true
  }
  return yield findUserPreference(user)
}

function co(generator, step = () => generator.next()) {
  return new Promise((resolve) => resolve(step())).then(({ value, done }) => {
    if (done) return value
    return Promise.resolve(value.next ? co(value) : value).then(
      (answer) => co(generator, () => generator.next(answer)),
      (error) => co(generator, () => generator.throw(error)))
  })
}

for (const id of ['ann', 'bob', 'cyd']) {
  await co(findOrCreate(id)).then(
    (user) => console.log(`${id}: new ${user.isNew}`),
    (error) => console.log(`${id}: ${error.message}`))
}
