//! The record of a user.

use std::sync::Arc;

/// A user of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// The account's name.
    pub account: Arc<str>,
    /// The user's OpenID.
    pub open_id: Arc<str>,
}

/// What is recorded of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Whose record it is.
    pub user: User,
    /// In which language the user wants to be answered.
    pub language: Language,
}

/// A language in which units answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English, and whatever is not Chinese.
    English,
}

/// What [`Host::create`](crate::Host::create) answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// The record was stored.
    New,
    /// Somebody was faster: there is a record already, and it stays.
    Conflict,
}
