//! What the services know, and what is stored of them: tickets and users' records.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::{Injected, Said};

/// A ticket: its number, and when it ends, in milliseconds.
pub type Ticket = (u64, u64);

/// How a service answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// What it documents.
    Good(Word),
    /// An error code.
    Code(i64),
    /// Nothing that can be read.
    Odd,
}

/// What a good answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// What the asked service says to what was asked.
    Yes,
    /// A new ticket.
    Ticket(Ticket),
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// A service that needs no ticket.
    Plain,
    /// WeChat's API, with a ticket.
    Api(Ticket),
    /// The same for a message to a user who must not get another one.
    Quota(Ticket),
    /// The ticket itself; whether another one than the known one is asked for.
    Ticket(bool),
}

/// The titles of the articles, the newest first.
pub const TITLES: [&str; 7] = ["Rust 一", "Go", "Rust 二", "Java", "C", "Rust 三", "Zig"];

/// The services' own state, and the host's.
#[derive(Clone, Default)]
pub struct Services {
    /// The ticket that WeChat takes.
    known: Option<Ticket>,
    issued: u64,
    /// The ticket that is stored, by account.
    pub stored: BTreeMap<String, Ticket>,
    /// The users who have a record.
    records: BTreeSet<(String, String)>,
}

impl Services {
    /// Whether the user has a record.
    pub fn has_record(&self, said: &Said) -> bool {
        self.records.contains(&(said.account.clone(), said.user.clone()))
    }

    /// Creates a record; `false` if there is one.
    pub fn record(&mut self, said: &Said) -> bool {
        self.records.insert((said.account.clone(), said.user.clone()))
    }

    /// What a service answers.
    pub fn call(&mut self, called: Called, fault: Option<Injected>, now: u64) -> Told {
        if fault == Some(Injected::Revoked) {
            self.known = None;
        }
        let told = match called {
            Called::Plain => Told::Good(Word::Yes),
            Called::Api((number, _)) | Called::Quota((number, _))
                if !self.known.is_some_and(|(known, ends)| known == number && now < ends) =>
            {
                Told::Code(40001)
            }
            Called::Api(_) => Told::Good(Word::Yes),
            Called::Quota(_) => Told::Code(45047),
            Called::Ticket(another) => {
                let known = self.known.filter(|(_, ends)| *ends > now + 300_000 && !another);
                let ticket = known.unwrap_or_else(|| {
                    self.issued += 1;
                    (self.issued, now + 7_200_000)
                });
                self.known = Some(ticket);
                Told::Good(Word::Ticket(ticket))
            }
        };
        match fault {
            Some(Injected::Status | Injected::Corrupt) => Told::Odd,
            Some(Injected::ErrorCode) => Told::Code(-1),
            _ => told,
        }
    }
}

/// Whether the account has the unit of the articles.
pub fn calls_api(said: &Said) -> bool {
    matches!(said.account.as_str(), "full" | "api" | "push")
}

/// Whether the account has all units that need WeChat's API.
pub fn is_full(said: &Said) -> bool {
    said.account == "full"
}
