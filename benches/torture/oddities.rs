//! Requests that are not quite HTTP. Each has its answer, and none harms the next client.

use std::process::Stdio;

use crate::client::{Client, hello, is_greeting};
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

/// The bytes, and the statuses that are right; 0 is an end without an answer.
fn oddities() -> Vec<(Vec<u8>, &'static [u16])> {
    let get = |fields: &str| format!("GET / HTTP/1.1\r\n{fields}\r\n").into_bytes();
    let post = |fields: &str| {
        let hello = String::from_utf8(hello("odd", 1)).unwrap_or_default();
        let (head, body) = hello.split_once("Content-Length").unwrap_or_default();
        let body = body.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let length = body.len();
        format!("{head}{fields}\r\n{length:x}\r\n{body}\r\n0\r\n\r\n").into_bytes()
    };
    let long = "x".repeat(300_000);
    vec![
        (get("Host: x\r\n"), &[404]),
        (get(""), &[400]),
        (get("Host: x\r\nHost: y\r\n"), &[400]),
        (get("Host: x\r\nHost : y\r\n"), &[400]),
        (get("Host: x\r\n folded\r\n"), &[400]),
        (get("Host: x\r\nX\r\n"), &[400]),
        (get("Host: x\r\nX: \0\r\n"), &[400]),
        (get("Host: x\r\nX\u{e9}: 1\r\n"), &[400]),
        (get(&format!("Host: x\r\nX: {long}\r\n")), &[431]),
        (get(&format!("Host: x\r\n{}", "X: 1\r\n".repeat(1_000))), &[431]),
        (get("Host: x\r\nContent-Length: -1\r\n"), &[400]),
        (get("Host: x\r\nContent-Length: 1, 2\r\n"), &[400]),
        (get("Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n"), &[400]),
        (get("Host: x\r\nContent-Length: 99999999999999999999\r\n"), &[400]),
        (get("Host: x\r\nContent-Length: 0x10\r\n"), &[400]),
        (get("Host: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"), &[404]),
        (get("Host: x\r\nExpect: 100-continue\r\n"), &[404]),
        (get("Host: x\r\nTransfer-Encoding: gzip\r\n"), &[400]),
        (post("Transfer-Encoding: chunked\r\n"), &[200]),
        (post("Transfer-Encoding: gzip, chunked\r\n"), &[501]),
        (post("Transfer-Encoding: chunked, gzip\r\n"), &[400]),
        (post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), &[501]),
        (post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), &[200]),
        (b"GET / HTTP/1.1\nHost: x\n\n".to_vec(), &[404]),
        (b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[404]),
        (b"GET / HTTP/1.0\r\n\r\n".to_vec(), &[404]),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n".to_vec(), &[400]),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_vec(), &[400]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[0, 400]),
        (b"GET /\r\n\r\n".to_vec(), &[400]),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400]),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404]),
        (b"GET http://x/wechat/demo HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400]),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[404]),
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[404]),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[404]),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[404]),
        (b"TRACE /wechat/demo HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[405]),
        (b"BREW /wechat/demo HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[405]),
        (b"POST /wechat/none HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".to_vec(), &[404]),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes(), &[404, 414, 431]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[400]),
        (b"\0".repeat(1_000), &[400]),
    ]
}

pub fn play(style: &str, _: &Extent) -> Result<Counts, Failed> {
    let serving = Serving::start(style, &[], Stdio::null())?;
    let oddities = oddities();
    for (number, (bytes, right)) in oddities.iter().enumerate() {
        let mut client = Client::connect(serving.address)?;
        client.send(bytes)?;
        let status = client.answer()?.map_or(0, |answer| answer.status);
        if !right.contains(&status) {
            let shown: String = String::from_utf8_lossy(bytes).chars().take(200).collect();
            return Err(format!("{status} and not {right:?} to {shown:?}").into());
        }
        if !is_greeting(&Client::connect(serving.address)?.ask(&hello("honest", number))?) {
            return Err("the next client is not answered".into());
        }
    }
    serving.end()?;
    Ok(vec![("oddities, answered as listed", oddities.len() as u64)])
}
