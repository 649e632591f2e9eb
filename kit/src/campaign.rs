//! The campaigns: every conversation, every fault, every interleaving, random scenarios. Each run
//! is checked against the clauses, against the other styles and, where the model can predict it,
//! against the model. Each seed is played twice and must give the same run.

use std::fmt;

use pipeline::{Event, Operation};

use crate::clauses::Violation;
use crate::corpus::{Conversation, corpus};
use crate::difference;
use crate::kinds::SAMPLES;
use crate::run::{Natural, Random, Report, Schedule, run};
use crate::scenario::{Arrival, Flaw, Injected, Said, Scenario, What};
use crate::shrink::shrink;
use crate::style::Style;
use crate::trial::{Rejection, trial};

/// What a campaign has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Scenarios and schedules played.
    pub scenarios: usize,
    /// Runs, over all styles.
    pub runs: usize,
    /// Faults that were planned.
    pub planned: usize,
    /// Faults that did happen.
    pub fired: usize,
    /// Runs that the model predicted.
    pub predicted: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenarios, runs, planned, fired, predicted } = self;
        write!(
            formatter,
            "{scenarios} scenarios, {runs} runs, {fired} of {planned} planned faults fired, \
             {predicted} runs predicted: 0 violations"
        )
    }
}

/// Judges styles by the corpus, by every single fault and by some random scenarios. Each style is
/// checked against the clauses and the model. If there are several styles, each is also compared
/// with the first. One style alone is enough: a fifth style needs nothing else.
///
/// # Errors
/// The first clause that is broken.
pub fn judge(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = conversations(styles)?;
    tally.add(&single_faults(styles)?);
    tally.add(&random(styles, 0, JUDGED, |_| ())?);
    Ok(tally)
}

/// How many random scenarios are played to judge styles.
const JUDGED: u64 = 500;

impl Tally {
    fn add(&mut self, other: &Self) {
        self.scenarios += other.scenarios;
        self.runs += other.runs;
        self.planned += other.planned;
        self.fired += other.fired;
        self.predicted += other.predicted;
    }

    /// Plays one scenario through all styles, and counts.
    fn trial(
        &mut self,
        styles: &[Style],
        scenario: &Scenario,
        schedule: &mut dyn Schedule,
        predictable: bool,
    ) -> Result<Report, Rejection> {
        let report = trial(styles, scenario, schedule, predictable)?;
        self.scenarios += 1;
        self.runs += styles.len();
        self.predicted += if predictable { styles.len() } else { 0 };
        self.planned += scenario.arrivals.iter().map(|arrival| arrival.faults.len()).sum::<usize>();
        self.fired += distinct(&report);
        Ok(report)
    }
}

/// How many planned faults happened. A fault that happens twice counts once.
fn distinct(report: &Report) -> usize {
    let mut fired = report.fired.clone();
    fired.sort_unstable();
    fired.dedup();
    fired.len()
}

/// Plays every conversation of the corpus and compares the answers.
///
/// # Errors
/// The first clause that a style breaks.
pub fn conversations(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for each in corpus() {
        tally.add(&conversation(styles, &each)?);
    }
    Ok(tally)
}

/// Plays one conversation and compares the answers.
///
/// # Errors
/// The first clause that a style breaks.
pub fn conversation(styles: &[Style], conversation: &Conversation) -> Result<Tally, Rejection> {
    let Conversation { scenario, expected, sequential } = conversation;
    let mut tally = Tally::default();
    let report = tally.trial(styles, scenario, &mut Natural, *sequential)?;
    for (request, (reply, expected)) in report.replies.iter().zip(expected).enumerate() {
        if !expected.is(reply.as_ref()) {
            let detail = format!("request {request}: {expected:?} expected, {reply:?} seen");
            return Err(Rejection {
                style: styles[0].name,
                violation: Violation { clause: "9.6", name: "the_corpus_gets_its_answers", detail },
                scenario: Box::new(scenario.clone()),
                choices: report.choices,
            });
        }
    }
    Ok(tally)
}

/// Plays several conversations in which one operation fails: each operation once, in every way.
/// After each failure, the message is repeated and the user sends another message.
///
/// # Errors
/// The first clause that a style breaks.
///
/// # Panics
/// When a fault that can happen did not happen, because then the campaign would prove nothing.
pub fn single_faults(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    let kinds = [
        What::Text("hello".to_owned()),
        What::Text("nothing".to_owned()),
        What::Text("guess".to_owned()),
        What::Text("later".to_owned()),
        What::Voice(Some("天气".to_owned())),
        What::Subscribe,
        What::Handshake("5837".to_owned()),
    ];
    for what in kinds {
        for fault in Injected::ALL {
            for operation in 0.. {
                let said = Said::new("alice", 1, what.clone());
                let next = Said::new("alice", 2, What::Text("hello".to_owned()));
                let scenario = Scenario::new(
                    format!("{what:?} with {fault:?} in operation {operation}"),
                    vec![
                        Arrival::new(0, said.clone()).with_fault(operation, fault),
                        Arrival::new(20, said),
                        Arrival::new(40, next),
                    ],
                );
                let report = tally.trial(styles, &scenario, &mut Natural, true)?;
                let of_first = report.trace.iter().filter(|(request, _)| *request == 0);
                let first: Vec<&Event> = of_first.map(|(_, event)| event).collect();
                let submitted = |at: &usize| matches!(first[*at], Event::Submitted(_));
                let Some(at) = (0..first.len()).filter(submitted).nth(operation) else {
                    tally.planned -= 1;
                    break;
                };
                if distinct(&report) == 0 {
                    assert!(cannot_fire(&first[..=at], fault), "not fired:\n{scenario}");
                    tally.planned -= 1;
                }
            }
        }
    }
    Ok(tally)
}

/// Whether the fault cannot happen. A timer that is dropped before it is due does not end, so it
/// cannot end in these ways. A request that was answered before it submitted the operation cannot
/// be cancelled during the operation.
fn cannot_fire(until_submitted: &[&Event], fault: Injected) -> bool {
    use Injected::{Applied, Cancel, Late, Twice};
    let timer = until_submitted.last() == Some(&&Event::Submitted(Operation::Sleep));
    let replied = until_submitted.iter().any(|event| matches!(event, Event::Replied(_)));
    timer && matches!(fault, Applied | Cancel | Late | Twice) || replied && fault == Cancel
}

/// Plays every interleaving of the operations of two requests.
///
/// # Errors
/// The first clause that a style breaks.
pub fn interleavings(styles: &[Style], one: Said, other: Said) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    let arrivals = vec![Arrival::new(0, one), Arrival::new(0, other)];
    let mut scenario = Scenario::new("all interleavings", arrivals);
    scenario.timers_last = true;
    let mut odometer = Odometer::default();
    loop {
        tally.trial(styles, &scenario, &mut odometer, false)?;
        if !odometer.turn() {
            return Ok(tally);
        }
    }
}

/// Enumerates schedules. It repeats the choices of its list, and then always takes the first
/// action. After the run it increases the last choice that can be increased, and removes the
/// choices after it.
#[derive(Default)]
struct Odometer {
    path: Vec<(usize, usize)>,
    at: usize,
}

impl Schedule for Odometer {
    fn choose(&mut self, arity: usize) -> usize {
        if self.at == self.path.len() {
            self.path.push((0, arity));
        }
        let (choice, planned) = self.path[self.at];
        assert_eq!(planned, arity, "a schedule must be replayed on the same world");
        self.at += 1;
        choice
    }
}

impl Odometer {
    fn turn(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, arity)) = self.path.pop() {
            if choice + 1 < arity {
                self.path.push((choice + 1, arity));
                return true;
            }
        }
        false
    }
}

/// How many random scenarios `cargo test` plays, and how many it plays if the code is optimised.
pub const RANDOM: [u64; 2] = [5_000, 100_000];

/// Plays `count` random scenarios, with seeds from `seed` on. Each has up to four requests of two
/// users and up to two faults, in any order. `progress` is told how many are done.
///
/// # Errors
/// The first clause that a style breaks, with the smallest scenario that still shows it. The name
/// of the scenario contains the seed.
pub fn random(
    styles: &[Style],
    seed: u64,
    count: u64,
    mut progress: impl FnMut(u64),
) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for at in 0..count {
        let seed = seed + at;
        let scenario = random_scenario(seed);
        let report = tally
            .trial(styles, &scenario, &mut Random(seed), false)
            .map_err(|rejection| shrink(styles, rejection))?;
        // A host or a style may depend on chance by mistake, so each seed is played twice, by the
        // styles in turn.
        let style = &styles[at as usize % styles.len()];
        let again = run(style, &scenario, &mut Random(seed));
        tally.runs += 1;
        difference::compare(("the first run", &report), ("the second run", &again)).map_err(
            |violation| Rejection {
                style: style.name,
                violation: Violation {
                    clause: "9.7",
                    name: "a_seed_agrees_with_itself",
                    ..violation
                },
                scenario: Box::new(scenario.clone()),
                choices: report.choices.clone(),
            },
        )?;
        progress(at + 1);
    }
    Ok(tally)
}

fn random_scenario(seed: u64) -> Scenario {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x4657);
    let requests = 1 + random.below(4);
    let mut arrivals: Vec<Arrival> = Vec::with_capacity(requests);
    let mut at = 0;
    for _ in 0..requests {
        at += random.below(4) as u64;
        // One in three repeats an earlier message, byte for byte.
        let said = match random.below(3) {
            0 if !arrivals.is_empty() => arrivals[random.below(arrivals.len())].said.clone(),
            _ => random_said(&mut random),
        };
        let mut arrival = Arrival::new(at, said);
        arrival.dice = arrival.said.id * 7;
        for _ in 0..random.below(2) + random.below(2) {
            let operation = random.below(6);
            if arrival.faults.iter().all(|(planned, _)| *planned != operation) {
                let fault = Injected::ALL[random.below(Injected::ALL.len())];
                arrival.faults.push((operation, fault));
            }
        }
        arrivals.push(arrival);
    }
    Scenario::new(format!("random, seed {seed}"), arrivals)
}

fn random_said(random: &mut Random) -> Said {
    const TEXTS: [&str; 10] =
        ["hello", "guess", "50", "42", "quit", "later", "天气", "what?", "你好", "29"];
    let mut text = || TEXTS[random.below(TEXTS.len())].to_owned();
    let words = text();
    let what = match random.below(14) {
        0 => What::Handshake("5837".to_owned()),
        1 => What::Voice(Some(words)),
        2 => What::Voice(None),
        3 => What::Subscribe,
        4 => What::Click("MENU_HELP".to_owned()),
        5..9 => What::Other(&SAMPLES[random.below(SAMPLES.len())]),
        _ => What::Text(words),
    };
    let user = ["alice", "bob"][random.below(2)];
    let flaw = (random.below(8) == 0).then(|| Flaw::ALL[random.below(Flaw::ALL.len())]);
    let account = match random.below(12) {
        0 => "bare",
        1 => "nobody",
        2 => "safe",
        3 => "compat",
        _ => "demo",
    };
    let account = account.to_owned();
    Said { account, flaw, ..Said::new(user, random.below(6) as u64, what) }
}
