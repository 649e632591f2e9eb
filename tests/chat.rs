//! Tests of `four-ways chat`, the built binary, used as a script uses it.
#![forbid(unsafe_code)]

use std::fs;
use std::future::pending;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use four_ways::platform::{Request, http};
use four_ways::server::{Caps, Listeners, Server};
use four_ways::{conversation, styles};
use pipeline::exchanges::Limits;
use snapbox::assert_data_eq;
use wechat::{AesKey, Envelope, Keys, Rotation, Token};

const STYLES: [&str; 4] = ["callbacks", "promises", "generators", "async-await"];
const NOTICE: &str = "该公众号提供的服务出现故障，请稍后再试";

/// A conversation under way.
struct Talk {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Talk {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .arg("chat")
            .args(arguments)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it is built");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, out }
    }

    fn write(&mut self, line: &str) {
        writeln!(self.child.stdin.as_ref().expect("piped"), "{line}").expect("it listens");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.out.read_line(&mut line).expect("text") > 0, "it ended");
        line.trim_end().to_owned()
    }

    /// The first line of what is answered, before the input has ended.
    fn says(&mut self, line: &str) -> String {
        self.write(line);
        let echo = self.line();
        assert!(echo.ends_with(&format!(" › {line}")), "{echo}");
        self.line().trim_start().to_owned()
    }

    /// Ends the input; returns the exit code, and what was printed since.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("text");
        let Output { status, stderr, .. } = self.child.wait_with_output().expect("it ends");
        (status.code(), rest, String::from_utf8(stderr).expect("text"))
    }
}

/// A whole script: exit code, what was printed, and the errors.
fn chat(arguments: &[&str], script: &str) -> (Option<i32>, String, String) {
    let talk = Talk::start(arguments);
    for line in script.lines() {
        // It may end before it has read everything.
        let _ = writeln!(talk.child.stdin.as_ref().expect("piped"), "{line}");
    }
    talk.end()
}

#[test]
fn a_script_with_every_command_is_answered_alike_in_the_four_styles() {
    let raw = concat!(env!("CARGO_TARGET_TMPDIR"), "/chat-raw.xml");
    let xml = "<xml><ToUserName>gh_466f75725761</ToUserName><FromUserName>alice</FromUserName>\
               <CreateTime>1700000000</CreateTime><MsgType>text</MsgType>\
               <Content>谢谢</Content><MsgId>1</MsgId></xml>";
    fs::write(raw, xml).expect("there is a place for it");
    let script = format!(
        "hello\n\n/voice 明天天气怎么样\n/image\n/location\n/menu MENU_HELP\n/subscribe\n\
         /scan 7\n/raw {raw}\n/as 小明\n你好\n/unsubscribe\n/as alice\n//help\n/quit\nnot read\n"
    );
    let expected = format!(
        "\
alice › hello
 demo › Hello, nice to meet you.
alice › /voice 明天天气怎么样
 demo › 明天晴，适合出门。
alice › /image
(no answer)
alice › /location
(no answer)
alice › /menu MENU_HELP
 demo › 试试：你好、天气、猜数字、稍后。
        Try: hello, weather, guess, later.
alice › /subscribe
 demo › 欢迎关注！说“帮助”看看我会什么。
        Welcome! Say \"help\" to see what I can do.
alice › /scan 7
(no answer)
alice › /raw {raw}
 demo › 不客气。
alice › /as 小明
小明 › 你好
demo › 你好，很高兴认识你。
小明 › /unsubscribe
(no answer)
小明 › /as alice
alice › //help
(no answer)
alice › /quit
"
    );
    for style in STYLES {
        let (code, printed, errors) = chat(&["--style", style], &script);
        assert_eq!((code, &*errors), (Some(0), ""), "{style}");
        assert_data_eq!(printed, snapbox::Data::text(&expected));
    }
}

#[test]
fn a_game_is_played_answer_by_answer_and_another_user_is_not_in_it() {
    for style in STYLES {
        let mut talk = Talk::start(&["--style", style]);
        assert!(talk.says("猜数字").starts_with("demo › 我想好了"));
        talk.write("/as bob");
        assert_eq!(talk.line(), "alice › /as bob");
        assert_eq!(talk.says("50"), "(no answer)", "bob plays no game");
        talk.write("/as alice");
        assert_eq!(talk.line(), " bob › /as alice");
        let (mut low, mut high) = (1, 100);
        let solved = loop {
            assert!(low <= high, "{style}: no number is left");
            let guess = i32::midpoint(low, high);
            let answer = talk.says(&guess.to_string());
            match &*answer {
                "demo › 小一点。Lower." => high = guess - 1,
                "demo › 大一点。Higher." => low = guess + 1,
                _ => break answer.contains(&format!("Solved: {guess}")),
            }
        };
        assert!(solved, "{style}");
        assert_eq!(talk.end(), (Some(0), String::new(), String::new()));
    }
}

#[test]
fn messages_travel_in_every_mode() {
    for mode in ["plain", "compat", "safe"] {
        let (code, printed, _) = chat(&["--mode", mode, "--show"], "hello\n");
        assert_eq!(code, Some(0), "{mode}");
        assert!(printed.ends_with(" demo › Hello, nice to meet you.\n"), "{mode}: {printed}");
        assert_eq!(printed.contains("<Encrypt>"), mode != "plain", "{printed}");
        // Also where it travels encrypted, what is sent and what is answered can be read.
        let answer = "<Content><![CDATA[Hello, nice to meet you.]]></Content>";
        assert!(printed.contains("<Content><![CDATA[hello]]></Content>"), "{mode}: {printed}");
        assert!(printed.contains(answer), "{mode}: {printed}");
    }
}

#[test]
fn a_script_ends_at_an_unknown_command_and_says_which_line() {
    let (code, printed, errors) = chat(&[], "hello\n/oops now\nhello\n");
    assert_eq!(code, Some(1));
    assert_data_eq!(
        printed,
        "\
alice › hello
 demo › Hello, nice to meet you.
alice › /oops now
"
    );
    assert!(errors.starts_with("four-ways: line 2: there is no command /oops;"), "{errors}");
}

#[test]
fn help_is_in_the_language_that_is_asked_for() {
    let (_, english, _) = chat(&[], "/help\n");
    let (_, chinese, _) = chat(&["--lang", "zh"], "/help\n");
    assert!(english.contains("/as NAME       be another user\n"), "{english}");
    assert!(chinese.contains("/as 名字       换一个用户\n"), "{chinese}");
}

#[test]
fn input_that_is_not_utf_8_ends_the_script_with_its_line() {
    let mut talk = Talk::start(&[]);
    assert_eq!(talk.says("hello"), "demo › Hello, nice to meet you.");
    talk.child.stdin.as_ref().expect("piped").write_all(b"\xff\n").expect("it listens");
    let (code, _, errors) = talk.end();
    assert_eq!(code, Some(1));
    assert!(errors.starts_with("four-ways: line 2 cannot be read"), "{errors}");
}

#[test]
fn a_reader_who_stops_reading_is_no_failure() {
    let Talk { mut child, out } = Talk::start(&[]);
    drop(out);
    let _ = writeln!(child.stdin.take().expect("piped"), "hello");
    let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
    assert_eq!((status.code(), &*String::from_utf8_lossy(&stderr)), (Some(0), ""));
}

#[test]
fn the_user_of_a_server_that_answers_with_json_sees_the_notice_of_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/bot", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.expect("a connection"));
            let (mut head, mut length) = (String::new(), 0);
            while stream.read_line(&mut head).is_ok_and(|read| read > 2) {
                if let Some(value) = head.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a number");
                }
                head.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).expect("a whole body");
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"text\":\"hi\"}";
            stream.get_mut().write_all(answer.as_bytes()).expect("it is read");
        }
    });
    let (code, printed, errors) = chat(&["--url", &url, "--token", "t"], "hello\n");
    assert_eq!((code, &*errors), (Some(0), ""));
    assert_data_eq!(
        printed,
        format!(
            "\
(WeChat would not accept this URL, its check fails: status 200, and not the echostr alone)
alice › hello
  bot › {NOTICE}
(because: the answer is not the XML of a reply: [..])
"
        )
    );
}

#[test]
fn a_server_that_is_not_there_is_named_at_once() {
    // Bound, so that nobody else gets the port, but nobody listens there.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let _inside = runtime.as_ref().expect("a runtime").enter();
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let free = socket.local_addr().expect("it");
    let url = format!("http://{free}/wechat");
    let (code, printed, errors) = chat(&["--url", &url, "--token", "t"], "hello\n");
    assert_eq!((code, &*printed), (Some(1), ""));
    assert!(
        errors.contains(&format!("does not answer / 服务器没有响应: cannot connect to {free}"))
    );
}

#[test]
fn a_server_of_ones_own_needs_its_token_and_its_key() {
    let url = ["--url", "http://127.0.0.1:9/"];
    let (code, _, errors) = chat(&url, "");
    assert_eq!(code, Some(2));
    assert!(errors.contains("--token <TOKEN>"), "{errors}");
    let safe = [url[0], url[1], "--token", "t", "--mode", "safe"];
    for (more, expected) in
        [(&[][..], "needs --app-id and --key"), (&["--app-id", "wx1", "--key", "short"], "--key: ")]
    {
        let (code, _, errors) = chat(&[&safe, more].concat(), "");
        assert_eq!(code, Some(1));
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains("short"), "a key is not repeated: {errors}");
    }
}

#[test]
fn a_server_of_ones_own_is_spoken_to_with_its_token_its_ids_and_its_key() {
    let key = "another0key0another0key0another0key0another";
    let keys =
        Keys { app_id: "wx1".to_owned(), keys: Rotation::new(AesKey::parse(key).expect("a key")) };
    let envelope = Envelope::new(Token::new("T"), wechat::Mode::Safe(keys));
    let envelope = envelope.with_original_id("gh_1");
    let account = pipeline::Account { envelope, ..conversation::account() };
    let style = styles::named("promises").expect("one of the four");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port");
    let url = format!("http://{}/wechat/demo", listener.local_addr().expect("an address"));
    runtime.spawn(async move {
        let server = Server::new(style, vec![account], Limits::default(), Caps::default());
        server.run(Listeners { accounts: listener, admin: None }, pending(), pending()).await
    });
    let ids = ["--app-id", "wx1", "--original-id", "gh_1"];
    let own = [&["--url", &url, "--mode", "safe", "--key", key], &ids[..], &["--token"]].concat();
    let (code, printed, errors) = chat(&[&own[..], &["T"]].concat(), "hello\n");
    assert_eq!((code, &*errors), (Some(0), ""));
    assert_data_eq!(printed, "alice › hello\n demo › Hello, nice to meet you.\n");
    let (code, printed, _) = chat(&[&own[..], &["U"]].concat(), "");
    assert_eq!(code, Some(0));
    let doubt = "(WeChat would not accept this URL, its check fails: status 403, and not the echostr alone)\n";
    assert_eq!(printed, doubt);
}

#[test]
fn show_prints_what_travels_with_its_time() {
    let (_, printed, _) = chat(&["--show"], "hello\n");
    assert_data_eq!(
        printed,
        "\
(the platform's API is at http://127.0.0.1:[..]/cgi-bin/, AppID wxfourwaysplatform, secret four-ways-platform-secret)
alice › hello
   [..] s  alice sends
            <xml><ToUserName><![CDATA[gh_466f75725761]]></ToUserName><FromUserName><![CDATA[alice]]></FromUserName><CreateTime>[..]</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello]]></Content><MsgId>[..]</MsgId></xml>
   [..] s  try 1: POST http://127.0.0.1:[..]/wechat/demo?signature=[..]&timestamp=[..]&nonce=[..]&openid=alice
   [..] s  try 1: answered with status 200
            <xml><ToUserName><![CDATA[alice]]></ToUserName><FromUserName><![CDATA[gh_466f75725761]]></FromUserName><CreateTime>[..]</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[Hello, nice to meet you.]]></Content></xml>
   [..] s  alice sees
 demo › Hello, nice to meet you.
"
    );
}

#[test]
fn a_server_can_push_a_message_through_the_api_while_the_user_writes_nothing() {
    let mut talk = Talk::start(&["--show"]);
    let first = talk.line();
    let base = first.split(['/', ',']).collect::<Vec<_>>()[2].to_owned();
    let ask = |method, target: &str, body: &str| {
        let url = format!("http://{base}/cgi-bin/{target}");
        let request = Request { method, url, body: body.to_owned() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer = runtime.expect("a runtime").block_on(http::send(request));
        answer.expect("an answer").body
    };
    talk.write("hello");
    while !talk.line().ends_with("› Hello, nice to meet you.") {}
    let secret = "appid=wxfourwaysplatform&secret=four-ways-platform-secret";
    let token = ask("GET", &format!("token?grant_type=client_credential&{secret}"), "");
    let token = wechat::api::AccessToken::read(&token).expect("a token");
    let token = token.token.expose();
    let message = r#"{"touser":"alice","msgtype":"text","text":{"content":"为你推送"}}"#;
    ask("POST", &format!("message/custom/send?access_token={token}"), message);
    let (code, rest, _) = talk.end();
    assert_eq!(code, Some(0));
    assert!(!rest.contains(token), "a token is not shown: {rest}");
    assert_data_eq!(
        rest,
        "\
   [..] s  an access token was given (token, 7200 s)
   [..] s  /cgi-bin/token → errcode 0
   [..] s  alice sees
 demo › 为你推送
   [..] s  /cgi-bin/message/custom/send → errcode 0
"
    );
}
