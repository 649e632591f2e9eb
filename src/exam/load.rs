//! Slow work, many users, slow clients.

use std::time::Duration;

use futures::FutureExt;
use futures::future::{join, join_all};
use tokio::time::sleep;

use super::candidate::{Candidate, head};
use super::check::{Check, Outcome};
use super::exchange::Stop;

const PAGE: &str = "被动回复用户消息: 5 s, three tries";
const SLOW: &str = "CWE-400 slow clients";
const NONE: &str = "no text is known that takes long: name one with --slow";

const STALLED: usize = 50;

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::must("Every answer comes within 5 s, also that of slow work", PAGE, |it| {
            slow(it).boxed()
        }),
        Check::should(
            "A message that comes during the same user's slow one is not handled before it",
            "good practice: one user's messages have an order",
            |it| ordered(it).boxed(),
        ),
        Check::must("Another user does not wait for slow work", PAGE, |it| unblocked(it).boxed()),
        Check::must(
            "Many users at once (200, or --users) are answered, each with a reply of their own",
            PAGE,
            |it| crowd(it).boxed(),
        ),
        Check::must("50 clients that send half a request do not hold up the others", SLOW, |it| {
            stalled(it).boxed()
        }),
        Check::must("Clients that hang up do not hold up the others", SLOW, |it| gone(it).boxed()),
    ]
}

fn slow_text(candidate: &Candidate) -> Result<&str, Stop> {
    candidate.slow.as_deref().ok_or(Stop::Skipped(NONE))
}

async fn slow(candidate: &Candidate) -> Outcome {
    let words = slow_text(candidate)?;
    let user = candidate.user();
    let exchange = candidate.ask(&candidate.letter(&user, &candidate.text(&user, words))).await;
    exchange.accepted().map(drop)
}

async fn ordered(candidate: &Candidate) -> Outcome {
    let words = slow_text(candidate)?;
    candidate.replies().await?;
    let user = candidate.user();
    let first = candidate.letter(&user, &candidate.text(&user, words));
    let second = candidate.letter(&user, &candidate.text(&user, &candidate.say));
    let behind = async {
        sleep(Duration::from_millis(200)).await;
        candidate.ask(&second).await
    };
    let (first, second) = join(candidate.ask(&first), behind).await;
    // `success` says nothing to the user, so it may come at any time.
    let early = second.took + Duration::from_millis(200) < first.took;
    match second.accepted()? {
        Some(_) if early => Err(second.failed("it is answered before the one that came first")),
        _ => Ok(()),
    }
}

async fn unblocked(candidate: &Candidate) -> Outcome {
    let words = slow_text(candidate)?;
    let user = candidate.user();
    let slow = candidate.letter(&user, &candidate.text(&user, words));
    let other = candidate.greeting();
    let behind = async {
        sleep(Duration::from_millis(200)).await;
        candidate.ask(&other).await
    };
    let (slow, other) = join(candidate.ask(&slow), behind).await;
    other.accepted()?;
    if slow.took < Duration::from_secs(1) {
        return Err(Stop::Skipped("the text of --slow is answered within a second"));
    }
    match other.took < slow.took / 2 {
        true => Ok(()),
        false => Err(other.failed(format!("it is answered after {:?}", other.took))),
    }
}

async fn crowd(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let letters: Vec<_> = (0..candidate.users).map(|_| candidate.greeting()).collect();
    for exchange in join_all(letters.iter().map(|letter| candidate.ask(letter))).await {
        if exchange.accepted()?.is_none() {
            return Err(exchange.failed("one of them gets no reply"));
        }
    }
    Ok(())
}

async fn stalled(candidate: &Candidate) -> Outcome {
    let letter = candidate.greeting();
    let (url, body) = (&letter.request.url, &letter.request.body);
    let head = head(url, body.len());
    let mut open = Vec::new();
    for at in 0..STALLED {
        // Half of them stop in the head, and half in the body.
        let half = match at % 2 {
            0 => head[..head.len() / 2].to_owned(),
            _ => format!("{head}{}", &body[..body.floor_char_boundary(body.len() / 2)]),
        };
        open.push(candidate.connect(half.as_bytes()).await?);
    }
    let alive = candidate.alive().await;
    drop(open);
    alive
}

async fn gone(candidate: &Candidate) -> Outcome {
    for _ in 0..STALLED {
        let letter = candidate.greeting();
        let (url, body) = (&letter.request.url, &letter.request.body);
        let whole = format!("{}{body}", head(url, body.len()));
        drop(candidate.connect(whole.as_bytes()).await?);
    }
    candidate.alive().await
}
