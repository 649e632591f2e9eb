//! The access tokens of the accounts, in memory: one for each account.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pipeline::Ticket;

/// The tickets, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<String, Ticket>>);

impl Tickets {
    /// [`Host::ticket`](pipeline::Host::ticket)
    #[must_use]
    pub fn get(&self, account: &str) -> Option<Ticket> {
        self.tickets().get(account).cloned()
    }

    /// [`Host::replace`](pipeline::Host::replace)
    pub fn replace(&self, account: &str, before: Option<&Ticket>, ticket: Ticket) {
        let mut tickets = self.tickets();
        if tickets.get(account) == before {
            tickets.insert(account.to_owned(), ticket);
        }
    }

    /// Forgets all. An account's AppID may have changed, and WeChat gives a ticket that is still
    /// good once more.
    pub fn clear(&self) {
        self.tickets().clear();
    }

    fn tickets(&self) -> MutexGuard<'_, BTreeMap<String, Ticket>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wechat::Secret;

    use super::*;

    fn ticket(token: &str) -> Ticket {
        Ticket { token: Secret::new(token), expires: Duration::from_secs(7_200) }
    }

    #[test]
    fn a_ticket_is_replaced_only_if_it_is_still_the_one_that_failed() {
        let tickets = Tickets::default();
        tickets.replace("shop", Some(&ticket("a")), ticket("b"));
        assert_eq!(tickets.get("shop"), None);
        tickets.replace("shop", None, ticket("a"));
        tickets.replace("shop", None, ticket("b"));
        assert_eq!(tickets.get("shop"), Some(ticket("a")));
        tickets.replace("shop", Some(&ticket("a")), ticket("b"));
        tickets.replace("shop", Some(&ticket("a")), ticket("c"));
        assert_eq!(tickets.get("shop"), Some(ticket("b")));
        assert_eq!(tickets.get("other"), None);
        tickets.clear();
        assert_eq!(tickets.get("shop"), None);
    }
}
