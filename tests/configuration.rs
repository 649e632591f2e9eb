//! Every key of docs/CONFIGURATION.md, from the file to the reply: a key that is read and not used,
//! or used for another one, fails its test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use four_ways::hosts::Memory;
use four_ways::hosts::services::Services;
use four_ways::server::config::{self, Configuration};
use four_ways::styles;
use futures::FutureExt;
use pipeline::{Call, Credentials, Late, Method, Request, Response};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use wechat::{AesKey, Mode, Token, signature};

const NOW: u64 = 1_700_000_000;

const TOKEN: &str = "present-token";
const OLD_TOKEN: &str = "previous-token";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OLD_KEY: &str = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba";

const SAFE: &str = "mode = \"safe\"\napp_id = \"wx1\"\n\
                    encoding_aes_key = \"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\"\n";
const HELLO: &str =
    "[[account.keyword]]\nmatch = \"exact\"\npattern = \"hello\"\nreply = \"Hi.\"\n";

/// A file for a test of this name: one account `shop` with these lines.
fn file(test: &str, lines: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("key-{test}.toml"));
    let text = format!("[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\n{lines}");
    std::fs::write(&path, text).expect("written");
    path
}

/// What such a file says.
fn read(test: &str, lines: &str) -> Configuration {
    config::read(&file(test, lines)).unwrap_or_else(|error| panic!("{error}"))
}

/// A host with the account of such a file.
fn shop(test: &str, lines: &str) -> Arc<Memory> {
    Arc::new(Memory::new(read(test, lines).accounts, Duration::from_secs(NOW)))
}

/// Why such a file is refused, without its path.
fn refused(test: &str, lines: &str) -> String {
    let error = config::read(&file(test, lines)).err();
    let error = error.unwrap_or_else(|| panic!("accepted: {lines}")).to_string();
    error.split_once(".toml:").expect("a path").1.to_owned()
}

/// The answer, or `None` when it takes time.
fn ask(host: &Arc<Memory>, request: Request) -> Option<Response> {
    let style = styles::named("async-await").expect("it is there");
    style.start(host.clone(), request).now_or_never()
}

fn status(host: &Arc<Memory>, request: Request) -> u16 {
    ask(host, request).expect("at once").status
}

/// A message of alice to `gh_shop`.
fn message(fields: &str) -> String {
    format!(
        "<xml><ToUserName>gh_shop</ToUserName><FromUserName>alice</FromUserName>\
         <CreateTime>{NOW}</CreateTime>{fields}</xml>"
    )
}

fn text(id: u64, words: &str) -> String {
    message(&format!("<MsgType>text</MsgType><Content>{words}</Content><MsgId>{id}</MsgId>"))
}

/// In plain mode, under this token and timestamp.
fn plain(token: &str, timestamp: u64, nonce: &str, body: &str) -> Request {
    let timestamp = timestamp.to_string();
    let signature = signature::sign(&Token::new(token), &timestamp, nonce);
    let query = format!("signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let (method, account) = (Method::Post, "shop".to_owned());
    Request { method, account, query, body: body.as_bytes().to_vec() }
}

/// A text in plain mode. Each has a nonce of its own.
fn say(host: &Arc<Memory>, id: u64, words: &str) -> Option<String> {
    ask(host, plain(TOKEN, NOW, &format!("n{id}"), &text(id, words))).map(|reply| content(&reply))
}

fn content(reply: &Response) -> String {
    assert_eq!(reply.status, 200, "{reply:?}");
    let content = reply.body.split("<Content><![CDATA[").nth(1);
    content.and_then(|rest| rest.split("]]>").next()).unwrap_or(&reply.body).to_owned()
}

/// Encrypted, with everything that may differ.
fn sealed(token: &str, key: &str, app_id: &str, body: &str) -> Request {
    let encrypted = AesKey::parse(key).expect("a key").encrypt(body, app_id, [7; 16]);
    let (timestamp, nonce) = (NOW.to_string(), "n1");
    let token = Token::new(token);
    let signature = signature::sign(&token, &timestamp, nonce);
    let message = signature::sign_message(&token, &timestamp, nonce, &encrypted);
    let query = format!(
        "signature={signature}&timestamp={timestamp}&nonce={nonce}&msg_signature={message}"
    );
    let body = format!("<xml><ToUserName>gh_shop</ToUserName><Encrypt>{encrypted}</Encrypt></xml>");
    Request { method: Method::Post, account: "shop".to_owned(), query, body: body.into_bytes() }
}

/// The words of an encrypted answer that is signed and encrypted with these.
fn unsealed(reply: &Response, token: &str, key: &str) -> Option<String> {
    let field = |name: &str| {
        let rest = reply.body.split_once(&format!("<{name}>"))?.1.split_once("</")?.0;
        Some(rest.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned())
    };
    let (encrypted, signed) = (field("Encrypt")?, field("MsgSignature")?);
    let (timestamp, nonce) = (field("TimeStamp")?, field("Nonce")?);
    let token = Token::new(token);
    if !signature::verify_message(&token, &timestamp, &nonce, &encrypted, &signed) {
        return None;
    }
    let plain = AesKey::parse(key).expect("a key").decrypt(&encrypted, "wx1").ok()?;
    Some(content(&Response::xml(plain)))
}

#[test]
fn name_is_the_account_of_the_path() {
    let host = shop("name", HELLO);
    let hello = plain(TOKEN, NOW, "n1", &text(1, "hello"));
    assert_eq!(status(&host, Request { account: "other".to_owned(), ..hello.clone() }), 404);
    assert_eq!(content(&ask(&host, hello).expect("at once")), "Hi.");
}

#[test]
fn token_signs() {
    let host = shop("token", HELLO);
    assert_eq!(status(&host, plain("another-token", NOW, "n1", &text(1, "hello"))), 403);
    assert_eq!(say(&host, 1, "hello").as_deref(), Some("Hi."));
}

#[test]
fn previous_token_is_accepted_and_signs_the_answer_to_what_it_has_signed() {
    let previous = format!("previous_token = \"{OLD_TOKEN}\"\n");
    let host = shop("previous-token", &previous);
    for (token, expected) in [(TOKEN, 200), (OLD_TOKEN, 200), ("another-token", 403)] {
        assert_eq!(status(&host, plain(token, NOW, "n1", &text(1, "x"))), expected);
    }
    assert_eq!(
        status(&shop("no-previous-token", ""), plain(OLD_TOKEN, NOW, "n", &text(1, "x"))),
        403
    );
    let host = shop("previous-token-safe", &format!("{previous}{SAFE}{HELLO}"));
    for (id, token) in [(1, TOKEN), (2, OLD_TOKEN)] {
        let request = sealed(token, KEY, "wx1", &text(id, "hello"));
        let reply = ask(&host, request).expect("at once");
        assert_eq!(unsealed(&reply, token, KEY).as_deref(), Some("Hi."), "{reply:?}");
    }
}

#[test]
fn original_id_is_compared_where_it_is_set() {
    let ours = "original_id = \"gh_shop\"\n";
    let theirs = "original_id = \"gh_other\"\n";
    for (test, lines, expected) in
        [("original-id", ours, 200), ("other-id", theirs, 403), ("no-id", "", 200)]
    {
        let request = plain(TOKEN, NOW, "n1", &text(1, "x"));
        assert_eq!(status(&shop(test, lines), request), expected, "{test}");
        let host = shop(&format!("{test}-safe"), &format!("{lines}{SAFE}"));
        assert_eq!(status(&host, sealed(TOKEN, KEY, "wx1", &text(1, "x"))), expected, "{test}");
    }
}

#[test]
fn mode_is_plain_unless_it_is_set() {
    for lines in ["", "mode = \"plain\"\n"] {
        let host = shop("mode", &format!("{lines}{HELLO}"));
        assert_eq!(say(&host, 1, "hello").as_deref(), Some("Hi."));
        assert_eq!(status(&host, sealed(TOKEN, KEY, "wx1", &text(1, "hello"))), 400);
    }
}

#[test]
fn mode_compat_and_mode_safe_read_and_answer_encrypted_only() {
    for mode in ["compat", "safe"] {
        let lines = SAFE.replace("safe", mode);
        let host = shop(mode, &format!("{lines}{HELLO}"));
        assert_eq!(status(&host, plain(TOKEN, NOW, "n1", &text(1, "hello"))), 400, "{mode}");
        let reply = ask(&host, sealed(TOKEN, KEY, "wx1", &text(1, "hello"))).expect("at once");
        assert_eq!(unsealed(&reply, TOKEN, KEY).as_deref(), Some("Hi."), "{mode}");
    }
}

/// They are answered alike, so only the setting tells them apart.
#[test]
fn mode_compat_is_not_mode_safe() {
    let mode = |mode: &str| {
        let read = read(&format!("is-{mode}"), &SAFE.replace("safe", mode));
        match read.accounts[0].envelope.mode() {
            Mode::Plain => "plain",
            Mode::Compat(_) => "compat",
            Mode::Safe(_) => "safe",
        }
    };
    assert_eq!(["plain", "compat", "safe"].map(mode), ["plain", "compat", "safe"]);
}

#[test]
fn app_id_is_compared() {
    let host = shop("app-id", SAFE);
    assert_eq!(status(&host, sealed(TOKEN, KEY, "wx2", &text(1, "x"))), 403);
    assert_eq!(status(&host, sealed(TOKEN, KEY, "wx1", &text(1, "x"))), 200);
}

#[test]
fn encoding_aes_key_opens_and_closes() {
    let host = shop("key", &format!("{SAFE}{HELLO}"));
    assert_eq!(status(&host, sealed(TOKEN, OLD_KEY, "wx1", &text(1, "hello"))), 403);
    let reply = ask(&host, sealed(TOKEN, KEY, "wx1", &text(1, "hello"))).expect("at once");
    assert_eq!(unsealed(&reply, TOKEN, KEY).as_deref(), Some("Hi."));
}

#[test]
fn previous_encoding_aes_key_opens_and_closes_what_came_under_it() {
    let previous = format!("previous_encoding_aes_key = \"{OLD_KEY}\"\n");
    let host = shop("previous-key", &format!("{SAFE}{previous}{HELLO}"));
    for (id, key, other) in [(1, KEY, OLD_KEY), (2, OLD_KEY, KEY)] {
        let reply = ask(&host, sealed(TOKEN, key, "wx1", &text(id, "hello"))).expect("at once");
        assert_eq!(unsealed(&reply, TOKEN, key).as_deref(), Some("Hi."));
        assert_eq!(unsealed(&reply, TOKEN, other), None);
    }
    let third = KEY.to_uppercase();
    assert_eq!(status(&host, sealed(TOKEN, &third, "wx1", &text(3, "hello"))), 403);
}

/// A mistake in a key is found before the mode is changed.
#[test]
fn a_key_is_checked_in_every_mode() {
    for mode in ["plain", "compat", "safe"] {
        let lines = SAFE.replace("safe", mode);
        let wrong = refused("wrong-key", &lines.replace(KEY, "tooshort"));
        assert!(wrong.starts_with("6:20: "), "{mode}: {wrong}");
        assert!(!wrong.contains("tooshort"), "{wrong}");
        let previous = "previous_encoding_aes_key = \"tooshort\"\n";
        let wrong = refused("wrong-previous", &format!("{lines}{previous}"));
        assert!(wrong.starts_with("7:29: "), "{mode}: {wrong}");
        let alone = refused("only-previous", &format!("mode = \"{mode}\"\n{previous}"));
        assert_eq!(alone, "5:29: there is a previous key and no `encoding_aes_key`");
        shop("good-key", &lines);
    }
    let wrong = refused("no-mode", &SAFE.replace("mode = \"safe\"\n", ""));
    assert!(wrong.contains("there is a key and no `mode`"), "{wrong}");
}

#[test]
fn window_is_300_seconds_unless_it_is_set_and_has_two_sides() {
    for (test, lines, seconds) in [
        ("window-default", "", 300),
        ("window-1", "window = \"1s\"\n", 1),
        ("window-20", "window = \"20s\"\n", 20),
        ("window-300", "window = \"300s\"\n", 300),
    ] {
        let host = shop(test, lines);
        for (at, expected) in [
            (NOW - seconds - 1, 403),
            (NOW - seconds, 200),
            (NOW + seconds, 200),
            (NOW + seconds + 1, 403),
        ] {
            let request = plain(TOKEN, at, "n", &text(at, "x"));
            assert_eq!(status(&host, request), expected, "{test}, {at}");
        }
    }
}

#[test]
fn window_is_1_to_300_seconds() {
    for value in ["0s", "301s", "86400s", "300", "-1s", "+5s", "s", "", "5m", "OFF"] {
        let wrong = refused("odd-window", &format!("window = \"{value}\"\n"));
        let expected = "4:10: `window` is neither \"off\" nor seconds like \"300s\" (1 to 300)";
        assert_eq!(wrong, expected, "{value}");
    }
}

#[test]
fn window_off_lets_old_timestamps_and_used_signatures_pass() {
    let twice = |lines: &str| {
        let host = shop("window-off", lines);
        let once = |at, id| status(&host, plain(TOKEN, at, "n", &text(id, "x")));
        (once(NOW - 1_000_000, 1), once(NOW, 2), once(NOW, 3))
    };
    assert_eq!(twice("window = \"off\"\n"), (200, 200, 200));
    assert_eq!(twice("window = \"300s\"\n"), (403, 200, 403));
}

#[test]
fn welcome_greets_a_new_follower() {
    let subscribe = message("<MsgType>event</MsgType><Event>subscribe</Event>");
    for (lines, expected) in [("welcome = \"欢迎！\"\n", "欢迎！"), ("", "success")] {
        let reply = ask(&shop("welcome", lines), plain(TOKEN, NOW, "n1", &subscribe));
        assert_eq!(content(&reply.expect("at once")), expected);
    }
}

#[test]
fn a_welcome_and_a_reply_have_at_most_2048_bytes() {
    let welcome = |length| format!("welcome = \"{}\"\n", "x".repeat(length));
    let reply = |length| HELLO.replace("Hi.", &"x".repeat(length));
    shop("longest-welcome", &welcome(2_048));
    shop("longest-reply", &reply(2_048));
    assert!(refused("long-welcome", &welcome(2_049)).starts_with("4:11: "));
    assert!(refused("long-reply", &reply(2_049)).starts_with("7:9: "));
}

#[test]
fn units_are_on_where_they_are_listed() {
    for (units, guess, later) in [
        ("", false, false),
        ("units = []\n", false, false),
        ("units = [\"guess\"]\n", true, false),
        ("units = [\"later\"]\n", false, true),
        ("units = [\"later\", \"guess\"]\n", true, true),
    ] {
        let host = shop("units", units);
        let game = say(&host, 1, "guess").expect("at once");
        assert_eq!(game.contains("1 to 100"), guess, "{units}: {game}");
        let host = shop("units", units);
        let waits = say(&host, 1, "later").is_none();
        assert_eq!(waits, later, "{units}");
    }
}

const API: &str = "app_id = \"wx1\"\napp_secret = \"hush\"\n";
const MODELS: &str = "models = [\"small\", \"large\"]\n";
const PROVIDERS: &str = "[service.ask-first]\nurl = \"http://127.0.0.1:1\"\n\
                         [service.ask-second]\nurl = \"http://127.0.0.1:2\"\n";

#[test]
fn app_secret_is_for_wechats_api_in_every_mode() {
    for mode in ["plain", "compat", "safe"] {
        let lines = SAFE.replace("safe", mode) + "app_secret = \"hush\"\n";
        let account = read("app-secret", &lines).accounts.remove(0);
        let Credentials { app_id, secret } = account.credentials.expect("credentials");
        assert_eq!((&*app_id, secret.expose()), ("wx1", "hush"), "{mode}");
    }
    assert!(read("app-secret-alone", API).accounts[0].credentials.is_some());
    assert!(read("no-app-secret", SAFE).accounts[0].credentials.is_none());
    let alone = refused("app-secret-no-id", "app_secret = \"hush\"\n");
    assert_eq!(alone, "4:14: there is an `app_secret` and no `app_id`");
    let empty = refused("app-secret-empty", &API.replace("hush", ""));
    assert_eq!(empty, "5:14: the secret is empty: copy it from WeChat's console");
    let number = refused("app-secret-number", &API.replace("\"hush\"", "271828"));
    assert!(number.starts_with("5:14: ") && !number.contains("271828"), "{number}");
}

#[test]
fn models_are_those_of_the_first_and_the_second_provider() {
    let account = read("models", MODELS).accounts.remove(0);
    assert_eq!(account.models, ["small", "large"]);
    for models in ["[]", "[\"one\"]", "[\"one\", \" \"]", "[\"a\", \"b\", \"c\"]"] {
        let wrong = refused("odd-models", &format!("models = {models}\n"));
        assert!(wrong.starts_with("4:10: `models` names two"), "{wrong}");
    }
}

#[test]
fn late_says_what_becomes_of_an_answer_and_a_push_needs_the_secret() {
    let late = |lines: &str| read("late", lines).accounts[0].late;
    assert_eq!(late(""), Late::Success);
    assert_eq!(late("late = \"success\"\n"), Late::Success);
    assert_eq!(late("late = \"retry\"\n"), Late::Retry);
    assert_eq!(late(&format!("late = \"push\"\n{API}")), Late::Push);
    for lines in ["", "app_id = \"wx1\"\n"] {
        let wrong = refused("late-push", &format!("late = \"push\"\n{lines}"));
        let expected = "4:8: late = \"push\" needs `app_id` and `app_secret`";
        assert!(wrong.starts_with(expected), "{wrong}");
    }
    let unknown = refused("late-unknown", "late = \"retries\"\n");
    assert_eq!(unknown, "4:8: unknown late `retries`: did you mean `retry`?");
}

#[test]
fn units_that_call_services_are_refused_without_what_they_need() {
    let with = |unit: &str, lines: &str| format!("units = [\"{unit}\"]\n{lines}");
    for (unit, lines) in [
        ("profile", API.to_owned()),
        ("articles", API.to_owned()),
        ("weather", String::new()),
        ("ask", format!("{MODELS}{PROVIDERS}")),
    ] {
        assert!(read("needs", &with(unit, &lines)).accounts[0].has_unit(unit));
    }
    let one = PROVIDERS.split_inclusive('\n').take(2).collect::<String>();
    for (unit, lines, missing) in [
        ("profile", String::new(), "`app_id` and `app_secret`"),
        ("articles", "app_id = \"wx1\"\n".to_owned(), "`app_id` and `app_secret`"),
        ("ask", PROVIDERS.to_owned(), "`models = [\"first\", \"second\"]`"),
        ("ask", MODELS.to_owned(), "[service.ask-first] and [service.ask-second]"),
        ("ask", format!("{MODELS}{one}"), "[service.ask-first] and [service.ask-second]"),
    ] {
        let wrong = refused("missing", &with(unit, &lines));
        assert_eq!(wrong, format!("4:10: the unit `{unit}` needs {missing}"));
    }
    let wrong = refused("unknown-unit", &with("profil", ""));
    assert_eq!(wrong, "4:10: unknown unit `profil`: did you mean `profile`?");
}

/// What is asked of the service `forecast` of such a file, whose address is put in for `ADDRESS`.
fn called(test: &str, lines: &str) -> String {
    Runtime::new().expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let services = read(test, &lines.replace("ADDRESS", &address)).services;
        let services = Services::new(services, TaskTracker::new());
        let _pending = services.call(Call::get("forecast", "/v1/forecast"));
        let accepted = timeout(Duration::from_secs(20), listener.accept()).await;
        let (stream, _) = accepted.expect("it is called").expect("a connection");
        let (mut head, mut lines) = (Vec::new(), BufReader::new(stream).lines());
        while let Some(line) = lines.next_line().await.expect("text")
            && !line.is_empty()
        {
            head.push(line);
        }
        head.join("\n")
    })
}

const FORECAST: &str = "[service.forecast]\nurl = \"http://ADDRESS/base\"\n";

#[test]
fn service_url_is_where_the_service_is_called() {
    let head = called("url", FORECAST);
    assert!(head.starts_with("GET /base/v1/forecast HTTP/1.1\n"), "{head}");
    for (url, why) in [
        ("127.0.0.1:9100", "no address of a service"),
        ("ftp://127.0.0.1", "no address of a service"),
        ("http://me:hush@127.0.0.1", "no user, password"),
    ] {
        let wrong = refused("odd-url", &FORECAST.replace("http://ADDRESS/base", url));
        assert!(wrong.starts_with("5:7: ") && wrong.contains(why), "{wrong}");
        assert!(!wrong.contains("hush"), "{wrong}");
    }
    assert_eq!(refused("no-url", "[service.forecast]\n"), "4:1: missing field `url`");
}

#[test]
fn service_key_is_sent_with_each_call() {
    let head = called("service-key", &format!("{FORECAST}key = \"hush\"\n"));
    assert!(head.contains("\nauthorization: Bearer hush\n"), "{head}");
    assert!(!called("no-service-key", FORECAST).contains("authorization"));
    for key in ["", "two words", "钥匙"] {
        let wrong = refused("odd-service-key", &format!("{FORECAST}key = \"{key}\"\n"));
        assert_eq!(wrong, "6:7: a key is letters, digits and signs, without blanks");
    }
}

#[test]
fn service_timeout_is_3_seconds_unless_it_is_set() {
    let timeout = |lines: &str| read("timeout", lines).services["forecast"].timeout;
    let set = |value: &str| format!("{FORECAST}timeout = \"{value}\"\n").replace("ADDRESS", "a");
    assert_eq!(timeout(""), Duration::from_secs(3));
    for (value, seconds) in [("1s", 1), ("60s", 60)] {
        assert_eq!(timeout(&set(value)), Duration::from_secs(seconds));
    }
    for value in ["0s", "61s", "3", "1.5s", "off", ""] {
        let wrong = refused("odd-timeout", &set(value));
        assert_eq!(wrong, "6:11: `timeout` is seconds like \"3s\" (1 to 60)", "{value}");
    }
}

#[test]
fn services_are_public_ones_unless_they_are_set_and_others_are_unknown() {
    let known = |lines: &str| read("services", lines).services.into_keys().collect::<Vec<_>>();
    assert_eq!(known(""), ["air-quality", "forecast", "geocoding", "wechat"]);
    let all = ["air-quality", "ask-first", "ask-second", "forecast", "geocoding", "wechat"];
    assert_eq!(known(PROVIDERS), all);
    let wrong = refused("unknown-service", "[service.forcast]\nurl = \"http://127.0.0.1\"\n");
    assert_eq!(wrong, "4:10: unknown key `forcast`: did you mean `forecast`?");
}

#[test]
fn keyword_match_exact_is_the_whole_text_and_fuzzy_a_part() {
    for (matches, whole, part) in [("exact", "Hi.", "success"), ("fuzzy", "Hi.", "Hi.")] {
        let host = shop("match", &HELLO.replace("exact", matches));
        assert_eq!(say(&host, 1, "hello").as_deref(), Some(whole), "{matches}");
        assert_eq!(say(&host, 2, "oh hello there").as_deref(), Some(part), "{matches}");
    }
}

#[test]
fn keyword_pattern_is_what_is_said_without_blanks_around_it() {
    let host = shop("pattern", &HELLO.replace("hello", "  opening hours "));
    assert_eq!(say(&host, 1, "opening hours").as_deref(), Some("Hi."));
    assert_eq!(say(&host, 2, "hello").as_deref(), Some("success"));
}

#[test]
fn keyword_reply_is_what_is_answered() {
    let host = shop("reply", &HELLO.replace("Hi.", "晴。"));
    assert_eq!(say(&host, 1, "hello").as_deref(), Some("晴。"));
}

#[test]
fn keywords_are_tried_in_the_order_of_the_file_exact_ones_before_fuzzy_ones() {
    let keyword =
        |matches: &str, reply: &str| HELLO.replace("exact", matches).replace("Hi.", reply);
    let all = [
        keyword("fuzzy", "first fuzzy"),
        keyword("exact", "first exact"),
        keyword("exact", "second exact"),
        keyword("fuzzy", "second fuzzy"),
    ];
    let host = shop("order", &all.concat());
    assert_eq!(say(&host, 1, "hello").as_deref(), Some("first exact"));
    assert_eq!(say(&host, 2, "hello!").as_deref(), Some("first fuzzy"));
}

#[test]
fn accounts_do_not_share_their_settings() {
    let second = "[[account]]\nname = \"second\"\ntoken = \"other\"\nwelcome = \"Second.\"\n";
    let host = shop("two", &format!("{HELLO}{second}"));
    let to_second = |token| Request {
        account: "second".to_owned(),
        ..plain(token, NOW, "n2", &text(1, "hello"))
    };
    assert_eq!(status(&host, to_second(TOKEN)), 403);
    assert_eq!(content(&ask(&host, to_second("other")).expect("at once")), "success");
    assert_eq!(say(&host, 1, "hello").as_deref(), Some("Hi."));
}

#[test]
fn memory_is_256_mib_unless_it_is_set() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("key-memory.toml");
    let read = |line: &str| {
        let account = format!("[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\n");
        std::fs::write(&path, format!("{line}{account}")).expect("written");
        config::read(&path).map(|config| config.memory)
    };
    let mib = 1024 * 1024;
    for (line, memory) in [
        ("", 256 * mib),
        ("memory = \"256MiB\"\n", 256 * mib),
        ("memory = \"16MiB\"\n", 16 * mib),
        ("memory = \"4096MiB\"\n", 4096 * mib),
    ] {
        assert_eq!(read(line).ok(), Some(memory), "{line}");
    }
    for value in
        ["0MiB", "15MiB", "1000001MiB", "256", "256 MiB", "256MB", "1GiB", "-1MiB", "MiB", ""]
    {
        let wrong = read(&format!("memory = \"{value}\"\n")).expect_err(value).to_string();
        let expected = ":1:10: `memory` is not like \"256MiB\" (16 to 1000000)";
        assert!(wrong.ends_with(expected), "{value}: {wrong}");
    }
}

/// What a wrong key is told are all keys; the page names them, and each has a test here.
#[test]
fn every_key_is_documented_and_has_a_test() {
    let known = |lines: &str| -> BTreeSet<String> {
        let error = refused("keys", lines);
        let list = error.split_once("known are `").expect("a list").1;
        list.trim_end_matches('`').split("`, `").map(str::to_owned).collect()
    };
    let page = include_str!("../docs/CONFIGURATION.md");
    let table = page.lines().filter(|line| line.starts_with("| `"));
    let table: Vec<_> = table.flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
    let tests = include_str!("configuration.rs");
    assert!(table.contains(&"memory"));
    let account = known("zzzzqqqq = 1\n");
    let keyword = known(&format!("{HELLO}zzzzqqqq = 1\n"));
    let service = known("[service.wechat]\nzzzzqqqq = 1\n");
    let services = known("[service.zzzzqqqq]\n");
    assert_eq!((account.len(), keyword.len(), service.len(), services.len()), (15, 3, 3, 6));
    for name in services {
        assert!(table.contains(&&*format!("[service.{name}]")), "{name} is not in the table");
    }
    for key in account.iter().chain(&keyword).chain(&service) {
        assert!(table.contains(&&**key) || key == "keyword", "{key} is not in the table");
        let tested = ["", "keyword_", "service_"].map(|of| format!("fn {of}{key}_"));
        let tested = tested.into_iter().chain([format!("fn {key}s_")]);
        assert!(tested.into_iter().any(|test| tests.contains(&test)), "{key} has no test");
    }
}
