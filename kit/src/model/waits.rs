//! Where a request waits within a unit, and what it has learnt so far.

use super::services::Ticket;

/// Words in Chinese and in English.
pub type Words = (String, String);

/// Where a request waits within a unit.
#[derive(Clone)]
pub enum Wait {
    /// For the timer of `later`.
    Later,
    /// For the place.
    Place(String),
    /// For the forecast and the air at this place; what has ended well.
    Both {
        place: String,
        forecast: usize,
        missing: usize,
        good: [bool; 2],
    },
    /// For the first provider, or the end of its head start.
    HeadStart {
        question: String,
        first: usize,
    },
    /// For one of these providers.
    Provider {
        question: String,
        first: usize,
        left: usize,
    },
    /// For the user's record, the first time and after a conflict.
    Find,
    Again,
    /// For the record to be created.
    Create,
    /// For WeChat's API.
    Api(Api),
}

/// A call of WeChat's API.
#[derive(Clone)]
pub struct Api {
    pub then: Then,
    pub paused: usize,
    pub failed: Option<Ticket>,
    pub ticket: Option<Ticket>,
}

/// What the call is for.
#[derive(Clone)]
pub enum Then {
    /// What WeChat knows of the user.
    Info,
    /// The answer, which comes too late.
    Push,
    /// The page of articles that begins here, with those found before.
    Page { word: String, limit: usize, offset: usize, found: Vec<&'static str> },
}

/// A ticket that is being fetched.
#[derive(Clone)]
pub struct Fetch {
    pub leader: usize,
    pub before: Option<Ticket>,
    pub another: bool,
    pub paused: usize,
    pub waiting: Vec<usize>,
    pub ticket: Option<Ticket>,
}
