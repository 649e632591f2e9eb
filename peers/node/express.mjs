// Callbacks: express and wechat. A handler answers by calling `res.reply`, and returns nothing.
import { createServer } from 'node:http';
import express from 'express';
import wechat from 'wechat';
import { PATH, TOKEN, answer } from './answers.mjs';
import { serve } from './serve.mjs';

const app = express();

app.use(PATH, wechat(TOKEN, (req, res) => {
  res.reply(answer(req.weixin));
}));

serve(createServer(app));
