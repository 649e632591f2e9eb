// 2015, text 5: handlers are generators, and what they need is on `this` or in a module.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { sleep } from '../node.mjs'

// Middleware: answers for the icon, and hands on everything else.
function* favicon(next) {
  if (this.path !== '/favicon.ico') return yield* next.call(this)
  if (this.method !== 'GET') this.throw(405)
  this.body = yield later('(icon)')
}

// Rights, body, validation, store, answer.
function* createIssue() {
  const user = this.token
  if (user.right < 0) this.throw(401)
  const issue = validateIssue(yield this.parseBody())
  if (!issue.content) this.throw(422)
  this.body = JSON.stringify(yield issues.create({ ...issue, created_by: user.id }))
}

const validateIssue = ({ title = '', content = '' }) => ({ title, content })
const issues = { create: (issue) => later(issue) }
const later = (value) => sleep(10).then(() => value)

// Methods on the context, as toa-token puts them there; the secret stays in this function.
function tokens(context, secret) {
  const encode = (text) => Buffer.from(text).toString('base64url')
  const sign = (text) => createHmac('sha256', secret).update(text).digest('base64url')
  context.signToken = (user) => {
    const text = `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(user))}`
    return `${text}.${sign(text)}`
  }
  Object.defineProperty(context, 'token', {
    get() {
      const [head, claims, signature] = this.cookie.split('.')
      const [given, right] = [signature, sign(`${head}.${claims}`)].map((text) => Buffer.from(text))
      if (given.length !== right.length || !timingSafeEqual(given, right)) this.throw(401)
      return JSON.parse(Buffer.from(claims, 'base64url'))
    },
  })
}

const context = {
  throw(status) { throw Object.assign(new Error(), { status }) },
  parseBody() { return later(JSON.parse(this.text)) },
}
tokens(context, 'thirty-two bytes or more, known here only')

// co, and koa's `respond`.
async function co(generator) {
  let step = generator.next()
  while (!step.done) step = generator.next(await step.value)
}

function handle(method, path, cookie, text) {
  const ctx = Object.assign(Object.create(context), { method, path, cookie, text })
  const answer = (words) => console.log(`${method} ${path}: ${words}`)
  co(favicon.call(ctx, createIssue)).then(
    () => answer(`200 ${ctx.body}`), (error) => answer(error.status))
}

const ann = context.signToken({ id: 'ann', right: 1 })
console.log('ann has', ann)
const bob = context.signToken({ id: 'bob', right: -1 })
const text = '{"title":"Help","content":"It is slow."}'
handle('GET', '/favicon.ico', '', '')
handle('PUT', '/favicon.ico', '', '')
handle('POST', '/issues', bob, text)
handle('POST', '/issues', `${ann}x`, text)
handle('POST', '/issues', ann, '{"title":"Help"}')
handle('POST', '/issues', ann, text)
