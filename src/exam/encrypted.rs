//! Compat and safe mode (消息加解密说明).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;

use super::candidate::{Candidate, Letter, without};
use super::check::{Check, Modes, Outcome};
use super::exchange::Exchange;
use crate::platform::{Account, Answer, Fault, Mode};

const PAGE: &str = "消息加解密说明";
const ORACLE: &str = "CWE-209 padding oracle: one error for all";

/// A block of AES; the padding has blocks of twice its size.
const BLOCK: usize = 16;

pub(super) fn checks() -> Vec<Check> {
    let checks = vec![
        Check::must("Messages of every padding length, 1 to 32, are read", PAGE, |it| {
            paddings(it).boxed()
        }),
        Check::must("A reply is encrypted, and signed with the token", PAGE, |it| {
            sealed(it).boxed()
        })
        .within(Modes::Safe),
        Check::must("A message whose encrypted text was changed gets no reply", PAGE, |it| {
            changed(it, false).boxed()
        }),
        Check::should(
            "A message whose encrypted text was changed is refused with 4xx",
            PAGE,
            |it| changed(it, true).boxed(),
        ),
        Check::should("A message without msg_signature is refused with 4xx", PAGE, |it| {
            unsigned(it).boxed()
        }),
        Check::should(
            "A plain message gets no reply: the mode is the account's, not the sender's",
            "CWE-757 downgrade; w7corp/easywechat#2990",
            |it| downgraded(it).boxed(),
        ),
        Check::should(
            "Only the encrypted fields are believed",
            "消息加解密说明 · 兼容模式",
            |it| outer(it).boxed(),
        )
        .within(Modes::Compat),
        Check::must("A message for another AppID gets no reply", PAGE, |it| astray(it).boxed()),
        Check::should(
            "A length field beyond the end stops nothing",
            "CWE-130: a length that is not checked",
            |it| length(it).boxed(),
        ),
        Check::should(
            "A wrong padding, key, length and AppID get one and the same answer",
            ORACLE,
            |it| alike(it).boxed(),
        ),
    ];
    let encrypted = |check: Check| match check.modes {
        Modes::All => check.within(Modes::Encrypted),
        _ => check,
    };
    checks.into_iter().map(encrypted).collect()
}

async fn paddings(candidate: &Candidate) -> Outcome {
    for more in 0..32 {
        let user = candidate.user();
        let xml = candidate.text(&user, &candidate.say);
        let filled = xml.replace("</xml>", &format!("<Fill>{}</Fill></xml>", "x".repeat(more)));
        candidate.ask(&candidate.letter(&user, &filled)).await.accepted()?;
    }
    Ok(())
}

async fn sealed(candidate: &Candidate) -> Outcome {
    let replied = candidate.replies().await?;
    match replied.fault()? {
        Some(fault @ (Fault::NotEncrypted | Fault::Signature | Fault::Undecryptable)) => {
            Err(replied.failed(fault.to_string()))
        }
        _ => Ok(()),
    }
}

/// The greeting with another encrypted text. It is signed if `sign` says so.
fn letter(candidate: &Candidate, sign: bool, change: impl Fn(&mut Vec<u8>)) -> Letter {
    let mut letter = candidate.greeting();
    if let Some(encrypted) = letter.encrypted() {
        let mut bytes = STANDARD.decode(encrypted).unwrap_or_default();
        change(&mut bytes);
        letter.request.body = letter.request.body.replace(encrypted, &STANDARD.encode(bytes));
    }
    if sign {
        letter.sign(&candidate.account);
    }
    letter
}

async fn changed(candidate: &Candidate, strictly: bool) -> Outcome {
    let letter = letter(candidate, false, |bytes| flip(bytes, 2 * BLOCK, 1));
    let exchange = candidate.ask(&letter).await;
    if strictly { exchange.refused() } else { exchange.unheeded() }
}

async fn unsigned(candidate: &Candidate) -> Outcome {
    let mut letter = candidate.greeting();
    letter.request.url = without(&letter.request.url, "msg_signature");
    candidate.ask(&letter).await.refused()
}

async fn downgraded(candidate: &Candidate) -> Outcome {
    let plain = Account { mode: Mode::Plain, ..candidate.account.clone() };
    let exchange = candidate.ask(&candidate.letter_for(&plain)).await;
    // Neither an encrypted reply nor a plain one.
    exchange.unheeded()?;
    Exchange { account: &plain, ..exchange }.unheeded()
}

async fn outer(candidate: &Candidate) -> Outcome {
    candidate.replies().await?;
    let mut letter = candidate.greeting();
    let user = letter.asked.user.clone();
    letter.request.body = letter.request.body.replace(&user, "oMallory");
    candidate.ask(&letter).await.accepted().map(drop)
}

fn for_another_app(candidate: &Candidate) -> Letter {
    let app_id = "wxsomebodyelse".to_owned();
    candidate.letter_for(&Account { app_id, ..candidate.account.clone() })
}

async fn astray(candidate: &Candidate) -> Outcome {
    candidate.ask(&for_another_app(candidate)).await.unheeded()
}

/// Changes a bit of the text after decryption, and makes the block before it unreadable: CBC.
fn flip(bytes: &mut [u8], at: usize, bits: u8) {
    if let Some(byte) = at.checked_sub(BLOCK).and_then(|at| bytes.get_mut(at)) {
        *byte ^= bits;
    }
}

/// The length field stands behind 16 random bytes, so only they become unreadable.
fn too_long(candidate: &Candidate) -> Letter {
    letter(candidate, true, |bytes| flip(bytes, BLOCK, 0xff))
}

async fn length(candidate: &Candidate) -> Outcome {
    candidate.ask(&too_long(candidate)).await.survived()?;
    candidate.alive().await
}

async fn alike(candidate: &Candidate) -> Outcome {
    let padding = letter(candidate, true, |bytes| {
        let last = bytes.len().saturating_sub(1);
        flip(bytes, last, 0x55);
    });
    let short = letter(candidate, true, |bytes| bytes.truncate(2 * BLOCK));
    let first = candidate.ask(&padding).await;
    for letter in [short, too_long(candidate), for_another_app(candidate)] {
        let next = candidate.ask(&letter).await;
        if next.answered()? != first.answered()? {
            let Answer { status, .. } = first.answered()?;
            return Err(next.failed(format!("a wrong padding gets another answer ({status})")));
        }
    }
    first.survived()
}
