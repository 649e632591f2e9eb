//! Any texts in a reply. If the reply can be built, its XML can be read back to the same texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::reply::{Music, NewsArticle};
use wechat::{Kind, Message, Reply, xml};

fuzz_target!(|texts: (&str, &str, &str)| {
    let (first, second, user) = texts;
    let message = Message {
        to: "gh_1".into(),
        from: user.chars().filter(|each| *each >= ' ').collect(),
        created: 1,
        id: None,
        digest: None,
        kind: Kind::Unsupported,
        extra: vec![],
    };
    let root = |reply: &Reply| {
        let body = reply.render(&message, 2);
        let root = xml::parse(body.as_bytes()).expect("our own");
        assert_eq!(root.text_of("ToUserName"), Ok(Some(message.from.trim())));
        assert_eq!(root.text_of("FromUserName"), Ok(Some("gh_1")));
        root
    };
    let inside = |root: &xml::Element, path: &[&str]| {
        let mut element = root;
        for name in path {
            element = element.child(name).expect("there");
        }
        element.text.clone()
    };
    // The reader takes at most 64 KiB.
    if first.len() + second.len() + user.len() > 8 * 1024 {
        return;
    }
    if let Ok(reply) = Reply::text(first) {
        assert_eq!(inside(&root(&reply), &["Content"]), read_back(first));
    }
    if let Ok(reply) = Reply::video(first, Some(second.into()), None) {
        let root = root(&reply);
        assert_eq!(inside(&root, &["Video", "MediaId"]), read_back(first));
        assert_eq!(inside(&root, &["Video", "Title"]), read_back(second));
    }
    root(&Reply::music(Music { url: Some(first.into()), ..Music::default() }));
    let article = NewsArticle { title: first.into(), url: second.into(), ..NewsArticle::default() };
    let root = root(&Reply::news(vec![article]).expect("one"));
    assert_eq!(inside(&root, &["Articles", "item", "Title"]), read_back(first));
    assert_eq!(inside(&root, &["Articles", "item", "Url"]), read_back(second));
});

/// The text without the characters that XML cannot contain, trimmed, and with only one kind of line
/// end.
fn read_back(text: &str) -> String {
    let legal = |each: &char| match each {
        '\t' | '\n' | '\r' => true,
        each => *each >= ' ' && !matches!(each, '\u{fffe}' | '\u{ffff}'),
    };
    let legal: String = text.chars().filter(legal).collect();
    legal.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}
