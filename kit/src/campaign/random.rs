//! Random scenarios. Faults are planned where operations are, and the limits of the host are small
//! in some of them.

use std::time::Duration;

use pipeline::exchanges::Limits;

use super::tally::Tally;
use crate::clauses::Violation;
use crate::difference;
use crate::kinds::SAMPLES;
use crate::model;
use crate::run::{Natural, Random, Schedule, run};
use crate::scenario::{Arrival, Flaw, Injected, Said, Scenario, What, tries};
use crate::shrink::shrink;
use crate::style::Style;
use crate::trial::Rejection;

/// How many random scenarios `cargo test` plays, and how many it plays if the code is optimised.
pub const RANDOM: [u64; 2] = [5_000, 100_000];

/// Plays `count` random scenarios, with seeds from `seed` on. Each has up to five requests of two
/// users and up to four faults. `progress` is told how many are done.
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
            .trial(styles, &scenario, &mut *schedule(seed))
            .map_err(|rejection| shrink(styles, rejection))?;
        // A host or a style may depend on chance by mistake, so each seed is played twice, by the
        // styles in turn.
        let style = &styles[at as usize % styles.len()];
        let again = run(style, &scenario, &mut *schedule(seed));
        tally.runs += 1;
        tally.predicted += 1;
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

/// One run in four has the order of the clock, the others any order.
fn schedule(seed: u64) -> Box<dyn Schedule> {
    if seed.is_multiple_of(4) { Box::new(Natural) } else { Box::new(Random(seed)) }
}

fn random_scenario(seed: u64) -> Scenario {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x4657);
    let mut scenario = Scenario::new(format!("random, seed {seed}"), random_arrivals(&mut random));
    scenario.limits = random_limits(&mut random);
    // Each fault is planned at an operation that is submitted after those with the faults before,
    // so none of these can change whether it is submitted.
    let mut from = 0;
    for _ in 0..random.below(5) {
        let submitted = model::submitted(&scenario, &mut *schedule(seed));
        if from == submitted.len() {
            break;
        }
        let at = from + random.below(submitted.len() - from);
        let (request, operation) = submitted[at];
        let number = submitted[..at].iter().filter(|(of, _)| *of == request).count();
        let faults = Injected::of(operation);
        let fault = faults[random.below(faults.len())];
        scenario.arrivals[request].faults.push((number, fault));
        from = at + 1;
    }
    scenario
}

fn random_arrivals(random: &mut Random) -> Vec<Arrival> {
    let requests = 1 + random.below(5);
    let mut arrivals: Vec<Arrival> = Vec::with_capacity(requests);
    // In one scenario in three the requests come one after the other.
    let pause = if random.below(3) == 0 { 20 } else { 4 };
    let mut at = 0;
    for _ in 0..requests {
        at += random.below(pause) as u64;
        // One in three repeats an earlier message, byte for byte.
        let said = match random.below(3) {
            0 if !arrivals.is_empty() => arrivals[random.below(arrivals.len())].said.clone(),
            _ => random_said(random),
        };
        let mut arrival = Arrival::new(at, said);
        arrival.dice = arrival.said.id * 7;
        arrivals.push(arrival);
    }
    // In one scenario in eight all go to the account that holds tries open, as WeChat sends them.
    if random.below(8) == 0 {
        arrivals.truncate(3);
        for Arrival { said, .. } in &mut arrivals {
            said.account = "retry".to_owned();
            if random.below(2) == 0 {
                said.user = "alice".to_owned();
                said.what = What::Text("later".to_owned());
            }
        }
        let mut arrivals = tries(&arrivals);
        let what = What::Text("hello".to_owned());
        let next = Said { account: "retry".to_owned(), ..Said::new("alice", 9, what) };
        arrivals.push(Arrival { hangs_up: true, ..Arrival::new(30, next) });
        return arrivals;
    }
    arrivals
}

/// Half of the hosts remember as much as a real one. The others forget, each in its own ways.
fn random_limits(random: &mut Random) -> Limits {
    let mut limits = Limits::default();
    if random.below(2) == 0 {
        return limits;
    }
    let mut small = |limit: &mut usize, bound| {
        if random.below(3) == 0 {
            *limit = random.below(bound);
        }
    };
    small(&mut limits.waiting, 3);
    // There is room for up to four answers, and for somewhat more of the rest.
    small(&mut limits.bytes, 8_000);
    let mut short = |limit: &mut Duration| {
        if random.below(3) == 0 {
            *limit = Duration::from_secs(random.below(20) as u64);
        }
    };
    short(&mut limits.kept_for);
    short(&mut limits.sessions_for);
    short(&mut limits.waiting_for);
    limits
}

fn random_said(random: &mut Random) -> Said {
    const TEXTS: [&str; 18] = [
        "hello",
        "guess",
        "50",
        "42",
        "quit",
        "later",
        "天气",
        "what?",
        "你好",
        "29",
        "weather!",
        "evil",
        "weather Paris",
        "天气 nowhere",
        "ask why?",
        "问 为什么？",
        "articles Rust",
        "文章 Python",
    ];
    let mut text = || TEXTS[random.below(TEXTS.len())].to_owned();
    let words = text();
    let what = match random.below(14) {
        0 => What::Handshake("5837".to_owned()),
        1 => What::Voice(Some(words)),
        2 => What::Voice(None),
        3 => What::Subscribe,
        4 => What::Click(["MENU_HELP", "ARTICLES"][random.below(2)].to_owned()),
        5..9 => What::Other(&SAMPLES[random.below(SAMPLES.len())]),
        _ => What::Text(words),
    };
    let user = ["alice", "bob"][random.below(2)];
    let flaw = (random.below(8) == 0).then(|| Flaw::ALL[random.below(Flaw::ALL.len())]);
    let account = match random.below(16) {
        0 => "bare",
        1 => "nobody",
        2 => "safe",
        3 => "compat",
        4..8 => "full",
        8 => "api",
        9 => "push",
        _ => "demo",
    };
    let account = account.to_owned();
    Said { account, flaw, ..Said::new(user, random.below(6) as u64, what) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_random_scenarios_of_cargo_test_reach_all_that_is_done_about_late_answers() {
        let mut missing = vec![
            "expired Answered",
            "expired Pushed",
            "expired Held",
            "late",
            "ask owed true",
            "push later sent",
            "push later failed",
        ];
        for seed in 0..RANDOM[0] {
            let lines = model::lines(&random_scenario(seed), &mut *schedule(seed));
            missing.retain(|what| !lines.iter().any(|(_, line)| line == what));
        }
        assert_eq!(missing, [""; 0]);
    }

    /// Without the limit something else would happen. Waiting has both a number and a time, and a
    /// time is a timer whether it is reached or not, so there a refusal tells which it was.
    #[test]
    fn the_random_scenarios_of_cargo_test_reach_every_limit() {
        let usual = Limits::default();
        let reached = |limit: &str, lift: fn(&mut Limits, Limits)| {
            let reaches = |seed: &u64| {
                let scenario = random_scenario(*seed);
                let mut lifted = scenario.clone();
                lift(&mut lifted.limits, usual);
                let lines = |scenario| model::lines(scenario, &mut *schedule(*seed));
                lifted.limits != scenario.limits && lines(&scenario) != lines(&lifted)
            };
            assert!((0..RANDOM[0]).any(|seed| reaches(&seed)), "{limit}");
        };
        reached("waiting", |limits, usual| limits.waiting = usual.waiting);
        reached("bytes", |limits, usual| limits.bytes = usual.bytes);
        reached("kept_for", |limits, usual| limits.kept_for = usual.kept_for);
        reached("sessions_for", |limits, usual| limits.sessions_for = usual.sessions_for);
        // Nothing of its own has failed, and fewer wait than may.
        let tired = |seed: &u64| {
            let scenario = random_scenario(*seed);
            let lines = model::lines(&scenario, &mut *schedule(*seed));
            let refused = |(of, line): &(usize, String)| {
                let whole = scenario.arrivals[*of].faults.is_empty();
                whole && line.starts_with("reply 500") && scenario.limits.waiting == usual.waiting
            };
            lines.iter().any(refused)
        };
        assert!((0..RANDOM[0]).any(|seed| tired(&seed)), "waiting_for");
    }
}
