//! The replies (被动回复用户消息).

use futures::FutureExt;
use wechat::reply::TEXT_LIMIT;
use wechat::xml;

use super::candidate::{Candidate, now};
use super::check::{Check, Outcome};
use super::exchange::Stop;
use crate::platform::{Fault, Shown};

const PAGE: &str = "被动回复用户消息";
const SILENT: &str = "the server does not repeat the user's words";

/// How far the clocks may differ, in seconds.
const DAY: u64 = 24 * 3600;

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must("A reply is XML that WeChat can read", PAGE, |it| readable(it).boxed()),
        Check::must(
            "A reply goes to the user, and comes from the original id (gh_…) and not from the AppID",
            PAGE,
            |it| parties(it).boxed(),
        ),
        Check::should("CreateTime of a reply is now, in seconds", PAGE, |it| created(it).boxed()),
        Check::must(
            "A long message is answered within 2,048 bytes",
            "dodgepudding/wechat-php-sdk#363",
            |it| long(it).boxed(),
        ),
        Check::must("Repeated words with `]]>` do not end their section", "XML 1.0 §2.7", |it| {
            echoed(it, "a]]]]><![CDATA[>b", "a]]>b").boxed()
        }),
        Check::must("Repeated words cannot add fields to a reply", "CWE-91 XML injection", |it| {
            injected(it).boxed()
        }),
        Check::must("Repeated words lose their control characters", "XML 1.0 §2.2", |it| {
            echoed(it, "a\u{1d}b", "ab").boxed()
        }),
        Check::must("Repeated words keep `&`, `<` and `>`", "XML 1.0 §2.7", |it| {
            echoed(it, "1 < 2 && 3 > 2 &amp;", "1 < 2 && 3 > 2 &amp;").boxed()
        }),
    ]
}

async fn readable(candidate: &Candidate) -> Outcome {
    let replied = candidate.replies().await?;
    match replied.fault()? {
        // Other rules.
        None | Some(Fault::Receiver(_) | Fault::Sender(_)) => Ok(()),
        Some(Fault::NotEncrypted | Fault::Encrypted) => Ok(()),
        Some(Fault::Signature | Fault::Undecryptable) => Ok(()),
        Some(fault) => Err(replied.failed(fault.to_string())),
    }
}

async fn parties(candidate: &Candidate) -> Outcome {
    let replied = candidate.replies().await?;
    match replied.fault()? {
        Some(fault @ (Fault::Receiver(_) | Fault::Sender(_))) => {
            Err(replied.failed(fault.to_string()))
        }
        _ => Ok(()),
    }
}

async fn created(candidate: &Candidate) -> Outcome {
    let replied = candidate.replies().await?;
    let root = xml::parse(replied.plain()?.as_bytes()).unwrap_or_default();
    let created = root.child("CreateTime").map_or("", |created| &created.text);
    match created.parse::<u64>() {
        Ok(seconds) if seconds.abs_diff(now().as_secs()) < DAY => Ok(()),
        _ => Err(replied.failed(format!("CreateTime is {created}"))),
    }
}

async fn long(candidate: &Candidate) -> Outcome {
    let user = candidate.user();
    // 682 characters of three bytes stay below the limit; an echo with a few words does not.
    let words = "长".repeat(TEXT_LIMIT / 3);
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, &words))).await;
    exchange.accepted().map(drop)
}

/// What a server makes of words that it repeats. `raw` is their CDATA, `words` is what they say.
async fn echoed(candidate: &Candidate, raw: &str, words: &str) -> Outcome {
    if !repeats(candidate, "four ways").await? {
        return Err(Stop::Skipped(SILENT));
    }
    let user = candidate.user();
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, raw))).await;
    match exchange.accepted()? {
        Some(Shown::Text(text)) if text.contains(words) => Ok(()),
        Some(shown) => Err(exchange.failed(format!("the user sees {shown}, not {words}"))),
        None => Err(exchange.failed("these words get no reply, others do")),
    }
}

async fn injected(candidate: &Candidate) -> Outcome {
    if !repeats(candidate, "four ways").await? {
        return Err(Stop::Skipped(SILENT));
    }
    let user = candidate.user();
    let raw = "x]]]]><![CDATA[></Content><Content><![CDATA[y";
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, raw))).await;
    exchange.accepted()?;
    let plain = exchange.plain()?;
    let root = xml::parse(plain.as_bytes()).unwrap_or_default();
    let contents = root.children.iter().filter(|child| child.name == "Content").count();
    if contents > 1 { Err(exchange.failed("the reply has a second Content")) } else { Ok(()) }
}

/// Whether the server repeats a user's words.
async fn repeats(candidate: &Candidate, words: &str) -> Result<bool, Stop> {
    let user = candidate.user();
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, words))).await;
    Ok(matches!(exchange.accepted()?, Some(Shown::Text(text)) if text.contains(words)))
}
