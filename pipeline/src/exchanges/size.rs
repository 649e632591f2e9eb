//! How many bytes something takes that is kept. The counts are a little high rather than too low;
//! `tests/memory.rs` compares them with the allocator's.

use std::sync::Arc;

use wechat::Reply;

use crate::exchange::{Answer, ExchangeKey, Session, Who};

/// What the allocator and a reference count add to each allocation.
const EACH: usize = 32;

/// Something that may own memory besides its own bytes. The name of an account is not counted,
/// because its settings share it.
pub trait Heap: Sized {
    /// The bytes that it owns.
    fn heap(&self) -> usize;
}

impl Heap for Arc<ExchangeKey> {
    /// The key, and the three texts in it; `user` is one of them.
    fn heap(&self) -> usize {
        size_of::<ExchangeKey>() + 4 * EACH + self.message.bytes()
    }
}

impl Heap for Who {
    fn heap(&self) -> usize {
        EACH + self.user.len()
    }
}

impl Heap for Box<Answer> {
    fn heap(&self) -> usize {
        size_of::<Answer>() + 2 * EACH + self.reply.bytes()
    }
}

impl Heap for Session {
    fn heap(&self) -> usize {
        let owed = |reply: &Reply| size_of::<Reply>() + 2 * EACH + reply.bytes();
        self.owed.as_deref().map_or(0, owed)
    }
}

impl Heap for [u8; 20] {
    fn heap(&self) -> usize {
        0
    }
}
