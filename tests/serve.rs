//! Tests of `four-ways serve`, the built binary, used as an operator uses it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use four_ways::server::sign;
use wechat::{AesKey, Token, signature};

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
    /// Where the metrics are.
    admin: String,
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
        let (err, log) = std::io::pipe().expect("a pipe");
        Self::spawned(arguments, log.into(), err)
    }

    /// The log goes there.
    fn logging(arguments: &[&str], log: Stdio) -> Self {
        let (nothing, _) = std::io::pipe().expect("a pipe");
        let mut serving = Self::spawned(arguments, log, nothing);
        serving.deaf = None;
        serving
    }

    fn spawned(arguments: &[&str], log: Stdio, err: std::io::PipeReader) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it is built");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut err = BufReader::new(err);
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
        let mut addresses = Vec::new();
        while addresses.len() < 2 {
            let before = said.len();
            assert!(out.read_line(&mut said).expect("text") > 0, "it ended: {said}");
            if let Some((_, address)) = said[before..].split_once("http://") {
                let end = |each: char| !each.is_ascii_digit() && each != '.' && each != ':';
                addresses.push(address.split(end).next().unwrap_or_default().to_owned());
            }
        }
        let (address, admin) = (addresses.remove(1), addresses.remove(0));
        Self { child, out, deaf: Some(deaf), reader: Some(reader), log, address, admin, said }
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
    fn end(self) -> (Option<i32>, String, String) {
        self.signal("-TERM");
        self.ended()
    }

    /// The same for a server that was told to end.
    fn ended(mut self) -> (Option<i32>, String, String) {
        self.deaf = None;
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("text");
        let status = self.child.wait().expect("it ends");
        self.reader.take().expect("it ends once").join().expect("read");
        (status.code(), rest, self.log.lock().expect("whole").clone())
    }

    /// Waits until these words are in the metrics.
    fn until_counted(&self, words: &str) {
        let begin = Instant::now();
        while !send(&self.admin, "GET", "/metrics", "").contains(words) {
            assert!(begin.elapsed() < Duration::from_secs(30), "{words} is not counted");
        }
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

/// Runs a curl line without curl.
fn paste(line: &str) -> String {
    let (address, target, body) = taken_apart(line);
    send(&address, "POST", &target, &body)
}

/// The address, the target and the body of a curl line. The shell takes the words apart, as if it
/// was pasted.
fn taken_apart(line: &str) -> (String, String, String) {
    let words = format!("curl() {{ printf '%s\\0' \"$@\"; }}; {line}");
    let words = Command::new("sh").args(["-c", &words]).output().expect("a shell").stdout;
    let words = String::from_utf8(words).expect("text");
    let words: Vec<&str> = words.split('\0').collect();
    let [url, "--data", body, ""] = words[..] else { panic!("{words:?}") };
    let (address, target) =
        url.strip_prefix("http://").expect("a url").split_once('/').expect("a path");
    (address.to_owned(), format!("/{target}"), body.to_owned())
}

/// The bytes of a request after which the connection ends.
fn bytes(method: &str, target: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn send(address: &str, method: &str, target: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = bytes(method, target, body);
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

/// What is served goes on while the file is odd, and the next good one is taken.
#[test]
fn a_file_that_cannot_be_read_is_said_once_and_read_again() {
    // A run that was cut off has left a pipe there, which would be written to for ever.
    drop(std::fs::remove_file(Path::new(env!("CARGO_TARGET_TMPDIR")).join("unread.toml")));
    let path = file("unread.toml", &account("nine to five"));
    let serving = Serving::start(&["--config", path.to_str().expect("text")]);
    until(&serving, "nine to five");
    std::fs::remove_file(&path).expect("it is there");
    serving.until_logged("unread.toml: No such file");
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    serving.until_logged("unread.toml is not a regular file");
    until(&serving, "nine to five");
    std::fs::remove_file(&path).expect("it is there");
    file("unread.toml", &account("always open"));
    until(&serving, "always open");
    let (code, _, log) = serving.end();
    assert_eq!((code, log.matches("is not a regular file").count()), (Some(0), 1), "{log}");
}

/// Its size and its time stay the same.
#[test]
fn a_change_of_content_alone_is_a_change() {
    let path = file("content.toml", &account("aaaa"));
    let modified = std::fs::metadata(&path).expect("it is there").modified().expect("a time");
    let serving = Serving::start(&["--config", path.to_str().expect("text")]);
    until(&serving, "aaaa");
    file("content.toml", &account("bbbb"));
    std::fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_modified(modified))
        .expect("set");
    until(&serving, "bbbb");
    assert_eq!(serving.end().0, Some(0));
}

/// The first half of the file is a right file, in which one account is missing.
#[test]
fn a_file_that_is_still_being_written_is_not_taken() {
    let second = account("second").replace("\"shop\"", "\"other\"");
    let path = file("growing.toml", &(account("first") + &second));
    let serving = Serving::start(&["--config", path.to_str().expect("text")]);
    until(&serving, "first");
    // Half a file, and more of it before it has stayed the same.
    let first = account("changed");
    file("growing.toml", &first);
    for part in 0..10 {
        std::thread::sleep(Duration::from_millis(100));
        file("growing.toml", &format!("{first}# {part}\n"));
    }
    file("growing.toml", &(first + &second));
    until(&serving, "changed");
    let target = sign::curl(&serving.url("other"), TOKEN, "open", sign::now());
    assert!(paste(&target).contains("second"));
    let (code, _, log) = serving.end();
    assert_eq!(code, Some(0));
    assert_eq!(log.matches("was reloaded").count(), 1, "{log}");
}

#[test]
fn a_reload_that_would_remove_every_account_is_refused() {
    let path = file("removed.toml", &account("nine to five"));
    let serving = Serving::start(&["--config", path.to_str().expect("text")]);
    file("removed.toml", &account("never").replace("\"shop\"", "\"other\""));
    serving.until_logged("removed.toml has none of the accounts that are served now");
    until(&serving, "nine to five");
    // A file that is written under another name and renamed.
    let renamed = file("removed.new", &account("always open"));
    std::fs::rename(renamed, &path).expect("renamed");
    until(&serving, "always open");
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
    // A pipe that nobody writes to would be read for ever.
    let pipe = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipe.toml");
    drop(std::fs::remove_file(&pipe));
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let pipe = refused(&["--config", pipe.to_str().expect("text")]);
    assert!(pipe.contains("pipe.toml is not a regular file"), "{pipe}");
    let serving = Serving::start(&[]);
    let taken = refused(&["--listen", &serving.address]);
    assert!(taken.contains("cannot listen on"), "{taken}");
    assert!(taken.contains("choose another with --listen"), "{taken}");
    let taken = refused(&["--listen", "127.0.0.1:0", "--admin", &serving.admin]);
    assert!(taken.contains("choose another with --admin"), "{taken}");
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

/// Nobody reads any more, or the disk is full: the lines are gone, and the server says how many.
#[test]
fn lines_of_the_log_that_cannot_be_written_are_counted() {
    let (reader, closed) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut outs = vec![Stdio::from(closed)];
    if cfg!(target_os = "linux") {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("it is there");
        outs.push(full.into());
    }
    for out in outs {
        let serving = Serving::logging(&[], out);
        for _ in 0..7 {
            send(&serving.address, "POST", "/wechat/demo", "");
        }
        let (code, said, _) = serving.end();
        assert_eq!(code, Some(0));
        let last: Vec<&str> = said.lines().rev().take(2).collect();
        assert!(last[0].starts_with("7 lines of the log are lost"), "{said}");
        assert!(last[1].starts_with("served 7 requests"), "{said}");
    }
}

#[test]
fn a_server_whose_standard_output_nobody_reads_serves_and_ends_with_0() {
    let mut serving = Serving::start(&[]);
    // The other end of the server's is closed by this.
    let (nobody, _) = std::io::pipe().expect("a pipe");
    serving.out = BufReader::new(OwnedFd::from(nobody).into());
    assert!(send(&serving.address, "POST", "/wechat/demo", "").starts_with("HTTP/1.1 400"));
    assert_eq!(serving.end().0, Some(0));
}

/// The slow message would hold the end up for six seconds.
#[test]
fn a_second_signal_ends_the_server_at_once() {
    let mut serving = Serving::start(&[]);
    let line = serving.curl_line();
    let (address, target, body) = taken_apart(&line);
    let body = body.replace("你好", "later");
    let mut stream = TcpStream::connect(&address).expect("it listens");
    stream.write_all(bytes("POST", &target, &body).as_bytes()).expect("sent");
    serving.until_counted("four_ways_under_way 1\n");
    serving.signal("-TERM");
    let begin = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(30), "the first is not heard");
    }
    serving.signal("-INT");
    let (code, said, _) = serving.ended();
    assert_eq!(code, Some(0));
    assert!(said.contains("what was still under way is cut off"), "{said}");
}

#[test]
fn per_address_limits_the_connections_of_one_address() {
    let serving = Serving::start(&["--per-address", "1"]);
    let mut busy = TcpStream::connect(&serving.address).expect("it listens");
    busy.write_all(b"GET / HT").expect("sent");
    serving.until_counted("four_ways_connections_open 1\n");
    let mut refused = TcpStream::connect(&serving.address).expect("it listens");
    let mut answer = String::new();
    refused.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    assert_eq!(refused.read_to_string(&mut answer).ok(), Some(0));
    serving.until_logged("too many connections");
    drop((busy, refused));
    assert_eq!(serving.end().0, Some(0));
    let none = Command::new(env!("CARGO_BIN_EXE_four-ways"))
        .args(["serve", "--per-address", "0"])
        .output()
        .expect("it is built");
    assert_eq!(none.status.code(), Some(2));
}

/// A server in its shell gets SIGINT, a service gets SIGTERM.
#[test]
fn sigint_and_sigterm_end_the_server_and_the_request_under_way_is_answered() {
    for signal in ["-INT", "-TERM"] {
        for runtime in ["multi", "current"] {
            let mut serving = Serving::start(&["--runtime", runtime]);
            let (address, target, body) = taken_apart(&serving.curl_line());
            let (half, rest) = body.split_at(body.len() / 2);
            let mut stream = TcpStream::connect(&address).expect("it listens");
            stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
            let length = body.len();
            let head = format!(
                "POST {target} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\
                 Content-Length: {length}\r\n\r\n{half}"
            );
            stream.write_all(head.as_bytes()).expect("sent");
            // It is under way once the server asks for its body.
            let asked = "HTTP/1.1 100 Continue\r\n\r\n";
            let mut begun = vec![0; asked.len()];
            stream.read_exact(&mut begun).expect("it goes on");
            assert_eq!(String::from_utf8_lossy(&begun), asked);
            serving.signal(signal);
            let begin = Instant::now();
            while TcpStream::connect(&address).is_ok() {
                assert!(begin.elapsed() < Duration::from_secs(30), "{signal} is not heard");
                std::thread::sleep(Duration::from_millis(5));
            }
            stream.write_all(rest.as_bytes()).expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer, and the end");
            assert!(answer.starts_with("HTTP/1.1 200"), "{signal}: {answer}");
            assert!(answer.contains("你好，很高兴认识你。"), "{signal}: {answer}");
            let (code, said, log) = serving.ended();
            assert_eq!(code, Some(0), "{signal}: {log}");
            assert!(said.contains("served 1 requests"), "{said}");
            assert!(!said.contains("cut off"), "{said}");
        }
    }
}

/// The slow message has the turn for six seconds, and the others wait behind it.
#[test]
fn sixteen_messages_of_one_user_wait_for_their_turn_and_one_more_is_500() {
    let serving = Serving::start(&[]);
    let mut sent = 0;
    let mut post = |words: &str| {
        sent += 1;
        let now = sign::now() + Duration::from_millis(sent);
        let line = sign::curl(&serving.url("demo"), "four-ways-demo", words, now);
        let (address, target, body) = taken_apart(&line);
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(bytes("POST", &target, &body).as_bytes()).expect("sent");
        stream
    };
    let answer = |mut stream: TcpStream| {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let mut streams = vec![post("later")];
    serving.until_counted("four_ways_under_way 1\n");
    streams.extend((0..16).map(|_| post("hello")));
    serving.until_counted("four_ways_under_way 17\n");
    serving.until_counted("four_ways_kept{what=\"waiting\"} 16\n");
    let crowded = answer(post("hello"));
    assert!(crowded.starts_with("HTTP/1.1 500"), "{crowded}");
    assert!(crowded.ends_with("\r\n\r\ninternal error"), "{crowded}");
    for stream in streams {
        let waited = answer(stream);
        assert!(waited.starts_with("HTTP/1.1 200"), "{waited}");
    }
    serving.until_counted("four_ways_kept{what=\"answers\"} 17\n");
    serving.until_counted("four_ways_kept{what=\"sessions\"} 1\n");
    assert_eq!(serving.end().0, Some(0));
}

const OLD_TOKEN: &str = "canary-token-0b2e";
const OLD_KEY: &str = "yanarc0yek0canary0key0canary0key0canary0key";
const USER: &str = "canary-openid-77aa";
const WORDS: &str = "canary-words-31c9";
const REPLY: &str = "canary-reply-d04f";
const APP_SECRET: &str = "canary-secret-8e15";
const TICKET: &str = "canary-ticket-2c6b";
const WECHAT_KEY: &str = "canary-wechat-key-41d7";
const SERVICE_KEY: &str = "canary-service-key-9f3a";
const PASSWORD: &str = "canary-password-60b8";

/// A message to the account `shop` in a mode, signed and, if the mode says so, encrypted.
struct Push {
    target: String,
    body: String,
    /// Its signatures.
    signatures: Vec<String>,
}

fn push(mode: &str, token: &str, key: &str, id: u32) -> Push {
    push_words(mode, token, key, id, WORDS)
}

fn push_words(mode: &str, token: &str, key: &str, id: u32, words: &str) -> Push {
    let (timestamp, nonce) = (sign::now().as_secs().to_string(), format!("n{id}"));
    let token = Token::new(token);
    let signature = signature::sign(&token, &timestamp, &nonce);
    let target = format!("/wechat/shop?signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let body = format!(
        "<xml><ToUserName>gh_shop</ToUserName><FromUserName>{USER}</FromUserName>\
         <CreateTime>{timestamp}</CreateTime><MsgType>text</MsgType>\
         <Content>{words}</Content><MsgId>{id}</MsgId></xml>"
    );
    if mode == "plain" {
        return Push { target, body, signatures: vec![signature] };
    }
    let encrypted = AesKey::parse(key).expect("a key").encrypt(&body, "wx1", [7; 16]);
    let message = signature::sign_message(&token, &timestamp, &nonce, &encrypted);
    let target = format!("{target}&openid={USER}&encrypt_type=aes&msg_signature={message}");
    let sealed = format!("<Encrypt>{encrypted}</Encrypt></xml>");
    // In compat mode the fields are there beside it.
    let body = match mode {
        "compat" => body.replace("</xml>", &sealed),
        _ => format!("<xml><ToUserName>gh_shop</ToUserName>{sealed}"),
    };
    Push { target, body, signatures: vec![signature, message] }
}

/// WeChat's API and a service, which refuses the first ticket and hangs up on all that is no call of
/// WeChat's. Returns the address, and what it was asked.
fn upstream() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let asked = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&asked);
    std::thread::spawn(move || {
        let mut infos = 0;
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut request, mut body) = (String::new(), 0);
            let mut reader = BufReader::new(&stream);
            while !request.ends_with("\r\n\r\n") {
                let begin = request.len();
                assert!(reader.read_line(&mut request).expect("text") > 0, "a head: {request}");
                if let Some(length) = request[begin..].strip_prefix("content-length: ") {
                    body = length.trim().parse().expect("a number");
                }
            }
            reader.take(body).read_to_string(&mut request).expect("a body");
            let answer = if request.contains("/stable_token") {
                format!("{{\"access_token\":\"{TICKET}\",\"expires_in\":7200}}")
            } else if request.contains("/user/info") {
                infos += 1;
                match infos {
                    1 => format!("{{\"errcode\":40001,\"errmsg\":\"{TICKET}\"}}"),
                    _ => "{\"language\":\"en\"}".to_owned(),
                }
            } else {
                String::new()
            };
            written.lock().expect("whole").push_str(&request);
            if !answer.is_empty() {
                let length = answer.len();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n");
                let all = format!("{head}Connection: close\r\n\r\n{answer}");
                stream.write_all(all.as_bytes()).expect("sent");
            }
        }
    });
    (address, asked)
}

#[test]
fn no_token_key_signature_or_user_is_ever_printed_in_any_style_and_mode() {
    std::thread::scope(|scope| {
        for style in ["callbacks", "promises", "generators", "async-await"] {
            scope.spawn(move || {
                for mode in ["plain", "compat", "safe"] {
                    for format in ["text", "json"] {
                        nothing_secret_is_printed(style, mode, format);
                    }
                }
            });
        }
    });
}

fn nothing_secret_is_printed(style: &str, mode: &str, format: &str) {
    let name = format!("secrets-{style}-{mode}-{format}.toml");
    let (upstream, asked) = upstream();
    let text = format!(
        "[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\nprevious_token = \"{OLD_TOKEN}\"\n\
         original_id = \"gh_shop\"\nmode = \"{mode}\"\napp_id = \"wx1\"\n\
         encoding_aes_key = \"{KEY}\"\nprevious_encoding_aes_key = \"{OLD_KEY}\"\n\
         app_secret = \"{APP_SECRET}\"\nunits = [\"profile\", \"weather\"]\n\
         [[account.keyword]]\nmatch = \"exact\"\npattern = \"{WORDS}\"\nreply = \"{REPLY}\"\n\
         [service.wechat]\nurl = \"http://{upstream}\"\nkey = \"{WECHAT_KEY}\"\n\
         [service.geocoding]\nurl = \"http://{upstream}\"\nkey = \"{SERVICE_KEY}\"\n"
    );
    let path = file(&name, &text);
    let path = path.to_str().expect("text");
    let serving = Serving::start(&["--style", style, "--log", format, "--config", path]);
    let (mut seen, mut signatures, mut requests) = (String::new(), Vec::new(), 0);
    let mut ask = |push: &Push, change: &dyn Fn(&mut Push)| {
        let mut push = Push {
            target: push.target.clone(),
            body: push.body.clone(),
            signatures: push.signatures.clone(),
        };
        change(&mut push);
        let answer = send(&serving.address, "POST", &push.target, &push.body);
        seen += &answer;
        requests += 1;
        signatures.append(&mut push.signatures);
        answer
    };
    let good = push(mode, TOKEN, KEY, 1);
    for push in [&good, &good, &push(mode, OLD_TOKEN, OLD_KEY, 2)] {
        let answer = ask(push, &|_| {});
        assert!(answer.starts_with("HTTP/1.1 200"), "{mode}: {answer}");
        assert_eq!(answer.contains(REPLY), mode == "plain", "{mode}: {answer}");
    }
    // The service hangs up, and this is logged.
    let weather = push_words(mode, TOKEN, KEY, 5, &format!("weather {WORDS}"));
    let answer = ask(&weather, &|_| {});
    assert!(answer.starts_with("HTTP/1.1 200"), "{mode}: {answer}");
    serving.until_logged("a call of a service failed");
    // A replay, a forgery, a body cut off, another's key, another's account, and an account that
    // tries to forge a line of the log.
    let other_key = if mode == "plain" { "200" } else { "403" };
    let statuses = ["403", "403", "400", other_key, "403", "404"];
    let refused = [
        ask(&good, &|push| {
            push.body =
                push.body.replace("<MsgId>1", "<MsgId>9").replace("<Encrypt>", "<Encrypt>AAAA")
        }),
        ask(&good, &|push| push.target = push.target.replace("nonce=", "nonce=0")),
        ask(&good, &|push| push.body = push.body.replace("</xml>", "")),
        ask(&push(mode, TOKEN, &KEY.to_uppercase(), 3), &|_| {}),
        ask(&push(mode, "canary-token-none", KEY, 4), &|_| {}),
        ask(&good, &|push| push.target = push.target.replace("/shop", "/a%0aINFO%1b[31m")),
    ];
    for (answer, status) in refused.iter().zip(statuses) {
        assert_eq!(answer.get(9..12), Some(status), "{mode}: {answer}");
    }
    seen += &send(&serving.admin, "GET", "/metrics", "");
    // Files that are refused: a token without its quotes, a key that is none, a secret without its
    // quotes, an address with a password, a key with a blank.
    let password = format!("geocoding]\nurl = \"http://me:{PASSWORD}@");
    for (wrong, told) in [
        (text.replace(&format!("\"{TOKEN}\""), TOKEN), ":3:"),
        (text.replace(KEY, &KEY[1..]), ":8:"),
        (text.replace(&format!("\"{APP_SECRET}\""), APP_SECRET), ":10:"),
        (text.replace("geocoding]\nurl = \"http://", &password), ":20:"),
        (text.replace(SERVICE_KEY, &format!("{SERVICE_KEY} b")), ":21:"),
    ] {
        file(&name, &wrong);
        serving.signal("-HUP");
        serving.until_logged(&format!("{name}{told}"));
    }
    let (code, said, log) = serving.end();
    assert_eq!(code, Some(0));
    assert!(log.lines().count() >= requests + 2, "one line a request: {log}");
    assert!(log.contains("shop"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log:?}");
    let asked = asked.lock().expect("whole");
    for sent in [APP_SECRET, TICKET, WECHAT_KEY, SERVICE_KEY] {
        assert!(asked.contains(sent), "{style}, {mode}: {sent} was not sent: {asked}");
    }
    let ours = [TOKEN, OLD_TOKEN, KEY, &KEY[1..], OLD_KEY, "canary-token"];
    let theirs = [APP_SECRET, TICKET, WECHAT_KEY, SERVICE_KEY, PASSWORD];
    let secrets = ours.into_iter().chain(theirs);
    for secret in secrets.chain(signatures.iter().map(String::as_str)) {
        for text in [&seen, &said, &log] {
            assert!(!text.contains(secret), "{style}, {mode}: {secret} is in {text}");
        }
    }
    for private in [USER, WORDS, REPLY] {
        for text in [&said, &log] {
            assert!(!text.contains(private), "{style}, {mode}: {private} is in {text}");
        }
    }
}
