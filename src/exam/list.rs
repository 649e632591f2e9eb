//! All checks, in the order in which they are made.

use super::candidate::Candidate;
use super::check::{Check, Level, Modes, Outcome};
use super::exchange::Stop;
use super::{body, encrypted, handshake, kinds, load, query, repeats, replies};
use crate::platform::Mode;

/// Why a check is not made after one that has ended the server.
pub const GONE: &str = "the server is gone";

/// The checks about one thing.
pub struct Section {
    /// What they are about.
    pub title: &'static str,
    /// The checks.
    pub checks: Vec<Check>,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `section.check`, both from 1.
    pub number: String,
    /// Who demands it.
    pub level: Level,
    /// The rule.
    pub rule: String,
    /// Where it is written.
    pub source: &'static str,
    /// Whether it is kept.
    pub outcome: Outcome,
}

impl Finding {
    /// Whether something is broken that WeChat demands.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.level == Level::Must && matches!(self.outcome, Err(Stop::Failed(_)))
    }
}

/// All checks.
#[must_use]
pub fn sections() -> Vec<Section> {
    let section = |title, checks| Section { title, checks };
    vec![
        section("Handshake", handshake::checks()),
        section("Signature and query", query::checks()),
        section("Body", body::checks()),
        section("Kinds of messages and events", kinds::checks()),
        section("Replies", replies::checks()),
        section("Repeats", repeats::checks()),
        section("Time and load", load::checks()),
        section("Encryption", encrypted::checks()),
    ]
}

/// Makes all checks, one after the other, and tells `heard` what each has found. When a check
/// has ended the server, those that follow are not made: they would all fail, and say nothing.
pub async fn examine(candidate: &Candidate, mut heard: impl FnMut(&Finding)) -> Vec<Finding> {
    candidate.meet().await;
    let mut is_there = true;
    let mut findings = Vec::new();
    for (section, Section { checks, .. }) in (1..).zip(sections()) {
        for (at, Check { level, modes, rule, source, run }) in (1..).zip(checks) {
            let applies = applies(modes, &candidate.account.mode);
            let outcome = match (applies, is_there) {
                (false, _) => Err(Stop::Skipped("not in this mode")),
                (true, false) => Err(Stop::Skipped(GONE)),
                (true, true) => run(candidate).await,
            };
            if matches!(outcome, Err(Stop::Failed(_))) {
                is_there = candidate.returns().await;
            }
            let number = format!("{section}.{at}");
            let finding = Finding { number, level, rule, source, outcome };
            heard(&finding);
            findings.push(finding);
        }
    }
    findings
}

fn applies(modes: Modes, mode: &Mode) -> bool {
    match modes {
        Modes::All => true,
        Modes::Plain => matches!(mode, Mode::Plain),
        Modes::Encrypted => !matches!(mode, Mode::Plain),
        Modes::Compat => matches!(mode, Mode::Compat(_)),
        Modes::Safe => matches!(mode, Mode::Safe(_)),
    }
}
