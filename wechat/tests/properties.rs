//! What holds for every input: rendering and reading are inverse, and no input is too hostile.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use wechat::reply::{Music, NewsArticle};
use wechat::xml::{DEPTH, FIELDS, LIMIT};
use wechat::{Event, Kind, Message, Query, Reply, json, xml};

fn message(kind: Kind) -> Message {
    Message {
        to: "gh_1".into(),
        from: "o]]>1".into(),
        created: 1_700_000_000,
        id: Some("7".into()),
        digest: None,
        kind,
        extra: vec![],
    }
}

/// What a reader gives back: without what XML cannot hold, trimmed, with one form of line end.
fn read_back(text: &str) -> String {
    let legal = |each: &char| match each {
        '\t' | '\n' | '\r' => true,
        each => *each >= ' ' && !matches!(each, '\u{fffe}' | '\u{ffff}'),
    };
    let legal: String = text.chars().filter(legal).collect();
    legal.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn text_of(root: &xml::Element, path: &[&str]) -> Option<String> {
    let mut element = root;
    for name in path {
        element = element.child(name)?;
    }
    Some(element.text.clone())
}

/// Texts with many characters that mean something in XML.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![".*", "[\\]\\[<>!&;CDAT\r\n\u{0}-\u{20}a你😀\u{fffe}]*", "(\\]\\]>|\\]|>|x){0,40}"]
}

/// Texts that try to end their field and to begin another.
fn escaping() -> impl Strategy<Value = String> {
    let piece =
        "(\\]\\]>|<!\\[CDATA\\[|</?Content>|</?Title>|</?Description>|</?a>|<!--|-->|</?xml>)";
    let forged = "(<MsgId>9</MsgId>|<FromUserName>o2</FromUserName>|<MsgType>event</MsgType>)";
    prop::collection::vec(prop_oneof![piece, forged, "[x ]"], 0..8).prop_map(|all| all.concat())
}

/// A message as WeChat writes it: it does not split a `]]>`.
fn as_wechat_writes(kind: &str, fields: &[(&str, &str)]) -> String {
    let fields: String = fields
        .iter()
        .map(|(name, text)| format!("<{name}><![CDATA[{text}]]></{name}>\n"))
        .collect();
    format!(
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n\
         <FromUserName><![CDATA[o1]]></FromUserName>\n<CreateTime>1700000000</CreateTime>\n\
         <MsgType><![CDATA[{kind}]]></MsgType>\n{fields}<MsgId>7</MsgId>\n</xml>"
    )
}

proptest! {
    #[test]
    fn a_text_is_read_as_the_user_wrote_it(content in prop_oneof![hostile(), escaping()]) {
        let body = as_wechat_writes("text", &[("Content", &content)]);
        let parsed = Message::parse(body.as_bytes()).map(|message| message.kind);
        // Another section makes it well-formed, or the field ends twice.
        if !content.contains("<![CDATA[") && !content.contains("]]></Content>") {
            let control = |each: &char| *each < ' ' && !matches!(each, '\t' | '\n' | '\r');
            let kept: String = content.replace("\r\n", "\n").replace('\r', "\n");
            let kept: String = kept.chars().filter(|each| !control(each)).collect();
            prop_assert_eq!(parsed, Ok(Kind::Text { content: kept.trim().to_owned() }));
        }
    }

    #[test]
    fn no_text_of_a_user_passes_for_another_field(first in escaping(), second in escaping()) {
        for (kind, fields) in [
            ("text", &[("Content", &*first)][..]),
            ("link", &[("Title", &*first), ("Description", &*second)]),
        ] {
            let body = as_wechat_writes(kind, fields);
            if let Ok(message) = Message::parse(body.as_bytes()) {
                prop_assert_eq!((&*message.to, &*message.from), ("gh_1", "o1"));
                prop_assert_eq!((message.created, message.id.as_deref()), (1_700_000_000, Some("7")));
                prop_assert_eq!(message.kind_name(), kind);
            }
        }
    }

    #[test]
    fn a_rendered_text_reads_back(content in hostile(), created: u64) {
        if let Ok(reply) = Reply::text(&content) {
            let message = message(Kind::Unsupported);
            let root = xml::parse(reply.render(&message, created).as_bytes()).expect("our own");
            prop_assert_eq!(text_of(&root, &["Content"]), Some(read_back(&content)));
            prop_assert_eq!(text_of(&root, &["ToUserName"]), Some(message.from));
            prop_assert_eq!(text_of(&root, &["FromUserName"]), Some(message.to));
            prop_assert_eq!(text_of(&root, &["CreateTime"]), Some(created.to_string()));
        }
    }

    #[test]
    fn rendered_media_read_back(media in hostile(), title in hostile(), url in hostile()) {
        let message = message(Kind::Unsupported);
        let root = |reply: Reply| xml::parse(reply.render(&message, 1).as_bytes()).expect("our own");
        if let Ok(video) = Reply::video(&media, Some(title.clone()), None) {
            let root = root(video);
            prop_assert_eq!(text_of(&root, &["Video", "MediaId"]), Some(read_back(&media)));
            prop_assert_eq!(text_of(&root, &["Video", "Title"]), Some(read_back(&title)));
            prop_assert_eq!(text_of(&root, &["Video", "Description"]), None);
        }
        let music = Reply::music(Music { url: Some(url.clone()), ..Music::default() });
        let found = text_of(&root(music), &["Music", "MusicUrl"]).unwrap_or_default();
        prop_assert_eq!(found, read_back(&url));
        let article = NewsArticle { title: title.clone(), url, ..NewsArticle::default() };
        let root = root(Reply::news(vec![article]).expect("one"));
        let found = text_of(&root, &["Articles", "item", "Title"]);
        prop_assert_eq!(found, Some(read_back(&title)));
    }

    #[test]
    fn a_written_message_parses_to_its_value(content in hostile(), id: u64, created: u64) {
        let cdata = content.replace("]]>", "]]]]><![CDATA[>");
        let body = format!(
            "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>\
             <CreateTime>{created}</CreateTime><MsgType>text</MsgType>\
             <Content><![CDATA[{cdata}]]></Content><MsgId>{id}</MsgId></xml>"
        );
        let parsed = Message::parse(body.as_bytes()).expect("well-formed");
        // Unlike a reply, a message may hold U+FFFE and U+FFFF.
        let control = |each: char| each < ' ' && !matches!(each, '\t' | '\n' | '\r');
        // XML reads line ends first: `\r`, a control character and `\n` are two of them.
        let lines = content.replace("\r\n", "\n").replace('\r', "\n");
        let kept: String = lines.chars().filter(|each| !control(*each)).collect();
        let content = kept.trim().to_owned();
        prop_assert_eq!((parsed.created, parsed.id.as_deref()), (created, Some(&*id.to_string())));
        prop_assert_eq!(&parsed.kind, &Kind::Text { content });
        let text = |name: &str| serde_json::to_string(name).expect("JSON");
        let Kind::Text { content } = &parsed.kind else { unreachable!() };
        let json = format!(
            "{{\"ToUserName\": \"gh_1\", \"FromUserName\": \"o1\", \"CreateTime\": {created}, \
             \"MsgType\": \"text\", \"Content\": {}, \"MsgId\": \"{id}\"}}", text(content)
        );
        prop_assert_eq!(Message::parse_json(json.as_bytes()), Ok(parsed));
    }

    /// One with encoded characters is read by a library; the last pair is left out.
    #[test]
    fn a_query_without_encoded_characters_is_read_like_one_with_some(
        pairs in prop::collection::vec(
            prop_oneof![
                "(signature|timestamp|nonce|echostr|msg_signature|openid)(\\[0?\\])?=?",
                "=(1700000000|[0-9a-f]{40}|42|=|)",
                "[&=]",
                "[^%+]{0,3}",
            ],
            0..12,
        ),
        rest in prop_oneof![Just("&timestamp=1700000000&nonce=42&signature=ab"), Just("")],
    ) {
        let query = pairs.concat() + rest;
        let encoded = format!("{query}&+");
        prop_assert_eq!(Query::parse(&query), Query::parse(&encoded));
        prop_assert_eq!(Query::parse_wecom(&query), Query::parse_wecom(&encoded));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(body in prop::collection::vec(any::<u8>(), 0..4096)) {
        for result in [xml::parse(&body), json::parse(&body)] {
            if let Err(error) = result {
                prop_assert!(error.offset() <= body.len());
            }
        }
    }

    #[test]
    fn no_markup_makes_a_reader_panic(
        body in "(<xml>|</xml>|<a>|</a>|<a/>|<!\\[CDATA\\[|\\]\\]>|&amp;|&#9;|<!--|-->|<\\?x|x| ){0,40}",
    ) {
        if let Err(error) = Message::parse(body.as_bytes()) {
            prop_assert!(error.offset() <= body.len());
        }
    }

    #[test]
    fn cut_anywhere_a_message_is_refused_and_not_misread(at in 0_usize..300) {
        let body = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName>o1</FromUserName>\
                    <CreateTime>1700000000</CreateTime><MsgType>text</MsgType>\
                    <Content><![CDATA[hello]]></Content><MsgId>1</MsgId></xml>";
        let end = at.min(body.len());
        prop_assert_eq!(Message::parse(&body.as_bytes()[..end]).is_ok(), end == body.len());
    }

    #[test]
    fn split_parts_join_to_the_whole(text in ".*", limit in 4_usize..64) {
        let parts: Vec<&str> = wechat::reply::split(&text, limit).collect();
        prop_assert_eq!(parts.concat(), text.as_str());
        prop_assert!(parts.iter().all(|part| (1..=limit).contains(&part.len())));
    }
}

/// Each of these would overflow a recursive reader or take a naive one quadratic time.
#[test]
fn hostile_bodies_neither_overflow_nor_take_long() {
    let many = 100_000;
    let levels = "<a>".repeat(many);
    let attributes: String = (0..many).map(|each| format!(" a{each}='1'")).collect();
    // As many as fit, each of which has its end looked for in all that follows.
    let sections: String =
        (2..FIELDS).map(|each| format!("<a{each}><![CDATA[]]></a{each}>")).collect();
    let bodies = [
        format!("<xml>{levels}"),
        format!("<xml>{levels}{}</xml>", "</a>".repeat(many)),
        format!("<xml{attributes}/>"),
        format!("<xml>{}</xml>", "<a/>".repeat(many)),
        format!("<xml>{}</xml>", "&amp;".repeat(many)),
        format!("<xml>{sections}<a>{}</xml>", "]".repeat(LIMIT - sections.len() - 14)),
        format!("{}1{}", "{\"a\":".repeat(many), "}".repeat(many)),
        format!("{}{}", "[".repeat(many), "]".repeat(many)),
    ];
    let start = Instant::now();
    for body in &bodies {
        for length in [body.len(), LIMIT] {
            let cut = &body.as_bytes()[..length];
            assert!(Message::parse(cut).is_err());
            assert!(Message::parse_json(cut).is_err());
        }
    }
    // Quadratic time over these would be minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// The largest body that is accepted: all fields that fit, each as long as fits.
#[test]
fn the_limits_are_reached_exactly() {
    let text = "t".repeat(200);
    let inner = "<b>".repeat(DEPTH - 2) + &"</b>".repeat(DEPTH - 2);
    let fields = format!("<a>{text}</a>").repeat(FIELDS - 1 - (DEPTH - 2));
    let frame = "<xml></xml>".len() + inner.len() + fields.len();
    let body = format!("<xml>{inner}{fields}{}</xml>", " ".repeat(LIMIT - frame));
    assert_eq!(body.len(), LIMIT);
    assert!(xml::parse(body.as_bytes()).is_ok());
    assert!(xml::parse(body.replace("</xml>", " </xml>").as_bytes()).is_err());
    assert!(xml::parse(body.replacen("  ", "<a/>", 1).as_bytes()).is_err());
}

#[test]
fn an_event_is_answered_like_a_message() {
    let event = message(Kind::Event(Event::Unsubscribe));
    assert!(Reply::text("bye").expect("short").render(&event, 1).contains("[bye]"));
}
