//! Reading allocates what the message keeps, and no more. The counter counts in this binary only,
//! hence a test binary of its own.

use allocation_counter::measure;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use wechat::reply::NewsArticle;
use wechat::{Message, Query, Reply, Signature, Token, signature};

/// What quick-xml's bare event loop allocates for the stack of open names.
fn bare(body: &str) -> u64 {
    let count = measure(|| {
        let mut reader = Reader::from_str(body);
        while !matches!(reader.read_event().expect("well-formed"), Event::Eof) {}
    });
    count.count_total
}

fn body(fields: &str) -> String {
    format!(
        "<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName>\n<FromUserName><![CDATA[o1]]></FromUserName>\n\
         <CreateTime>1700000000</CreateTime>\n{fields}\n</xml>"
    )
}

#[test]
fn a_message_of_the_usual_form_allocates_the_strings_that_it_keeps_and_no_more() {
    // Sender and receiver are kept of every message.
    for (fields, kept) in [
        (
            "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[ 你好 ]]></Content>\n<MsgId>7</MsgId>",
            4,
        ),
        ("<MsgType>TEXT</MsgType><Content>hi</Content>", 3),
        ("<MsgType>image</MsgType><PicUrl>u</PicUrl><MediaId>m</MediaId>", 4),
        (
            "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition></Recognition>",
            4,
        ),
        ("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>", 3),
        ("<MsgType>event</MsgType><Event>unsubscribe</Event><EventKey></EventKey>", 2),
    ] {
        let body = body(fields);
        let count = measure(|| drop(Message::parse(body.as_bytes()).expect("well-formed")));
        assert_eq!(count.count_total, kept, "{fields}");
    }
}

/// Such as one with an empty tag or an event with a list: quick-xml allocates its stack of open names.
#[test]
fn a_message_of_another_form_allocates_what_the_general_reader_allocates_beside_it() {
    for (fields, kept) in [
        ("<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition/>", 4),
        ("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey><a><b></b></a>", 3),
    ] {
        let body = body(fields);
        let count = measure(|| drop(Message::parse(body.as_bytes()).expect("well-formed")));
        assert_eq!(count.count_total, kept + bare(&body), "{fields}");
        assert!(bare(&body) > 0, "quick-xml allocates nothing: leave it out of the sum");
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
