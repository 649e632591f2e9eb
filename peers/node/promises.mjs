// Promises: one chain for a request, on Node's own server. There is no framework to lean on, so the
// protocol is here, too: the signature, the XML, the reply.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseStringPromise } from 'xml2js';
import { PATH, TOKEN, answer } from './answers.mjs';
import { serve } from './serve.mjs';

// Each link either hands its result to the next or throws; `refuse` at the end catches for all.
serve(createServer((req, res) => {
  Promise.resolve(req)
    .then(signed)
    .then((query) => (req.method === 'GET' ? query.get('echostr') : answered(req, res)))
    .catch((error) => refuse(error, res))
    .then((body) => res.end(body));
}));

function signed(req) {
  const { pathname, searchParams: query } = new URL(req.url, 'http://localhost');
  if (pathname !== PATH) throw status(404);
  if (req.method !== 'GET' && req.method !== 'POST') throw status(501);
  const parts = [TOKEN, query.get('timestamp'), query.get('nonce')].sort();
  const signature = createHash('sha1').update(parts.join('')).digest('hex');
  if (signature !== query.get('signature')) throw status(401);
  return query;
}

function answered(req, res) {
  return text(req)
    .then((xml) => parseStringPromise(xml, { explicitArray: false, trim: true }))
    .then(({ xml: message }) => [message, answer(message)])
    .then(([message, words]) => {
      if (words === '') return '';
      res.setHeader('Content-Type', 'application/xml');
      return reply(message, words);
    });
}

function reply({ FromUserName, ToUserName }, words) {
  return `<xml><ToUserName><![CDATA[${FromUserName}]]></ToUserName>`
    + `<FromUserName><![CDATA[${ToUserName}]]></FromUserName>`
    + `<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>`
    + `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${words}]]></Content></xml>`;
}

function status(code) {
  return Object.assign(new Error(`answered with ${code}`), { code });
}

function refuse({ code }, res) {
  res.statusCode = Number.isInteger(code) ? code : 500;
  return '';
}
