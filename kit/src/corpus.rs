//! Conversations with the answers that they must get, written by hand: every way in which a layer
//! can end, every unit, every kind of message in every mode, repeats, two users, and one user who
//! sends two messages at the same time.

pub mod late;
pub mod services;

use pipeline::Response;

use crate::kinds::{SAMPLES, SENT};
use crate::scenario::{Arrival, Flaw, Injected, Said, Scenario, What, decrypted, encrypts};

/// A scenario and its right answers.
pub struct Conversation {
    /// The scenario.
    pub scenario: Scenario,
    /// The answers, in the order of the requests.
    pub expected: Vec<Expected>,
    /// Whether all work of earlier requests is over when a request arrives, so that it can be
    /// played over HTTP, one request after the other.
    pub sequential: bool,
}

/// The answer that one request must get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// 200 and a text reply with these words.
    Text(&'static str),
    /// 200 and news with these titles.
    News(&'static [&'static str]),
    /// 200 and exactly this body.
    Plain(&'static str),
    /// A refusal with this status and this body, word for word.
    Refused(u16, &'static str),
    /// 200 and `success`, and later these words in one customer-service message.
    Pushed(&'static str),
    /// 200 and `success`, and later a message that WeChat does not take.
    Unsent,
    /// Nothing: it is cancelled, or WeChat does not send it.
    Nothing,
}

use Expected::{News, Nothing, Plain, Pushed, Refused, Text, Unsent};

impl Expected {
    /// Whether a reply is the expected one.
    #[must_use]
    pub fn is(&self, reply: Option<&Response>) -> bool {
        match (self, reply) {
            (Nothing, None) => true,
            (Refused(status, body), Some(reply)) => {
                let allow = (*status == 405).then_some("GET, POST");
                *reply == Response { allow, ..Response::text(*status, *body) }
            }
            (Plain(body), Some(reply)) => *reply == Response::text(200, *body),
            (Pushed(_) | Unsent, Some(reply)) => *reply == Response::success(),
            (Text(words), Some(reply)) => {
                let words = words.replace("]]>", "]]]]><![CDATA[>");
                let content = format!("<Content><![CDATA[{words}]]></Content>");
                let body = decrypted(&reply.body);
                *reply == Response::xml(reply.body.to_string())
                    && body.is_some_and(|body| body.contains(&content))
            }
            (News(titles), Some(reply)) => {
                let body = reply.body.to_string();
                let seen = body.split("<Title><![CDATA[").skip(1);
                let seen = seen.filter_map(|rest| Some(rest.split_once("]]></Title>")?.0));
                *reply == Response::xml(body.clone()) && seen.eq(titles.iter().copied())
            }
            (Nothing, Some(_))
            | (Refused(..) | Plain(_) | Pushed(_) | Unsent | Text(_) | News(_), None) => false,
        }
    }
}

impl Expected {
    /// Whether these customer-service messages, and what was told of them, are the expected ones.
    #[must_use]
    pub fn sends(&self, messages: &[&str], told: &[bool]) -> bool {
        match self {
            Pushed(words) => {
                let content = format!("\"text\":{{\"content\":\"{words}\"}}");
                *told == [true] && messages.iter().all(|message| message.contains(&content))
            }
            Unsent => *told == [false],
            _ => messages.is_empty() && told.is_empty(),
        }
    }
}

/// The answer that means "no reply".
const SUCCESS: Expected = Plain("success");

/// An operation failed, or something panicked. What it was is not told.
const FAILED: Expected = Refused(500, "internal error");
const UNKNOWN: Expected = Refused(404, "no account has this name: check the path /wechat/{name}");
const METHOD: Expected = Refused(405, "the method is not allowed: use GET or POST");
const SIGNATURE: Expected = Refused(403, "the signature is wrong: check the account's token");
const STALE: Expected = Refused(403, "the timestamp is outside the window: check the clock");
const REPLAYED: Expected = Refused(403, "the signature was already used for another body");
/// Whatever makes a message another's, the answer is this one.
const NOT_OURS: Expected = Refused(403, "the message is not for this account");

const HELLO: Expected = Text("Hello yourself.");
const START: Expected = Text("我想好了一个 1 到 100 的数字，猜猜看。Guess a number from 1 to 100.");
const HIGHER: Expected = Text("大一点。Higher.");
const LOWER: Expected = Text("小一点。Lower.");
const WAITED: Expected = Text("久等了。Thank you for waiting.");

fn text(text: &str) -> What {
    What::Text(text.to_owned())
}

fn voice(speech: &str) -> What {
    What::Voice(Some(speech.to_owned()))
}

fn click(key: &str) -> What {
    What::Click(key.to_owned())
}

/// All conversations.
#[must_use]
pub fn corpus() -> Vec<Conversation> {
    let mut all = Vec::new();
    for (name, what, expected) in single_messages() {
        let arrival = Arrival::new(0, Said::new("alice", 1, what));
        all.push(sequential(name, vec![(arrival, expected)]));
    }
    for flaw in Flaw::ALL {
        for account in ["demo", "safe", "compat"] {
            all.push(flawed(flaw, account));
        }
    }
    all.extend(kinds());
    all.extend(handshakes());
    all.extend(accounts());
    all.extend(games());
    all.extend(repeats());
    all.extend(failures());
    all.extend(at_once());
    all
}

fn sequential(name: &str, turns: Vec<(Arrival, Expected)>) -> Conversation {
    let (arrivals, expected) = turns.into_iter().unzip();
    Conversation { scenario: Scenario::new(name, arrivals), expected, sequential: true }
}

fn overlapping(name: &str, turns: Vec<(Arrival, Expected)>) -> Conversation {
    Conversation { sequential: false, ..sequential(name, turns) }
}

/// One user's texts, twenty seconds apart.
fn talk(name: &str, turns: &[(&str, Expected)]) -> Conversation {
    let turns = turns.iter().zip(0..).map(|((said, expected), turn)| {
        (Arrival::new(20 * turn, Said::new("alice", turn, text(said))), *expected)
    });
    sequential(name, turns.collect())
}

fn single_messages() -> Vec<(&'static str, What, Expected)> {
    vec![
        ("an exact keyword", text("hello"), HELLO),
        ("an exact keyword in Chinese", text("你好"), Text("你好，很高兴认识你。")),
        ("a keyword with blanks around it", text("  hello "), HELLO),
        ("an exact keyword is compared with case", text("Hello"), SUCCESS),
        ("an exact keyword is the whole text", text("hello there"), SUCCESS),
        ("a fuzzy keyword", text("how is the weather?"), Text("Sunny, as always.")),
        ("a fuzzy keyword in Chinese", text("今天天气怎么样"), Text("晴。")),
        ("the first keyword that fits wins", text("weather, 天气"), Text("Sunny, as always.")),
        ("a reply that would end its CDATA section", text("evil"), Text("]]></Content><Evil/>")),
        (
            "a text with the end of its CDATA section",
            text("天气]]><a><![CDATA[b]]></a>"),
            Text("晴。"),
        ),
        (
            "a text that would end its field",
            text("a]]></Content><Content><![CDATA[b"),
            Refused(400, "the field <Content> is repeated at byte 197"),
        ),
        ("nobody replies", text("what?"), SUCCESS),
        ("an empty text", text(""), SUCCESS),
        ("an emoji", text("😀"), SUCCESS),
        ("a menu key", click("MENU_HELP"), Text("Say hello, guess or later.")),
        ("a menu key that nobody knows", click("MENU_OTHER"), SUCCESS),
        ("a menu key is no fuzzy text", click("weather"), SUCCESS),
        ("recognised speech becomes a text", voice("hello"), HELLO),
        ("recognised speech goes on to fuzzy", voice("天气"), Text("晴。")),
        ("a keyword that was spoken, with punctuation behind it", voice("hello！"), HELLO),
        (
            "several marks behind a spoken keyword",
            voice("你好 ……。?!"),
            Text("你好，很高兴认识你。"),
        ),
        ("punctuation inside of speech stays", voice("hello, you."), SUCCESS),
        ("speech that is punctuation only", voice("。"), SUCCESS),
        ("a text keeps its punctuation", text("hello！"), SUCCESS),
        ("speech that was not recognised", What::Voice(None), SUCCESS),
        ("a new follower", What::Subscribe, Text("欢迎！Welcome!")),
        ("quit without a game", text("quit"), SUCCESS),
        ("a number without a game", text("42"), SUCCESS),
    ]
}

/// Every kind that `wechat` knows, in every mode.
fn kinds() -> impl Iterator<Item = Conversation> {
    let answered = [
        ("text", text("hello"), HELLO),
        ("voice", voice("天气"), Text("晴。")),
        ("voice that was not recognised", What::Voice(None), SUCCESS),
        ("subscribe", What::Subscribe, Text("欢迎！Welcome!")),
        ("click", click("MENU_HELP"), Text("Say hello, guess or later.")),
    ];
    let others = SAMPLES.iter().map(|sample| (sample.name, What::Other(sample), SUCCESS));
    answered.into_iter().chain(others).map(|(kind, what, expected)| {
        let modes = [(0, "demo"), (20, "compat"), (40, "safe")];
        let turns = modes.map(|(at, account)| {
            let said = Said::new("alice", 1, what.clone());
            (Arrival::new(at, Said { account: account.to_owned(), ..said }), expected)
        });
        sequential(&format!("the kind {kind} in every mode"), turns.to_vec())
    })
}

fn flawed(flaw: Flaw, account: &str) -> Conversation {
    let encrypts = encrypts(account);
    // The bytes are counted in the message, which in compat and safe mode is the decrypted one.
    let expected = match flaw {
        Flaw::OtherMethod => METHOD,
        Flaw::MissingParameter => {
            Refused(400, "query parameter `nonce` is missing or empty: WeChat always sends it")
        }
        Flaw::RepeatedParameter => {
            Refused(400, "query parameter `nonce` is repeated: WeChat sends it once")
        }
        Flaw::ShortTimestamp => Refused(
            400,
            "query parameter `timestamp` is malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits",
        ),
        Flaw::OddNonce => Refused(
            400,
            "query parameter `nonce` is malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits",
        ),
        Flaw::NoEchostr => {
            Refused(400, "query parameter `echostr` is missing or empty: WeChat always sends it")
        }
        Flaw::Malformed => Refused(400, "the body is not well-formed at byte 217"),
        Flaw::DocType => Refused(400, "a DOCTYPE at byte 0 is refused"),
        Flaw::WrongRoot => Refused(400, "the root at byte 0 is not <xml>"),
        Flaw::MissingField => {
            Refused(400, "the field <FromUserName> is missing or empty in the element at byte 0")
        }
        Flaw::RepeatedField => Refused(400, "the field <Content> is repeated at byte 217"),
        Flaw::WrongSignature => SIGNATURE,
        Flaw::TooOld | Flaw::TooNew => STALE,
        Flaw::OtherReceiver => NOT_OURS,
        Flaw::MissingMessageSignature if encrypts => Refused(
            400,
            "query parameter `msg_signature` is missing or empty: WeChat always sends it",
        ),
        Flaw::Downgraded if encrypts => {
            Refused(400, "the field <Encrypt> is missing or empty in the element at byte 0")
        }
        Flaw::WrongMessageSignature if encrypts => SIGNATURE,
        Flaw::OtherAppId if encrypts => NOT_OURS,
        Flaw::MissingMessageSignature
        | Flaw::WrongMessageSignature
        | Flaw::Downgraded
        | Flaw::OtherAppId => HELLO,
        Flaw::TooLarge if encrypts => Refused(413, "the body has 87842 bytes, the limit is 65536"),
        Flaw::TooLarge => Refused(413, "the body has 65770 bytes, the limit is 65536"),
        Flaw::BarelyInside | Flaw::ReusedSignature => HELLO,
    };
    let what = match flaw {
        Flaw::NoEchostr => What::Handshake("ignored".to_owned()),
        _ => text("hello"),
    };
    let account = account.to_owned();
    let said = Said { flaw: Some(flaw), account, ..Said::new("alice", 1, what) };
    let mut turns = vec![(Arrival::new(0, said.clone()), expected)];
    if flaw == Flaw::ReusedSignature {
        // The same request is a repeat. Another body with the same signature is an attack.
        let other = Said { id: 2, ..said.clone() };
        turns.push((Arrival::new(5, said), HELLO));
        // In compat and safe mode the message itself is signed, so this is no attack.
        turns.push((Arrival::new(20, other), if encrypts { HELLO } else { REPLAYED }));
    }
    let name = match turns[0].0.said.account.as_str() {
        "demo" => format!("a request with the flaw {flaw:?}"),
        account => format!("a request with the flaw {flaw:?} to {account}"),
    };
    sequential(&name, turns)
}

fn handshakes() -> Vec<Conversation> {
    let handshake = |echostr: &str| Said::new("", 1, What::Handshake(echostr.to_owned()));
    let flawed = |flaw| Said { flaw: Some(flaw), ..handshake("secret") };
    vec![
        sequential("a handshake", vec![(Arrival::new(0, handshake("5837")), Plain("5837"))]),
        sequential(
            "a handshake under a wrong token",
            vec![(Arrival::new(0, flawed(Flaw::WrongSignature)), SIGNATURE)],
        ),
        sequential("a stale handshake", vec![(Arrival::new(0, flawed(Flaw::TooOld)), STALE)]),
        sequential(
            "a handshake twice",
            vec![
                (Arrival::new(0, handshake("5837")), Plain("5837")),
                (Arrival::new(5, handshake("5837")), Plain("5837")),
            ],
        ),
    ]
}

fn accounts() -> Vec<Conversation> {
    let to = |account: &str, id, what| Said {
        account: account.to_owned(),
        ..Said::new("alice", id, what)
    };
    let old = Said { flaw: Some(Flaw::TooOld), ..to("bare", 1, text("hello")) };
    let reused = |id| Said { flaw: Some(Flaw::ReusedSignature), ..to("bare", id, text("hello")) };
    let inside = Said { flaw: Some(Flaw::NoEchostr), ..to("compat", 1, text("hello")) };
    let one = |name, said, expected| sequential(name, vec![(Arrival::new(0, said), expected)]);
    vec![
        one("a message in safe mode", to("safe", 1, text("你好")), Text("你好，很高兴认识你。")),
        one("a message in compat mode", to("compat", 1, text("hello")), HELLO),
        one("no reply in safe mode is plain", to("safe", 1, text("what?")), SUCCESS),
        one(
            "a handshake in safe mode is plain",
            to("safe", 1, What::Handshake("5837".to_owned())),
            Plain("5837"),
        ),
        sequential(
            "a repeat in safe mode gets the same bytes",
            vec![
                (Arrival::new(0, to("safe", 1, text("guess"))), START),
                (Arrival::new(5, to("safe", 1, text("guess"))), START),
                (Arrival::new(20, to("safe", 2, text("50"))), LOWER),
            ],
        ),
        one("an unknown account", to("nobody", 1, text("hello")), UNKNOWN),
        one("no welcome is set", to("bare", 1, What::Subscribe), SUCCESS),
        one("no optional unit is on", to("bare", 1, text("guess")), SUCCESS),
        one("no waiting unit is on", to("bare", 1, text("later")), SUCCESS),
        one("no window, no staleness", old, HELLO),
        sequential(
            "no window, no binding of a signature",
            vec![(Arrival::new(0, reused(1)), HELLO), (Arrival::new(20, reused(2)), HELLO)],
        ),
        sequential(
            "in compat mode a signature is bound to what is outside, too",
            vec![
                // Its fields are only inside.
                (Arrival::new(0, inside), HELLO),
                (Arrival::new(20, to("compat", 1, text("hello"))), REPLAYED),
            ],
        ),
        sequential(
            "two accounts do not share a key",
            vec![
                (Arrival::new(0, to("demo", 1, text("hello"))), HELLO),
                (Arrival::new(20, to("bare", 1, text("天气"))), Text("晴。")),
            ],
        ),
    ]
}

/// The number to guess is dice % 100 + 1, and the dice show 41.
fn games() -> Vec<Conversation> {
    let solved = Text("猜对了，就是 42！Solved: 42.");
    vec![
        talk(
            "a game that is solved",
            &[("guess", START), ("50", LOWER), ("10", HIGHER), ("42", solved), ("42", SUCCESS)],
        ),
        talk(
            "a game that is given up",
            &[("猜数字", START), ("退出", Text("不玩了，数字是 42。It was 42.")), ("1", SUCCESS)],
        ),
        talk(
            "a game does not swallow keywords",
            &[("guess", START), ("hello", HELLO), ("1", HIGHER)],
        ),
        talk("a game is not started twice", &[("guess", START), ("guess", SUCCESS)]),
        sequential(
            "a number that is spoken: the game is asked again when the voice was understood",
            vec![
                (Arrival::new(0, Said::new("alice", 1, text("guess"))), START),
                (Arrival::new(20, Said::new("alice", 2, voice("50"))), LOWER),
                (Arrival::new(40, Said::new("alice", 3, voice("hello"))), HELLO),
                (Arrival::new(60, Said::new("alice", 4, What::Voice(None))), SUCCESS),
                (Arrival::new(80, Said::new("alice", 5, voice("……"))), SUCCESS),
                (Arrival::new(100, Said::new("alice", 6, voice("10。"))), HIGHER),
            ],
        ),
        sequential(
            "two users play two games",
            vec![
                (Arrival::new(0, Said::new("alice", 1, text("guess"))), START),
                (Arrival::new(20, Said::new("bob", 1, text("50"))), SUCCESS),
                (Arrival::new(40, Said::new("bob", 2, text("guess"))), START),
                (
                    Arrival::new(60, Said::new("alice", 2, text("quit"))),
                    Text("不玩了，数字是 42。It was 42."),
                ),
                (Arrival::new(80, Said::new("bob", 3, text("42"))), solved),
            ],
        ),
    ]
}

fn repeats() -> Vec<Conversation> {
    let hello = || Said::new("alice", 1, text("hello"));
    let later = || Said::new("alice", 1, text("later"));
    let guess = || Said::new("alice", 1, text("guess"));
    let sent_too = || Said::new("alice", 7, What::Other(&SENT[1]));
    vec![
        sequential(
            "three times the same message",
            vec![
                (Arrival::new(0, hello()), HELLO),
                (Arrival::new(5, hello()), HELLO),
                (Arrival::new(10, hello()), HELLO),
            ],
        ),
        sequential(
            "three times the same event",
            vec![
                (Arrival::new(0, Said::new("alice", 1, What::Subscribe)), Text("欢迎！Welcome!")),
                (Arrival::new(5, Said::new("alice", 1, What::Subscribe)), Text("欢迎！Welcome!")),
                (Arrival::new(10, Said::new("alice", 1, What::Subscribe)), Text("欢迎！Welcome!")),
            ],
        ),
        sequential(
            "a repeat does not play again",
            vec![
                (Arrival::new(0, guess()), START),
                (Arrival::new(5, guess()), START),
                (
                    Arrival::new(20, Said::new("alice", 2, text("42"))),
                    Text("猜对了，就是 42！Solved: 42."),
                ),
                (
                    Arrival::new(25, Said::new("alice", 2, text("42"))),
                    Text("猜对了，就是 42！Solved: 42."),
                ),
            ],
        ),
        sequential(
            "the same id from two users is two messages",
            vec![
                (Arrival::new(0, Said::new("alice", 7, text("hello"))), HELLO),
                (Arrival::new(20, Said::new("bob", 7, text("天气"))), Text("晴。")),
            ],
        ),
        sequential(
            "two menu keys in one second are two events",
            vec![
                (Arrival::new(0, Said::new("alice", 7, click("MENU_OTHER"))), SUCCESS),
                (
                    Arrival::new(
                        20,
                        Said {
                            flaw: Some(Flaw::TooNew),
                            ..Said::new("alice", 7, click("MENU_HELP"))
                        },
                    ),
                    Text("Say hello, guess or later."),
                ),
            ],
        ),
        sequential(
            "two results of one second are two events, and each has its repeat",
            vec![
                (Arrival::new(0, Said::new("alice", 7, What::Other(&SENT[0]))), SUCCESS),
                (Arrival::new(20, Said { flaw: Some(Flaw::TooNew), ..sent_too() }), SUCCESS),
                (Arrival::new(25, Said { flaw: Some(Flaw::TooNew), ..sent_too() }), SUCCESS),
            ],
        ),
        overlapping(
            "the repeat of a slow message, whose success was lost, waits for its answer",
            vec![
                (Arrival::new(0, later()), SUCCESS),
                (Arrival::new(5, later()), WAITED),
                (Arrival::new(10, later()), WAITED),
            ],
        ),
        sequential(
            "the repeat of a slow message, whose success was lost, long after",
            vec![(Arrival::new(0, later()), SUCCESS), (Arrival::new(20, later()), WAITED)],
        ),
        overlapping(
            "the user's next message waits for the slow one",
            vec![
                (Arrival::new(0, later()), SUCCESS),
                (Arrival::new(2, Said::new("alice", 2, text("hello"))), HELLO),
            ],
        ),
        overlapping(
            "another user does not wait for the slow one",
            vec![
                (Arrival::new(0, later()), SUCCESS),
                (Arrival::new(1, Said::new("bob", 2, text("hello"))), HELLO),
            ],
        ),
    ]
}

/// The numbers of the operations: 0 is the deadline's timer, 1 the account, 2 begin, 3 commit, 4
/// abort.
fn failures() -> Vec<Conversation> {
    let hello = || Said::new("alice", 1, text("hello"));
    let retried = |name, operation, fault, first| {
        sequential(
            name,
            vec![
                (Arrival::new(0, hello()).with_fault(operation, fault), first),
                (Arrival::new(20, hello()), HELLO),
            ],
        )
    };
    let stuck = |name, operation| {
        sequential(
            name,
            vec![
                (Arrival::new(0, hello()).with_fault(operation, Injected::Never), SUCCESS),
                (Arrival::new(20, Said::new("bob", 1, text("hello"))), HELLO),
                (Arrival::new(40, hello()), if operation < 3 { HELLO } else { SUCCESS }),
            ],
        )
    };
    vec![
        retried("the account cannot be read for now", 1, Injected::Transient, FAILED),
        retried("begin fails for good", 2, Injected::Permanent, FAILED),
        retried("commit fails, the retry starts afresh", 3, Injected::Transient, FAILED),
        retried(
            "commit fails and was applied, the retry is a repeat",
            3,
            Injected::Applied,
            FAILED,
        ),
        retried("a panic in account", 1, Injected::Panic, FAILED),
        retried("a panic in commit", 3, Injected::Panic, FAILED),
        retried("a panic in the deadline itself", 0, Injected::Panic, FAILED),
        retried("the timer fails: no deadline", 0, Injected::Transient, HELLO),
        retried("the timer fires at once", 0, Injected::Sync, SUCCESS),
        retried("commit ends after the reply", 3, Injected::Late, SUCCESS),
        retried("begin is told twice", 2, Injected::Twice, HELLO),
        retried("commit is told twice", 3, Injected::Twice, HELLO),
        retried("commit completes at once", 3, Injected::Sync, HELLO),
        retried("cancelled in begin", 2, Injected::Cancel, Nothing),
        retried("cancelled in commit, which goes on", 3, Injected::Cancel, Nothing),
        stuck("the account never comes", 1),
        stuck("begin never comes", 2),
        stuck("commit never comes", 3),
        overlapping(
            "a message that has waited too long for its turn is refused",
            vec![
                (Arrival::new(0, hello()).with_fault(3, Injected::Never), SUCCESS),
                // Without a deadline, so that its refusal is seen.
                (
                    Arrival::new(1, Said::new("alice", 2, text("hello")))
                        .with_fault(0, Injected::Transient),
                    FAILED,
                ),
            ],
        ),
        sequential(
            "commit fails, and so does abort: the lease ends the turn",
            vec![
                (
                    Arrival::new(0, hello())
                        .with_fault(3, Injected::Transient)
                        .with_fault(4, Injected::Permanent),
                    FAILED,
                ),
                (Arrival::new(20, hello()), HELLO),
            ],
        ),
        sequential(
            "a waiting unit panics",
            vec![
                (
                    Arrival::new(0, Said::new("alice", 1, text("later")))
                        .with_fault(3, Injected::Panic),
                    FAILED,
                ),
                (Arrival::new(20, Said::new("alice", 1, text("later"))), SUCCESS),
            ],
        ),
        sequential(
            "a waiting unit without a deadline answers late",
            vec![(
                Arrival::new(0, Said::new("alice", 1, text("later")))
                    .with_fault(0, Injected::Permanent),
                WAITED,
            )],
        ),
    ]
}

fn at_once() -> Vec<Conversation> {
    let said = |user: &str, id, words: &str| Arrival::new(0, Said::new(user, id, text(words)));
    vec![
        overlapping(
            "two users at once",
            vec![(said("alice", 1, "hello"), HELLO), (said("bob", 1, "天气"), Text("晴。"))],
        ),
        overlapping(
            "one user twice at once: first come, first served",
            vec![(said("alice", 1, "guess"), START), (said("alice", 2, "50"), LOWER)],
        ),
        overlapping(
            "the same message twice at once runs once",
            vec![(said("alice", 1, "guess"), START), (said("alice", 1, "guess"), START)],
        ),
        overlapping(
            "one user three times at once",
            vec![
                (said("alice", 1, "guess"), START),
                (said("alice", 2, "50"), LOWER),
                (said("alice", 3, "42"), Text("猜对了，就是 42！Solved: 42.")),
            ],
        ),
        overlapping(
            "the first of two fails, the second goes on",
            vec![
                (said("alice", 1, "guess").with_fault(3, Injected::Transient), FAILED),
                (said("alice", 2, "50"), SUCCESS),
            ],
        ),
        overlapping(
            "the first of two is cancelled, the second goes on",
            vec![
                (said("alice", 1, "guess").with_fault(2, Injected::Cancel), Nothing),
                (said("alice", 2, "hello"), HELLO),
            ],
        ),
    ]
}
