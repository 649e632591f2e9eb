//! Reading allocates what the message keeps, and no more. The counter counts in this binary only,
//! hence a test binary of its own.

use allocation_counter::measure;
use wechat::reply::NewsArticle;
use wechat::{Message, Query, Reply, Signature, Token, signature};

fn body(fields: &str) -> String {
    format!(
        "<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName>\n<FromUserName><![CDATA[o1]]></FromUserName>\n\
         <CreateTime>1700000000</CreateTime>\n{fields}\n</xml>"
    )
}

#[test]
fn reading_allocates_the_strings_that_the_message_keeps_and_no_more() {
    // Sender and receiver are kept of every message.
    for (fields, kept) in [
        (
            "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[ 你好 ]]></Content>\n<MsgId>7</MsgId>",
            4,
        ),
        ("<MsgType>TEXT</MsgType><Content>hi</Content>", 3),
        ("<MsgType>image</MsgType><PicUrl>u</PicUrl><MediaId>m</MediaId>", 4),
        ("<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition/>", 4),
        ("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>", 3),
        ("<MsgType>event</MsgType><Event>unsubscribe</Event><EventKey></EventKey>", 2),
    ] {
        let body = body(fields);
        let count = measure(|| drop(Message::parse(body.as_bytes()).expect("well-formed")));
        assert_eq!(count.count_total, kept, "{fields}");
    }
}

#[test]
fn a_refusal_allocates_nothing_of_its_own() {
    let body = body("<MsgType>text</MsgType><Content>a</Content><Content>b</Content>");
    let count = measure(|| assert!(Message::parse(body.as_bytes()).is_err()));
    assert_eq!(count.count_total, 0);
}

#[test]
fn verifying_allocates_nothing() {
    let token = Token::new("token");
    let query = format!(
        "signature={}&timestamp=1700000000&nonce=42",
        signature::sign(&token, "1700000000", "42")
    );
    let count = measure(|| {
        let query = Query::parse(&query).expect("genuine");
        let signature = Signature::of(&token, &query.timestamp, &query.nonce);
        assert!(query.signature.is(signature));
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn rendering_allocates_the_body_once() {
    let message = Message::parse(body("<MsgType>text</MsgType>").as_bytes()).expect("well-formed");
    let reply = Reply::text("hello").expect("short");
    let count = measure(|| drop(reply.render(&message, 1)));
    assert_eq!(count.count_total, 1);
    // Whichever field of an article is the long one.
    let long = || "a".repeat(1000);
    for article in [
        NewsArticle { title: long(), ..NewsArticle::default() },
        NewsArticle { description: long(), ..NewsArticle::default() },
        NewsArticle { picture: long(), ..NewsArticle::default() },
        NewsArticle { url: long(), ..NewsArticle::default() },
    ] {
        let reply = Reply::news(vec![article.clone()]).expect("one");
        let count = measure(|| drop(reply.render(&message, 1)));
        assert_eq!(count.count_total, 1, "{article:?}");
    }
}
