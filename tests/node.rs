//! The Node originals in `peers/node` are the same little bot as the built-in account: its keywords
//! and its welcome. They have no games, no deadline, no window and no table of exchanges, because
//! the libraries that they are made of have none; the exam says what follows.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::{env, fs};

use four_ways::conversation::{self, Turn};
use four_ways::measure::Record;
use four_ways::measure::examined::examined;
use four_ways::measure::node::ORIGINALS;
use four_ways::measure::process::Process;
use four_ways::measure::results::exam::{Broken, Rule};
use four_ways::measure::results::{Exam, Results};
use four_ways::{straight, styles};
use pipeline::{Match, Method, Request, Response};
use serde_json::{Value, json};
use wechat::Reply;

#[test]
fn the_words_are_those_of_the_built_in_account() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/node/answers.json");
    let words: Value = serde_json::from_str(&fs::read_to_string(file).expect("committed"))
        .unwrap_or_else(|error| panic!("{file}: {error}"));
    let account = conversation::account();
    let keywords = |matches: Match| {
        let same = account.keywords.iter().filter(move |keyword| keyword.matches == matches);
        same.map(|keyword| (keyword.pattern.clone(), text(&keyword.reply))).collect::<Value>()
    };
    let welcome = account.welcome.as_ref().map(text);
    let (exact, fuzzy) = (keywords(Match::Exact), keywords(Match::Fuzzy));
    assert_eq!(words, json!({ "welcome": welcome, "exact": exact, "fuzzy": fuzzy }));
}

fn text(reply: &Reply) -> Value {
    match reply {
        Reply::Text(text) => text.as_str().into(),
        other => panic!("the built-in account answers with texts: {other:?}"),
    }
}

/// Where Node or the packages are not installed, no original is asked; in CI each is.
fn is_missing() -> bool {
    let Err(missing) = ORIGINALS[0].server() else { return false };
    assert!(env::var_os("CI").is_none(), "CI asks the Node originals: {missing}");
    println!("the Node originals are not asked: {missing}");
    true
}

#[test]
fn each_original_answers_as_the_built_in_account() {
    if is_missing() {
        return;
    }
    // The first turns meet what the originals have, too: the rest is a game.
    let turns = conversation::turns().into_iter().take(7);
    let said = ["hello", "hello!", "what will the weather be", "谢谢你", "constructor", "喵"];
    let turns: Vec<Turn> = turns.chain(said.map(conversation::text)).collect();
    let forged = conversation::turns().into_iter().find(|turn| turn.remark == Some("forged"));
    let forged = forged.expect("the conversation has a forgery");
    for original in ORIGINALS {
        let bot = Process::start(original.server().expect("it was found")).expect("it starts");
        for turn in &turns {
            let ours = words(&straight::handle(&conversation::memory(), turn.request.clone()));
            let theirs = words(&ask(&bot, &turn.request));
            assert_eq!(theirs, ours, "{}: {}", original.bot, conversation::said(&turn.request));
        }
        assert_eq!(ask(&bot, &forged.request).status, 401, "{}", original.bot);
    }
}

/// What the user reads. `success` and an empty body are both no answer.
fn words(response: &Response) -> String {
    match &*response.body {
        "success" => String::new(),
        _ => conversation::answer(response).into_owned(),
    }
}

/// The rules that each server breaks, by number.
fn broken(exam: &Exam) -> BTreeMap<&str, Vec<&str>> {
    let mut broken: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for server in &exam.servers {
        broken.insert(&server.server, Vec::new());
    }
    for rule in &exam.rules {
        for Broken { server, .. } in &rule.broken {
            broken.get_mut(&**server).expect("it was examined").push(&rule.number);
        }
    }
    broken
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exam_names_ten_faults_of_the_originals_and_finds_what_is_committed() {
    if is_missing() {
        return;
    }
    let exam = examined(|_| {}).await.expect("all are examined");
    let found = broken(&exam);
    for style in styles::all() {
        assert_eq!(found[style.name], Vec::<&str>::new(), "{}", style.name);
    }
    let shown = |rule: &&Rule| rule.broken.iter().all(|it| it.request.contains("/wechat/demo"));
    let faults: Vec<_> = exam.rules.iter().filter(shown).map(|rule| &rule.number).collect();
    assert!(faults.len() >= 10, "{faults:?} are broken, and shown with an input");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/results/exam.json");
    let committed: Record<Exam> =
        serde_json::from_str(&fs::read_to_string(file).expect("committed"))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
    assert_eq!(found, broken(&committed.results), "renew it: {}", Exam::COMMAND);
}

/// Asks an original.
fn ask(bot: &Process, request: &Request) -> Response {
    let Request { method, account, query, body } = request;
    let method = if *method == Method::Get { "GET" } else { "POST" };
    let mut stream = TcpStream::connect(bot.address).expect("it listens");
    // HTTP/1.0, so that the answer is one piece and ends with the connection.
    let head = format!(
        "{method} /wechat/{account}?{query} HTTP/1.0\r\nHost: localhost\r\n\
         Content-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Response::text(status.expect("a status"), body.to_owned())
}
