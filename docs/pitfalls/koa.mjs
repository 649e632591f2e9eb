// koa-compose 4.1 in short, and a pause. An exception that nobody catches ends the program.
process.on('uncaughtException', (error) => {
  console.log(`the process ends: ${error.message}`)
  process.exit(1)
})

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export function compose(layers) {
  return (ctx) => {
    let last = -1
    const dispatch = (at) => {
      if (at <= last) return Promise.reject(new Error('next() called multiple times'))
      last = at
      try {
        return Promise.resolve(layers[at]?.(ctx, () => dispatch(at + 1)))
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return dispatch(0)
  }
}
