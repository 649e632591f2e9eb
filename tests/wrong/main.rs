//! Tests of the kit with styles that are wrong on purpose. The kit must reject each by the clause
//! that it breaks. A check that can never fail proves nothing.

mod styles;
mod unawaited;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit::Style;
use kit::campaign::{self, judge};
use kit::clauses::{self, CLAUSES};
use kit::corpus::corpus;
use kit::run::{Natural, run};
use kit::scenario::{Arrival, Injected, Said, Scenario, What};
use kit::trial::{Rejection, trial};
use pipeline::{Event, Response};

/// The style that is known to be right.
fn known() -> Style {
    four_ways::styles::all().remove(3)
}

/// What `docs/PITFALLS.md` quotes of what the kit says: a line for each wrong style that it shows.
const QUOTED: &str = include_str!("../../docs/pitfalls/kit.txt");

fn rejected(name: &str, style: Style, clause: &str) {
    let Rejection { violation, .. } = match judge(&[known(), style.clone()]) {
        Err(rejection) => rejection,
        Ok(tally) => panic!("`{}` was found right: {tally}", style.name),
    };
    assert_eq!(violation.clause, clause, "`{}`: {violation}", style.name);
    let said = format!("{name}: {violation}");
    for line in QUOTED.lines().filter(|line| line.starts_with(&format!("{name}: "))) {
        assert_eq!(Some(line), said.lines().next(), "docs/pitfalls/kit.txt");
    }
}

/// One test for each wrong style: its name, the clause, the style.
macro_rules! wrong {
    ($($test:ident: $clause:literal $style:ident;)*) => {$(
        #[test]
        fn $test() {
            rejected(stringify!($style), styles::$style(), $clause);
        }
    )*};
}

wrong! {
    clause_1_2_rejects_a_style_that_swallows_the_error_of_commit: "1.2" swallowed_error;
    clause_1_2_rejects_a_style_that_goes_on_after_an_error: "1.2" on_after_an_error;
    clause_1_3_rejects_a_style_that_submits_after_a_failure: "1.3" submits_after_a_failure;
    clause_1_6_rejects_a_style_that_tells_what_failed: "1.6" told_failure;
    clause_1_7_rejects_a_style_that_names_the_methods_with_every_error: "1.7" methods_everywhere;
    clause_1_4_rejects_a_style_that_changes_the_class_of_an_error: "1.4" changed_error;
    clause_2_1_rejects_a_style_that_replies_a_second_time: "2.1" second_reply;
    clause_2_2_rejects_a_style_that_skips_the_after_phase_on_an_error: "2.2" skipped_after_phase;
    clause_3_1_rejects_a_style_that_swaps_two_layers: "3.1" swapped_layers;
    clause_3_2_rejects_a_style_that_does_not_await_next: "3.2" unawaited_next;
    clause_3_2_rejects_a_style_that_leaves_the_outer_layer_first: "3.2" outer_first;
    clause_3_3_rejects_a_style_that_runs_a_layer_twice: "3.3" doubled_layer;
    clause_3_4_rejects_a_style_that_drops_next: "3.4" dropped_next;
    clause_7_2_rejects_a_style_that_commits_before_the_reply_is_made: "7.2" early_commit;
    clause_7_3_rejects_a_style_that_does_not_await_its_commit: "7.3" unawaited_commit;
    clause_7_4_rejects_a_style_that_forgets_to_abort: "7.4" missing_abort;
    clause_7_4_rejects_a_style_that_aborts_too_late: "7.4" late_abort;
    clause_7_4_rejects_a_style_that_forgets_to_commit: "7.4" missing_commit;
    clause_7_5_rejects_a_style_that_does_not_use_the_stored_reply: "7.5" no_stored_reply;
    clause_7_8_rejects_a_style_that_loses_an_update_of_the_session: "7.8" lost_update;
    clause_8_1_rejects_a_style_that_asks_out_of_rank: "8.1" out_of_rank;
    clause_8_1_rejects_a_style_that_asks_on_after_a_reply: "8.1" asks_on;
    clause_8_2_rejects_a_style_that_ignores_the_preferred_unit: "8.2" no_preference;
    clause_9_1_rejects_a_style_whose_journal_tells_another_kind: "9.1" other_journal;
    clause_9_2_rejects_a_style_whose_refusals_read_differently: "9.2" other_words;
    clause_9_2_rejects_a_style_whose_log_tells_another_kind: "9.2" wrong_log;
    clause_9_3_rejects_a_style_whose_game_is_the_wrong_way_round: "9.3" wrong_game;
    clause_9_4_rejects_a_style_that_leaves_work_alive: "9.4" leak;
    clause_9_5_rejects_a_style_that_does_not_end: "9.5" endless;
}

/// The other three styles can make this mistake, too, and it compiles in each.
#[test]
fn each_style_is_rejected_that_does_not_wait_for_its_commit() {
    for style in [unawaited::callbacks(), unawaited::promises(), unawaited::generators()] {
        rejected(style.name, style, "7.3");
    }
}

/// No style can commit twice on this host, so this test gives the clause a forged report.
#[test]
fn clause_7_7_rejects_a_report_with_two_commits_of_one_key() {
    let scenario = corpus().remove(0).scenario;
    let mut report = run(&known(), &scenario, &mut Natural);
    assert_eq!(clauses::check(&scenario, &report), Ok(()));
    report.journal.push(report.journal[0].clone());
    let violation = clauses::check(&scenario, &report).expect_err("two commits");
    assert_eq!(violation.clause, "7.7");
}

/// A timer that fails excuses no silence: only with an operation that never ends it does. No style
/// leaves all its layers and says nothing, so the reports are forged.
#[test]
fn clause_2_1_rejects_a_report_without_a_reply_where_only_the_timer_failed() {
    let silent = |faults: &[(usize, Injected)]| {
        let said = Said::new("alice", 1, What::Text("hello".to_owned()));
        let arrival = Arrival { faults: faults.to_vec(), ..Arrival::new(0, said) };
        let scenario = Scenario::new("forged", vec![arrival]);
        let mut report = run(&known(), &scenario, &mut Natural);
        let said = |event: &Event| matches!(event, Event::Logged(_) | Event::Replied(_));
        report.trace.retain(|(_, event)| !said(event));
        report.replies[0] = None;
        clauses::check(&scenario, &report).map_err(|violation| violation.clause)
    };
    let (timer, commit) = (0, 3);
    for failed in [Injected::Transient, Injected::Permanent, Injected::Never, Injected::Sync] {
        assert_eq!(silent(&[(timer, failed)]), Err("2.1"), "{failed:?}");
    }
    assert_eq!(silent(&[(commit, Injected::Never)]), Err("2.1"), "the deadline answers");
    let never = [(timer, Injected::Transient), (commit, Injected::Never)];
    assert_eq!(silent(&never), Ok(()));
}

/// Alice's commit never ends, and Bob's request comes after it.
fn beside_one_that_never_ends() -> Scenario {
    let said = |user| Said::new(user, 1, What::Text("hello".to_owned()));
    let never = Arrival::new(0, said("alice")).with_fault(3, Injected::Never);
    Scenario::new("beside one that never ends", vec![never, Arrival::new(20, said("bob"))])
}

/// What one request waits for excuses no other one.
#[test]
fn clause_9_4_rejects_a_leak_beside_a_request_that_never_ends() {
    let scenario = beside_one_that_never_ends();
    assert!(trial(&[known()], &scenario, &mut Natural).is_ok());
    let rejection = trial(&[styles::leak()], &scenario, &mut Natural).expect_err("a leak");
    assert_eq!(rejection.violation.clause, "9.4");
    assert!(rejection.violation.detail.contains("[1]"), "{rejection}");
}

/// A layer that is never left, forged beside a request that never ends.
#[test]
fn clause_3_2_rejects_a_layer_that_is_not_left_beside_a_request_that_never_ends() {
    let scenario = beside_one_that_never_ends();
    let mut report = run(&known(), &scenario, &mut Natural);
    assert_eq!(clauses::check(&scenario, &report), Ok(()));
    report.trace.retain(|event| *event != (1, Event::Left("log", pipeline::Class::Done)));
    let violation = clauses::check(&scenario, &report).expect_err("it is not left");
    assert_eq!(violation.clause, "3.2");
}

/// The second end of the deadline's timer is not the end of the unit's wait, which never ends: the
/// right styles are excused (3.2). Found by the long campaign, seed 51591.
#[test]
fn an_operation_that_ends_twice_does_not_end_another_of_its_name() {
    let later = Said::new("alice", 1, What::Text("later".to_owned()));
    let arrival = Arrival::new(2, later).with_fault(3, Injected::Never);
    let arrival = arrival.with_fault(0, Injected::Twice);
    let scenario = Scenario::new("the timer ends twice, the unit never", vec![arrival]);
    let report = trial(&four_ways::styles::all(), &scenario, &mut Natural);
    assert_eq!(report.map(|report| report.fired.len()).map_err(|wrong| wrong.violation), Ok(2));
}

/// Each style is played twice with one seed, and not only the first. The wrong one keeps to itself
/// until the last of these plays.
#[test]
fn clause_9_7_rejects_each_style_that_plays_a_seed_differently_the_second_time() {
    for at in 0..4 {
        let started = Arc::new(AtomicUsize::new(0));
        let last = Arc::new(AtomicUsize::new(usize::MAX));
        let mut all = four_ways::styles::all();
        all[at] = fickle(all[at].clone(), Arc::clone(&started), Arc::clone(&last));
        let seeds = at as u64 + 1; // the last one is played twice by this style
        // As long as it keeps to itself it is right.
        assert_eq!(
            campaign::random(&all, 0, seeds, |_| ()).map_err(|wrong| wrong.violation).err(),
            None
        );
        last.store(started.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        let rejection = campaign::random(&all, 0, seeds, |_| ()).expect_err("another answer");
        assert_eq!((rejection.violation.clause, rejection.style), ("9.7", all[at].name));
    }
}

/// A style that answers its request number `last` without looking at it.
fn fickle(style: Style, started: Arc<AtomicUsize>, last: Arc<AtomicUsize>) -> Style {
    Style::new(style.name, move |host, request| {
        let number = 1 + started.fetch_add(1, Ordering::Relaxed);
        let answer = style.start(host, request);
        let is_last = number == last.load(Ordering::Relaxed);
        async move { if is_last { Response::text(200, "by chance") } else { answer.await } }
    })
}

/// The answers of the corpus are a judge, too: with a wrong answer the right style fails.
#[test]
fn clause_9_6_rejects_an_answer_that_the_corpus_does_not_expect() {
    use campaign::conversation;
    use kit::corpus::Expected;

    let mut tampered = corpus().remove(0);
    assert!(conversation(&[known()], &tampered).is_ok());
    tampered.expected[0] = Expected::Refused(500, "internal error");
    let rejection = conversation(&[known()], &tampered).expect_err("not as expected");
    assert_eq!(rejection.violation.clause, "9.6");
}

/// Whoever looks for the bug reads a scenario from which nothing can be left out.
#[test]
fn a_random_scenario_that_is_rejected_is_shrunk() {
    let all = [known(), styles::missing_abort()];
    let rejection = campaign::random(&all, 0, 5_000, |_| ()).expect_err("it forgets to abort");
    assert_eq!(rejection.violation.clause, "7.4");
    let [arrival] = &rejection.scenario.arrivals[..] else { panic!("{rejection}") };
    assert_eq!((arrival.faults.len(), arrival.said.flaw), (1, None), "{rejection}");
    assert_eq!(rejection.choices, [], "{rejection}");
    // What is printed is enough to see it again.
    let mut natural = Natural;
    let again = trial(&all, &rejection.scenario, &mut natural).expect_err("it is the same");
    assert_eq!(again.violation, rejection.violation);
}

/// A new clause needs a style that it rejects.
#[test]
fn every_clause_has_a_wrong_style() {
    let source = include_str!("main.rs");
    for clause in CLAUSES {
        let test = format!("clause_{}_rejects_", clause.number.replace('.', "_"));
        assert!(source.contains(&test), "no test is named {test}…");
    }
}
