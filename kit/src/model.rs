//! An independent prediction: a straight-line interpreter of docs/SPEC.md that shares no code with
//! the host, the rules or the styles. It reads what was *said*, not the bytes. For each request it
//! predicts which operations the request submits, which units it asks, what it logs and what it
//! replies.
//!
//! It works for scenarios whose requests come one after the other, far enough apart: when a request
//! arrives, all work of the earlier requests is over, or never ends.

use std::collections::BTreeMap;

use pipeline::{Event, Response};

use crate::clauses::Violation;
use crate::run::Report;
use crate::scenario::{Arrival, EPOCH, Flaw, Injected, Said, Scenario, What, decrypted, encrypts};

/// Compares a report with the prediction.
///
/// # Errors
/// Clause 9.2, with the first line that differs from the prediction.
pub fn check(scenario: &Scenario, report: &Report) -> Result<(), Violation> {
    let mut model = Model::default();
    for (request, arrival) in scenario.arrivals.iter().enumerate() {
        let predicted = model.predict(arrival);
        let seen: Vec<String> = report
            .trace
            .iter()
            .filter(|(of, _)| *of == request)
            .filter_map(|(_, event)| line(event))
            .collect();
        if predicted != seen {
            let at = predicted.iter().zip(&seen).position(|(one, other)| one != other);
            let at = at.unwrap_or_else(|| predicted.len().min(seen.len()));
            let detail = format!(
                "request {request}, line {at}: predicted {:?}, seen {:?}",
                predicted.get(at),
                seen.get(at)
            );
            return Err(Violation { clause: "9.2", name: "the_run_is_as_predicted", detail });
        }
    }
    let counted: BTreeMap<_, _> = report
        .sessions
        .iter()
        .map(|((account, user), session)| ((account.clone(), user.clone()), session.exchanges))
        .collect();
    // Who has no exchange has no session either.
    let users = model.users.into_iter().filter(|(_, user)| user.exchanges > 0);
    let predicted: BTreeMap<_, _> = users.map(|(key, user)| (key, user.exchanges)).collect();
    if counted != predicted {
        let detail = format!("sessions: predicted {predicted:?}, seen {counted:?}");
        return Err(Violation { clause: "9.2", name: "the_run_is_as_predicted", detail });
    }
    Ok(())
}

/// An event in the words of the model. Entering and leaving layers, and completions, are not
/// predicted.
fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Entered(_) | Event::Left(..) | Event::Completed(..) => return None,
        Event::Submitted(operation) => format!("submit {operation}"),
        Event::Opened(None) => "repeat".to_owned(),
        Event::Opened(Some(session)) => format!("fresh {}", session.exchanges),
        Event::Asked(unit, replied) => format!("ask {unit} {replied}"),
        Event::Logged(line) => format!(
            "log {} {} {} {} {} {}ms",
            line.account,
            line.kind,
            line.unit,
            line.repeat,
            line.status,
            line.elapsed.as_millis()
        ),
        Event::Replied(Response { status, content_type, allow, body }) => {
            let allow = allow.map_or(String::new(), |allow| format!(" allow {allow}"));
            let body = match decrypted(body) {
                Some(plain) if *status != 200 => unplaced(&plain),
                Some(plain) if plain == *body => plain,
                Some(plain) => format!("encrypted {plain}"),
                None => "undecryptable".to_owned(),
            };
            format!("reply {status} {content_type}{allow} {body}")
        }
    })
}

/// The words of a refusal without the numbers of bytes, which cannot be read from what was said.
/// The corpus knows them.
fn unplaced(words: &str) -> String {
    let mut unplaced: Vec<&str> = Vec::new();
    for word in words.split(' ') {
        let counts = matches!(unplaced.last(), Some(&("byte" | "has")));
        let number = word.bytes().all(|each| each.is_ascii_digit());
        unplaced.push(if counts && number { "N" } else { word });
    }
    unplaced.join(" ")
}

/// Whether the commits are what the same messages would have got one after the other: whether each
/// reply has the unit and the words that the session before it requires.
///
/// # Errors
/// Clause 9.3, with the first commit that differs.
pub fn serial(scenario: &Scenario, report: &Report) -> Result<(), Violation> {
    let mut users: BTreeMap<(String, String), User> = BTreeMap::new();
    for entry in &report.journal {
        let mut said = scenario.arrivals.iter().filter(|arrival| {
            arrival.said.account == entry.account
                && arrival.said.user == entry.user
                && arrival.said.key().as_ref() == Some(&entry.message)
        });
        let Some(first) = said.next() else { continue };
        let user = users.entry((entry.account.clone(), entry.user.clone())).or_default();
        if said.any(|other| other.said.what != first.said.what) {
            return Ok(()); // two messages share a key: which came first is not reported
        }
        let mut walk = Walk::new(first);
        walk.faults.clear();
        let Ok(answer) = units(&mut walk, &first.said, first.dice, 0, user) else { continue };
        let text = match &entry.record.answer.reply {
            wechat::Reply::Text(text) => Some(text.as_str()),
            _ => None,
        };
        if (answer.text.as_deref(), answer.unit) != (text, entry.record.answer.unit) {
            let (unit, words) = (answer.unit, answer.text);
            let detail = format!("{entry:?}, but in this order `{unit}` says {words:?}");
            return Err(Violation { clause: "9.3", name: "the_commits_are_serial", detail });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Model {
    users: BTreeMap<(String, String), User>,
    /// The request with which each nonce was first seen.
    nonces: BTreeMap<(String, String, i64), Said>,
}

#[derive(Default, Clone)]
struct User {
    exchanges: u64,
    game: Option<u64>,
    answers: Vec<(Key, Answer)>,
    /// Whether one of the user's exchanges never ends.
    stuck: bool,
}

type Key = (u64, Option<What>);

#[derive(Clone)]
struct Answer {
    text: Option<String>,
    unit: &'static str,
    second: u64,
}

/// How one operation ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Good,
    Bad,
    /// It takes effect and is reported as a failure.
    GoodToldBad,
    Never,
    /// It ends well, after the reply.
    Late,
    Panic,
    Cancelled,
}

/// One request on its way through the layers.
struct Walk {
    lines: Vec<String>,
    numbers: usize,
    faults: Vec<(usize, Injected)>,
    account: String,
    /// Milliseconds since the request arrived.
    elapsed: u64,
    replied: bool,
    /// Whether the deadline's timer fires, and whether it has fired at once.
    timer: bool,
    at_once: bool,
    /// Whether everything since the beginning has been synchronous.
    sync_so_far: bool,
}

const PLAIN: &str = "text/plain; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

/// Why a request goes no further.
enum Stop {
    /// With this status and these words; the kind of the message as it is known by then.
    Refused(u16, String, &'static str),
    /// A panic outside `exchange`: status 500, and the context is forgotten.
    Panic,
    /// Nothing more happens.
    Silence,
}

impl Stop {
    fn refused(status: u16, words: impl Into<String>) -> Self {
        Self::Refused(status, words.into(), "-")
    }

    fn parameter(name: &str, words: &str) -> Self {
        Self::refused(400, format!("query parameter `{name}` is {words}"))
    }

    fn failed(kind: &'static str) -> Self {
        Self::Refused(500, "internal error".to_owned(), kind)
    }
}

impl Walk {
    fn new(arrival: &Arrival) -> Self {
        Self {
            lines: Vec::new(),
            numbers: 0,
            faults: arrival.faults.clone(),
            account: arrival.said.account.clone(),
            elapsed: 0,
            replied: false,
            timer: true,
            at_once: false,
            sync_so_far: true,
        }
    }

    fn submit(&mut self, operation: &str) -> End {
        let number = self.numbers;
        self.numbers += 1;
        self.lines.push(format!("submit {operation}"));
        let fault = self.faults.iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        if !matches!(fault, Some(Injected::Sync | Injected::SyncTransient | Injected::Panic)) {
            self.wait();
        }
        match fault {
            None | Some(Injected::Twice | Injected::Sync) => End::Good,
            Some(Injected::Transient | Injected::Permanent | Injected::SyncTransient) => End::Bad,
            Some(Injected::Applied) => End::GoodToldBad,
            Some(Injected::Never) => {
                self.expire();
                End::Never
            }
            Some(Injected::Late) => {
                if self.expire() {
                    End::Late
                } else {
                    End::Never
                }
            }
            Some(Injected::Panic) => End::Panic,
            // A request that was answered can no longer be cancelled.
            Some(Injected::Cancel) if self.replied => End::Good,
            Some(Injected::Cancel) => End::Cancelled,
        }
    }

    /// The first real wait. A timer that fired at once wins here.
    fn wait(&mut self) {
        if self.at_once && self.sync_so_far {
            self.answer_success();
        }
        self.sync_so_far = false;
    }

    /// Waits until the deadline has answered. Returns whether it does.
    fn expire(&mut self) -> bool {
        if !self.replied && self.timer {
            self.elapsed = self.elapsed.max(4500);
            self.answer_success();
        }
        self.replied
    }

    fn answer_success(&mut self) {
        if !self.replied {
            let Self { account, elapsed, .. } = self;
            self.lines.push(format!("log {account} - - false 200 {elapsed}ms"));
            self.lines.push(format!("reply 200 {PLAIN} success"));
            self.replied = true;
        }
    }

    /// Waits until `due`, in milliseconds after the arrival: past the deadline.
    fn pause(&mut self, due: u64) {
        self.expire();
        self.elapsed = self.elapsed.max(due);
    }
}

impl Model {
    fn predict(&mut self, arrival: &Arrival) -> Vec<String> {
        let Arrival { at, said, dice, .. } = arrival;
        let mut walk = Walk::new(arrival);
        let ended = self.layers(&mut walk, said, *dice, at.as_secs());
        let Walk { mut lines, account, elapsed, replied, .. } = walk;
        if !replied {
            let (kind, unit, repeat, status, body) = match ended {
                Ok((kind, unit, repeat, body)) => (kind, unit, repeat, 200, body),
                Err(Stop::Refused(status, words, kind)) => {
                    let allow = if status == 405 { " allow GET, POST" } else { "" };
                    (kind, "-", false, status, format!("{PLAIN}{allow} {words}"))
                }
                Err(Stop::Panic) => ("-", "-", false, 500, format!("{PLAIN} internal error")),
                Err(Stop::Silence) => return lines,
            };
            lines.push(format!("log {account} {kind} {unit} {repeat} {status} {elapsed}ms"));
            lines.push(format!("reply {status} {body}"));
        }
        lines
    }

    fn layers(
        &mut self,
        walk: &mut Walk,
        said: &Said,
        dice: u64,
        arrived: u64,
    ) -> Result<(&'static str, &'static str, bool, String), Stop> {
        // deadline
        let sync = matches!(walk.faults.iter().find(|(at, _)| *at == 0), Some((_, Injected::Sync)));
        walk.numbers = 1;
        walk.lines.push("submit sleep".to_owned());
        match walk.faults.iter().find(|(at, _)| *at == 0).map(|(_, fault)| *fault) {
            Some(Injected::Panic) => return Err(Stop::Panic),
            None | Some(Injected::Twice | Injected::Cancel) => {}
            Some(_) => walk.timer = false,
        }
        walk.at_once = sync;
        // account
        match walk.submit("account") {
            End::Good | End::Late => {}
            End::Bad | End::GoodToldBad => return Err(Stop::failed("-")),
            End::Panic => return Err(Stop::Panic),
            End::Never | End::Cancelled => return Err(Stop::Silence),
        }
        let bare = said.account == "bare";
        if !bare && said.account != "demo" && !encrypts(&said.account) {
            let words = "no account has this name: check the path /wechat/{name}";
            return Err(Stop::refused(404, words));
        }
        // verify
        let now = arrived + walk.elapsed / 1000;
        let wrong_signature =
            || Err(Stop::refused(403, "the signature is wrong: check the account's token"));
        let form = "malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits";
        let missing = "missing or empty: WeChat always sends it";
        match said.flaw {
            Some(Flaw::OtherMethod) => {
                return Err(Stop::refused(405, "the method is not allowed: use GET or POST"));
            }
            Some(Flaw::MissingParameter) => return Err(Stop::parameter("nonce", missing)),
            Some(Flaw::RepeatedParameter) => {
                return Err(Stop::parameter("nonce", "repeated: WeChat sends it once"));
            }
            Some(Flaw::ShortTimestamp) => return Err(Stop::parameter("timestamp", form)),
            Some(Flaw::OddNonce) => return Err(Stop::parameter("nonce", form)),
            Some(Flaw::WrongSignature) => return wrong_signature(),
            _ if !bare && (now as i64 - skew(said)).abs() > 300 => {
                let words = "the timestamp is outside the window: check the clock";
                return Err(Stop::refused(403, words));
            }
            _ => {}
        }
        // handshake
        if let What::Handshake(echostr) = &said.what {
            return match said.flaw {
                Some(Flaw::NoEchostr) => Err(Stop::parameter("echostr", missing)),
                _ => Ok(("-", "-", false, format!("{PLAIN} {echostr}"))),
            };
        }
        // envelope
        let odd = |words: &str| Err(Stop::refused(400, words));
        let not_ours = || Err(Stop::refused(403, "the message is not for this account"));
        match said.flaw {
            Some(Flaw::TooLarge) => {
                let words = "the body has N bytes, the limit is 65536";
                return Err(Stop::refused(413, words));
            }
            Some(Flaw::MissingMessageSignature) if encrypts(&said.account) => {
                return Err(Stop::parameter("msg_signature", missing));
            }
            Some(Flaw::Downgraded) if encrypts(&said.account) => {
                return odd("the field <Encrypt> is missing or empty in the element at byte N");
            }
            Some(Flaw::WrongMessageSignature) if encrypts(&said.account) => {
                return wrong_signature();
            }
            Some(Flaw::OtherAppId) if encrypts(&said.account) => return not_ours(),
            Some(Flaw::Malformed) => return odd("the body is not well-formed at byte N"),
            Some(Flaw::DocType) => return odd("a DOCTYPE at byte N is refused"),
            Some(Flaw::WrongRoot) => return odd("the root at byte N is not <xml>"),
            Some(Flaw::MissingField) => {
                return odd(
                    "the field <FromUserName> is missing or empty in the element at byte N",
                );
            }
            Some(Flaw::RepeatedField) if matches!(said.what, What::Text(_)) => {
                return odd("the field <Content> is repeated at byte N");
            }
            Some(Flaw::RepeatedField) => return odd("the field <MsgType> is repeated at byte N"),
            // It is not certain where such a text ends.
            _ if matches!(&said.what, What::Text(text) if text.contains("]]></Content>")) => {
                return odd("the field <Content> is repeated at byte N");
            }
            Some(Flaw::OtherReceiver) if !bare => return not_ours(),
            _ => {}
        }
        let kind = match &said.what {
            What::Handshake(_) | What::Text(_) => "text",
            What::Voice(_) => "voice",
            What::Subscribe => "subscribe",
            What::Click(_) => "click",
            What::Other(sample) => sample.name,
        };
        let (answer, repeat) = self.exchange(walk, said, dice, arrived, kind)?;
        let sealed = if encrypts(&said.account) { " encrypted" } else { "" };
        let receiver = said.flaw == Some(Flaw::OtherReceiver);
        let receiver = if receiver { "gh_other" } else { "gh_demo" };
        let body = answer.text.as_ref().map_or(format!("{PLAIN} success"), |text| {
            let text = text.replace("]]>", "]]]]><![CDATA[>");
            format!(
                "{XML}{sealed} <xml><ToUserName><![CDATA[{}]]></ToUserName>\
                 <FromUserName><![CDATA[{receiver}]]></FromUserName>\
                 <CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType>\
                 <Content><![CDATA[{text}]]></Content></xml>",
                said.user,
                EPOCH.as_secs() + answer.second,
            )
        });
        Ok((kind, answer.unit, repeat, body))
    }

    fn exchange(
        &mut self,
        walk: &mut Walk,
        said: &Said,
        dice: u64,
        arrived: u64,
        kind: &'static str,
    ) -> Result<(Answer, bool), Stop> {
        let bare = said.account == "bare";
        let key: Key = match &said.what {
            What::Subscribe | What::Click(_) => (said.id, Some(said.what.clone())),
            What::Other(sample) if sample.is_event() => (said.id, Some(said.what.clone())),
            _ => (said.id, None),
        };
        let begun = walk.submit("begin");
        if begun == End::Panic {
            return Err(Stop::Panic);
        }
        // The host checks the signature in `begin`, if the fault lets the operation reach it.
        if matches!(begun, End::Good | End::GoodToldBad | End::Late | End::Cancelled)
            && !bare
            && !encrypts(&said.account)
        {
            let nonce = match said.flaw {
                Some(Flaw::ReusedSignature) => "reused".to_owned(),
                _ => format!("{}n{}", said.user, said.id),
            };
            let first = self.nonces.entry((said.account.clone(), nonce, skew(said)));
            let first = first.or_insert_with(|| said.clone());
            if first.what != said.what || first.id != said.id || first.user != said.user {
                return match begun {
                    End::Cancelled => Err(Stop::Silence),
                    End::GoodToldBad => Err(Stop::failed(kind)),
                    _ => {
                        let words = "the signature was already used for another body";
                        Err(Stop::Refused(403, words.to_owned(), kind))
                    }
                };
            }
        }
        let joins = !matches!(begun, End::Bad | End::Never);
        let user = (said.account.clone(), said.user.clone());
        let user = if joins { self.users.entry(user).or_default() } else { &mut User::default() };
        let stored = user.answers.iter().find(|(stored, _)| *stored == key);
        if stored.is_none() && user.stuck && joins {
            walk.expire();
            return Err(Stop::Silence);
        }
        match begun {
            End::Good | End::Late => {}
            End::Bad | End::GoodToldBad => return Err(Stop::failed(kind)),
            End::Panic | End::Never | End::Cancelled => return Err(Stop::Silence),
        }
        if let Some((_, answer)) = stored {
            let answer = answer.clone();
            walk.lines.push("repeat".to_owned());
            return Ok((answer, true));
        }
        walk.lines.push(format!("fresh {}", user.exchanges));
        let mut after = user.clone();
        let failed = match units(walk, said, dice, arrived, &mut after) {
            Ok(answer) => match walk.submit("commit") {
                End::Good | End::Late => {
                    after.exchanges += 1;
                    after.answers.push((key, answer.clone()));
                    *user = after;
                    return Ok((answer, false));
                }
                // The lease is dropped, and the layers outside turn the panic into an error.
                End::Panic => return Err(Stop::Panic),
                // The submitted operation goes on, and its effect stays.
                End::Cancelled => {
                    after.exchanges += 1;
                    after.answers.push((key, answer));
                    *user = after;
                    return Err(Stop::Silence);
                }
                End::Never => {
                    user.stuck = true;
                    return Err(Stop::Silence);
                }
                End::GoodToldBad => {
                    after.exchanges += 1;
                    after.answers.push((key, answer));
                    *user = after;
                    Stop::failed(kind)
                }
                End::Bad => Stop::failed(kind),
            },
            Err(Stop::Silence) => {
                user.stuck = walk.faults.iter().any(|(at, fault)| {
                    *at == walk.numbers - 1 && !matches!(fault, Injected::Cancel)
                });
                return Err(Stop::Silence);
            }
            Err(stop) => stop,
        };
        match walk.submit("abort") {
            End::Panic => Err(Stop::Panic),
            End::Never => {
                user.stuck =
                    !matches!(user.answers.last(), Some((stored, _)) if stored.0 == said.id);
                Err(Stop::Silence)
            }
            End::Cancelled => Err(Stop::Silence),
            // If an abort fails, the lease ends the turn.
            End::Good | End::Late | End::Bad | End::GoodToldBad => Err(match failed {
                Stop::Panic => Stop::failed("-"),
                failed => failed,
            }),
        }
    }
}

/// How far the request's timestamp is from the time when the scenario begins, in seconds.
fn skew(said: &Said) -> i64 {
    match said.flaw {
        Some(Flaw::TooOld) => -301,
        Some(Flaw::TooNew) => 301,
        Some(Flaw::BarelyInside) => -300,
        _ => 0,
    }
}

/// The words of a unit, if it replies.
type Word = Option<String>;

fn units(
    walk: &mut Walk,
    said: &Said,
    dice: u64,
    arrived: u64,
    user: &mut User,
) -> Result<Answer, Stop> {
    let bare = said.account == "bare";
    let mut text = match &said.what {
        What::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    };
    let mut order = vec!["voice", "welcome", "guess", "later", "keyword", "fuzzy"];
    let spoken = spoken(&said.what);
    if user.game.is_some() {
        if spoken.is_none() {
            order.retain(|unit| *unit != "guess");
        }
        order.insert(0, "guess");
    }
    for unit in order {
        let word: Word = match unit {
            "voice" => {
                if spoken.is_some() {
                    text.clone_from(&spoken);
                }
                None
            }
            "welcome" => {
                (said.what == What::Subscribe && !bare).then(|| "欢迎！Welcome!".to_owned())
            }
            "guess" if !bare => guess(text.as_deref(), dice, &mut user.game),
            "later" if !bare && matches!(text.as_deref(), Some("later" | "稍后")) => {
                let due = walk.elapsed + 6000;
                match walk.submit("sleep") {
                    // A timer is not an operation in which a request can be cancelled.
                    End::Good | End::Late | End::Cancelled => {}
                    End::Bad => return Err(Stop::failed(kind_of(said))),
                    End::GoodToldBad => {
                        walk.pause(due);
                        return Err(Stop::failed(kind_of(said)));
                    }
                    End::Panic => return Err(Stop::Panic),
                    End::Never => return Err(Stop::Silence),
                }
                let sync = walk.faults.contains(&(walk.numbers - 1, Injected::Sync));
                if !sync {
                    walk.pause(due);
                }
                Some("久等了。Thank you for waiting.".to_owned())
            }
            "keyword" => {
                let said = match &said.what {
                    What::Click(key) => Some(key.as_str()),
                    _ => text.as_deref(),
                };
                match said {
                    Some("hello") => Some("Hello yourself.".to_owned()),
                    Some("你好") => Some("你好，很高兴认识你。".to_owned()),
                    Some("MENU_HELP") => Some("Say hello, guess or later.".to_owned()),
                    Some("evil") => Some("]]></Content><Evil/>".to_owned()),
                    _ => None,
                }
            }
            "fuzzy" => match text.as_deref() {
                Some(text) if text.contains("weather") => Some("Sunny, as always.".to_owned()),
                Some(text) if text.contains("天气") => Some("晴。".to_owned()),
                _ => None,
            },
            _ => None,
        };
        walk.lines.push(format!("ask {unit} {}", word.is_some()));
        if word.is_some() {
            return Ok(Answer { text: word, unit, second: arrived + walk.elapsed / 1000 });
        }
    }
    Ok(Answer { text: None, unit: "-", second: arrived + walk.elapsed / 1000 })
}

/// The words of a voice message. Speech recognition adds the marks at the end; the user did not say
/// them.
fn spoken(what: &What) -> Option<String> {
    let What::Voice(Some(speech)) = what else { return None };
    let mut words = speech.trim().to_owned();
    while let Some(last) = words.pop() {
        if !"。．｡！？，、；：…～.!?,;:~ ".contains(last) {
            words.push(last);
            return Some(words);
        }
    }
    None
}

fn kind_of(said: &Said) -> &'static str {
    if matches!(said.what, What::Voice(_)) { "voice" } else { "text" }
}

fn guess(text: Option<&str>, dice: u64, game: &mut Option<u64>) -> Word {
    let text = text?;
    let Some(secret) = *game else {
        if text == "guess" || text == "猜数字" {
            *game = Some(1 + dice % 100);
            return Some(
                "我想好了一个 1 到 100 的数字，猜猜看。Guess a number from 1 to 100.".to_owned(),
            );
        }
        return None;
    };
    if text == "quit" || text == "退出" {
        *game = None;
        return Some(format!("不玩了，数字是 {secret}。It was {secret}."));
    }
    let number: u64 = text.parse::<u32>().ok()?.into();
    if number == secret {
        *game = None;
        return Some(format!("猜对了，就是 {secret}！Solved: {secret}."));
    }
    Some(if number < secret { "大一点。Higher." } else { "小一点。Lower." }.to_owned())
}
