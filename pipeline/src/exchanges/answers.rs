//! The stored answers, which are kept for repeats: those of each user, and their order in the
//! account.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use wechat::reply::NewsArticle;
use wechat::{MessageKey, Reply};

use super::limits::Limits;
use crate::exchange::{Answer, ExchangeKey};

/// The answers of one user, oldest first. There are only a few, so a search looks at all of them.
#[derive(Debug, Default)]
pub struct Answers(VecDeque<(Arc<ExchangeKey>, Answer)>);

impl Answers {
    /// The answer to a message of the user.
    pub fn get(&self, message: &MessageKey) -> Option<&Answer> {
        // From the end, because a repeat mostly is of a recent message.
        self.0.iter().rev().find(|(key, _)| key.message == *message).map(|(_, answer)| answer)
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: Arc<ExchangeKey>, answer: Answer) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact(self.0.len().max(1)); // doubles from 1: most users have one
        }
        self.0.push_back((key, answer));
    }

    /// Forgets the oldest.
    pub fn forget_oldest(&mut self) -> Option<Answer> {
        self.0.pop_front().map(|(_, answer)| answer)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The order of the answers of one account, oldest first: the key of each, and when it was kept.
#[derive(Debug, Default)]
pub struct Order {
    kept: VecDeque<(Duration, Arc<ExchangeKey>)>,
    bytes: usize,
}

impl Order {
    /// Called when an answer is kept.
    pub fn keep(&mut self, now: Duration, key: Arc<ExchangeKey>, answer: &Answer) {
        self.bytes += size(answer);
        self.kept.push_back((now, key));
    }

    /// Takes out the oldest if it is too old, or if there are too many. The caller must report the
    /// forgotten answer to [`forgot`](Self::forgot).
    pub fn old(&mut self, limits: &Limits, now: Duration) -> Option<Arc<ExchangeKey>> {
        let Limits { answers_for, answers, bytes, .. } = *limits;
        let (at, _) = self.kept.front()?;
        let is_old = *at + answers_for < now || self.kept.len() > answers || self.bytes > bytes;
        is_old.then(|| self.kept.pop_front()).flatten().map(|(_, key)| key)
    }

    /// Called when an answer is no longer kept.
    pub fn forgot(&mut self, answer: &Answer) {
        self.bytes -= size(answer);
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }
}

/// The size of an answer, in bytes.
fn size(answer: &Answer) -> usize {
    match &answer.reply {
        Reply::Text(text) => text.as_str().len(),
        Reply::News(news) => {
            let texts = |each: &NewsArticle| {
                [&each.title, &each.description, &each.picture, &each.url].map(|text| text.len())
            };
            news.articles().flat_map(texts).sum()
        }
        _ => 0,
    }
}
