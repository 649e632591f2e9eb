//! Tests of `four-ways serve`, the built binary, used as an operator uses it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use four_ways::server::sign;

/// A running server. Dropping it ends it.
struct Serving {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    /// Until it is dropped, nobody reads the log.
    deaf: Option<mpsc::Sender<()>>,
    reader: Option<std::thread::JoinHandle<()>>,
    /// What was read of the log so far.
    log: Arc<Mutex<String>>,
    address: String,
    said: String,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let mut serving = Self::unread(arguments);
        serving.deaf = None;
        serving
    }

    /// The log is not read before the end.
    fn unread(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it is built");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut err = BufReader::new(child.stderr.take().expect("piped"));
        let (deaf, hearing) = mpsc::channel();
        let log = Arc::new(Mutex::new(String::new()));
        let read = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            assert!(hearing.recv().is_err(), "nothing is ever said");
            let mut line = String::new();
            while err.read_line(&mut line).is_ok_and(|read| read > 0) {
                read.lock().expect("whole").push_str(&line);
                line.clear();
            }
        });
        let mut said = String::new();
        let address = loop {
            let before = said.len();
            assert!(out.read_line(&mut said).expect("text") > 0, "it ended: {said}");
            if let Some((_, address)) = said[before..].split_once("http://") {
                let end = |each: char| !each.is_ascii_digit() && each != '.' && each != ':';
                break address.split(end).next().unwrap_or_default().to_owned();
            }
        };
        Self { child, out, deaf: Some(deaf), reader: Some(reader), log, address, said }
    }

    /// The signed curl line of a first run.
    fn curl_line(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.out.read_line(&mut line).expect("text") > 0,
                "no curl line: {}",
                self.said
            );
            if line.starts_with("curl ") {
                return line;
            }
        }
    }

    fn url(&self, account: &str) -> String {
        format!("http://{}/wechat/{account}", self.address)
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill").success());
    }

    /// Ends it. Returns its exit code, its last message, and its log.
    fn end(mut self) -> (Option<i32>, String, String) {
        self.deaf = None;
        self.signal("-TERM");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("text");
        let status = self.child.wait().expect("it ends");
        self.reader.take().expect("it ends once").join().expect("read");
        (status.code(), rest, self.log.lock().expect("whole").clone())
    }

    /// Waits until these words are in the log.
    fn until_logged(&self, words: &str) {
        let begin = Instant::now();
        while !self.log.lock().expect("whole").contains(words) {
            assert!(begin.elapsed() < Duration::from_secs(30), "{words} is not logged");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a curl line without curl: the shell takes the words apart, as if it was pasted.
fn paste(line: &str) -> String {
    let words = format!("curl() {{ printf '%s\\0' \"$@\"; }}; {line}");
    let words = Command::new("sh").args(["-c", &words]).output().expect("a shell").stdout;
    let words = String::from_utf8(words).expect("text");
    let words: Vec<&str> = words.split('\0').collect();
    let [url, "--data", body, ""] = words[..] else { panic!("{words:?}") };
    let (address, target) =
        url.strip_prefix("http://").expect("a url").split_once('/').expect("a path");
    send(address, "POST", &format!("/{target}"), body)
}

fn send(address: &str, method: &str, target: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn the_curl_line_of_a_first_run_works_when_pasted_in_every_style() {
    for style in ["callbacks", "promises", "generators", "async-await"] {
        for runtime in ["multi", "current"] {
            let mut serving = Serving::start(&["--style", style, "--runtime", runtime]);
            assert!(serving.said.contains("`demo` (token four-ways-demo)"), "{}", serving.said);
            let answer = paste(&serving.curl_line());
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.contains("你好，很高兴认识你。"), "{answer}");
            let (code, said, log) = serving.end();
            assert_eq!(code, Some(0), "{log}");
            assert!(said.contains("served 1 requests on 1 connections, 0 shed"), "{said}");
        }
    }
}

#[test]
fn sign_prints_a_line_for_any_account_and_message() {
    let serving = Serving::start(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_four-ways"))
        .args(["sign", "--token", "four-ways-demo", "--message", "it's ]]> the weather"])
        .args(["--url", &serving.url("demo")])
        .output()
        .expect("it is built");
    let answer = paste(&String::from_utf8(output.stdout).expect("text"));
    assert!(answer.contains("Sunny tomorrow"), "{answer}");
    assert_eq!(serving.end().0, Some(0));
}

/// A file of the test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("written");
    path
}

const TOKEN: &str = "canary-token-5c1f";
const KEY: &str = "canary0key0canary0key0canary0key0canary0key";

fn account(reply: &str) -> String {
    format!(
        "[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\napp_id = \"wx1\"\n\
         encoding_aes_key = \"{KEY}\"\nmode = \"plain\"\n[[account.keyword]]\nmatch = \"exact\"\n\
         pattern = \"open\"\nreply = \"{reply}\"\n"
    )
}

/// Asks until the answer contains these words, because a reload takes some time.
fn until(serving: &Serving, words: &str) {
    let begin = Instant::now();
    loop {
        let answer = paste(&sign::curl(&serving.url("shop"), TOKEN, "open", sign::now()));
        if answer.contains(words) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{words} is not in {answer}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_changed_file_and_sighup_reload_the_accounts_and_a_wrong_file_is_refused() {
    let path = file("reload.toml", &account("nine to five"));
    let serving = Serving::start(&["--config", path.to_str().expect("text")]);
    until(&serving, "nine to five");
    file("reload.toml", &account("always open, day and night"));
    until(&serving, "always open, day and night");
    file("reload.toml", &account("never").replace("token", "tokn"));
    serving.signal("-HUP");
    // Not before it was read: the next file replaces it.
    serving.until_logged("reload.toml:3:1: unknown key `tokn`: did you mean `token`?");
    until(&serving, "always open, day and night");
    file("reload.toml", &account("by appointment"));
    serving.signal("-HUP");
    until(&serving, "by appointment");
    assert_eq!(serving.end().0, Some(0));
}

#[test]
fn a_wrong_file_and_a_taken_address_are_said_and_end_with_1() {
    let path = file("wrong.toml", "[[account]]\nname = \"shop\"\n");
    let refused = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .arg("serve")
            .args(arguments)
            .output()
            .expect("it is built");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    };
    let wrong = refused(&["--config", path.to_str().expect("text")]);
    assert!(wrong.contains("wrong.toml:1:1: missing field `token`"), "{wrong}");
    let serving = Serving::start(&[]);
    let taken = refused(&["--listen", &serving.address]);
    assert!(taken.contains("cannot listen on"), "{taken}");
    assert_eq!(serving.end().0, Some(0));
}

/// A pipe holds 64 KiB; a server that waited for room in it would stop answering.
#[test]
fn a_log_that_nobody_reads_holds_up_no_request() {
    let serving = Serving::unread(&[]);
    let lines = 1_500;
    for _ in 0..lines {
        let answer = send(&serving.address, "POST", "/wechat/demo", "");
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let (code, _, log) = serving.end();
    assert_eq!((code, log.lines().count()), (Some(0), lines));
    assert!(log.len() > 64 * 1024, "the pipe could hold it all");
}

/// Ten thousand lines wait, and some more are in the pipe. The rest is lost, and the server says
/// so.
#[test]
fn lines_of_the_log_that_are_lost_are_counted() {
    let serving = Serving::unread(&[]);
    let requests = 20_000;
    let mut stream = TcpStream::connect(&serving.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut sender = stream.try_clone().expect("the same stream");
    let sending = std::thread::spawn(move || {
        let request = "POST /wechat/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
        (0..requests).for_each(|_| sender.write_all(request.as_bytes()).expect("sent"));
    });
    let mut answers = BufReader::new(&mut stream).lines().map(|line| line.expect("an answer"));
    let answered = answers.by_ref().filter(|line| line.contains("HTTP/1.1 400 "));
    assert_eq!(answered.take(requests).count(), requests);
    sending.join().expect("all were sent");
    let (code, said, log) = serving.end();
    let lost = requests - log.lines().count();
    assert!(lost > 0, "all lines were kept");
    assert_eq!(code, Some(0));
    assert!(said.contains(&format!("{lost} lines of the log are lost")), "{said}");
}

#[test]
fn no_token_key_signature_or_user_is_ever_printed() {
    for format in ["text", "json"] {
        let path = file(&format!("secrets-{format}.toml"), &account("nine to five"));
        let serving = Serving::start(&["--log", format, "--config", path.to_str().expect("text")]);
        let line = sign::curl(&serving.url("shop"), TOKEN, "open", sign::now());
        let signature = line.split("signature=").nth(1).and_then(|rest| rest.split('&').next());
        let signature = signature.expect("signed").to_owned();
        let mut seen = paste(&line);
        // A replay, a forgery, a body cut off, an account that tries to forge a line of the log.
        seen += &paste(&line.replace("open", "again"));
        seen += &paste(&line.replace("nonce=", "nonce=0"));
        seen += &paste(&line.replace("</xml>", ""));
        let forged = line.replace("/wechat/shop", "/wechat/a%0aINFO%1b[31m");
        seen += &paste(&forged);
        seen += &send(&serving.address, "GET", "/metrics", "");
        let (code, said, log) = serving.end();
        assert_eq!(code, Some(0));
        assert!(log.lines().count() >= 5, "one line a request: {log}");
        assert!(log.contains("shop"), "{log}");
        assert!(!log.contains('\u{1b}'), "{log:?}");
        for secret in [TOKEN, KEY, &signature] {
            for text in [&seen, &said, &log] {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
        assert!(!log.contains("curl"), "the user is in the log: {log}");
    }
}
