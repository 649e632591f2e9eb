//! The XML of a message, well-formed and not.

use futures::FutureExt;

use super::candidate::{Candidate, Letter};
use super::check::{Check, Modes, Outcome};
use super::exchange::Exchange;
use crate::platform::Fault;

const PAGE: &str = "接收普通消息";
const ENTITIES: &str = "CWE-611 XXE; WeChat's own SDK, 2018-07; binarywang/WxJava#660";
const CRASH: &str = "CWE-400: a stranger may not stop a server";
const STRICT: &str = "good practice: an odd body is no message";

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must("A body with line breaks and blanks between its fields is read", PAGE, |it| {
            reformed(it, |xml| xml.replace("><", ">\n  <")).boxed()
        }),
        Check::should("Values without CDATA are read", PAGE, |it| {
            reformed(it, |xml| xml.replace("<![CDATA[", "").replace("]]>", "")).boxed()
        }),
        Check::should(
            "An event whose name is padded, and in another case, is read",
            "接收事件推送: the official samples",
            |it| padded(it).boxed(),
        ),
        Check::must(
            "A text with control characters is accepted",
            "offu/WeRoBot#420, w7corp/easywechat#989",
            |it| said(it, "a\u{1d}b\u{10}c").boxed(),
        ),
        Check::must(
            "A text with emoji and rare characters is accepted",
            "zoujingli/ThinkService#6",
            |it| said(it, "😀👨‍👩‍👧 𠮷 /::)").boxed(),
        ),
        Check::must(
            "A text with `]]>`, split over two sections, is accepted",
            "XML 1.0 §2.7",
            |it| said(it, "a]]]]><![CDATA[>b").boxed(),
        ),
        Check::should(
            "A text with `]]>` as WeChat sends it, not split, is accepted",
            "seen in real messages: wechat/src/flat.rs",
            |it| said(it, "a]]>b").boxed(),
        ),
        Check::must("A text of 2,048 Chinese characters is accepted", PAGE, |it| long(it).boxed()),
        Check::must("A text of blanks only is accepted", PAGE, |it| said(it, "   ").boxed()),
        Check::should("A body of 1 MiB is refused with 4xx, and the server goes on", CRASH, |it| {
            huge(it).boxed()
        }),
        Check::should("A body with a DOCTYPE gets no reply and no 5xx", ENTITIES, |it| {
            entity(it).boxed()
        }),
        Check::should(
            "Entities that multiply do not stop the server",
            "CWE-776 billion laughs",
            |it| laughs(it).boxed(),
        ),
        Check::should("20,000 nested elements do not stop the server", CRASH, |it| {
            deep(it).boxed()
        }),
        Check::should("A body that is cut off gets no reply and no 5xx", STRICT, |it| {
            broken(it, |xml| xml[..xml.len() / 2].to_owned()).boxed()
        }),
        Check::should("An empty body gets no reply and no 5xx", STRICT, |it| {
            broken(it, |_| String::new()).boxed()
        }),
        Check::should("JSON in place of XML gets no failure", STRICT, |it| {
            broken(it, |_| "{\"MsgType\": [1, 2".to_owned()).boxed()
        }),
        Check::should("A body with another root gets no reply and no 5xx", STRICT, |it| {
            broken(it, |xml| xml.replace("xml>", "html>")).boxed()
        }),
        Check::should("A body without FromUserName gets no reply and no 5xx", STRICT, |it| {
            broken(it, |xml| {
                let xml = xml.replace("<FromUserName>", "<Other>");
                xml.replace("</FromUserName>", "</Other>")
            })
            .boxed()
        }),
        Check::should("A body with two senders gets no reply and no 5xx", STRICT, |it| {
            broken(it, |xml| {
                xml.replace("<CreateTime>", "<FromUserName>mallory</FromUserName><CreateTime>")
            })
            .boxed()
        }),
        Check::should("A body that is not UTF-8 gets no reply and no 5xx", STRICT, |it| {
            binary(it).boxed()
        })
        .within(Modes::Plain),
    ]
}

/// A greeting whose XML was changed.
fn changed(candidate: &Candidate, change: impl Fn(&str) -> String) -> Letter {
    let user = candidate.user();
    candidate.letter(&user, &change(&candidate.text(&user, &candidate.say)))
}

/// The change makes no difference to what the message says.
async fn reformed(candidate: &Candidate, change: impl Fn(&str) -> String) -> Outcome {
    candidate.replies().await?;
    let exchange = candidate.ask(&changed(candidate, change)).await;
    exchange
        .accepted()?
        .map(drop)
        .ok_or_else(|| exchange.failed("only the usual form gets a reply"))
}

async fn padded(candidate: &Candidate) -> Outcome {
    let user = candidate.user();
    let fields = "<MsgType> EVENT </MsgType><Event> click </Event><EventKey>KEY</EventKey>";
    let letter = candidate.letter(&user, &candidate.xml(&user, fields));
    candidate.ask(&letter).await.accepted().map(drop)
}

async fn said(candidate: &Candidate, words: &str) -> Outcome {
    let user = candidate.user();
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, words))).await;
    match exchange.fault()? {
        // Other checks are about the server's words.
        Some(Fault::LongText(_) | Fault::Control(_)) => Ok(()),
        _ => exchange.accepted().map(drop),
    }
}

async fn long(candidate: &Candidate) -> Outcome {
    said(candidate, &"长".repeat(2048)).await
}

async fn huge(candidate: &Candidate) -> Outcome {
    let letter = changed(candidate, |xml| {
        xml.replace("</xml>", &format!("<Fill>{}</Fill></xml>", "x".repeat(1 << 20)))
    });
    let exchange = candidate.ask_bytes(&letter, letter.request.body.as_bytes()).await;
    // Closing the connection is a refusal, too: the rest of the body need not be read.
    if exchange.answer.is_ok() {
        exchange.refused()?;
    }
    goes_on(candidate, &exchange).await
}

/// A greeting with a document type.
async fn typed<'a>(candidate: &'a Candidate, entities: &str, words: &str) -> Exchange<'a> {
    let user = candidate.user();
    let xml = candidate.text(&user, "").replace("<![CDATA[]]>", words);
    let letter = candidate.letter(&user, &format!("<!DOCTYPE xml [{entities}]>{xml}"));
    candidate.ask(&letter).await
}

async fn entity(candidate: &Candidate) -> Outcome {
    typed(candidate, "<!ENTITY say \"hello\">", "&say;").await.survived()
}

async fn laughs(candidate: &Candidate) -> Outcome {
    let mut entities = "<!ENTITY l0 \"hello\">".to_owned();
    for at in 1..10 {
        let ten = format!("&l{};", at - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY l{at} \"{ten}\">"));
    }
    let exchange = typed(candidate, &entities, "&l9;").await;
    exchange.answered()?;
    goes_on(candidate, &exchange).await
}

async fn deep(candidate: &Candidate) -> Outcome {
    const LEVELS: usize = 20_000;
    let letter = changed(candidate, |xml| {
        let (begin, end) = ("<a>".repeat(LEVELS), "</a>".repeat(LEVELS));
        xml.replace("</xml>", &format!("{begin}{end}</xml>"))
    });
    let exchange = candidate.ask_bytes(&letter, letter.request.body.as_bytes()).await;
    goes_on(candidate, &exchange).await
}

/// After `odd` the server answers other messages.
async fn goes_on(candidate: &Candidate, odd: &Exchange<'_>) -> Outcome {
    let alive = candidate.alive().await;
    alive.map_err(|_| odd.failed("after this the server does not answer a usual message"))
}

async fn broken(candidate: &Candidate, change: impl Fn(&str) -> String) -> Outcome {
    let exchange = candidate.ask(&changed(candidate, change)).await;
    exchange.survived()?;
    goes_on(candidate, &exchange).await
}

async fn binary(candidate: &Candidate) -> Outcome {
    let letter = candidate.greeting();
    let mut body = letter.request.body.clone().into_bytes();
    let words = candidate.say.as_bytes();
    if let Some(at) = body.windows(words.len()).position(|window| window == words) {
        body.insert(at, 0xff);
    }
    let exchange = candidate.ask_bytes(&letter, &body).await;
    exchange.survived()?;
    goes_on(candidate, &exchange).await
}
