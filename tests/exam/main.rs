//! The exam passes what is right, in every style and mode, and names what is wrong.

mod bot;

use std::collections::BTreeSet;
use std::future::pending;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use bot::{Bot, Flaw, SLOW};
use four_ways::exam::{Candidate, Finding, GONE, Stop, examine, list, page, report};
use four_ways::platform::{Account, Mode};
use four_ways::server::{Caps, Listeners, Server};
use four_ways::styles;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use kit::{Style, scenario};
use pipeline::exchanges::Limits;
use tokio::net::TcpListener;
use wechat::AesKey;

fn serial() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    u64::try_from(now.as_micros()).expect("not yet")
}

fn key() -> AesKey {
    AesKey::parse(bot::KEY).expect("a key")
}

fn failures(findings: &[Finding]) -> BTreeSet<&str> {
    let failed = findings.iter().filter(|it| matches!(it.outcome, Err(Stop::Failed(_))));
    failed.map(|finding| finding.rule.as_str()).collect()
}

/// What the exam prints about the failures.
fn told(findings: &[Finding]) -> String {
    let mut out = Vec::new();
    for finding in findings.iter().filter(|it| matches!(it.outcome, Err(Stop::Failed(_)))) {
        report::line(finding, &mut out).expect("memory");
    }
    String::from_utf8(out).expect("text")
}

/// A style behind HTTP with the kit's account of this name.
async fn served(style: Style, name: &str, mode: Mode) -> Candidate {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/wechat/{name}", listener.local_addr().expect("an address"));
    let server = Server::new(style, scenario::accounts(), Limits::default(), Caps::default());
    tokio::spawn(async move {
        server.run(Listeners { accounts: listener, admin: None }, pending(), pending()).await
    });
    let account = Account {
        mode,
        original_id: "gh_demo".to_owned(),
        app_id: "wxfourways".to_owned(),
        ..Account::new(url, format!("token-{name}"))
    };
    Candidate::new(account, serial())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_style_passes_in_every_mode() {
    let modes =
        [("demo", Mode::Plain), ("compat", Mode::Compat(key())), ("safe", Mode::Safe(key()))];
    let pairs =
        styles::all().into_iter().flat_map(|style| modes.clone().map(|it| (style.clone(), it)));
    let each = pairs.map(|(style, (name, mode))| async move {
        let label = format!("{} {name}", style.name);
        let mut candidate = served(style, name, mode.clone()).await;
        // What needs long, or is many, does not depend on the mode.
        match mode {
            Mode::Plain => candidate.slow = Some("later".to_owned()),
            Mode::Compat(_) | Mode::Safe(_) => candidate.users = 20,
        }
        (label, examine(&candidate, |_| {}).await)
    });
    let exams: Vec<_> = stream::iter(each).buffer_unordered(6).collect().await;
    assert_eq!(exams.len(), 12);
    for (label, findings) in exams {
        assert_eq!(failures(&findings), BTreeSet::new(), "{label}\n{}", told(&findings));
    }
}

async fn examined(flaw: Flaw, mode: Mode) -> Vec<Finding> {
    let mut candidate = Candidate::new(Bot::start(flaw, mode).await, serial());
    // Waiting tells nothing about the others.
    if matches!(flaw, Flaw::None | Flaw::Hasty | Flaw::Patient | Flaw::Single) {
        candidate.slow = Some(SLOW.to_owned());
    }
    candidate.users = 50;
    examine(&candidate, |_| {}).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_does_everything_right_passes_every_check_of_its_mode() {
    let modes = [Mode::Plain, Mode::Compat(key()), Mode::Safe(key())];
    for findings in join_all(modes.map(|mode| examined(Flaw::None, mode))).await {
        for finding in &findings {
            match &finding.outcome {
                Ok(()) | Err(Stop::Skipped("not in this mode")) => {}
                _ => panic!("{finding:#?}"),
            }
        }
    }
}

/// For each flaw, its mode and the rules that must be named.
fn flaws() -> Vec<(Flaw, Mode, &'static [&'static str])> {
    let (compat, safe) = (|| Mode::Compat(key()), || Mode::Safe(key()));
    vec![
        (
            Flaw::Naive,
            Mode::Plain,
            &[
                "A message with a wrong signature gets no reply",
                "A message that was signed an hour ago gets no reply",
                "A body with a DOCTYPE gets no reply and no 5xx",
                "A signature that was used does not carry another body",
            ],
        ),
        (
            Flaw::Brittle,
            Mode::Plain,
            &[
                "A text with emoji and rare characters is accepted",
                "A message of a kind that does not exist is accepted",
                "A choice of two photos from the menu is accepted",
            ],
        ),
        (Flaw::Down, Mode::Plain, &["A signed message is accepted"]),
        (Flaw::OpenId, Mode::Plain, &["A message without `openid` in the query is accepted"]),
        (Flaw::Fragile, Mode::Plain, &["Entities that multiply do not stop the server"]),
        (
            Flaw::Newline,
            Mode::Plain,
            &["A signed handshake is answered with its echostr and nothing else"],
        ),
        (
            Flaw::Trusting,
            Mode::Plain,
            &["A handshake with a wrong signature does not get its echostr"],
        ),
        (
            Flaw::AppId,
            Mode::Plain,
            &[
                "A reply goes to the user, and comes from the original id (gh_…) and not from the AppID",
            ],
        ),
        (Flaw::Milliseconds, Mode::Plain, &["CreateTime of a reply is now, in seconds"]),
        (Flaw::Json, Mode::Plain, &["A reply is XML that WeChat can read"]),
        (Flaw::Long, Mode::Plain, &["A long message is answered within 2,048 bytes"]),
        (
            Flaw::Unsplit,
            Mode::Plain,
            &[
                "Repeated words with `]]>` do not end their section",
                "Repeated words cannot add fields to a reply",
            ],
        ),
        (Flaw::Control, Mode::Plain, &["Repeated words lose their control characters"]),
        (Flaw::Escaping, Mode::Plain, &["Repeated words keep `&`, `<` and `>`"]),
        (
            Flaw::Forgetful,
            Mode::Plain,
            &[
                "A repeat gets the stored reply, byte for byte: it is not handled again",
                "A repeat that comes while the first is under way gets the same reply",
                "A repeat whose query was signed anew is a repeat",
            ],
        ),
        (Flaw::Terse, Mode::Plain, &["A repeat gets a reply like the first"]),
        (Flaw::MsgIdOnly, Mode::Plain, &["The same MsgId from another user is another message"]),
        (
            Flaw::SameWords,
            Mode::Plain,
            &["The same user's next message with the same words is another message"],
        ),
        (
            Flaw::Hasty,
            Mode::Plain,
            &["A message that comes during the same user's slow one is not handled before it"],
        ),
        (Flaw::Patient, Mode::Plain, &["Every answer comes within 5 s, also that of slow work"]),
        (Flaw::Single, Mode::Plain, &["Another user does not wait for slow work"]),
        (
            Flaw::Narrow,
            Mode::Plain,
            &["50 clients that send half a request do not hold up the others"],
        ),
        (
            Flaw::Overloaded,
            Mode::Plain,
            &["Many users at once (200, or --users) are answered, each with a reply of their own"],
        ),
        (Flaw::Open, safe(), &["A reply is encrypted, and signed with the token"]),
        (Flaw::Padding, safe(), &["Messages of every padding length, 1 to 32, are read"]),
        (
            Flaw::Unsigned,
            compat(),
            &[
                "A message whose encrypted text was changed gets no reply",
                "A message without msg_signature is refused with 4xx",
            ],
        ),
        (
            Flaw::Downgrading,
            compat(),
            &["A plain message gets no reply: the mode is the account's, not the sender's"],
        ),
        (Flaw::Outer, compat(), &["Only the encrypted fields are believed"]),
        (Flaw::AnyApp, safe(), &["A message for another AppID gets no reply"]),
        (
            Flaw::Talkative,
            safe(),
            &["A wrong padding, key, length and AppID get one and the same answer"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flaw_is_named_and_every_check_fails_for_some_flaw() {
    let exams = stream::iter(flaws())
        .map(|(flaw, mode, rules)| async move { (flaw, rules, examined(flaw, mode).await) });
    let exams: Vec<_> = exams.buffer_unordered(14).collect().await;
    let mut unseen: BTreeSet<String> = list::sections()
        .into_iter()
        .flat_map(|section| section.checks)
        .map(|check| check.rule)
        .collect();
    let mut wrong = Vec::new();
    for (flaw, rules, findings) in &exams {
        let failures = failures(findings);
        wrong.extend(
            rules.iter().filter(|rule| !failures.contains(**rule)).map(|rule| (flaw, rule)),
        );
        unseen.retain(|rule| !failures.contains(rule.as_str()));
    }
    assert!(wrong.is_empty(), "not named: {wrong:#?}");
    assert!(unseen.is_empty(), "no flaw breaks: {unseen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_comes_with_the_bytes_of_request_and_answer() {
    let findings = examined(Flaw::Json, Mode::Plain).await;
    let told = told(&findings);
    assert!(told.contains("POST http://127.0.0.1:") && told.contains("<Content>"), "{told}");
    assert!(told.contains("answer: 200\\n\\n{\\\"Content\\\": "), "{told}");
    assert!(findings.iter().any(Finding::is_fatal));
    let json = report::json("url", "plain", &findings);
    let checks = json["checks"].as_array().expect("a list");
    assert_eq!(checks.len(), findings.len());
    assert!(checks.iter().any(|check| check["result"] == "failed" && check["level"] == "MUST"));
    assert!(!json.to_string().contains(bot::TOKEN), "the token stays here");
}

/// The command, with these arguments behind the account's: its exit code and what it prints.
async fn commanded(flaw: Flaw, arguments: &'static [&str]) -> (Option<i32>, String) {
    let account = Bot::start(flaw, Mode::Plain).await;
    let run = move || {
        Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .args(["exam", "--url", &account.url, "--token", bot::TOKEN, "--users", "20"])
            .args(arguments)
            .output()
            .expect("the command starts")
    };
    let output = tokio::task::spawn_blocking(run).await.expect("no panic");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_is_1_when_a_must_is_broken_and_0_when_only_a_should_is() {
    let must = commanded(Flaw::AppId, &[]);
    let should = commanded(Flaw::Milliseconds, &["--json"]);
    let ((must, table), (should, json)) = tokio::join!(must, should);
    assert_eq!((must, should), (Some(1), Some(0)), "{table}\n{json}");
    let broken = table.lines().filter(|line| line.starts_with("✘ ")).count();
    let summary = format!("{broken} ✘ ({broken} MUST)");
    assert!(broken > 0 && table.contains(&summary), "{table}");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let checks = json["checks"].as_array().expect("a list");
    let failed: Vec<_> = checks.iter().filter(|check| check["result"] == "failed").collect();
    let [failed] = failed[..] else { panic!("{failed:#?}") };
    assert_eq!(failed["rule"], "CreateTime of a reply is now, in seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_breaks_one_rule_and_the_rest_is_not_examined() {
    let (code, table) = commanded(Flaw::Mortal, &[]).await;
    assert_eq!(code, Some(2), "{table}");
    let broken = table.lines().filter(|line| line.starts_with("✘ "));
    let broken: Vec<_> = broken.filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(broken, ["3.10"], "{table}");
    assert!(table.contains(GONE), "{table}");
}

#[test]
fn the_page_lists_the_checks() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/EXAM.md");
    if env::var_os("UPDATE").is_some() {
        fs::write(path, page::page()).expect("docs is there");
    }
    let page = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(page, page::page(), "renew it: UPDATE=1 cargo test --test exam the_page");
}

#[test]
fn no_two_rules_are_the_same() {
    let rules = list::sections().into_iter().flat_map(|section| section.checks);
    let rules: Vec<_> = rules.map(|check| check.rule).collect();
    let different: BTreeSet<_> = rules.iter().collect();
    assert_eq!(rules.len(), different.len());
}
