//! The limits that are not in the configuration file, as the numbers that docs/SPEC.md and
//! docs/CONFIGURATION.md name: whoever changes one changes it here, too.

use std::time::Duration;

use four_ways::server::{Caps, config};
use pipeline::exchanges::{Exchanges, Limits};
use pipeline::{Answer, Begun, Exchange, ExchangeKey, LeaseId, Record, Session};
use wechat::{Message, Reply};

const NOW: Duration = Duration::from_secs(1_700_000_000);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const MOMENT: Duration = Duration::from_nanos(1);

fn exchange(id: u64) -> Exchange {
    let xml = format!(
        "<xml><ToUserName>gh</ToUserName><FromUserName>alice</FromUserName>\
         <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
    );
    let message = Message::parse(xml.as_bytes()).expect("a message").key();
    let key = ExchangeKey { account: "demo".into(), user: "alice".into(), message };
    Exchange { key, binding: None }
}

fn fresh(begun: Option<Begun>) -> (LeaseId, Session) {
    match begun {
        Some(Begun::Fresh { lease, session }) => (lease, session),
        other => panic!("not fresh: {other:?}"),
    }
}

/// A table in which message 1 was answered at [`NOW`].
fn answered() -> Exchanges {
    let mut table = Exchanges::new(Limits::default());
    let (lease, _) = fresh(table.begin(1, exchange(1), NOW));
    let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
    let session = Session { exchanges: 1, ..Session::default() };
    let record = Record { kind: "text", answer, session };
    assert!(table.commit(lease, record, NOW).is_some());
    table
}

/// The longest window that a file may have.
fn longest_window() -> Duration {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("windows.toml");
    let accepted = |seconds: &u64| {
        let text = format!("[[account]]\nname = \"a\"\ntoken = \"t\"\nwindow = \"{seconds}s\"\n");
        std::fs::write(&path, text).expect("written");
        config::read(&path).is_ok()
    };
    let windows = [1, 60, 299, 300, 301, 600, 3_600, 86_400];
    let longest = windows.into_iter().filter(accepted).max();
    Duration::from_secs(longest.expect("some window"))
}

#[test]
fn an_answer_is_kept_for_ten_minutes_which_is_a_minute_and_twice_the_longest_window() {
    let kept = Limits::default().answers_for;
    assert_eq!(kept, 10 * MINUTE);
    assert_eq!(longest_window(), 5 * MINUTE);
    assert!(kept >= MINUTE && kept >= 2 * longest_window());
    let mut table = answered();
    assert!(matches!(table.begin(2, exchange(1), NOW + kept), Some(Begun::Done(_))));
    fresh(table.begin(3, exchange(1), NOW + kept + MOMENT));
}

#[test]
fn an_account_keeps_a_hundred_thousand_answers_and_64_mib_of_text() {
    let Limits { answers, bytes, .. } = Limits::default();
    assert_eq!((answers, bytes), (100_000, 67_108_864));
}

#[test]
fn a_session_is_kept_for_a_day() {
    assert_eq!(Limits::default().sessions_for, DAY);
    let (_, session) = fresh(answered().begin(2, exchange(2), NOW + DAY));
    assert_eq!(session.exchanges, 1);
    let (_, session) = fresh(answered().begin(2, exchange(2), NOW + DAY + MOMENT));
    assert_eq!(session, Session::default());
}

#[test]
fn sixty_four_messages_of_one_user_wait_and_one_more_is_turned_away() {
    assert_eq!(Limits::default().waiting, 64);
    let mut table = Exchanges::new(Limits::default());
    fresh(table.begin(0, exchange(0), NOW));
    for id in 1..=64 {
        assert_eq!(table.begin(id, exchange(id as u64), NOW), None, "message {id} waits");
    }
    assert_eq!(table.begin(65, exchange(65), NOW), Some(Begun::Crowded));
}

#[test]
fn the_caps_of_a_server_are_the_documented_ones() {
    let Caps {
        connections,
        per_address,
        requests,
        idle,
        head,
        arrival,
        write,
        connection,
        grace,
        shutdown,
    } = Caps::default();
    assert_eq!((connections, per_address, requests), (4_096, 1_024, 2_048));
    let seconds = [idle, head, arrival, write, connection, shutdown].map(|limit| limit.as_secs());
    assert_eq!(seconds, [3, 5, 5, 5, 300, 10]);
    assert_eq!(grace.as_millis(), 500);
    assert!(idle < head, "whoever is idle serves nobody");
}

#[test]
fn the_documentation_names_every_limit() {
    let page = include_str!("../docs/CONFIGURATION.md");
    for limit in [
        "2,048 requests",
        "4,096 clients",
        "1,024 of them from one address",
        "A connection ends after 300 seconds",
        "may be idle for three seconds",
        "five seconds to send the head",
        "five more seconds for the body",
        "five seconds to read an answer",
        "half a second",
        "after ten seconds the rest is cut off",
        "for 10 minutes",
        "100,000 answers",
        "64 MiB",
        "for a day",
        "64 messages of one user",
        "1 to 300",
    ] {
        assert!(page.contains(limit), "{limit} is not documented");
    }
}
