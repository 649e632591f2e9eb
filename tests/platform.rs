//! What the platform does with a server, and what its user sees. The clock is virtual, and the bots
//! are functions, so two days take no time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use four_ways::platform::api::{Call, Method};
use four_ways::platform::{
    Account, Act, ActError, Answer, Entry, Event, Fault, Live, Mode, NOTICE, Order, Outcome,
    Platform, Request, Shown, Trouble,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use wechat::{AesKey, Envelope, Keys, Message, Query, Rotation, Token, signature};

const EPOCH: Duration = Duration::from_secs(1_700_000_000);
const TOKEN: &str = "token-demo";
const KEY: &str = "four0ways0four0ways0four0ways0four0ways0abc";
const SECOND: Duration = Duration::from_secs(1);

fn account() -> Account {
    Account::new("http://bot.test/wechat", TOKEN)
}

fn key() -> AesKey {
    AesKey::parse(KEY).expect("a key")
}

fn hello() -> Act {
    Act::Text("hello".to_owned())
}

fn ok(body: impl Into<Vec<u8>>) -> Result<Answer, String> {
    Ok(Answer { status: 200, body: body.into() })
}

/// A reply from the account to alice, with these fields.
fn reply(fields: &str) -> String {
    format!(
        "<xml><ToUserName>alice</ToUserName><FromUserName>gh_466f75725761</FromUserName>\
         <CreateTime>1700000000</CreateTime>{fields}</xml>"
    )
}

fn text(words: &str) -> String {
    reply(&format!("<MsgType>text</MsgType><Content><![CDATA[{words}]]></Content>"))
}

fn drained(journal: &mut UnboundedReceiver<Entry>) -> Vec<(u64, Event)> {
    let mut entries = Vec::new();
    while let Ok(Entry { at, event, .. }) = journal.try_recv() {
        entries.push(((at - EPOCH).as_secs(), event));
    }
    entries
}

fn seen(entries: &[(u64, Event)]) -> Vec<(u64, String)> {
    let seen = entries.iter().filter_map(|(at, event)| match event {
        Event::Sees(shown) => Some((*at, shown.to_string())),
        _ => None,
    });
    seen.collect()
}

fn tries(entries: &[(u64, Event)]) -> Vec<(u64, &Request)> {
    let tries = entries.iter().filter_map(|(at, event)| match event {
        Event::Try { request, .. } => Some((*at, request)),
        _ => None,
    });
    tries.collect()
}

/// What happens when alice does `act` and `bot` answers try number n.
async fn played<R>(act: Act, bot: impl Fn(usize) -> R + Send + Sync + 'static) -> Vec<(u64, Event)>
where
    R: Future<Output = Result<Answer, String>> + Send + 'static,
{
    played_with(account(), act, bot).await
}

async fn played_with<R>(
    account: Account,
    act: Act,
    bot: impl Fn(usize) -> R + Send + Sync + 'static,
) -> Vec<(u64, Event)>
where
    R: Future<Output = Result<Answer, String>> + Send + 'static,
{
    let app_id = account.app_id.clone();
    let number = Mutex::new(0);
    let send = move |_| {
        let mut number = number.lock().expect("no bot panics");
        *number += 1;
        bot(*number)
    };
    let (live, mut journal) = Live::start(Platform::new([account], 0), EPOCH, send);
    live.act(&app_id, "alice", &act).await.expect("alice can");
    drained(&mut journal)
}

/// What alice sees when `body` answers her text at once; `None` is nothing.
async fn read(body: impl Into<Vec<u8>>) -> Option<Shown> {
    read_after(hello(), account(), body).await
}

async fn read_after(act: Act, account: Account, body: impl Into<Vec<u8>>) -> Option<Shown> {
    let body = body.into();
    let entries = played_with(account, act, move |_| std::future::ready(ok(body.clone()))).await;
    assert_eq!(tries(&entries).len(), 1, "what was read is not asked for again");
    let mut shown = entries.into_iter().filter_map(|(_, event)| match event {
        Event::Sees(shown) => Some(shown),
        _ => None,
    });
    let first = shown.next();
    assert_eq!(shown.next(), None);
    first
}

async fn fault(body: impl Into<Vec<u8>>) -> Fault {
    match read(body).await {
        Some(Shown::Notice(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_takes_six_seconds_is_cut_three_times_and_its_user_sees_the_notice_at_15_s() {
    let entries = played(hello(), |_| async {
        sleep(6 * SECOND).await;
        ok(text("too late"))
    })
    .await;
    assert_eq!(seen(&entries), [(15, NOTICE.to_owned())]);
    let cut = |event: &Event| matches!(event, Event::Tried { outcome: Outcome::Cut, .. });
    let cuts: Vec<_> = entries.iter().filter(|(_, event)| cut(event)).map(|(at, _)| *at).collect();
    assert_eq!(cuts, [5, 10, 15]);
}

#[tokio::test(start_paused = true)]
async fn every_try_sends_the_same_bytes_and_they_begin_5_s_apart() {
    let entries = played(hello(), |_| std::future::pending()).await;
    let tries = tries(&entries);
    let [(0, first), (5, second), (10, third)] = tries[..] else { panic!("{tries:?}") };
    assert_eq!((first, first), (second, third));
}

#[tokio::test(start_paused = true)]
async fn a_try_that_is_answered_is_the_last() {
    let entries = played(hello(), |number| async move {
        if number < 3 {
            sleep(6 * SECOND).await;
        }
        ok(text("at last"))
    })
    .await;
    assert_eq!(seen(&entries), [(10, "at last".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn success_and_an_empty_body_end_the_chain_and_show_nothing() {
    for body in ["success", "", "success\n"] {
        let entries = played(hello(), move |_| std::future::ready(ok(body))).await;
        assert_eq!(tries(&entries).len(), 1);
        assert_eq!(entries.last(), Some(&(0, Event::Silence)), "{body:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_other_than_200_and_a_broken_connection_are_tried_again() {
    let failing = |number| async move {
        match number {
            1 => Ok(Answer { status: 500, body: text("ignored").into() }),
            2 => Err("connection refused".to_owned()),
            _ => ok(text("up again")),
        }
    };
    assert_eq!(seen(&played(hello(), failing).await), [(10, "up again".to_owned())]);
    let down = |_| std::future::ready(Err("connection refused".to_owned()));
    assert_eq!(seen(&played(hello(), down).await), [(10, NOTICE.to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_answers_json_html_or_twice_shows_the_notice_at_once() {
    let twice = text("one") + &text("two");
    for body in ["{\"Content\": \"hi\"}", "<html>hi</html>", "hi", "success!", &twice] {
        assert!(matches!(fault(body).await, Fault::Unreadable(_)), "{body}");
    }
    let marked = format!("\u{feff}{}", text("hi"));
    assert_eq!(fault(marked).await, Fault::Before('\u{feff}'));
    assert_eq!(fault(format!("\n{}", text("hi"))).await, Fault::Before('\n'));
    assert_eq!(fault(text("a\u{1}b")).await, Fault::Control(1));
}

#[tokio::test(start_paused = true)]
async fn a_text_reaches_the_user_up_to_2048_bytes_and_not_empty() {
    assert_eq!(read(text("你好")).await, Some(Shown::Text("你好".to_owned())));
    let longest = "x".repeat(2048);
    assert_eq!(read(text(&longest)).await, Some(Shown::Text(longest)));
    assert_eq!(fault(text(&"x".repeat(2049))).await, Fault::LongText(2049));
    assert_eq!(fault(text(&"x".repeat(3000))).await, Fault::LongText(3000));
    assert_eq!(fault(text("")).await, Fault::EmptyText);
}

#[tokio::test(start_paused = true)]
async fn a_section_that_ends_too_early_shows_the_notice_and_a_split_one_the_text() {
    for words in ["a]]>b", "]]></Content><Evil/>"] {
        assert!(matches!(fault(text(words)).await, Fault::Unreadable(_)), "{words}");
    }
    let split = text("a]]]]><![CDATA[>b");
    assert_eq!(read(split).await, Some(Shown::Text("a]]>b".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn the_parties_of_a_reply_must_be_those_of_the_message_swapped() {
    let swapped = text("hi").replace("alice", "bob");
    assert_eq!(fault(swapped).await, Fault::Receiver("bob".to_owned()));
    let app_id = text("hi").replace("gh_466f75725761", "wxfourwaysplatform");
    assert_eq!(fault(app_id).await, Fault::Sender("wxfourwaysplatform".to_owned()));
    let timeless = text("hi").replace("<CreateTime>1700000000</CreateTime>", "");
    assert_eq!(fault(timeless).await, Fault::Missing("CreateTime"));
    let kind = text("hi").replace("text", "Text");
    assert_eq!(fault(kind).await, Fault::Kind("Text".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_message_is_answered_with_one_article_and_an_event_with_up_to_eight() {
    let news = |count: usize, items: usize| {
        let items: String =
            (1..=items).map(|at| format!("<item><Title>{at}</Title></item>")).collect();
        reply(&format!(
            "<MsgType>news</MsgType><ArticleCount>{count}</ArticleCount>\
             <Articles>{items}</Articles>"
        ))
    };
    let titles = |count: usize| Some(Shown::News((1..=count).map(|at| at.to_string()).collect()));
    assert_eq!(read(news(3, 3)).await, titles(1));
    let menu = Act::Menu("KEY".to_owned());
    assert_eq!(read_after(menu.clone(), account(), news(3, 3)).await, titles(3));
    assert_eq!(read_after(menu, account(), news(9, 9)).await, titles(8));
    assert_eq!(fault(news(0, 0)).await, Fault::Articles { items: 0, count: 0 });
    assert_eq!(fault(news(2, 1)).await, Fault::Articles { items: 1, count: 2 });
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_reply_is_shown_and_those_that_lack_something_are_not() {
    let media = |kind| Some(Shown::Media { kind, media: "m".to_owned() });
    for (kind, name) in [("image", "Image"), ("voice", "Voice"), ("video", "Video")] {
        let whole = format!("<MsgType>{kind}</MsgType><{name}><MediaId>m</MediaId></{name}>");
        assert_eq!(read(reply(&whole)).await, media(kind));
        let bare = format!("<MsgType>{kind}</MsgType><MediaId>m</MediaId>");
        assert_eq!(fault(reply(&bare)).await, Fault::Missing(name));
        let empty = whole.replace(">m<", "><");
        assert_eq!(fault(reply(&empty)).await, Fault::Missing("MediaId"));
    }
    let music = "<MsgType>music</MsgType><Music><Title>t</Title><MusicUrl>u</MusicUrl></Music>";
    let shown = Shown::Music { title: "t".to_owned(), url: "u".to_owned() };
    assert_eq!(read(reply(music)).await, Some(shown));
    let thumb = music.replace("</Music>", "<ThumbMediaId></ThumbMediaId></Music>");
    assert_eq!(fault(reply(&thumb)).await, Fault::Missing("ThumbMediaId"));
    for (kind, shown) in
        [("transfer_customer_service", Shown::Staff), ("transfer_biz_ai_ivr", Shown::Ai)]
    {
        let transfer = reply(&format!("<MsgType>{kind}</MsgType>"));
        assert_eq!(read(transfer.clone()).await, Some(shown));
        let notice = Some(Shown::Notice(Fault::Transfer(kind)));
        assert_eq!(read_after(Act::Menu("K".to_owned()), account(), transfer).await, notice);
    }
}

/// The bot's side of safe mode, from the official page.
fn sealed(plain: &str, app_id: &str, token: &str) -> String {
    let encrypted = key().encrypt(plain, app_id, [7; 16]);
    let signature = signature::sign_message(&Token::new(token), "1700000000", "9", &encrypted);
    format!(
        "<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature>\
         <TimeStamp>1700000000</TimeStamp><Nonce>9</Nonce></xml>"
    )
}

#[tokio::test(start_paused = true)]
async fn safe_mode_wants_its_answers_encrypted_compat_takes_both_and_plain_takes_plain() {
    let hi = Some(Shown::Text("hi".to_owned()));
    let notice = |fault| Some(Shown::Notice(fault));
    let good = sealed(&text("hi"), "wxfourwaysplatform", TOKEN);
    let modes = [Mode::Plain, Mode::Compat(key()), Mode::Safe(key())];
    let expected = [
        (hi.clone(), notice(Fault::Encrypted)),
        (hi.clone(), hi.clone()),
        (notice(Fault::NotEncrypted), hi.clone()),
    ];
    for (mode, (plain, encrypted)) in modes.into_iter().zip(expected) {
        let account = || Account { mode: mode.clone(), ..account() };
        assert_eq!(read_after(hello(), account(), text("hi")).await, plain, "{mode:?}");
        assert_eq!(read_after(hello(), account(), good.clone()).await, encrypted, "{mode:?}");
        assert_eq!(read_after(hello(), account(), "success").await, None);
    }
    let safe = || Account { mode: Mode::Safe(key()), ..account() };
    let other = sealed(&text("hi"), "wxother", TOKEN);
    assert_eq!(read_after(hello(), safe(), other).await, notice(Fault::Undecryptable));
    let forged = sealed(&text("hi"), "wxfourwaysplatform", "guessed");
    assert_eq!(read_after(hello(), safe(), forged).await, notice(Fault::Signature));
}

fn acts() -> [(Act, &'static str); 12] {
    let text = |words: &str| words.to_owned();
    [
        (Act::Scan(text("7")), "subscribe"),
        (Act::Scan(text("7")), "scan"),
        (hello(), "text"),
        (Act::Text(text("a ]]> b")), "text"),
        (Act::Image, "image"),
        (Act::Voice(text("你好")), "voice"),
        (Act::Video, "video"),
        (Act::ShortVideo, "shortvideo"),
        (Act::Location { latitude: 23.1, longitude: 113.3, label: text("广州") }, "location"),
        (Act::Link { title: text("t"), url: text("u") }, "link"),
        (Act::Menu(text("KEY")), "click"),
        (Act::Unsubscribe, "unsubscribe"),
    ]
}

#[test]
fn a_server_can_open_everything_that_is_sent_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compat(key()), Mode::Safe(key())] {
        let account = Account { mode: mode.clone(), ..account() };
        let keys = Keys { app_id: account.app_id.clone(), keys: Rotation::new(key()) };
        let theirs = match mode {
            Mode::Plain => wechat::Mode::Plain,
            Mode::Compat(_) => wechat::Mode::Compat(keys),
            Mode::Safe(_) => wechat::Mode::Safe(keys),
        };
        let envelope = Envelope::new(Token::new(TOKEN), theirs).with_original_id("gh_466f75725761");
        let app_id = account.app_id.clone();
        let mut platform = Platform::new([account], 0);
        for (act, kind) in acts() {
            let chain = platform.act(EPOCH, &app_id, "alice", &act).expect("alice can");
            let request = platform.begin(EPOCH, chain).expect("due");
            let (_, query) = request.url.split_once('?').expect("signed");
            let query = Query::parse(query).expect("WeChat's form");
            let opened = envelope.open(&query, request.body.as_bytes()).expect("ours");
            assert_eq!((opened.message.kind_name(), &*opened.message.from), (kind, "alice"));
            if !matches!(mode, Mode::Safe(_)) {
                let plain = Message::parse(request.body.as_bytes()).expect("plain, too");
                assert_eq!(plain.from, "alice");
            }
        }
        let (request, echo) = platform.handshake(EPOCH, &app_id).expect("known");
        let query = Query::parse(request.url.split_once('?').expect("signed").1).expect("a query");
        assert_eq!(envelope.handshake(&query), Ok(&*echo));
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_left_sees_nothing_and_cannot_write() {
    let entries = played(Act::Unsubscribe, |_| std::future::ready(ok(text("bye")))).await;
    assert_eq!(seen(&entries), []);
    let mut platform = Platform::new([account()], 0);
    let mut act = |act: &Act| platform.act(EPOCH, "wxfourwaysplatform", "alice", act);
    act(&Act::Unsubscribe).expect("alice followed");
    assert_eq!(act(&hello()), Err(ActError::NotFollowing("alice".to_owned())));
    act(&Act::Subscribe).expect("anybody can");
    act(&hello()).expect("alice follows again");
    let nowhere = platform.act(EPOCH, "wxnobody", "alice", &hello());
    assert_eq!(nowhere, Err(ActError::UnknownAccount("wxnobody".to_owned())));
}

/// A platform whose time the test sets.
struct Desk {
    platform: Platform,
    now: Duration,
}

impl Desk {
    fn new() -> Self {
        Self { platform: Platform::new([account()], 0), now: EPOCH }
    }

    fn raw(&mut self, method: Method, target: &str, body: &str) -> Option<String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (path, query, body) = (path.to_owned(), query.to_owned(), body.as_bytes().to_vec());
        self.platform.call(self.now, &Call { method, path, query, body }).body
    }

    fn ask(&mut self, method: Method, target: &str, body: &str) -> Value {
        let answer = self.raw(method, target, body).expect("an answer");
        serde_json::from_str(&answer).expect("JSON")
    }

    fn code(&mut self, method: Method, target: &str, body: &Value) -> i64 {
        self.ask(method, target, &body.to_string())["errcode"].as_i64().unwrap_or(0)
    }

    fn token(&mut self) -> String {
        let secret = "appid=wxfourwaysplatform&secret=four-ways-platform-secret";
        let target = format!("/cgi-bin/token?grant_type=client_credential&{secret}");
        let answer = self.ask(Method::Get, &target, "");
        assert_eq!(answer["expires_in"], 7200);
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    fn stable(&mut self, force: bool) -> Value {
        let body = json!({
            "grant_type": "client_credential",
            "appid": "wxfourwaysplatform",
            "secret": "four-ways-platform-secret",
            "force_refresh": force,
        });
        self.ask(Method::Post, "/cgi-bin/stable_token", &body.to_string())
    }

    /// The errcode of a call that any good token may make.
    fn try_token(&mut self, token: &str) -> i64 {
        let target = format!("/cgi-bin/user/info?access_token={token}&openid=alice");
        self.code(Method::Get, &target, &Value::Null)
    }

    fn send(&mut self, token: &str, words: &str) -> i64 {
        let body = json!({ "touser": "alice", "msgtype": "text", "text": { "content": words } });
        self.code(Method::Post, &send_to(token), &body)
    }

    fn act(&mut self, act: &Act) {
        self.platform.act(self.now, "wxfourwaysplatform", "alice", act).expect("alice can");
    }

    fn seen(&mut self) -> Vec<String> {
        let shown =
            self.platform.take_journal().into_iter().filter_map(|entry| match entry.event {
                Event::Sees(shown) => Some(shown.to_string()),
                _ => None,
            });
        shown.collect()
    }
}

fn send_to(token: &str) -> String {
    format!("/cgi-bin/message/custom/send?access_token={token}")
}

#[test]
fn a_new_token_replaces_the_old_one_after_five_minutes_and_expires_after_two_hours() {
    let mut desk = Desk::new();
    desk.act(&hello());
    let first = desk.token();
    assert_eq!(first.len(), 512);
    assert_eq!(desk.try_token(&first), 0);
    let second = desk.token();
    assert_ne!(first, second);
    desk.now += 299 * SECOND;
    assert_eq!((desk.try_token(&first), desk.try_token(&second)), (0, 0));
    desk.now += SECOND;
    assert_eq!((desk.try_token(&first), desk.try_token(&second)), (40001, 0));
    desk.now += (7200 - 301) * SECOND;
    assert_eq!(desk.try_token(&second), 0);
    desk.now += SECOND;
    assert_eq!(desk.try_token(&second), 42001);
    assert_eq!(desk.try_token("never-given"), 40014);
    assert_eq!(desk.try_token(""), 41001);
}

#[test]
fn the_stable_token_stays_until_five_minutes_before_its_end_and_the_other_kind_does_not_touch_it() {
    let mut desk = Desk::new();
    desk.act(&hello());
    let first = desk.stable(false);
    desk.token();
    desk.now += 1000 * SECOND;
    let same = desk.stable(false);
    assert_eq!(same["access_token"], first["access_token"]);
    assert_eq!(same["expires_in"], 6200);
    desk.now += 5900 * SECOND;
    let renewed = desk.stable(false);
    assert_ne!(renewed["access_token"], first["access_token"]);
    assert_eq!(desk.try_token(first["access_token"].as_str().expect("a token")), 0);
    let forced = desk.stable(true);
    assert_ne!(forced["access_token"], renewed["access_token"]);
    assert_eq!(desk.stable(true)["errcode"], 45011);
    for _ in 1..20 {
        desk.now += 30 * SECOND;
        assert_eq!(desk.stable(true)["errcode"], Value::Null);
    }
    desk.now += 30 * SECOND;
    assert_eq!(desk.stable(true)["errcode"], 45009);
}

#[test]
fn a_wrong_request_for_a_token_is_told_what_is_wrong() {
    let mut desk = Desk::new();
    let mut code =
        |query: &str| desk.code(Method::Get, &format!("/cgi-bin/token?{query}"), &Value::Null);
    let grant = "grant_type=client_credential";
    assert_eq!(code("appid=wxfourwaysplatform&secret=x"), 40002);
    assert_eq!(code(grant), 41002);
    assert_eq!(code(&format!("{grant}&appid=wxfourwaysplatform")), 41004);
    assert_eq!(code(&format!("{grant}&appid=wxother&secret=x")), 40013);
    assert_eq!(code(&format!("{grant}&appid=wxfourwaysplatform&secret=x")), 40125);
}

#[test]
fn after_a_message_there_are_48_hours_and_five_messages() {
    let mut desk = Desk::new();
    let token = desk.token();
    assert_eq!(desk.send(&token, "hi"), 40003, "nobody has this OpenID");
    desk.act(&hello());
    for at in 1..=5 {
        assert_eq!(desk.send(&token, &at.to_string()), 0);
    }
    assert_eq!(desk.send(&token, "6"), 45047);
    assert_eq!(desk.seen(), ["1", "2", "3", "4", "5"]);
    desk.act(&hello());
    desk.now += Duration::from_secs(48 * 3600 - 1);
    let token = desk.token();
    assert_eq!(desk.send(&token, "in time"), 0);
    desk.now += SECOND;
    assert_eq!(desk.send(&token, "too late"), 45015);
    assert_eq!(desk.seen(), ["in time"]);
}

#[test]
fn after_a_tap_on_the_menu_there_are_one_minute_and_three_messages() {
    let mut desk = Desk::new();
    let token = desk.token();
    for act in [Act::Subscribe, Act::Menu("KEY".to_owned()), Act::Scan("7".to_owned())] {
        desk.act(&act);
        for _ in 0..3 {
            assert_eq!(desk.send(&token, "hi"), 0, "{act:?}");
        }
        assert_eq!(desk.send(&token, "hi"), 45047);
    }
    desk.act(&Act::Menu("KEY".to_owned()));
    desk.now += 60 * SECOND;
    assert_eq!(desk.send(&token, "hi"), 45015);
    desk.act(&Act::Unsubscribe);
    assert_eq!(desk.send(&token, "hi"), 45015);
}

#[test]
fn a_customer_service_message_has_limits_and_escapes_are_shown_literally() {
    let mut desk = Desk::new();
    desk.act(&hello());
    let token = desk.token();
    assert_eq!(desk.send(&token, &"x".repeat(2049)), 45002);
    assert_eq!(desk.send(&token, ""), 44004);
    let article = json!({ "title": "t", "description": "d", "url": "u", "picurl": "p" });
    let news = |articles: Vec<Value>| json!({ "touser": "alice", "msgtype": "news", "news": { "articles": articles } });
    let two = news(vec![article.clone(), article.clone()]);
    assert_eq!(desk.code(Method::Post, &send_to(&token), &two), 45008);
    assert_eq!(desk.code(Method::Post, &send_to(&token), &news(vec![article])), 0);
    let escaped = r#"{"touser":"alice","msgtype":"text","text":{"content":"\u4f60\n\\u597d"}}"#;
    assert_eq!(desk.ask(Method::Post, &send_to(&token), escaped)["errcode"], 0);
    assert_eq!(desk.seen(), ["[news t]", "\\u4f60\n\\u597d"]);
    assert_eq!(desk.ask(Method::Post, &send_to(&token), "{")["errcode"], 47001);
    assert_eq!(desk.code(Method::Get, &send_to(&token), &Value::Null), 43002);
}

#[test]
fn typing_is_shown_for_thirty_seconds_after_the_user_wrote() {
    let mut desk = Desk::new();
    desk.act(&hello());
    let token = desk.token();
    let target = format!("/cgi-bin/message/custom/typing?access_token={token}");
    let typing = |desk: &mut Desk, command: &str| {
        desk.code(Method::Post, &target, &json!({ "touser": "alice", "command": command }))
    };
    assert_eq!(typing(&mut desk, "Typing"), 0);
    assert_eq!(typing(&mut desk, "Typing"), 45081);
    assert_eq!(typing(&mut desk, "CancelTyping"), 0);
    assert_eq!(typing(&mut desk, "Type"), 45072);
    desk.now += 30 * SECOND;
    assert_eq!(typing(&mut desk, "Typing"), 45080);
}

#[test]
fn a_days_quota_ends_at_midnight_in_beijing_or_when_it_is_cleared_ten_times_a_month() {
    let mut desk = Desk::new();
    desk.platform
        .quotas("wxfourwaysplatform")
        .expect("known")
        .limit("/cgi-bin/message/custom/send", 1);
    desk.act(&hello());
    let token = desk.token();
    assert_eq!((desk.send(&token, "1"), desk.send(&token, "2")), (0, 45009));
    let clear = |desk: &mut Desk, token: &str| {
        let target = format!("/cgi-bin/clear_quota?access_token={token}");
        desk.code(Method::Post, &target, &json!({ "appid": "wxfourwaysplatform" }))
    };
    assert_eq!(clear(&mut desk, &token), 0);
    assert_eq!((desk.send(&token, "3"), desk.send(&token, "4")), (0, 45009));
    // 1,700,000,000 is 06:13:20 in Beijing.
    desk.now += Duration::from_secs(24 * 3600 - (6 * 3600 + 13 * 60 + 20) - 1);
    let token = desk.token();
    assert_eq!(desk.send(&token, "5"), 45009);
    desk.now += SECOND;
    assert_eq!(desk.send(&token, "6"), 0);
    for _ in 1..10 {
        assert_eq!(clear(&mut desk, &token), 0);
    }
    assert_eq!(clear(&mut desk, &token), 48006);
}

#[test]
fn a_scanned_code_brings_its_ticket_and_user_info_tells_who_follows() {
    let mut desk = Desk::new();
    let token = desk.token();
    let create = format!("/cgi-bin/qrcode/create?access_token={token}");
    let code = json!({ "action_name": "QR_SCENE", "action_info": { "scene": { "scene_id": 7 } } });
    let ticket = desk.ask(Method::Post, &create, &code.to_string())["ticket"].clone();
    let ticket = ticket.as_str().expect("a ticket");
    desk.act(&Act::Scan("7".to_owned()));
    let said = desk.platform.take_journal().into_iter().find_map(|entry| match entry.event {
        Event::Said(xml) => Some(xml),
        _ => None,
    });
    let said = said.expect("alice scanned");
    assert!(said.contains("qrscene_7") && said.contains(ticket), "{said}");
    let info = format!("/cgi-bin/user/info?access_token={token}&openid=alice");
    assert_eq!(desk.ask(Method::Get, &info, "")["subscribe"], 1);
    desk.act(&Act::Unsubscribe);
    assert_eq!(desk.ask(Method::Get, &info, "")["subscribe"], 0);
    let odd = json!({ "action_name": "QR_SCENE", "action_info": { "scene": {} } });
    assert_eq!(desk.code(Method::Post, &create, &odd), 40053);
}

#[test]
fn a_user_speaks_chinese_unless_the_platform_was_told_another_language() {
    let mut desk = Desk::new();
    let token = desk.token();
    desk.act(&hello());
    let info = format!("/cgi-bin/user/info?access_token={token}&openid=");
    for (user, language) in [("alice", "zh_CN"), ("bob", "en")] {
        if user == "bob" {
            let told = desk.platform.speaks(desk.now, "wxfourwaysplatform", user, language);
            assert_eq!(told, Ok(()));
        }
        let known = desk.ask(Method::Get, &format!("{info}{user}"), "");
        assert_eq!((&known["subscribe"], &known["language"]), (&json!(1), &json!(language)));
    }
    assert!(desk.platform.speaks(desk.now, "wxnobody", "bob", "en").is_err());
}

#[test]
fn articles_come_in_pages_and_the_last_one_ends_early() {
    let mut desk = Desk::new();
    let token = desk.token();
    let batchget = format!("/cgi-bin/freepublish/batchget?access_token={token}");
    let published = account().articles;
    for (offset, count) in [(0, 3), (3, 3), (6, 3), (9, 3)] {
        let body = json!({ "offset": offset, "count": count, "no_content": 1 });
        let page = desk.ask(Method::Post, &batchget, &body.to_string());
        let items = page["item"].as_array().expect("a page");
        let title = |item: &Value| item["content"]["news_item"][0]["title"].clone();
        let expected = published.iter().skip(offset).take(count);
        assert!(items.iter().map(title).eq(expected.map(|title| json!(title))), "{page}");
        assert_eq!(page["total_count"], json!(published.len()));
        assert_eq!(page["item_count"], json!(items.len()));
    }
    for count in [0, 21] {
        let body = json!({ "offset": 0, "count": count });
        assert_eq!(desk.code(Method::Post, &batchget, &body), 40007);
    }
    assert_eq!(desk.code(Method::Get, &batchget, &Value::Null), 43002);
}

#[test]
fn a_service_beside_wechat_needs_no_token_and_obeys_orders() {
    let mut desk = Desk::new();
    let search = "/geocoding/v1/search?name=%E5%8C%97%E4%BA%AC";
    assert_eq!(desk.ask(Method::Get, search, "")["results"][0]["name"], "北京");
    let body = json!({ "model": "small", "messages": [{ "role": "user", "content": "why?" }] });
    let said = desk.ask(Method::Post, "/ask-second/v1/chat/completions", &body.to_string());
    assert_eq!(said["choices"][0]["message"]["content"], "small: why?");
    let path = Some("/geocoding/v1/search".to_owned());
    desk.platform.orders().add(Order { path, trouble: Trouble::Busy, times: 1 });
    assert_eq!(desk.code(Method::Get, search, &Value::Null), -1);
    assert_eq!(desk.code(Method::Get, "/geocoding/v1/other", &Value::Null), 41001);
}

#[test]
fn ordered_failures_happen_in_their_order_and_as_often_as_ordered() {
    let mut desk = Desk::new();
    desk.act(&hello());
    let token = desk.token();
    let send = "/cgi-bin/message/custom/send";
    for (path, trouble, times) in [
        (Some(send), Trouble::Busy, 2),
        (Some("/cgi-bin/token"), Trouble::Code(40164), 1),
        (None, Trouble::Dropped, 1),
        (None, Trouble::Broken, 1),
        (None, Trouble::Delay(1500), 1),
    ] {
        let path = path.map(str::to_owned);
        desk.platform.orders().add(Order { path, trouble, times });
    }
    assert_eq!((desk.send(&token, "a"), desk.send(&token, "b")), (-1, -1));
    assert_eq!(desk.seen(), [""; 0], "nothing was sent");
    let body = r#"{"touser":"alice","msgtype":"text","text":{"content":"c"}}"#;
    assert_eq!(desk.raw(Method::Post, &send_to(&token), body), None);
    assert_eq!(desk.seen(), ["c"], "only the answer is lost");
    let broken = desk.raw(Method::Post, &send_to(&token), body).expect("half an answer");
    assert!(serde_json::from_str::<Value>(&broken).is_err());
    let call = Call {
        method: Method::Post,
        path: send.to_owned(),
        query: format!("access_token={token}"),
        body: body.into(),
    };
    let delayed = desk.platform.call(desk.now, &call);
    assert_eq!(delayed.delay, Duration::from_millis(1500));
    assert_eq!(desk.send(&token, "d"), 0, "all orders but the token's are used up");
    assert_eq!(desk.ask(Method::Get, "/cgi-bin/token", "")["errcode"], 40164);
}

/// A bot that treats each try as a new message tells its user everything three times.
#[tokio::test(start_paused = true)]
async fn a_bot_that_handles_a_repeat_again_answers_three_times() {
    let live: Arc<Mutex<Option<Arc<Live>>>> = Arc::default();
    let handle = Arc::clone(&live);
    let bot = move |_| {
        let live = handle.lock().expect("no bot panics").clone().expect("it runs");
        tokio::spawn(async move {
            sleep(8 * SECOND).await;
            let secret = "appid=wxfourwaysplatform&secret=four-ways-platform-secret";
            let call = |method, path: &str, query: String, body: &str| Call {
                method,
                path: path.to_owned(),
                query,
                body: body.into(),
            };
            let query = format!("grant_type=client_credential&{secret}");
            let token = live.call(&call(Method::Get, "/cgi-bin/token", query, "")).await;
            let token: Value = serde_json::from_str(&token.expect("answered")).expect("JSON");
            let query = format!("access_token={}", token["access_token"].as_str().expect("it"));
            let body = r#"{"touser":"alice","msgtype":"text","text":{"content":"done"}}"#;
            live.call(&call(Method::Post, "/cgi-bin/message/custom/send", query, body)).await;
        });
        std::future::pending::<Result<Answer, String>>()
    };
    let (started, mut journal) = Live::start(Platform::new([account()], 0), EPOCH, bot);
    *live.lock().expect("no bot panics") = Some(Arc::clone(&started));
    started.act("wxfourwaysplatform", "alice", &hello()).await.expect("alice can");
    sleep(10 * SECOND).await;
    let done = |at| (at, "done".to_owned());
    let seen = seen(&drained(&mut journal));
    assert_eq!(seen, [done(8), done(13), (15, NOTICE.to_owned()), done(18)]);
}

#[tokio::test]
async fn the_api_and_its_orders_answer_over_http_and_a_dropped_call_gets_no_answer() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let send = |_| std::future::ready(ok("success"));
    let (live, _journal) = Live::start(Platform::new([account()], 0), EPOCH, send);
    let server = tokio::spawn(four_ways::platform::serve::serve(live, listener));
    let ask = |method, target: &str, body: &str| {
        let url = format!("http://{address}{target}");
        four_ways::platform::http::send(Request { method, url, body: body.to_owned() })
    };
    let secret = "appid=wxfourwaysplatform&secret=four-ways-platform-secret";
    let token = format!("/cgi-bin/token?grant_type=client_credential&{secret}");
    let given = ask("GET", &token, "").await.expect("an answer");
    assert!(wechat::api::AccessToken::read(&given.body).is_ok(), "{given:?}");
    for trouble in [r#""busy""#, r#""dropped""#, r#"{"delay": 1}"#] {
        let order = format!(r#"{{"path": "/cgi-bin/token", "trouble": {trouble}}}"#);
        let ordered = ask("POST", "/platform/orders", &order).await.expect("an answer");
        assert_eq!(ordered.status, 200);
    }
    let busy = ask("GET", &token, "").await.expect("an answer");
    assert_eq!(
        wechat::api::check(&busy.body).map_err(|error| error.remedy()),
        Err(wechat::api::Remedy::BackOff)
    );
    assert!(ask("GET", &token, "").await.is_err());
    assert!(ask("GET", &token, "").await.is_ok());
    let acts = [(r#"{"text": "hi"}"#, 200), (r#""unsubscribe""#, 200), (r#""image""#, 400)];
    for (act, status) in acts {
        let act = format!(r#"{{"app_id": "wxfourwaysplatform", "user": "alice", "act": {act}}}"#);
        let acted = ask("POST", "/platform/acts", &act).await.expect("an answer");
        assert_eq!(acted.status, status, "{acted:?}");
    }
    let odd = ask("POST", "/platform/orders", r#"{"trouble": "rain"}"#).await.expect("an answer");
    assert_eq!(odd.status, 400);
    assert_eq!(ask("PUT", "/cgi-bin/token", "").await.expect("an answer").status, 405);
    server.abort();
}

/// Ends the command with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn the_command_prints_what_happens_and_serves_the_api_of_its_account() {
    use std::io::{BufRead, BufReader, Write};
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_four-ways"));
    // Nobody listens on port 1.
    command.args(["platform", "--url", "http://127.0.0.1:1/", "--token", TOKEN, "--secret", "s"]);
    command.args(["--listen", "127.0.0.1:0"]).stdout(std::process::Stdio::piped());
    let mut running = Running(command.spawn().expect("the command starts"));
    let mut lines = BufReader::new(running.0.stdout.take().expect("piped")).lines();
    let mut next = || lines.next().expect("more").expect("text");
    let first = next();
    let address = first.split(['/', ' ']).find(|part| part.starts_with("127.0.0.1:"));
    let address = address.expect("it tells the address").to_owned();
    assert!(next().contains("/geocoding, "));
    assert!(next().contains("/platform/acts") && next().contains("/platform/orders"));
    assert!(next().starts_with("the server does not pass the handshake: cannot connect to"));
    let secret = "appid=wxfourwaysplatform&secret=s";
    let target = format!("/cgi-bin/token?grant_type=client_credential&{secret}");
    let mut stream = std::net::TcpStream::connect(&address).expect("it listens");
    write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    assert!(next().contains("a token was given, for 7200 s"));
    assert!(next().contains("/cgi-bin/token was called: errcode 0"));
}
