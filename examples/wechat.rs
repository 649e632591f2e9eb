//! The protocol alone, without a style: verifies a request, reads the message and answers it.
#![forbid(unsafe_code)]

use std::error::Error;

use wechat::{Envelope, Kind, Mode, Query, Reply, Token, signature};

const BODY: &str = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\
    <FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1700000000</CreateTime>\
    <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>1</MsgId></xml>";

fn main() -> Result<(), Box<dyn Error>> {
    let token = Token::new("the token from the console");
    let envelope = Envelope::new(token.clone(), Mode::Plain);

    // WeChat signs its requests. Here the example does it itself.
    let signature = signature::sign(&token, "1700000000", "1514711492");
    let query = format!("signature={signature}&timestamp=1700000000&nonce=1514711492");

    let query = Query::parse(&query)?;
    envelope.verify(&query)?;
    let opened = envelope.open(&query, BODY.as_bytes())?;
    let Kind::Text { content } = &opened.message.kind else { return Err("not a text".into()) };
    println!("{} says {content}", opened.message.from);

    let reply = Reply::text(format!("你说：{content}"))?;
    let (seal, message) = (&opened.seal, &opened.message);
    println!("{}", envelope.close(seal, message, &reply, 1_700_000_001, [0; 16]));
    Ok(())
}
