//! Failures of the API that somebody ordered, to see what a server makes of them.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Deserialize;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// `errcode` -1, system busy; nothing is done.
    Busy,
    /// Any other `errcode`; nothing is done.
    Code(i64),
    /// It is done, but the answer comes this many milliseconds later.
    Delay(u64),
    /// It is done, but only the first half of the answer comes.
    Broken,
    /// It is done, but the connection ends without an answer.
    Dropped,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The path that is troubled; without it, any.
    pub path: Option<String>,
    /// How.
    pub trouble: Trouble,
    /// How many calls.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// The orders that are not used up.
#[derive(Debug, Clone, Default)]
pub struct Orders(VecDeque<Order>);

impl Orders {
    /// Adds an order. Orders are used in the order in which they came.
    pub fn add(&mut self, order: Order) {
        self.0.push_back(order);
    }

    /// What goes wrong with a call of `path`.
    pub fn take(&mut self, path: &str) -> Option<Trouble> {
        self.0.retain(|order| order.times > 0);
        let fits = |order: &&mut Order| order.path.as_deref().is_none_or(|each| each == path);
        let order = self.0.iter_mut().find(fits)?;
        order.times -= 1;
        Some(order.trouble)
    }
}

/// What is left of an answer, and how much later it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// How long the answer is held back.
    pub delay: Duration,
    /// The JSON, perhaps broken; `None` ends the connection without an answer.
    pub body: Option<String>,
}

impl Served {
    /// What `trouble` leaves of `body`.
    #[must_use]
    pub fn troubled(body: String, trouble: Option<Trouble>) -> Self {
        let (mut delay, mut body) = (Duration::ZERO, body);
        match trouble {
            Some(Trouble::Dropped) => return Self { delay, body: None },
            Some(Trouble::Broken) => body.truncate(body.floor_char_boundary(body.len() / 2)),
            Some(Trouble::Delay(milliseconds)) => delay = Duration::from_millis(milliseconds),
            Some(Trouble::Busy | Trouble::Code(_)) | None => {}
        }
        Self { delay, body: Some(body) }
    }
}
