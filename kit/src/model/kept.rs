//! What is kept for some time and in limited room: one list, oldest first.

use std::sync::Arc;
use std::time::Duration;

use pipeline::{Answer, ExchangeKey, Session, Who};
use wechat::Reply;
use wechat::reply::NewsArticle;

use super::units::{ADDRESS, NEWS};

/// Everything of one sort. It is forgotten by generations: what is of the present one or of the one
/// before is kept.
#[derive(Clone)]
pub struct Kept<K, V> {
    items: Vec<Item<K, V>>,
    present: u64,
    /// When the present generation began, and how long it lasts, in milliseconds.
    since: u64,
    lasts: u64,
    /// The most bytes of a generation.
    room: usize,
}

#[derive(Clone)]
struct Item<K, V> {
    key: K,
    value: V,
    bytes: usize,
    generation: u64,
}

impl<K: PartialEq, V> Kept<K, V> {
    /// Nothing yet. Two generations have `room` bytes.
    pub fn new(lasts: Duration, room: usize) -> Self {
        let lasts = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX);
        Self { items: Vec::new(), present: 0, since: 0, lasts, room: room / 2 }
    }

    /// Time passes. Two generations that are over at once leave nothing.
    pub fn age(&mut self, now: u64) {
        let over = (0..2).filter(|before| now - self.since >= (before + 1) * self.lasts).count();
        if over > 0 {
            self.end(over as u64, now);
        }
    }

    fn end(&mut self, generations: u64, now: u64) {
        self.present += generations;
        self.since = now;
        self.items.retain(|item| item.generation + 1 >= self.present);
    }

    /// What is kept under a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.items.iter().find(|item| item.key == *key).map(|item| &item.value)
    }

    /// Keeps something new. If the present generation has no room for it, the next one begins.
    pub fn keep(&mut self, key: K, value: V, bytes: usize, now: u64) {
        self.items.retain(|item| item.key != key);
        let present = self.items.iter().filter(|item| item.generation == self.present);
        if present.map(|item| item.bytes).sum::<usize>() + bytes > self.room {
            self.end(1, now);
        }
        if bytes <= self.room {
            self.items.push(Item { key, value, bytes, generation: self.present });
        }
    }

    /// What is used is as good as new.
    pub fn use_again(&mut self, key: &K, now: u64) {
        let of_old = |item: &Item<K, V>| item.key == *key && item.generation < self.present;
        if let Some(at) = self.items.iter().position(of_old) {
            let Item { key, value, bytes, .. } = self.items.remove(at);
            self.keep(key, value, bytes, now);
        }
    }

    /// All that is kept.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.items.iter().map(|item| (&item.key, &item.value))
    }
}

/// The bytes of an entry of a map: there are two places for each, with a byte of its own.
const fn entry<K, V>() -> usize {
    2 * (size_of::<K>() + size_of::<V>() + 1)
}

/// A key that is not a hash itself has its hash beside it.
type Hashed<K> = (u64, K);

/// What a text, or anything else behind a pointer, takes besides its own bytes.
const POINTED: usize = 32;

/// The bytes of a signature and the digest of its body.
pub const SIGNATURE: usize = entry::<[u8; 20], [u8; 20]>();

/// The bytes of a session with the user's name, and with what was said too late.
pub fn session(user: &str, owed: Option<&str>) -> usize {
    let reply = |words| size_of::<Reply>() + POINTED + POINTED + said(words);
    entry::<Hashed<Who>, Session>() + POINTED + user.len() + owed.map_or(0, reply)
}

/// The bytes of an answer with its key: of receiver, user and number, and of its words or articles.
pub fn answer(key: [&str; 3], words: &str) -> usize {
    let texts: usize = key.map(str::len).iter().sum();
    let key = size_of::<ExchangeKey>() + POINTED + 3 * POINTED + texts;
    let answer = size_of::<Answer>() + POINTED + POINTED + said(words);
    entry::<Hashed<Arc<ExchangeKey>>, Box<Answer>>() + key + answer
}

/// The bytes of what is said. An article has a title and an address, which ends with the title.
fn said(words: &str) -> usize {
    let article = |title: &str| size_of::<NewsArticle>() + ADDRESS.len() + 2 * title.len();
    words.strip_prefix(NEWS).map_or(words.len(), |titles| titles.split('|').map(article).sum())
}
