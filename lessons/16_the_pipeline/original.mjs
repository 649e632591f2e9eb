// 2017, text 3: the plan of Vcenter. A controller for each request, and a ranked queue of units.
import { createHash } from 'node:crypto'
import { sleep } from '../node.mjs'

const TOKEN = 'token'
const sign = (token, timestamp, nonce) =>
  createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex')

const sessions = new Map() // by account and FromUserName

// Each unit has a rank. Whoever calls `reply` has handled the message, and nobody else is asked.
const units = [
  {
    name: 'fuzzy', rank: 90,
    run: ({ message }, reply) => message.text?.includes('weather') && reply('Sunny, as always.'),
  },
  {
    name: 'keyword', rank: 80,
    run: ({ message }, reply) => message.text === 'hello' && reply('Hello yourself.'),
  },
  {
    name: 'guess', rank: 50,
    run({ message, session }, reply) {
      if (message.text === 'guess') {
        Object.assign(session, { preferred: 'guess', secret: 42 })
        reply('我想好了一个 1 到 100 的数字，猜猜看。Guess a number from 1 to 100.')
      } else if (session.secret < Number(message.text)) reply('小一点。Lower.')
      else if (session.secret > Number(message.text)) reply('大一点。Higher.')
    },
  },
  {
    name: 'voice', rank: 10,
    run: ({ message }) => { message.text ??= message.recognition?.replace(/\W+$/, '') },
  },
].sort((a, b) => a.rank - b.rank)

class Controller {
  verify({ signature, timestamp, nonce }) {
    return signature === sign(TOKEN, timestamp, nonce)
  }

  async handle(ctx) {
    if (!this.verify(ctx.query)) return
    if (ctx.query.echostr) {
      ctx.body = ctx.query.echostr
      return
    }
    ctx.session = await this.session('demo', ctx.message.from)
    const { preferred } = ctx.session
    const first = units.filter((unit) => unit.name === preferred)
    ctx.body = 'success'
    for (const unit of [...first, ...units.filter((unit) => !first.includes(unit))]) {
      let replied = false
      unit.run(ctx, (words) => { [replied, ctx.body] = [true, words] })
      console.log(`  ${unit.name} ${replied ? 'replies' : 'passes'}`)
      if (replied) break
    }
  }

  async session(account, user) {
    await sleep(1)
    const key = `${account} ${user}`
    if (!sessions.has(key)) sessions.set(key, {})
    return sessions.get(key)
  }
}

async function send(what, message, { token = TOKEN, echostr } = {}) {
  console.log(what)
  const [timestamp, nonce] = ['1700000000', '42']
  const query = { signature: sign(token, timestamp, nonce), timestamp, nonce, echostr }
  const ctx = { query, message: { from: 'alice', ...message } }
  await new Controller().handle(ctx)
  console.log(ctx.body === undefined ? '  404 Not Found' : `  200 ${ctx.body}`) // as koa does
}

await send('handshake', {}, { echostr: 'echo me' })
await send('forged', { text: 'hello' }, { token: 'wrong' })
await send('speech: hello!', { recognition: 'hello!' })
await send('text: guess', { text: 'guess' })
await send('text: 50', { text: '50' })
await send('speech: 30!', { recognition: '30!' })
await send('text: the weather?', { text: 'the weather?' })
await send('text: xyz', { text: 'xyz' })
