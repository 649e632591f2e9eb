//! A check: a rule, who demands it, and how it is examined.

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::candidate::Candidate;
use super::exchange::Stop;

/// Who demands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// WeChat: without it the user sees a failure, a message is lost, or a stranger is believed.
    Must,
    /// Good practice.
    Should,
}

impl Level {
    /// As it is printed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        }
    }
}

/// The modes in which a rule can be examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modes {
    /// All three.
    All,
    /// Plain mode, where the signature does not cover the body.
    Plain,
    /// Compat and safe mode.
    Encrypted,
    /// Compat mode.
    Compat,
    /// Safe mode.
    Safe,
}

/// `Ok` when the rule is kept.
pub type Outcome = Result<(), Stop>;

type Run = Box<dyn for<'a> Fn(&'a Candidate) -> BoxFuture<'a, Outcome> + Send + Sync>;

/// A check.
pub struct Check {
    /// Who demands it.
    pub level: Level,
    /// Where it can be examined.
    pub modes: Modes,
    /// The rule, in one sentence.
    pub rule: String,
    /// Where this is written.
    pub source: &'static str,
    pub(super) run: Run,
}

impl Check {
    /// A rule that WeChat demands.
    pub(super) fn must(
        rule: impl Into<String>,
        source: &'static str,
        run: impl for<'a> Fn(&'a Candidate) -> BoxFuture<'a, Outcome> + Send + Sync + 'static,
    ) -> Self {
        let run = Box::new(run);
        Self { level: Level::Must, modes: Modes::All, rule: rule.into(), source, run }
    }

    /// A rule of good practice.
    pub(super) fn should(
        rule: impl Into<String>,
        source: &'static str,
        run: impl for<'a> Fn(&'a Candidate) -> BoxFuture<'a, Outcome> + Send + Sync + 'static,
    ) -> Self {
        Self { level: Level::Should, ..Self::must(rule, source, run) }
    }

    /// The same rule, which can be examined in these modes only.
    pub(super) fn within(self, modes: Modes) -> Self {
        Self { modes, ..self }
    }
}
