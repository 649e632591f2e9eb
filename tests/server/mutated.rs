//! Requests with bytes changed, doubled or left out: each style must give the same answer, and it
//! must be one that is specified. What the answer has to be is found out here with no code of the
//! server, as far as it can be told from the bytes.

use std::io::Read;
use std::net::Shutdown;
use std::sync::Mutex;

use four_ways::styles;
use kit::run::Random;
use sha1::{Digest, Sha1};

use crate::client::{Running, ask, connect, request, short, signed, text};

/// One request, and what is known of it.
struct Mutated {
    bytes: Vec<u8>,
    /// The method and the words, if nothing was changed.
    whole: Option<(&'static str, &'static str)>,
}

/// A quarter of them are good; the others have one to three bytes changed, doubled or left out.
fn mutated(count: usize) -> Vec<Mutated> {
    let mut random = Random(0x4657);
    let one = |id| {
        // No numbers: a game would differ from server to server.
        let words = ["hello", "guess", "天气", "]]>", "later?", "\u{1}"][random.below(6)];
        let target = signed("demo", &format!("m{id}"));
        let method = ["GET", "POST", "POST", "POST", "HEAD"][random.below(5)];
        let mut bytes = request(method, &target, &text("alice", id, words)).into_bytes();
        let changes = random.below(4);
        for _ in 0..changes {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] = random.bits().to_le_bytes()[0],
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, bytes[at]),
            }
        }
        Mutated { bytes, whole: (changes == 0).then_some((method, words)) }
    };
    (0..count as u64).map(one).collect()
}

/// All that a server sends for these bytes, without the date, and without the second of a reply.
fn answer(server: &Running, bytes: &[u8]) -> String {
    let mut stream = connect(server.address, bytes);
    // Nothing more will come, so nothing is waited for.
    drop(stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    // A connection that is reset has been answered with an end.
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let lines = answer.split("\r\n").filter(|line| !line.starts_with("date: "));
    let answer = lines.collect::<Vec<_>>().join("\r\n");
    let mut parts = answer.split("<CreateTime>");
    let before = parts.next().unwrap_or_default().to_owned();
    let digit = |each: char| each.is_ascii_digit();
    parts.fold(before, |text, part| text + "<CreateTime>" + part.trim_start_matches(digit))
}

/// The status, the value of `Allow`, and the body of the first answer; to `HEAD` there is none.
fn parts<'a>(answer: &'a str, bytes: &[u8]) -> Option<(&'a str, Option<&'a str>, &'a str)> {
    let (head, rest) = answer.split_once("\r\n\r\n")?;
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let length = header("content-length: ").filter(|_| !bytes.starts_with(b"HEAD "));
    let length = length.map_or(0, |length| length.parse().expect("a number"));
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    Some((status, header("allow: "), rest.get(..length).unwrap_or(rest)))
}

/// Whether the bytes are a `POST` to the account under a signature of its token: only they may be
/// answered as a message. `true` also where it cannot be told without decoding.
fn may_be_heard(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some(line) = text.split(['\r', '\n']).find(|line| !line.is_empty()) else { return false };
    let Some(target) = line.strip_prefix("POST ") else { return false };
    let Some(query) = target.split(' ').next().and_then(|target| target.split_once('?')) else {
        return false;
    };
    let (path, query) = query;
    if query.contains(['%', '+', '\u{fffd}', '#']) || path.contains(['%', '\u{fffd}']) {
        return true;
    }
    let values = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found: Vec<_> = pairs.filter(|(of, _)| *of == name).map(|(_, value)| value).collect();
        found
    };
    let ([signature], [timestamp], [nonce]) =
        (&values("signature")[..], &values("timestamp")[..], &values("nonce")[..])
    else {
        return false;
    };
    let mut signed = ["token-demo", timestamp, nonce];
    signed.sort_unstable();
    let hash = Sha1::digest(signed.concat());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    path == "/wechat/demo" && *signature == hash
}

/// What is wrong with an answer that can be told from it and the request alone.
fn complaint(request: &Mutated, answer: &str) -> Option<String> {
    let Some((status, allow, body)) = parts(answer, &request.bytes) else {
        let silent = answer.is_empty() && request.whole.is_none();
        return (!silent).then(|| "no answer".to_owned());
    };
    if (status == "405") != (allow == Some("GET, POST")) || (status != "405" && allow.is_some()) {
        return Some(format!("{status} allows {allow:?}"));
    }
    let begins = |words: &[&str]| words.iter().any(|words| body.starts_with(words));
    let specified = match status {
        "200" => (body == "success" || begins(&["<xml>"])) && may_be_heard(&request.bytes),
        // Without a body: what is no HTTP is not the pipeline's.
        "400" => {
            body.is_empty()
                || begins(&[
                    "query parameter `",
                    "the field <",
                    "the body is not ",
                    "the body is broken",
                    "send one Host",
                    "the root at byte ",
                    "the declared encoding",
                    "a DOCTYPE at byte ",
                    "a processing instruction at byte ",
                    "an undeclared entity at byte ",
                    "content behind the root at byte ",
                    "more than ",
                ])
        }
        "403" => [
            "the signature is wrong: check the account's token",
            "the timestamp is outside the window: check the clock",
            "the message is not for this account",
            "the signature was already used for another body",
        ]
        .contains(&body),
        "404" => {
            body.is_empty() // to HEAD
                || begins(&["no account has this name: ", "not found: WeChat's URL is "])
        }
        "405" => body.is_empty() || body == "the method is not allowed: use GET or POST",
        "408" => body == "the body did not arrive",
        "413" => begins(&["the body has "]),
        "414" | "431" => body.is_empty(),
        _ => false,
    };
    if !specified {
        return Some(format!("{status} {body:?} is not specified"));
    }
    let (method, words) = request.whole?;
    let (expected, says): (_, &[&str]) = match (method, words) {
        ("HEAD", _) => ("405", &[""]),
        ("GET", _) => ("400", &["query parameter `echostr` is missing or empty"]),
        (_, "hello") => ("200", &["<Content><![CDATA[Hello yourself.]]></Content>"]),
        (_, "天气") => ("200", &["<Content><![CDATA[晴。]]></Content>"]),
        // A second one, while the game goes on, is nobody's.
        (_, "guess") => ("200", &["Guess a number from 1 to 100.", "success"]),
        _ => ("200", &["success"]),
    };
    let as_expected = status == expected && says.iter().any(|says| body.contains(says));
    (!as_expected).then(|| format!("{status} {body:?} for {method} {words:?}"))
}

#[test]
fn ten_thousand_mutated_requests_get_nothing_but_specified_answers_alike_in_every_style() {
    let requests = mutated(2_500);
    let whole = requests.iter().filter(|request| request.whole.is_some()).count();
    assert!((500..750).contains(&whole), "{whole} are good");
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for style in styles::all() {
            let (requests, answers) = (&requests, &answers);
            scope.spawn(move || {
                let (name, server) = (style.name, Running::start(style, short()));
                let all = requests.iter().map(|request| answer(&server, &request.bytes));
                let all: Vec<_> = all.collect();
                assert_eq!(ask(server.admin, "GET", "/healthz", "").body, "ok");
                assert!(server.stop().complete);
                answers.lock().expect("whole").push((name, all));
            });
        }
    });
    let answers = answers.into_inner().expect("whole");
    assert_eq!(answers.len(), 4);
    let mut heard = 0;
    for (at, request) in requests.iter().enumerate() {
        let bytes = String::from_utf8_lossy(&request.bytes);
        for (name, all) in &answers {
            let complaint = complaint(request, &all[at]);
            assert_eq!(complaint, None, "{name}: {:?} for {bytes:?}", all[at]);
            let (first, expected) = (answers[0].0, &answers[0].1[at]);
            assert_eq!(all[at], *expected, "{name} and {first}: {bytes:?}");
        }
        heard += usize::from(answers[0].1[at].contains("<Content>"));
    }
    assert!(heard > 100, "only {heard} were answered with words");
}

/// A check that accepts anything proves nothing.
#[test]
fn an_answer_that_is_not_specified_is_complained_of() {
    let good = Mutated {
        bytes: request("POST", &signed("demo", "1"), &text("alice", 1, "hello")).into(),
        whole: Some(("POST", "hello")),
    };
    let forged = Mutated {
        bytes: request("POST", &signed("demo", "1").replace("nonce=1", "nonce=2"), "").into(),
        whole: None,
    };
    let answer = |head: &str, body: &str| {
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let hello = answer("200 OK", "<xml><Content><![CDATA[Hello yourself.]]></Content></xml>");
    let signature = "the signature is wrong: check the account's token";
    assert_eq!(complaint(&good, &hello), None);
    assert_eq!(complaint(&forged, &answer("403 Forbidden", signature)), None);
    for (request, answer) in [
        (&good, answer("200 OK", "success")),
        (&good, answer("403 Forbidden", signature)),
        (&good, String::new()),
        (&forged, hello),
        (&forged, answer("200 OK", "success")),
        (&forged, answer("403 Forbidden", "go away")),
        (&forged, answer("403 Forbidden\r\nallow: GET, POST", signature)),
        (&forged, answer("405 Method Not Allowed", "the method is not allowed: use GET or POST")),
        (&forged, answer("400 Bad Request", "thread panicked at src/main.rs")),
        (&forged, answer("500 Internal Server Error", "internal error")),
        (&forged, "what?".to_owned()),
    ] {
        assert!(complaint(request, &answer).is_some(), "{answer}");
    }
}
