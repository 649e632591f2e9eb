//! The signed query of a message.

use std::time::Duration;

use futures::FutureExt;

use super::candidate::{Candidate, now, value, with, without};
use super::check::{Check, Modes, Outcome};

const PAGE: &str = "消息推送 · 验证消息的确来自微信服务器";
const REPLAY: &str = "CWE-294 replay; chanxuehong/wechat#79";
const EXTRA: &str = "CWE-235 extra parameters; w7corp/easywechat#2990";

/// Far outside every window.
const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must("A signed message is accepted", PAGE, |it| signed(it).boxed()),
        Check::must("A message with a wrong signature gets no reply", PAGE, |it| {
            forged(it, false).boxed()
        }),
        Check::should("A message with a wrong signature is refused with 4xx", PAGE, |it| {
            forged(it, true).boxed()
        }),
        Check::must(
            "A message without `openid` in the query is accepted",
            "消息推送: `openid` is not signed",
            |it| anonymous(it).boxed(),
        ),
        Check::should("A query with a missing parameter is refused with 4xx", EXTRA, |it| {
            missing(it).boxed()
        }),
        Check::should("A query with a repeated parameter is refused with 4xx", EXTRA, |it| {
            repeated(it, "nonce=1").boxed()
        }),
        Check::should("A query with an array (`nonce[]=`) is refused with 4xx", EXTRA, |it| {
            repeated(it, "nonce[]=1").boxed()
        }),
        Check::should(
            "A timestamp of 11 digits is refused with 4xx, although the signature is right: a digit \
             may have moved there from the nonce",
            "消息推送: the signed parts are joined without separators",
            |it| moved(it).boxed(),
        ),
        Check::should("A message that was signed an hour ago gets no reply", REPLAY, |it| {
            stale(it, now().saturating_sub(HOUR)).boxed()
        }),
        Check::should("A message that is signed an hour ahead gets no reply", REPLAY, |it| {
            stale(it, now() + HOUR).boxed()
        }),
        Check::should("A signature that was used does not carry another body", REPLAY, |it| {
            replayed(it).boxed()
        })
        .within(Modes::Plain),
    ]
}

async fn signed(candidate: &Candidate) -> Outcome {
    candidate.alive().await
}

async fn forged(candidate: &Candidate, strictly: bool) -> Outcome {
    let mut letter = candidate.greeting();
    for name in ["signature", "msg_signature"] {
        letter.request.url = with(&letter.request.url, name, &"0".repeat(40));
    }
    let exchange = candidate.ask(&letter).await;
    if strictly { exchange.refused() } else { exchange.unheeded() }
}

async fn anonymous(candidate: &Candidate) -> Outcome {
    let mut letter = candidate.greeting();
    letter.request.url = without(&letter.request.url, "openid");
    candidate.ask(&letter).await.accepted().map(drop)
}

async fn missing(candidate: &Candidate) -> Outcome {
    for name in ["timestamp", "nonce"] {
        let mut letter = candidate.greeting();
        letter.request.url = without(&letter.request.url, name);
        candidate.ask(&letter).await.refused()?;
    }
    Ok(())
}

async fn repeated(candidate: &Candidate, more: &str) -> Outcome {
    let mut letter = candidate.greeting();
    letter.request.url = format!("{}&{more}", letter.request.url);
    candidate.ask(&letter).await.refused()
}

async fn moved(candidate: &Candidate) -> Outcome {
    let mut letter = candidate.greeting();
    let url = &letter.request.url;
    let (timestamp, nonce) = (value(url, "timestamp"), value(url, "nonce"));
    let (digit, shorter) = nonce.split_at(1);
    let longer = format!("{timestamp}{digit}");
    letter.request.url = with(&with(url, "timestamp", &longer), "nonce", shorter);
    letter.sign(&candidate.account);
    candidate.ask(&letter).await.refused()
}

async fn stale(candidate: &Candidate, at: Duration) -> Outcome {
    let user = candidate.user();
    let xml = candidate.text(&user, &candidate.say);
    candidate.ask(&candidate.letter_at(&user, &xml, at)).await.unheeded()
}

async fn replayed(candidate: &Candidate) -> Outcome {
    let used = candidate.greeting();
    candidate.ask(&used).await.accepted()?;
    let mut letter = candidate.greeting();
    letter.request.url = used.request.url;
    candidate.ask(&letter).await.unheeded()
}
