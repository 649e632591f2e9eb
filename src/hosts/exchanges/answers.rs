//! The answers of one account, kept for repeats.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use pipeline::{Answer, ExchangeKey};
use wechat::Reply;

use super::Limits;

/// Answers by what they answer.
#[derive(Debug, Default)]
pub struct Answers {
    kept: HashMap<Arc<ExchangeKey>, Answer>,
    /// Oldest first, with when each was kept.
    order: VecDeque<(Duration, Arc<ExchangeKey>)>,
    bytes: usize,
}

impl Answers {
    /// The answer to an exchange.
    pub fn get(&self, key: &ExchangeKey) -> Option<&Answer> {
        self.kept.get(key)
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: Arc<ExchangeKey>, answer: Answer, now: Duration) {
        self.bytes += size(&answer);
        self.order.push_back((now, Arc::clone(&key)));
        self.kept.insert(key, answer);
    }

    /// Forgets those that are too old, or too many, oldest first.
    pub fn forget_old(&mut self, limits: &Limits, now: Duration) {
        let Limits { answers_for, answers, bytes, .. } = *limits;
        while let Some((at, _)) = self.order.front()
            && (*at + answers_for < now || self.order.len() > answers || self.bytes > bytes)
        {
            let forgotten = self.order.pop_front().and_then(|(_, key)| self.kept.remove(&key));
            self.bytes -= forgotten.as_ref().map_or(0, size);
        }
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.order.len()
    }
}

/// What an answer counts, in bytes.
fn size(answer: &Answer) -> usize {
    match &answer.reply {
        Reply::Text(text) => text.as_str().len(),
        _ => 0,
    }
}
