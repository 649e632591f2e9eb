// co 4 in short: it drives a generator that yields promises and generators.
import './koa.mjs'

export function co(routine) {
  return new Promise((resolve, reject) => {
    const step = (resume) => {
      let result
      try {
        result = resume()
      } catch (error) {
        return reject(error)
      }
      if (result.done) return resolve(result.value)
      const asked = typeof result.value?.next === 'function' ? co(result.value) : result.value
      if (typeof asked?.then === 'function') {
        asked.then(
          (value) => step(() => routine.next(value)),
          (error) => step(() => routine.throw(error)))
      } else {
        const allowed = 'a function, promise, generator, array, or object'
        const refusal = `You may only yield ${allowed}, but the following object was passed: "${asked}"`
        step(() => routine.throw(new TypeError(refusal)))
      }
    }
    step(() => routine.next())
  })
}
