//! Who keeps which rules of the exam.

use serde::{Deserialize, Serialize};

use super::shape::Results;
use crate::exam::{Failure, Finding, Level, Stop};

/// The most characters of a request or an answer that are published, and how many of them are its
/// last: there it says how long it was.
const SHOWN: usize = 700;
const LAST: usize = 60;

/// `exam.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exam {
    /// Who was examined.
    pub servers: Vec<Server>,
    /// The rules that at least one of them breaks, in the order of the exam.
    pub rules: Vec<Rule>,
}

/// What one server keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name.
    pub server: String,
    /// How many rules it keeps.
    pub held: usize,
    /// How many it breaks that WeChat demands.
    #[serde(rename = "broken MUST")]
    pub must: usize,
    /// How many it breaks of good practice.
    #[serde(rename = "broken SHOULD")]
    pub should: usize,
    /// Of how many nothing can be said.
    #[serde(rename = "not examined")]
    pub skipped: usize,
}

/// A rule that is broken.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its number in docs/EXAM.md.
    pub number: String,
    /// Who demands it.
    pub level: Level,
    /// What it says.
    pub rule: String,
    /// Where this is written.
    pub source: String,
    /// Who breaks it, and how.
    pub broken: Vec<Broken>,
}

/// A server that breaks a rule.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// Its name.
    pub server: String,
    /// In one sentence.
    pub reason: String,
    /// What was sent, shortened; empty when no single request shows it.
    pub request: String,
    /// What came back, shortened.
    pub answer: String,
}

impl Exam {
    /// What was found about servers of these names.
    #[must_use]
    pub fn new(found: &[(&str, Vec<Finding>)]) -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        // Every exam has the same checks in the same order.
        for at in 0..found.first().map_or(0, |(_, findings)| findings.len()) {
            let broken =
                found.iter().filter_map(|(server, findings)| match &findings[at].outcome {
                    Err(Stop::Failed(failure)) => Some(Broken::new(server, failure)),
                    _ => None,
                });
            let broken: Vec<_> = broken.collect();
            if !broken.is_empty() {
                rules.push(Rule::new(&found[0].1[at], broken));
            }
        }
        let servers = found.iter().map(|(server, findings)| Server::new(server, findings));
        Self { servers: servers.collect(), rules }
    }
}

impl Server {
    fn new(server: &str, findings: &[Finding]) -> Self {
        let mut all = Self { server: server.to_owned(), held: 0, must: 0, should: 0, skipped: 0 };
        for Finding { level, outcome, .. } in findings {
            *match (outcome, level) {
                (Ok(()), _) => &mut all.held,
                (Err(Stop::Skipped(_)), _) => &mut all.skipped,
                (Err(Stop::Failed(_)), Level::Must) => &mut all.must,
                (Err(Stop::Failed(_)), Level::Should) => &mut all.should,
            } += 1;
        }
        all
    }
}

impl Rule {
    fn new(finding: &Finding, broken: Vec<Broken>) -> Self {
        let Finding { number, level, rule, source, .. } = finding;
        let (number, rule) = (number.clone(), rule.clone());
        Self { number, level: *level, rule, source: (*source).to_owned(), broken }
    }
}

impl Broken {
    fn new(server: &str, failure: &Failure) -> Self {
        let Failure { reason, request, answer } = failure;
        let (request, answer) = (shortened(request), shortened(answer));
        Self { server: server.to_owned(), reason: reason.clone(), request, answer }
    }
}

fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let first: String = text.chars().take(SHOWN - LAST).collect();
    let last: String = text.chars().skip(length - LAST).collect();
    format!("{first} … {last}")
}

impl Results for Exam {
    const NAME: &'static str = "exam";
    const COMMAND: &'static str = "cargo bench --bench exam";
}
