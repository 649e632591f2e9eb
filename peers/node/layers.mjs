// What an empty layer costs: `node layers.mjs express|promises|co|koa DEPTH…` prints a JSON list, for
// each depth the nanoseconds of a layer. An empty layer runs the next one and does nothing else.
//
// A process measures one way only: V8 makes other code of a function that several ways share.
import { Router } from 'express';
import co from 'co';
import compose from 'koa-compose';
import compose1 from 'koa-compose-2';

// Each makes layers around one that answers, and gives a function whose promise is the answer.
const ways = {
  express(depth) {
    const router = Router();
    for (let layer = 0; layer < depth; layer += 1) router.use((req, res, next) => next());
    router.use((req, res) => res.answer());
    return () => new Promise((answer, fail) => {
      router({ method: 'GET', url: '/' }, { answer }, fail);
    });
  },
  promises(depth) {
    const onion = compose(around(depth, (ctx, next) => next(), () => Promise.resolve()));
    return () => onion({});
  },
  co(depth) {
    const onion = co.wrap(compose1(around(depth, function* (next) { yield next; }, function* () {})));
    return () => onion.call({});
  },
  koa(depth) {
    const onion = compose(around(depth, async (ctx, next) => { await next(); }, async () => {}));
    return () => onion({});
  },
};

function around(depth, layer, innermost) {
  return [...Array(depth).fill(layer), innermost];
}

const WARM = 50; // milliseconds
const BATCHES = 15;
const BATCH = 5; // milliseconds

/** The nanoseconds of one run: the median over batches, after V8 has compiled what it will. */
async function time(run) {
  const calls = Math.ceil((await count(run, WARM)) * (BATCH / WARM));
  const times = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) await run();
    times.push((1e6 * (performance.now() - start)) / calls);
  }
  return times.sort((a, b) => a - b)[(BATCHES - 1) / 2];
}

/** How many runs fit into so many milliseconds. */
async function count(run, milliseconds) {
  const start = performance.now();
  let calls = 0;
  for (; performance.now() - start < milliseconds; calls += 1) await run();
  return calls;
}

const [way, ...depths] = process.argv.slice(2);
const none = await time(ways[way](0));
const layers = [];
for (const depth of depths.map(Number)) {
  layers.push(((await time(ways[way](depth))) - none) / depth);
}
console.log(JSON.stringify(layers));
