//! The six shapes of waiting, as situations: sharing one wait, recovering from a conflict, joining
//! two, racing two, trying again, and a loop. The services answer with fixed bytes, so they cost
//! little, and the same in every style.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit::scenario::EPOCH;
use pipeline::{
    Account, Around, Call, Called, Created, Credentials, Host, Pending, Profile, Request,
};
use wechat::Secret;

use super::situation::{REQUESTS, Situation};
use crate::conversation::{self, Turn};
use crate::hosts::Memory;

/// All six, with operations that are ready at once.
#[must_use]
pub fn all() -> Vec<Situation> {
    vec![share(), recover(), join(), race(), retry(), pages()]
}

/// All six, ready, and again with operations that suspend once each.
#[must_use]
pub fn compared() -> Vec<Situation> {
    all().into_iter().chain(all().into_iter().map(Situation::waiting)).collect()
}

/// Two users at once need the ticket of an account that has none. Each two have an account of their
/// own.
fn share() -> Situation {
    let asked = |number| {
        let request = conversation::text("articles rust").from_user(number).request;
        Request { account: account(number / 2), ..request }
    };
    let host = || {
        let accounts = (0..REQUESTS / 2).map(|at| shop(&account(at), "articles"));
        Arc::new(Memory::new(accounts, EPOCH).with_services(well)) as Arc<dyn Host>
    };
    Situation::at(host, "share", asked).in_pairs()
}

/// New users, and each time another server has created the record a moment before.
fn recover() -> Situation {
    let asked = |number| conversation::text("hello").from_user(number).request;
    let host = || Arc::new(Rival(open("profile", well))) as Arc<dyn Host>;
    Situation::at(host, "recover", asked).after(vec![asked(REQUESTS)])
}

/// Forecast and air quality at once.
fn join() -> Situation {
    Situation::at(|| open("weather", well), "join", renewed(conversation::text("天气 北京")))
}

/// The first provider never answers. When its head start is over the second is asked, and wins.
fn race() -> Situation {
    Situation::at(|| open("ask", well), "race", renewed(conversation::text("问 为什么？")))
}

/// Each first attempt meets a busy service, each second one a ticket that has ended, and the third
/// one goes well.
fn retry() -> Situation {
    let host = || {
        let attempts = AtomicUsize::new(0);
        open("articles", move |call| {
            let attempt = match call.path {
                ARTICLES => attempts.fetch_add(1, Ordering::Relaxed) % 3,
                _ => 2,
            };
            match attempt {
                0 => said(r#"{"errcode":-1,"errmsg":"system error"}"#.to_owned()),
                1 => said(r#"{"errcode":42001,"errmsg":"access_token expired"}"#.to_owned()),
                _ => well(call),
            }
        })
    };
    let asked = renewed(conversation::text("articles rust"));
    let before = vec![asked(REQUESTS)];
    Situation::at(host, "retry", asked).after(before)
}

/// Three pages of articles, one after the other.
fn pages() -> Situation {
    let asked = |number| conversation::tap("ARTICLES").from_user(number).request;
    Situation::at(|| open("articles", well), "loop", asked).after(vec![asked(REQUESTS)])
}

fn renewed(turn: Turn) -> impl Fn(u64) -> Request {
    move |second| turn.renewed(second).request
}

fn account(number: u64) -> String {
    format!("shop-{number}")
}

/// An account with this unit on.
fn shop(name: &str, unit: &str) -> Account {
    let secret = Secret::new("four-ways-shop");
    Account {
        name: name.into(),
        units: vec![unit.to_owned()],
        credentials: Some(Credentials { app_id: "wx466f757257617973".to_owned(), secret }),
        models: ["small", "large"].map(str::to_owned),
        ..conversation::account()
    }
}

/// A host of one account with this unit on.
fn open(
    unit: &str,
    services: impl Fn(&Call) -> Pending<Called> + Send + Sync + 'static,
) -> Arc<dyn Host> {
    let accounts = [shop(conversation::NAME, unit)];
    Arc::new(Memory::new(accounts, EPOCH).with_services(services))
}

const ARTICLES: &str = "/cgi-bin/freepublish/batchget";

/// What the services answer when all is well. The first provider never does.
fn well(call: &Call) -> Pending<Called> {
    said(match (call.service, call.path) {
        ("ask-first", _) => return Pending::never(),
        ("ask-second", _) => {
            r#"{"choices":[{"message":{"role":"assistant","content":"因为。"}}]}"#.to_owned()
        }
        ("geocoding", _) => {
            r#"{"results":[{"name":"北京","latitude":39.9,"longitude":116.4}]}"#.to_owned()
        }
        ("forecast", _) => r#"{"current":{"temperature_2m":13.5}}"#.to_owned(),
        ("air-quality", _) => r#"{"current":{"us_aqi":42}}"#.to_owned(),
        (_, "/cgi-bin/stable_token") => r#"{"access_token":"ticket","expires_in":7200}"#.to_owned(),
        (_, "/cgi-bin/user/info") => r#"{"subscribe":1,"language":"en"}"#.to_owned(),
        (_, ARTICLES) => page(),
        (service, path) => unreachable!("nobody calls {service} {path}"),
    })
}

/// Every page is the same: three of the nine articles that are told.
fn page() -> String {
    let item = r#"{"content":{"news_item":[{"title":"rust","url":"https://example.com/1"}]}}"#;
    format!(r#"{{"total_count":9,"item":[{item},{item},{item}]}}"#)
}

fn said(body: String) -> Pending<Called> {
    Pending::ready(Called { status: 200, body: body.into_bytes() })
}

/// A host beside another server that uses the same records, and is always a moment faster.
struct Rival(Arc<dyn Host>);

impl Around for Rival {
    fn inner(&self) -> &dyn Host {
        &*self.0
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        drop(self.0.create(profile.clone()));
        self.0.create(profile)
    }
}

#[cfg(test)]
mod tests {
    use pipeline::{Language, User};

    use super::*;
    use crate::conversation::answer;
    use crate::measure::{Entry, agree};

    /// What the straight line answers to each request, and how many calls it makes for all.
    fn played(situation: &Situation) -> (Vec<String>, usize) {
        let (world, mut replies) = (situation.world(false), Vec::new());
        Entry::straight().play(&world, situation.requests.clone(), &mut replies);
        let replies = replies.iter().flatten().map(|reply| answer(reply).into_owned());
        (replies.collect(), world.calls())
    }

    #[test]
    fn all_entries_answer_every_shape_alike_with_as_many_calls() {
        for situation in compared() {
            let world = |entry: &Entry| situation.world(entry.can_wait);
            let agreed = agree(&Entry::all(), world, &situation.requests);
            assert_eq!(agreed, Ok(()), "{}", situation.title());
        }
    }

    #[test]
    fn every_shape_makes_the_calls_that_it_is_for() {
        // A reply: half a ticket and a page; what WeChat knows; a place and two calls; two
        // providers; two attempts, a ticket and a third; three pages.
        let calls = [1.5, 1.0, 3.0, 2.0, 4.0, 3.0];
        for (situation, calls) in all().iter().zip(calls) {
            let (replies, made) = played(situation);
            assert_eq!(replies.len() as u64, REQUESTS, "{}", situation.name);
            assert_eq!(made as f64 / REQUESTS as f64, calls, "{}", situation.name);
        }
    }

    #[test]
    fn somebody_else_has_always_created_the_record() {
        let host = Rival(open("profile", well));
        for open_id in ["alice", "bob"] {
            let user = User { account: conversation::NAME.into(), open_id: open_id.into() };
            let profile = Profile { user, language: Language::English };
            let created = Host::create(&host, profile).try_take();
            assert_eq!(created.ok(), Some(Ok(Created::Conflict)));
        }
    }

    #[test]
    fn every_shape_brings_what_its_unit_is_for() {
        let said = ["rust", "nice to meet you", "13.5", "因为。", "rust", "rust"];
        for (situation, said) in all().iter().zip(said) {
            for reply in played(situation).0 {
                assert!(reply.contains(said), "{}: {reply}", situation.name);
            }
        }
    }
}
