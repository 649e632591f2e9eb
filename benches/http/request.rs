//! The requests that every service gets, and the answer that it must give.

use four_ways::conversation::{self, NAME, TOKEN};
use four_ways::server::sign;
use four_ways::straight;
use wechat::{Token, signature};

/// How many users there are. They take turns, so that no request waits for its user's earlier one.
const USERS: usize = 10_000;

/// The text of every message.
const WORDS: &str = "hello";

/// The text of every reply.
pub const TOLD: &str = "<Content><![CDATA[Hello, nice to meet you.]]></Content>";

/// The request with this number: a new message, signed now. All requests have the same length.
pub fn request(id: usize) -> Vec<u8> {
    let now = sign::now().as_secs().to_string();
    let nonce = format!("{id:010}");
    let signature = signature::sign(&Token::new(TOKEN), &now, &nonce);
    let body = body(id, &now);
    format!(
        "POST /wechat/{NAME}?signature={signature}&timestamp={now}&nonce={nonce} HTTP/1.1\r\n\
         Host: localhost\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn body(id: usize, now: &str) -> String {
    let user = id % USERS;
    format!(
        "<xml><ToUserName><![CDATA[gh_466f75725761]]></ToUserName>\n\
         <FromUserName><![CDATA[oFourWays{user:019}]]></FromUserName>\n\
         <CreateTime>{now}</CreateTime>\n\
         <MsgType><![CDATA[text]]></MsgType>\n\
         <Content><![CDATA[{WORDS}]]></Content>\n\
         <MsgId>{id:010}</MsgId>\n\
         </xml>"
    )
}

/// The answer of the styles. The user and the time vary, but their length is always the same.
pub fn answer() -> String {
    let asked = conversation::text(WORDS).request;
    straight::handle(&conversation::memory(), asked).body.into_owned()
}
