//! Any bytes as a body, in both data formats. Nothing panics, the offset of an error is inside the
//! body, the same body gives the same answer twice, an accepted message has its required fields, and
//! what is read in one pass is what quick-xml's tokens say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::{Message, json, xml};

fuzz_target!(|body: &[u8]| {
    for error in [xml::parse(body).err(), json::parse(body).err()].into_iter().flatten() {
        assert!(error.offset() <= body.len());
    }
    match (xml::parse(body), xml::parse_well_formed(body)) {
        (Ok(_), Err(_)) => assert!(body.windows(3).any(|end| end == b"]]>")),
        (Err(_), Err(_)) => {}
        (one_pass, tokens) => assert_eq!(one_pass, tokens),
    }
    for parse in [Message::parse, Message::parse_json] {
        let parsed = parse(body);
        assert_eq!(parsed, parse(body));
        if let Ok(message) = parsed {
            assert!(!message.to.is_empty() && !message.from.is_empty());
            assert_eq!(message.key(), message.key());
            assert!(!message.kind_name().is_empty());
            if let Ok(again) = Message::parse(&written(&message)) {
                assert_eq!((again.to, again.from), (message.to, message.from));
            }
        }
    }
});

/// The common fields of a message, written as WeChat writes them.
fn written(message: &Message) -> Vec<u8> {
    let cdata = |text: &str| text.replace("]]>", "]]]]><![CDATA[>");
    format!(
        "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType>text</MsgType></xml>",
        cdata(&message.to),
        cdata(&message.from),
        message.created
    )
    .into_bytes()
}
