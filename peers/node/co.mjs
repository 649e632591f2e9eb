// Generators: koa 1, whose middleware co drives, and co-wechat 1. `yield` waits, `yield*` hands on
// to another generator without asking co.
import { createServer } from 'node:http';
import koa from 'koa-1';
import wechat from 'co-wechat-1';
import { PATH, TOKEN, answer } from './answers.mjs';
import { serve } from './serve.mjs';

const app = koa();

app.use(function* (next) {
  if (this.path === PATH) yield* next;
});

app.use(wechat(TOKEN).middleware(function* () {
  this.body = answer(this.weixin);
}));

serve(createServer(app.callback()));
