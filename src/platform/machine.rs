//! The platform as a state machine: time and what happened go in, what is to be done comes out. It
//! has no clock and no connection, so a test can drive it through two days in no time.

use std::collections::BTreeMap;
use std::time::Duration;

use thiserror::Error;

use super::account::Account;
use super::act::{Act, Stamp};
use super::answer::Asked;
use super::chain::{Chain, Next, Outcome};
use super::journal::{Entry, Event};
use super::orders::Orders;
use super::push::{self, Request};
use super::quotas::Quotas;
use super::shown::Shown;
use super::tokens::Tokens;
use super::windows::{Opening, Windows};

/// WeChat's platform, with its accounts, their users and the messages under way.
#[derive(Debug)]
pub struct Platform {
    pub(crate) offices: BTreeMap<String, Office>,
    chains: BTreeMap<u64, Sending>,
    pub(crate) orders: Orders,
    serial: u64,
    journal: Vec<Entry>,
}

/// An account with all that the platform keeps for it.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) account: Account,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) tokens: Tokens,
    pub(crate) quotas: Quotas,
    /// The scene of each ticket that `qrcode/create` gave.
    pub(crate) tickets: BTreeMap<String, String>,
}

/// A user of an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    /// Since when the user follows the account.
    pub(crate) follows: Option<Duration>,
    pub(crate) windows: Windows,
    /// When the user last did something.
    pub(crate) active: Duration,
    pub(crate) typing: bool,
}

#[derive(Debug)]
struct Sending {
    app_id: String,
    user: String,
    chain: Chain,
}

/// Why a user cannot do something.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActError {
    /// The platform has no such account.
    #[error("no account has the AppID {0:?}")]
    UnknownAccount(String),
    /// Who does not follow an account cannot write to it.
    #[error("{0} does not follow the account: subscribe or scan first")]
    NotFollowing(String),
}

impl Platform {
    /// A platform with these accounts. MsgIds and nonces are counted from `serial`: take another
    /// value for each run against the same server, which may remember those of the last.
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>, serial: u64) -> Self {
        let offices = accounts.into_iter().map(|account| {
            let office = Office {
                users: BTreeMap::new(),
                tokens: Tokens::default(),
                quotas: Quotas::default(),
                tickets: BTreeMap::new(),
                account,
            };
            (office.account.app_id.clone(), office)
        });
        Self {
            offices: offices.collect(),
            chains: BTreeMap::new(),
            orders: Orders::default(),
            serial,
            journal: Vec::new(),
        }
    }

    /// A number that no other thing on this platform has.
    pub(crate) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// What happened since the last call, in order.
    pub fn take_journal(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.journal)
    }

    pub(crate) fn note(&mut self, at: Duration, app_id: &str, user: &str, event: Event) {
        let (app_id, user) = (app_id.to_owned(), user.to_owned());
        self.journal.push(Entry { at, app_id, user, event });
    }

    /// The orders for failures of the API.
    pub fn orders(&mut self) -> &mut Orders {
        &mut self.orders
    }

    /// The quotas of an account.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn quotas(&mut self, app_id: &str) -> Result<&mut Quotas, ActError> {
        Ok(&mut self.office(app_id)?.quotas)
    }

    fn office(&mut self, app_id: &str) -> Result<&mut Office, ActError> {
        self.offices.get_mut(app_id).ok_or_else(|| ActError::UnknownAccount(app_id.to_owned()))
    }

    /// The request that asks an account's server whether it is the account's, and the text that it
    /// must answer ([`is_echo`](super::answer::is_echo)).
    ///
    /// # Errors
    /// When there is no such account.
    pub fn handshake(
        &mut self,
        now: Duration,
        app_id: &str,
    ) -> Result<(Request, String), ActError> {
        let serial = self.serial();
        let account = &self.office(app_id)?.account;
        let echo = format!("{serial:019}");
        Ok((push::handshake(account, &echo, now, serial), echo))
    }

    /// A user does something; returns the number of the message's chain, whose first try is due
    /// now. An unknown user follows the account from then on.
    ///
    /// # Errors
    /// When there is no such account, or the user has left it.
    pub fn act(
        &mut self,
        now: Duration,
        app_id: &str,
        user: &str,
        act: &Act,
    ) -> Result<u64, ActError> {
        let serial = self.serial();
        let office = self.office(app_id)?;
        let account = &office.account;
        let begins = matches!(act, Act::Subscribe | Act::Scan(_));
        let known = office
            .users
            .entry(user.to_owned())
            .or_insert_with(|| User { follows: (!begins).then_some(now), ..User::default() });
        let follows = known.follows.is_some();
        if !follows && !begins {
            return Err(ActError::NotFollowing(user.to_owned()));
        }
        let scene = if let Act::Scan(scene) = act { scene } else { "" };
        let ticket = office.tickets.iter().find(|(_, each)| *each == scene);
        let ticket = ticket.map_or_else(|| format!("ticket-{scene}"), |(ticket, _)| ticket.clone());
        let stamp =
            Stamp { account: &account.original_id, user, now, serial, follows, ticket: &ticket };
        let xml = act.xml(&stamp);
        let asked = Asked::by(&xml, user, account);
        known.active = now;
        known.typing = false;
        match act {
            Act::Unsubscribe => *known = User::default(),
            Act::Raw(_) if asked.event => {}
            Act::Menu(_) | Act::Subscribe | Act::Scan(_) => {
                known.follows = known.follows.or(Some(now));
                known.windows.open(Opening::Action, now);
            }
            _ => known.windows.open(Opening::Message, now),
        }
        let request = push::push(account, user, &xml, now, serial);
        let chain = Chain::new(request, asked);
        let sending = Sending { app_id: app_id.to_owned(), user: user.to_owned(), chain };
        self.chains.insert(serial, sending);
        self.note(now, app_id, user, Event::Said(xml));
        Ok(serial)
    }

    /// Begins the next try of a chain and returns what is to be sent; `None` when the chain is over.
    pub fn begin(&mut self, now: Duration, chain: u64) -> Option<Request> {
        let Sending { app_id, user, chain } = self.chains.get_mut(&chain)?;
        let number = chain.begin(now);
        let request = chain.request.clone();
        let (app_id, user) = (app_id.clone(), user.clone());
        self.note(now, &app_id, &user, Event::Try { number, request: request.clone() });
        Some(request)
    }

    /// The try of a chain that began last has ended; returns when the next one begins, or `None`
    /// when the chain is over.
    pub fn end(&mut self, now: Duration, chain: u64, outcome: Outcome) -> Option<Duration> {
        let sending = self.chains.get(&chain)?;
        let (app_id, user) = (sending.app_id.clone(), sending.user.clone());
        let office = self.offices.get(&app_id)?;
        let number = sending.chain.number();
        let next = sending.chain.next(&office.account, &outcome);
        // Nothing reaches a user who has left.
        let reached = office.users.get(&user).is_some_and(|user| user.follows.is_some());
        let (plain, over, again) = match next {
            Next::Again(at) => (None, None, Some(at)),
            Next::Over(reading) => (reading.plain, Some(reading.shown), None),
        };
        self.note(now, &app_id, &user, Event::Tried { number, outcome, plain });
        if let Some(shown) = over {
            self.chains.remove(&chain);
            match shown {
                Some(shown) if reached => self.show(now, &app_id, &user, shown),
                Some(_) => {}
                None => self.note(now, &app_id, &user, Event::Silence),
            }
        }
        again
    }

    pub(crate) fn show(&mut self, now: Duration, app_id: &str, user: &str, shown: Shown) {
        self.note(now, app_id, user, Event::Sees(shown));
    }
}
