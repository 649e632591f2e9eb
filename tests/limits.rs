//! The limits that are not in the configuration file, as the numbers that docs/SPEC.md and
//! docs/CONFIGURATION.md name: whoever changes one changes it here, too.

use std::time::Duration;

use four_ways::hosts::{records, services};
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

/// A signature is good from the window before its second to the end of the second that lies the
/// window after it.
#[test]
fn an_answer_is_kept_as_long_as_a_signature_can_be_good_under_the_longest_window() {
    let kept = Limits::default().kept_for;
    assert_eq!(longest_window(), 5 * MINUTE);
    assert_eq!(kept, 10 * MINUTE + Duration::from_secs(1));
    assert!(kept >= MINUTE && kept > 2 * longest_window());
    let mut table = answered();
    assert!(matches!(table.begin(2, exchange(1), NOW + kept), Some(Begun::Done(_))));
    fresh(table.begin(3, exchange(1), NOW + kept + kept));
}

#[test]
fn a_host_keeps_256_mib() {
    assert_eq!(Limits::default().bytes, 268_435_456);
}

#[test]
fn a_session_is_kept_for_a_day_and_not_for_more_than_two() {
    assert_eq!(Limits::default().sessions_for, DAY);
    let (_, session) = fresh(answered().begin(2, exchange(2), NOW + DAY));
    assert_eq!(session.exchanges, 1);
    let (_, session) = fresh(answered().begin(2, exchange(2), NOW + DAY + DAY));
    assert_eq!(session, Session::default());
}

#[test]
fn sixteen_messages_of_one_user_wait_for_15_s_and_one_more_is_turned_away() {
    let Limits { waiting, waiting_for, .. } = Limits::default();
    assert_eq!((waiting, waiting_for.as_secs()), (16, 15));
    let mut table = Exchanges::new(Limits::default());
    fresh(table.begin(0, exchange(0), NOW));
    for id in 1..=16 {
        assert_eq!(table.begin(id, exchange(id as u64), NOW), None, "message {id} waits");
    }
    assert_eq!(table.begin(17, exchange(17), NOW), Some(Begun::Crowded));
    assert_eq!(table.tidy(NOW + waiting_for), []);
    assert_eq!(table.tidy(NOW + waiting_for + MOMENT).len(), 16);
}

/// Forty users with as many slow messages as may wait leave most of the places to others.
#[test]
fn the_messages_of_one_user_are_few_of_the_requests_that_may_be_under_way() {
    let of_one = Limits::default().waiting + 1;
    assert!(40 * of_one < Caps::default().requests / 2, "{of_one}");
}

#[test]
fn an_id_has_at_most_64_bytes() {
    assert_eq!(wechat::xml::ID, 64);
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
fn an_answer_of_a_service_has_64_kib_and_3_seconds_and_100_000_users_are_recorded() {
    assert_eq!((services::LIMIT, services::TIMEOUT.as_secs()), (65_536, 3));
    assert_eq!(records::ROOM, 100_000);
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
        "for 601 seconds",
        "256 MiB",
        "for a day",
        "16 messages of one user",
        "for 15 seconds",
        "64 bytes",
        "1 to 300",
        "64 KiB of an answer",
        "100,000 users",
    ] {
        assert!(page.contains(limit), "{limit} is not documented");
    }
}
