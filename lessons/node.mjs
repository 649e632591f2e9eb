// The stage of the JavaScript programs: the operations that the Rust programs have, callback last.
// An exception that nobody catches ends the program, and is printed where the rest is.

process.on('uncaughtException', (error) => {
  console.log(`uncaught: ${error.message}`)
  process.exit(0)
})

/** Fetches a page. Hosts called `down` do not answer. */
export function request(url, callback) {
  setTimeout(() => {
    if (url.startsWith('http://down')) return callback(new Error('for now'))
    callback(null, `page of ${url}`)
  }, 10)
}

/** Writes a file. The folder `full` takes none. */
export function writeFile(path, data, callback) {
  setTimeout(() => callback(path.startsWith('full/') ? new Error('for good') : null), 10)
}

/** Ends after so many milliseconds. */
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A function with a callback as one that returns a promise. */
export const promisify = (operation) => (...args) =>
  new Promise((resolve, reject) =>
    operation(...args, (error, value) => (error ? reject(error) : resolve(value))))

/**
 * Milliseconds since the program began, for outputs that are the same on a slow machine: the clock
 * says when the timer that called back last was due, not when it really came.
 */
export const now = () => clock

let clock = 0
const wait = globalThis.setTimeout
globalThis.setTimeout = (callback, milliseconds = 0, ...args) => {
  const due = clock + milliseconds
  return wait(() => {
    clock = Math.max(clock, due)
    callback(...args)
  }, milliseconds)
}
