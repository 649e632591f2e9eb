//! Repeats: WeChat sends a message again when it saw no answer.

use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use tokio::time::sleep;

use super::candidate::Candidate;
use super::check::{Check, Outcome};

const PAGE: &str = "消息推送: 重试与排重";
const ONCE: &str = "kuliantnt/qq-maid-bot#253: a message is handled once";

/// A second handling shows: its CreateTime is another.
const LATER: Duration = Duration::from_millis(1100);

/// How many pairs of copies are sent in this time.
const PAIRS: u32 = 12;

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must("A repeat gets a reply like the first", PAGE, |it| again(it).boxed()),
        Check::should(
            "A repeat gets the stored reply, byte for byte: it is not handled again",
            ONCE,
            |it| stored(it).boxed(),
        ),
        Check::should(
            "A repeat that comes while the first is under way gets the same reply",
            ONCE,
            |it| together(it).boxed(),
        ),
        Check::should("A repeat whose query was signed anew is a repeat", ONCE, |it| {
            renewed(it).boxed()
        }),
        Check::must(
            "The same MsgId from another user is another message",
            "binarywang/WxJava#333",
            |it| other(it).boxed(),
        ),
        Check::must(
            "The same user's next message with the same words is another message",
            PAGE,
            |it| next(it).boxed(),
        ),
    ]
}

async fn again(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let letter = candidate.greeting();
    let first = candidate.ask(&letter).await;
    first.accepted()?;
    let second = candidate.ask(&letter).await;
    second.accepted()?.map(drop).ok_or_else(|| second.failed("the repeat gets no reply"))
}

async fn stored(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let letter = candidate.greeting();
    let first = candidate.ask(&letter).await;
    sleep(LATER).await;
    let second = candidate.ask(&letter).await;
    match first.answered()? == second.answered()? {
        true => Ok(()),
        false => Err(second.failed("a second later the answer is another")),
    }
}

async fn together(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let letter = candidate.greeting();
    // Pairs, and for longer than a second: whether two alone show a second handling would be chance.
    let copies = (0..2 * PAIRS).map(|at| {
        let letter = &letter;
        async move {
            sleep(LATER * (at / 2) / (PAIRS - 1)).await;
            candidate.ask(letter).await
        }
    });
    let copies = join_all(copies).await;
    for copy in &copies[1..] {
        if copy.answered()? != copies[0].answered()? {
            return Err(copy.failed("copies that do not wait for each other get different answers"));
        }
    }
    Ok(())
}

async fn renewed(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let user = candidate.user();
    let xml = candidate.text(&user, &candidate.say);
    let first = candidate.ask(&candidate.letter(&user, &xml)).await;
    sleep(LATER).await;
    let second = candidate.ask(&candidate.letter(&user, &xml)).await;
    match first.plain()? == second.plain()? {
        true => Ok(()),
        false => Err(second.failed("a second later the answer is another")),
    }
}

async fn other(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let (alice, bob) = (candidate.user(), candidate.user());
    let xml = candidate.text(&alice, &candidate.say);
    candidate.ask(&candidate.letter(&alice, &xml)).await.accepted()?;
    let theirs = candidate.letter(&bob, &xml.replace(&alice, &bob));
    let exchange = candidate.ask(&theirs).await;
    exchange.accepted()?.map(drop).ok_or_else(|| exchange.failed("the second user gets no reply"))
}

async fn next(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let user = candidate.user();
    for _ in 0..2 {
        let letter = candidate.letter(&user, &candidate.text(&user, &candidate.say));
        let exchange = candidate.ask(&letter).await;
        exchange.accepted()?.map(drop).ok_or_else(|| exchange.failed("it gets no reply"))?;
    }
    Ok(())
}
