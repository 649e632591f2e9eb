//! Keys that bring their hash along, so that it is computed once for a message and not at each of
//! the many looks into the maps.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use ahash::RandomState;

/// A map whose keys bring their hash along.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Brought>>;

/// A key with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed<K> {
    hash: u64,
    pub key: K,
}

impl<K: Hash> Hashed<K> {
    /// The key with the hash that `state` gives it. Users choose parts of it, so the state must be
    /// random, and the same for all keys of a map. Not the standard library's hash, which takes most of
    /// its time to begin and to end: these keys are short.
    pub fn new(key: K, state: &RandomState) -> Self {
        Self { hash: state.hash_one(&key), key }
    }
}

impl<K> Hash for Hashed<K> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.hash);
    }
}

/// A signature of an account. It is a hash already: its first bytes are as good as another hash of
/// it, because nobody can choose them. Only a signature that was verified comes into a map, so whoever
/// looks for some that collide must have the token; and whoever has that can do worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed(pub [u8; 20]);

impl Hash for Signed {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        hasher.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Gives back the hash that a key brings along.
#[derive(Default)]
pub struct Brought(u64);

impl Hasher for Brought {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// The keys here do not write bytes. A hasher must take them all the same.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_that_begin_alike_are_told_apart() {
        let (one, mut other) = ([7; 20], [7; 20]);
        other[19] = 8;
        let map = Map::from_iter([(Signed(one), 1), (Signed(other), 2)]);
        assert_eq!((map.get(&Signed(one)), map.get(&Signed(other))), (Some(&1), Some(&2)));
    }

    #[test]
    fn nobody_can_foresee_the_hash_of_a_key_that_users_choose() {
        let (table, other) = (RandomState::new(), RandomState::new());
        assert_eq!(Hashed::new("a", &table), Hashed::new("a", &table));
        assert_ne!(Hashed::new("a", &table).hash, Hashed::new("b", &table).hash);
        assert_ne!(Hashed::new("a", &table).hash, Hashed::new("a", &other).hash);
    }
}
