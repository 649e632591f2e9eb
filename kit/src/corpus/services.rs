//! Conversations whose answers need services.

use super::Expected::{self, News, Nothing, Text};
use super::{Conversation, click, overlapping, sequential, text};
use crate::scenario::{Arrival, Injected, Said, What};

const RUST: Expected = News(&["Rust 一"]);
const ALL: Expected = News(&["Rust 一", "Go", "Rust 二", "Java", "C", "Rust 三", "Zig"]);
const NO_ARTICLES: Expected = Text("文章暂时看不了，请稍后再试。The articles cannot be read now.");
const PARIS: Expected = Text("Paris：13.5 °C，空气质量 42。Paris: 13.5 °C, air quality 42.");
const SMALL: Expected = Text("small: why?");
const LARGE: Expected = Text("large: why?");
const NO_ANSWER: Expected = Text("我现在答不上来，请稍后再问。I cannot answer now.");

/// Conversations that a host without services answers otherwise.
#[must_use]
pub fn services() -> Vec<Conversation> {
    let mut all = weather();
    all.extend(ask());
    all.extend(articles());
    all.extend(profile());
    all.extend(ticket());
    all
}

fn said(account: &str, user: &str, id: u64, what: What) -> Said {
    Said { account: account.to_owned(), ..Said::new(user, id, what) }
}

/// A text of alice, whose operations fail in these ways.
fn one(
    name: &str,
    account: &str,
    words: &str,
    faults: &[(usize, Injected)],
    expected: Expected,
) -> Conversation {
    let mut arrival = Arrival::new(0, said(account, "alice", 1, text(words)));
    arrival.faults.extend(faults);
    sequential(name, vec![(arrival, expected)])
}

/// The numbers of the operations: 3 is the call for the place, 4 and 5 those for forecast and air.
fn weather() -> Vec<Conversation> {
    let paris = |name, faults: &[_], expected| one(name, "demo", "weather Paris", faults, expected);
    let sorry = Text("天气服务暂时没有回答，请稍后再试。The weather service does not answer.");
    vec![
        paris("the weather of a place", &[], PARIS),
        one(
            "the weather of nowhere",
            "demo",
            "天气 nowhere",
            &[],
            Text("没有找到这个地方。No place has this name."),
        ),
        paris(
            "the weather without the air",
            &[(5, Injected::Permanent)],
            Text("Paris：13.5 °C，空气质量暂缺。Paris: 13.5 °C, the air quality is missing."),
        ),
        paris(
            "the weather without the forecast",
            &[(4, Injected::Status)],
            Text(
                "Paris：空气质量 42，气温暂缺。Paris: air quality 42, the temperature is missing.",
            ),
        ),
        paris(
            "the weather without both",
            &[(4, Injected::Transient), (5, Injected::Corrupt)],
            sorry,
        ),
        paris("the weather without the place", &[(3, Injected::Corrupt)], sorry),
    ]
}

/// 3 is the call of the first provider, 4 its head start, 5 the call of the second one.
fn ask() -> Vec<Conversation> {
    let why = |name, faults: &[_], expected| one(name, "demo", "ask why?", faults, expected);
    vec![
        why("a question", &[], SMALL),
        why("a question that the first provider fails", &[(3, Injected::Status)], LARGE),
        why("a question that the first provider never answers", &[(3, Injected::Never)], LARGE),
        why("a question that the first provider answers late", &[(3, Injected::Late)], LARGE),
        why(
            "a question that both providers fail",
            &[(3, Injected::Permanent), (5, Injected::Corrupt)],
            NO_ANSWER,
        ),
        why(
            "a question of which the second provider fails first",
            &[(3, Injected::Never), (5, Injected::Status)],
            // The first one is still waited for, so the deadline answers.
            super::SUCCESS,
        ),
    ]
}

/// 3 reads the ticket, 4 asks for one, 5 stores it, 6 asks for the first page. Of each later page
/// there are two: the ticket is read, the page is asked for.
fn articles() -> Vec<Conversation> {
    let clicked = |faults: &[(usize, Injected)]| {
        let mut arrival = Arrival::new(0, said("api", "alice", 1, click("ARTICLES")));
        arrival.faults.extend(faults);
        arrival
    };
    vec![
        one("an article about something", "api", "articles Rust", &[], RUST),
        one("an article of a later page", "api", "文章 Zig", &[], News(&["Zig"])),
        one(
            "no article about something",
            "api",
            "文章 Python",
            &[],
            Text("没有这样的文章。There is no such article."),
        ),
        sequential("all articles", vec![(clicked(&[]), ALL)]),
        sequential(
            "articles up to a page that fails",
            vec![(clicked(&[(8, Injected::Permanent)]), News(&["Rust 一", "Go", "Rust 二"]))],
        ),
        one(
            "articles of which the first page fails",
            "api",
            "articles Rust",
            &[(6, Injected::Permanent)],
            NO_ARTICLES,
        ),
    ]
}

/// 3 finds the record, 4 to 6 get a ticket, 7 asks WeChat about the user, 8 creates the record.
fn profile() -> Vec<Conversation> {
    let paris = |user, id| said("full", user, id, text("weather Paris"));
    let chinese = Text("Paris：13.5 °C，空气质量 42。");
    let english = Text("Paris: 13.5 °C, air quality 42.");
    let unknown = |name, number, fault, then| {
        sequential(
            name,
            vec![
                (Arrival::new(0, paris("bob", 1)).with_fault(number, fault), PARIS),
                (Arrival::new(20, paris("bob", 2)), then),
            ],
        )
    };
    vec![
        sequential(
            "each user is answered in their language",
            vec![
                (Arrival::new(0, paris("alice", 1)), chinese),
                (Arrival::new(20, paris("bob", 1)), english),
                (Arrival::new(40, paris("bob", 2)), english),
                (
                    Arrival::new(60, said("full", "bob", 3, text("weather nowhere"))),
                    Text("No place has this name."),
                ),
                (
                    Arrival::new(80, said("full", "alice", 2, text("文章 Python"))),
                    Text("没有这样的文章。"),
                ),
            ],
        ),
        sequential(
            "an apology in English",
            vec![(
                Arrival::new(0, said("full", "bob", 1, text("ask why?")))
                    .with_fault(9, Injected::Status)
                    .with_fault(11, Injected::Status),
                Text("I cannot answer now."),
            )],
        ),
        unknown("a record that cannot be found for now", 3, Injected::Transient, english),
        unknown("a user of whom WeChat says nothing", 7, Injected::Permanent, english),
        unknown("a record that is not created", 8, Injected::Permanent, english),
        unknown("a record that is created, but told as failed", 8, Injected::Applied, english),
    ]
}

/// Operations as of articles.
fn ticket() -> Vec<Conversation> {
    let rust = |user, id| said("api", user, id, text("articles Rust"));
    let busy = |at: &[usize]| at.iter().map(|at| (*at, Injected::ErrorCode)).collect::<Vec<_>>();
    let tried =
        |name, at: &[usize], expected| one(name, "api", "articles Rust", &busy(at), expected);
    let then = |name, number, fault, expected| {
        sequential(
            name,
            vec![
                (Arrival::new(0, rust("alice", 1)).with_fault(number, fault), expected),
                (Arrival::new(20, rust("bob", 1)), RUST),
            ],
        )
    };
    vec![
        sequential(
            "a ticket that was revoked is replaced",
            vec![
                (Arrival::new(0, rust("alice", 1)), RUST),
                (Arrival::new(20, rust("bob", 1)).with_fault(4, Injected::Revoked), RUST),
                (Arrival::new(40, rust("alice", 2)), RUST),
            ],
        ),
        sequential(
            "a ticket is renewed before its end",
            vec![
                (Arrival::new(0, rust("alice", 1)), RUST),
                (Arrival::new(6_999, rust("bob", 1)), RUST),
                (Arrival::new(7_001, rust("alice", 2)), RUST),
                (Arrival::new(7_300, rust("bob", 2)), RUST),
            ],
        ),
        tried("WeChat is busy twice", &[6, 9], RUST),
        tried("WeChat is busy for long", &[6, 9, 12, 15, 18], NO_ARTICLES),
        tried("WeChat is busy twice when a ticket is asked for", &[4, 6], RUST),
        tried("WeChat is busy three times when a ticket is asked for", &[4, 6, 8], NO_ARTICLES),
        then("a fetch that fails is not kept", 4, Injected::Permanent, NO_ARTICLES),
        then("a panic in a fetch is an answer that is missing", 4, Injected::Panic, NO_ARTICLES),
        then("a ticket that cannot be stored is still good", 5, Injected::Permanent, RUST),
        overlapping(
            "two users need one ticket at once",
            vec![
                (Arrival::new(0, rust("alice", 1)), RUST),
                (Arrival::new(0, rust("bob", 1)), RUST),
            ],
        ),
        overlapping(
            "a fetch that takes longer than the deadline of who began it",
            vec![
                (Arrival::new(0, rust("alice", 1)).with_fault(4, Injected::Late), super::SUCCESS),
                (Arrival::new(1, rust("bob", 1)), RUST),
            ],
        ),
        overlapping(
            "who began a fetch is cancelled, and the other one gets the ticket",
            vec![
                (
                    Arrival::new(0, rust("alice", 1))
                        .with_fault(4, Injected::ErrorCode)
                        .with_fault(6, Injected::Cancel),
                    Nothing,
                ),
                (Arrival::new(0, rust("bob", 1)), RUST),
            ],
        ),
    ]
}
