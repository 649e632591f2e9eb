//! What is kept for some time and in limited room.
//!
//! Everything new or used is in the young generation. When that is old or full it becomes the old
//! one, and the old one is dropped as a whole. So nothing has an expiry of its own, no sweep looks
//! at each, and the room of a crowd is given back with its generation.

use std::hash::Hash;
use std::mem;
use std::time::Duration;

use super::hashed::Map;
use super::size::Heap;

/// A map of two generations.
#[derive(Debug)]
pub struct Generations<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
    /// What is to be dropped: its entries are many.
    forgotten: Vec<Generation<K, V>>,
    /// When the young one began.
    since: Duration,
    lasts: Duration,
    room: usize,
}

/// What was kept, or used last, in some span.
#[derive(Debug)]
pub struct Generation<K, V> {
    map: Map<K, V>,
    bytes: usize,
}

impl<K: Hash + Eq + Heap, V: Heap> Generations<K, V> {
    /// Keeps everything for at least `lasts` after it was kept or used last, unless that needs more
    /// than `room` bytes.
    pub fn new(lasts: Duration, room: usize) -> Self {
        let (young, old) = (Generation::default(), Generation::default());
        Self { young, old, forgotten: Vec::new(), since: Duration::ZERO, lasts, room }
    }

    /// Forgets what is too old.
    pub fn age(&mut self, now: Duration) {
        let age = now.saturating_sub(self.since);
        if age >= self.lasts {
            self.turn(now);
            if age >= 2 * self.lasts {
                self.turn(now);
            }
        }
    }

    fn turn(&mut self, now: Duration) {
        let forgotten = mem::replace(&mut self.old, mem::take(&mut self.young));
        if !forgotten.map.is_empty() {
            self.forgotten.push(forgotten);
        }
        self.since = now;
    }

    /// The generations that have ended since this was called last.
    pub fn forgotten(&mut self) -> Vec<Generation<K, V>> {
        mem::take(&mut self.forgotten)
    }

    /// What is kept under a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.young.map.get(key).or_else(|| self.old.map.get(key))
    }

    /// Keeps a value, in place of the one under its key. What no longer fits is forgotten; what
    /// does not fit even alone is not kept.
    pub fn keep(&mut self, key: K, value: V, now: Duration) {
        self.young.take(&key);
        self.old.take(&key);
        let bytes = taken(&key, &value);
        if self.young.bytes + bytes > self.room / 2 {
            self.turn(now);
        }
        if bytes <= self.room / 2 {
            self.young.bytes += bytes;
            self.young.map.insert(key, value);
        }
    }

    /// Keeps what is under a key as long as if it were new.
    pub fn touch(&mut self, key: &K, now: Duration) {
        if let Some((key, value)) = self.old.take(key) {
            self.keep(key, value, now);
        }
    }

    /// Everything that is kept, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.young.map.iter().chain(&self.old.map)
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.young.map.len() + self.old.map.len()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.young.bytes + self.old.bytes
    }
}

impl<K: Hash + Eq + Heap, V: Heap> Generation<K, V> {
    fn take(&mut self, key: &K) -> Option<(K, V)> {
        let (key, value) = self.map.remove_entry(key)?;
        self.bytes -= taken(&key, &value);
        Some((key, value))
    }
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { map: Map::default(), bytes: 0 }
    }
}

/// The bytes of an entry. A hash map has up to twice as many places as entries, each with a byte of
/// its own.
fn taken<K: Heap, V: Heap>(key: &K, value: &V) -> usize {
    2 * (size_of::<(K, V)>() + 1) + key.heap() + value.heap()
}
