// What the bot says: the words of the built-in account of `four-ways serve`, which tests/node.rs
// compares. Only this is shared by the four; how a request reaches it is each one's own.
import { readFileSync } from 'node:fs';

const words = JSON.parse(readFileSync(new URL('answers.json', import.meta.url)));
// A map, because an object would also have an answer to `constructor`.
const exact = new Map(Object.entries(words.exact));
const fuzzy = Object.entries(words.fuzzy);

export const TOKEN = 'four-ways-demo';
export const PATH = '/wechat/demo';

/** The answer to a message, '' if there is none: WeChat then shows the user nothing. */
export function answer(message) {
  if (message.MsgType === 'event') {
    if (message.Event === 'subscribe') return words.welcome;
    return (message.Event === 'CLICK' && exact.get(message.EventKey)) || '';
  }
  const text = message.MsgType === 'voice' ? spoken(message.Recognition) : message.Content;
  if (!text) return '';
  return exact.get(text) ?? fuzzy.find(([pattern]) => text.includes(pattern))?.[1] ?? '';
}

// WeChat closes recognised speech with punctuation that nobody spoke.
function spoken(speech) {
  return speech?.replace(/[\p{P}\p{S}\s]+$/u, '');
}
