//! Requests that are not quite HTTP, or not quite WeChat's: what is taken, and what is not.

use std::io::{Read, Write};

use four_ways::server::Caps;

use crate::client::{connect, read, request, short, signed, text};
use crate::in_every_style;

/// The status and the body of the answer to these bytes, and whether the connection then ends.
fn answered(server: &crate::client::Running, bytes: &str) -> Option<(u16, String, bool)> {
    let mut stream = connect(server.address, bytes.as_bytes());
    let answer = read(&mut stream, &mut Vec::new())?;
    let ends = answer.header("connection") == ["close"];
    Some((answer.status, answer.body, ends))
}

/// Clause 5.2 does not wait for a body that decides nothing: it is announced here and never sent.
#[test]
fn account_method_and_query_are_checked_before_the_body_and_its_size() {
    in_every_style(Caps::default(), |server| {
        let good = signed("demo", "1");
        let unknown = "no account has this name: check the path /wechat/{name}";
        let method = "the method is not allowed: use GET or POST";
        let query = "query parameter `signature` is missing or empty: WeChat always sends it";
        for framing in
            ["Content-Length: 10", "Content-Length: 3000000000", "Transfer-Encoding: chunked"]
        {
            for (how, target, status, words) in [
                ("POST", &*signed("nobody", "1"), 404, unknown),
                ("PUT", &*signed("nobody", "1"), 404, unknown),
                ("PUT", &good, 405, method),
                ("POST", "/wechat/demo", 400, query),
            ] {
                let head = format!("{how} {target} HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n");
                let expected = (status, words.to_owned(), true);
                assert_eq!(answered(server, &head), Some(expected), "{how} {target} {framing}");
            }
        }
        let head = format!("POST {good} HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");
        let words = "the body has 65537 bytes, the limit is 65536".to_owned();
        assert_eq!(answered(server, &head), Some((413, words, true)));
    });
}

#[test]
fn a_request_of_http_1_1_has_one_host() {
    in_every_style(Caps::default(), |server| {
        let hello = request("POST", &signed("demo", "1"), &text("alice", 1, "hello"));
        let with = |host: &str| answered(server, &hello.replace("Host: localhost\r\n", host));
        let status = |answer: Option<(u16, String, bool)>| answer.map(|(status, ..)| status);
        let refused = Some((400, "send one Host".to_owned(), true));
        assert_eq!(status(with("Host: x\r\n")), Some(200));
        assert_eq!(with(""), refused);
        assert_eq!(with("Host: x\r\nHost: x\r\n"), refused);
        // HTTP/1.0 had none.
        let old = hello.replace("HTTP/1.1", "HTTP/1.0").replace("Host: localhost\r\n", "");
        assert_eq!(status(answered(server, &old)), Some(200));
    });
}

#[test]
fn the_only_transfer_encoding_is_chunked_and_it_outweighs_a_length() {
    in_every_style(short(), |server| {
        let body = text("alice", 1, "hello");
        let target = signed("demo", "1");
        let with = |fields: &str| {
            let length = body.len();
            answered(
                server,
                &format!(
                    "POST {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
                ),
            )
        };
        let status = |answer: Option<(u16, String, bool)>| answer.map(|(status, ..)| status);
        assert_eq!(status(with("Transfer-Encoding: chunked\r\n")), Some(200));
        assert_eq!(status(with("Transfer-Encoding: Chunked\r\n")), Some(200));
        let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
        assert_eq!(status(with(both)), Some(200));
        let refused = Some((501, "send no Transfer-Encoding but chunked".to_owned(), true));
        for fields in [
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
        ] {
            assert_eq!(with(fields), refused, "{fields}");
        }
        for fields in ["Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, gzip\r\n"] {
            assert_eq!(status(with(fields)), Some(400), "{fields}");
        }
    });
}

#[test]
fn a_line_of_the_head_may_end_without_a_carriage_return() {
    in_every_style(Caps::default(), |server| {
        let hello = request("POST", &signed("demo", "1"), &text("alice", 1, "hello"));
        let (head, body) = hello.split_once("\r\n\r\n").expect("a head");
        let bytes = format!("{}\n\n{body}", head.replace("\r\n", "\n"));
        assert_eq!(answered(server, &bytes).map(|(status, ..)| status), Some(200));
    });
}

/// The answer comes while the client still sends, and is not lost by a reset.
#[test]
fn an_answer_before_the_end_of_a_body_reaches_a_client_that_goes_on_sending() {
    in_every_style(Caps::default(), |server| {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n",
            signed("demo", "1")
        );
        let mut stream = connect(server.address, head.as_bytes());
        let rest = stream.write_all(&[b'x'; 200_000]);
        assert!(rest.is_ok(), "{rest:?}");
        let answer = read(&mut stream, &mut Vec::new()).expect("an answer");
        assert_eq!(answer.status, 413);
        let end = stream.read(&mut [0]).map_err(|error| error.kind());
        assert_eq!(end, Ok(0), "it was reset");
    });
}
