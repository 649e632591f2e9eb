// The foreign judge: runs the scenarios of tests/koa/recorded.json through koa-compose, and prints
// the file with the logs that it gave. `UPDATE=1 cargo test --test koa` commits them.
//
// A scenario is a list of layers, a layer a list of steps (tests/styles/script.rs says what each
// means). What waits is completed one by one, in the order in which it began to wait, and only when
// nothing else can run: as tests/styles/mod.rs does.
import { readFileSync } from 'node:fs';
import { setImmediate as nothingElseRuns } from 'node:timers/promises';
import compose from 'koa-compose';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)));
const file = new URL('../../tests/koa/recorded.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(file));

// What is started and not awaited fails without anybody being told; Node would end the program.
process.on('unhandledRejection', () => {});

/** A layer that takes these steps, or a composition in its place. */
function layer(steps) {
  if (!Array.isArray(steps)) return compose(steps.compose.map(layer));
  // Not an async function: it throws inside the call and not into its promise.
  if (steps[0] === 'unmade') return () => { throw new Error('injected'); };
  return async (ctx, next) => {
    const guards = [];
    let failed = null;
    try {
      for (const each of steps) {
        const [step, number] = typeof each === 'string' ? [each] : Object.entries(each)[0];
        if (failed && step !== 'catch') continue;
        try {
          switch (step) {
            case 'note': ctx.note(number); break;
            case 'count': ctx.note(ctx.revision += 1); break;
            case 'reply': ctx.status = number; break;
            case 'see': ctx.note(ctx.status ?? 0); break;
            case 'guard': guards.push(number); break;
            case 'fail': throw Object.assign(new Error('unknown account'), { status: 404 });
            case 'panic': throw new Error('injected');
            case 'catch':
              if (failed) ctx.note(number);
              failed = null;
              break;
            case 'wait': await ctx.wait(); break;
            case 'next': case 'contain': await next(); break;
            case 'forget': next(); break;
          }
        } catch (error) {
          failed = { error };
        }
      }
    } finally {
      guards.forEach((number) => ctx.note(number));
    }
    if (failed) throw failed.error;
  };
}

/** What one request notes, and the status that it ends with: null where nobody replied. */
async function ask(onion) {
  const [log, held] = [[], []];
  const ctx = {
    revision: 0,
    note: (number) => log.push(number),
    wait: () => new Promise((complete) => held.push(complete)),
  };
  let ended = null;
  const end = (status) => { ended = { status }; };
  // An error without a status is answered with 500, as koa does.
  onion(ctx).then(() => end(ctx.status ?? null), (error) => end(error.status ?? 500));
  do {
    held.shift()?.();
    await nothingElseRuns();
  } while (held.length > 0);
  if (!ended) throw new Error('the request waits for nothing');
  return { log, status: ended.status };
}

/** The same scenario with what koa-compose does. */
async function recorded({ name, layers, rust }) {
  const onion = compose(layers.map(layer));
  const [first, second] = [await ask(onion), await ask(onion)];
  if (JSON.stringify(first) !== JSON.stringify(second)) throw new Error(`${name}: a second request differs`);
  return { name, layers, ...first, rust };
}

// A layer is a line, so that a scenario can be read.
const spaced = (value) => JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ').replace(/([[{]) | ([\]}])/g, '$1$2');
const shown = ({ name, layers, log, status, rust }) => [
  `      "name": ${spaced(name)}`,
  `      "layers": [${layers.map((each) => `\n        ${spaced(each)}`).join(',')}${layers.length ? '\n      ' : ''}]`,
  `      "log": ${spaced(log)}`,
  `      "status": ${spaced(status)}`,
  ...(rust ? [`      "rust": ${spaced(rust)}`] : []),
].join(',\n');

const results = [];
for (const scenario of scenarios) results.push(await recorded(scenario));
console.log(`{
  "judge": "koa-compose ${dependencies['koa-compose']}",
  "made_by": "node peers/node/record.mjs",
  "scenarios": [
${results.map((each) => `    {\n${shown(each)}\n    }`).join(',\n')}
  ]
}`);
