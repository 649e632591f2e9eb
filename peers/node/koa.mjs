// async/await: koa 2 and co-wechat 2. A handler returns the words of its reply.
import { createServer } from 'node:http';
import Koa from 'koa';
import wechat from 'co-wechat';
import { PATH, TOKEN, answer } from './answers.mjs';
import { serve } from './serve.mjs';

const app = new Koa();

app.use(async (ctx, next) => {
  if (ctx.path === PATH) await next();
});

app.use(wechat(TOKEN).middleware(async (message) => answer(message)));

serve(createServer(app.callback()));
