//! Tests of the kit with styles that are wrong on purpose. The kit must reject each by the clause
//! that it breaks. A check that can never fail proves nothing.

mod async_await;
mod callbacks;
mod generators;
mod page;
mod promises;

use std::collections::BTreeSet;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use kit::Style;
use kit::campaign::interleavings::{at_once, one_record_twice};
use kit::campaign::{self, judge};
use kit::clauses::{self, CLAUSES, Violation};
use kit::corpus::corpus;
use kit::host::Sim;
use kit::run::{Natural, Random, Replay, run};
use kit::scenario::{Arrival, Injected, Said, Scenario, What};
use kit::trial::{Rejection, trial};
use pipeline::{Context, Event, Origin, Response, rules};

/// What a deadline does that knows of no late answer: the mistakes of most of these styles are others.
fn expired(origin: &Arc<Origin>) -> Context {
    let _expired = rules::deadline::expired(origin);
    rules::deadline::success(origin)
}

/// The style that is known to be right.
fn known() -> Style {
    four_ways::styles::all().remove(3)
}

/// What `docs/PITFALLS.md` quotes of what the kit says: a line for each wrong style that it shows.
const QUOTED: &str = include_str!("../../docs/pitfalls/kit.txt");

/// A style that is wrong on purpose.
struct Wrong {
    /// The style whose mistake it is.
    of: &'static str,
    name: &'static str,
    /// The test that it is rejected, whose name says what it does.
    test: &'static str,
    /// The clause that must reject it.
    clause: &'static str,
    style: fn() -> Style,
    /// What the kit said. It is kept, because the page needs it, too.
    seen: OnceLock<Rejection>,
}

impl Wrong {
    /// What rejects it.
    fn seen(&self) -> &Rejection {
        self.seen.get_or_init(|| match judged(&(self.style)()) {
            Err(rejection) => rejection,
            Ok(()) => panic!("`{}` of {} was found right", self.name, self.of),
        })
    }

    fn is_rejected(&self) {
        let violation = &self.seen().violation;
        assert_eq!(violation.clause, self.clause, "`{}`: {}", self.name, self.seen());
        let said = format!("{}: {violation}", self.name);
        let name = format!("{}: ", self.name);
        for line in QUOTED.lines().filter(|line| line.starts_with(&name)) {
            assert_eq!(Some(line), said.lines().next(), "docs/pitfalls/kit.txt");
        }
    }
}

/// Judges a style before it is driven, then alone, then beside the one that is right: what only the
/// comparison sees is the least that can be said of a mistake.
fn judged(style: &Style) -> Result<(), Rejection> {
    undriven(style)?;
    judge(slice::from_ref(style))?;
    judge(&[known(), style.clone()])?;
    Ok(())
}

/// Clause 3.5: a request that is made and not driven does nothing. The campaigns drive all of them.
fn undriven(style: &Style) -> Result<(), Rejection> {
    let scenario = corpus().remove(0).scenario;
    let sim = Sim::new(&scenario.script());
    drop(style.start(sim.facade(0), scenario.arrivals[0].said.request()));
    let Some((_, event)) = sim.world().trace.first().cloned() else { return Ok(()) };
    let detail = format!("{event:?} of a request that was not driven");
    Err(Rejection {
        style: style.name,
        violation: Violation {
            clause: "3.5",
            name: "nothing_happens_before_the_first_drive",
            detail,
        },
        scenario: Box::new(scenario),
        choices: Vec::new(),
    })
}

/// A table of wrong styles, and one test for each: its name, the clause, the style.
macro_rules! wrong {
    ($table:ident $of:ident; $($test:ident: $clause:literal $style:ident;)*) => {
        static $table: LazyLock<Vec<Wrong>> = LazyLock::new(|| vec![$(Wrong {
            of: stringify!($of),
            name: stringify!($style),
            test: stringify!($test),
            clause: $clause,
            style: $of::$style,
            seen: OnceLock::new(),
        }),*]);
        $(
            #[test]
            fn $test() {
                let wrong = $table.iter().find(|wrong| wrong.name == stringify!($style));
                wrong.expect("it stands in the table").is_rejected();
            }
        )*
    };
}

wrong! {
    CALLBACKS callbacks;
    clause_1_2_rejects_callbacks_that_drop_a_continuation_on_one_branch: "1.2" dropped_continuation;
    clause_1_2_rejects_callbacks_that_do_not_look_at_the_error_of_commit: "1.2" unheard_commit;
    clause_1_2_rejects_callbacks_that_try_a_permanent_failure_again: "1.2" tried_again;
    clause_1_4_rejects_callbacks_that_pass_an_error_and_go_on: "1.4" error_and_next;
    clause_1_4_rejects_callbacks_that_do_not_look_at_their_error: "1.4" error_not_looked_at;
    clause_1_5_rejects_callbacks_whose_boundary_is_inside_its_domain: "1.5" boundary_inside_domain;
    clause_1_5_rejects_callbacks_whose_exchange_has_no_domain: "1.5" exchange_without_a_domain;
    clause_1_5_rejects_callbacks_that_begin_a_turn_without_a_domain: "1.5" turn_without_a_domain;
    clause_2_1_rejects_callbacks_that_answer_after_the_timer_has: "2.1" two_answers;
    clause_2_2_rejects_callbacks_that_log_on_the_way_in: "2.2" logged_on_the_way_in;
    clause_2_2_rejects_callbacks_whose_boundary_has_no_domain: "2.2" boundary_without_a_domain;
    clause_3_2_rejects_callbacks_whose_layers_begin_behind_the_timer: "3.2" timer_before_the_layers;
    clause_7_3_rejects_callbacks_that_call_back_before_their_commit: "7.3" called_back_early;
    clause_7_4_rejects_callbacks_that_end_the_turn_on_success_only: "7.4" released_only_on_success;
    clause_9_2_rejects_callbacks_that_settle_a_lease_before_its_abort: "9.2" lease_settled_early;
    clause_9_2_rejects_callbacks_that_leave_their_timer_armed: "9.2" timer_left_armed;
    clause_9_4_rejects_callbacks_that_keep_a_continuation_in_a_cycle: "9.4" continuation_in_a_cycle;
    clause_11_10_rejects_callbacks_whose_calls_are_nested: "11.10" nested_calls;
    clause_11_12_rejects_callbacks_that_do_not_cancel_the_loser: "11.12" loser_that_is_not_cancelled;
    clause_11_7_rejects_callbacks_that_use_a_refused_ticket_again: "11.7" refused_ticket_again;
    clause_9_2_rejects_callbacks_whose_fetch_ends_with_its_first_request: "9.2" fetch_of_the_first_request;
    clause_4_2_rejects_callbacks_whose_held_layers_end_with_their_request: "4.2" layers_that_are_not_detached;
}

wrong! {
    PROMISES promises;
    clause_1_2_rejects_promises_that_downgrade_a_failure: "1.2" downgraded_failure;
    clause_1_2_rejects_promises_that_try_a_second_time: "1.2" second_try;
    clause_2_1_rejects_promises_whose_late_loser_answers: "2.1" loser_that_answers;
    clause_2_2_rejects_promises_whose_first_link_is_not_caught: "2.2" first_link_not_caught;
    clause_3_2_rejects_promises_that_take_a_failed_timer_for_an_answer: "3.2" failed_timer_counts;
    clause_3_2_rejects_promises_that_ask_the_timer_first: "3.2" timer_asked_first;
    clause_3_5_rejects_promises_that_start_when_they_are_made: "3.5" eager;
    clause_4_2_rejects_promises_that_drop_the_loser_of_a_race: "4.2" dropped_loser;
    clause_7_2_rejects_promises_that_join_commit_and_next: "7.2" commit_beside_next;
    clause_7_3_rejects_promises_that_do_not_return_the_chain_that_commits: "7.3" unreturned_commit;
    clause_7_4_rejects_promises_that_catch_before_they_commit: "7.4" abort_before_commit;
    clause_7_4_rejects_promises_that_do_not_return_the_chain_that_aborts: "7.4" unreturned_abort;
    clause_7_4_rejects_promises_that_end_the_turn_after_success_only: "7.4" turn_ended_in_and_then;
    clause_8_1_rejects_promises_that_fold_over_all_units: "8.1" for_each_of_the_units;
    clause_9_2_rejects_promises_that_catch_too_far_in: "9.2" caught_too_far_in;
    clause_9_2_rejects_promises_that_lose_the_context_on_the_way_in: "9.2" context_lost;
    clause_9_2_rejects_promises_that_lose_the_context_with_an_error: "9.2" context_lost_on_error;
    clause_9_2_rejects_promises_whose_then_swallows_an_error: "9.2" swallowed_rejection;
    clause_9_2_rejects_promises_that_race_where_any_was_meant: "9.2" race_where_any_was_meant;
    clause_9_2_rejects_promises_that_keep_a_failed_fetch: "9.2" kept_failure;
    clause_11_8_rejects_promises_that_try_without_end: "11.8" retry_without_end;
    clause_11_10_rejects_promises_that_join_by_then: "11.10" joined_by_then;
    clause_11_13_rejects_promises_that_buffer_pages: "11.13" buffered_pages;
    clause_4_5_rejects_promises_that_push_a_repeat: "4.5" repeat_that_is_pushed;
    clause_4_7_rejects_promises_that_call_a_failed_push_sent: "4.7" failed_push_called_sent;
}

wrong! {
    GENERATORS generators;
    clause_1_2_rejects_generators_that_throw_the_answer_of_a_yield_away: "1.2" answer_thrown_away;
    clause_1_2_rejects_generators_into_which_an_error_is_not_thrown: "1.2" error_not_thrown_in;
    clause_1_2_rejects_generators_whose_thunk_never_tells_a_failure: "1.2" callback_never_called;
    clause_1_2_rejects_generators_that_downgrade_an_error: "1.2" downgraded_error;
    clause_1_2_rejects_generators_that_yield_until_it_goes_well: "1.2" loop_until_it_goes_well;
    clause_1_4_rejects_generators_that_yield_next_after_an_error: "1.4" next_after_an_error;
    clause_1_5_rejects_generators_that_do_not_contain_a_panic_in_exchange: "1.5" not_contained;
    clause_1_5_rejects_generators_that_contain_a_panic_in_envelope: "1.5" envelope_contained;
    clause_1_5_rejects_generators_that_give_the_rest_a_driver_of_its_own: "1.5" driver_of_its_own;
    clause_2_1_rejects_generators_whose_late_loser_answers: "2.1" loser_of_the_race_answers;
    clause_2_2_rejects_generators_that_log_before_the_yield: "2.2" logged_before_the_yield;
    clause_3_2_rejects_generators_whose_timer_wins_a_tie: "3.2" timer_wins_a_tie;
    clause_4_2_rejects_generators_that_drop_the_loser_of_a_race: "4.2" loser_of_the_race_dropped;
    clause_7_3_rejects_generators_that_do_not_yield_their_commit: "7.3" unyielded_commit;
    clause_7_4_rejects_generators_that_return_before_their_abort: "7.4" returned_before_the_abort;
    clause_9_2_rejects_generators_that_yield_commit_and_abort_at_once: "9.2" commit_beside_abort;
    clause_9_2_rejects_generators_that_await_what_their_driver_does_not_know: "9.2" foreign_await;
    clause_9_2_rejects_generators_that_do_not_yield_a_generator: "9.2" generator_not_yielded;
    clause_9_2_rejects_generators_that_yield_a_list_for_a_race: "9.2" list_instead_of_a_race;
    clause_9_2_rejects_generators_that_yield_their_timer_first: "9.2" timer_yielded_first;
    clause_9_2_rejects_generators_whose_head_start_has_no_end: "9.2" head_start_without_an_end;
    clause_9_2_rejects_generators_that_read_pages_before_they_are_wanted: "9.2" pages_before_they_are_wanted;
    clause_11_10_rejects_generators_that_yield_two_calls_in_turn: "11.10" yielded_in_turn;
    clause_11_12_rejects_generators_whose_loser_runs_on: "11.12" loser_that_runs_on;
    clause_4_5_rejects_generators_that_push_twice: "4.5" pushed_twice;
    clause_4_8_rejects_generators_that_answer_a_try_that_is_held: "4.8" success_under_retry;
}

wrong! {
    ASYNC_AWAIT async_await;
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
    clause_7_4_rejects_a_style_with_a_question_mark_before_its_abort: "7.4" question_mark;
    clause_9_2_rejects_a_style_that_gives_up_its_guard: "9.2" guard_given_up;
    clause_7_3_rejects_a_style_that_drops_a_half_done_commit: "7.3" half_done_commit_dropped;
    clause_4_2_rejects_a_style_whose_timeout_includes_the_commit: "4.2" timeout_around_the_commit;
    clause_3_2_rejects_a_style_that_spawns_next: "3.2" spawned_next;
    clause_9_2_rejects_a_style_that_holds_a_lock_over_next: "9.2" lock_over_next;
    clause_9_2_rejects_a_style_that_serves_who_came_last_first: "9.2" last_come_first_served;
    clause_9_2_rejects_a_style_whose_fetch_is_not_spawned: "9.2" fetch_that_is_not_spawned;
    clause_11_2_rejects_a_style_in_which_each_request_fetches_a_ticket: "11.2" fetch_for_each_request;
    clause_11_10_rejects_a_style_that_awaits_two_calls_in_turn: "11.10" awaited_in_turn;
    clause_11_11_rejects_a_style_that_asks_both_providers_at_once: "11.11" both_providers_at_once;
    clause_4_2_rejects_a_style_whose_held_layers_are_not_spawned: "4.2" layers_that_are_not_spawned;
    clause_4_5_rejects_a_style_that_pushes_what_is_in_time: "4.5" push_in_time;
    clause_4_5_rejects_a_style_that_loses_a_late_answer: "4.5" late_answer_lost;
    clause_4_9_rejects_a_style_whose_notice_says_nothing: "4.9" silent_notice;
    clause_4_10_rejects_a_style_that_forgets_what_is_owed: "4.10" forgotten_debt;
}

/// All wrong styles, in the order of the history of the styles.
fn all() -> impl Iterator<Item = &'static Wrong> {
    [&CALLBACKS, &PROMISES, &GENERATORS, &ASYNC_AWAIT].into_iter().flat_map(|table| table.iter())
}

#[test]
fn each_style_has_a_dozen_mistakes_of_its_own_and_together_they_are_sixty() {
    for table in [&CALLBACKS, &PROMISES, &GENERATORS, &ASYNC_AWAIT] {
        assert!(table.len() >= 12, "{} of {}", table.len(), table[0].of);
    }
    assert!(all().count() >= 60, "{}", all().count());
    let names: BTreeSet<_> = all().map(|wrong| wrong.name).collect();
    assert_eq!(names.len(), all().count(), "two have one name");
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

/// Two messages of a user wait behind a third. The whole judgement finds another mistake before: who
/// waits in a queue of its own submits no `begin`.
#[test]
fn clause_7_6_rejects_a_style_that_serves_the_last_of_three_first() {
    let said = |id| Said::new("alice", id, What::Text("hello".to_owned()));
    let three = [1, 2, 3].map(|id| Arrival::new(0, said(id))).to_vec();
    let scenario = Scenario { timers_last: true, ..Scenario::new("three at once", three) };
    // All arrive, then their accounts are found, the last one's first.
    let order = [(1, 2), (2, 3), (2, 3), (1, 3), (0, 2)];
    let play = |style| trial(&[style], &scenario, &mut Replay(order.iter()));
    assert!(play(known()).is_ok());
    let rejection = play(async_await::last_come_first_served()).expect_err("another order");
    assert_eq!(rejection.violation.clause, "7.6");
}

/// Somebody else creates the record between a find and a create: only when who began is cancelled
/// while its create goes on, because a user has one turn at a time. Few schedules of the random
/// scenarios do that.
#[test]
fn clause_9_2_rejects_a_style_that_ignores_a_conflict() {
    let scenario = at_once(one_record_twice());
    let play = |style: Style| {
        let mut seeds = 0..300;
        seeds.find_map(|seed| trial(slice::from_ref(&style), &scenario, &mut Random(seed)).err())
    };
    assert!(play(known()).is_none());
    let rejection = play(async_await::ignored_conflict()).expect("it submits one find too few");
    assert_eq!(rejection.violation.clause, "9.2");
}

/// The host creates no second record, so this test gives the clause a forged report.
#[test]
fn clause_11_14_rejects_a_report_with_two_records_of_one_user() {
    let said = |id| {
        let hello = What::Text("hello".to_owned());
        Said { account: "full".to_owned(), ..Said::new("alice", id, hello) }
    };
    let twice = [1, 2].map(|id| Arrival::new(20 * id, said(id)));
    let scenario = Scenario::new("two messages of one user", twice.to_vec());
    let mut report = run(&known(), &scenario, &mut Natural);
    assert_eq!(clauses::check(&scenario, &report), Ok(()));
    assert_eq!(report.created.len(), 1);
    report.created.push(report.created[0].clone());
    let violation = clauses::check(&scenario, &report).expect_err("two records");
    assert_eq!(violation.clause, "11.14");
}

/// What one request waits for excuses no other one.
#[test]
fn clause_9_4_rejects_a_leak_beside_a_request_that_never_ends() {
    let scenario = beside_one_that_never_ends();
    assert!(trial(&[known()], &scenario, &mut Natural).is_ok());
    let rejection = trial(&[async_await::leak()], &scenario, &mut Natural).expect_err("a leak");
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
    // Opened anew for each run, because its requests share tickets.
    Style::opening(move || {
        let (style, started, last) = (style.open(), Arc::clone(&started), Arc::clone(&last));
        Style::new(style.name, move |host, request| {
            let number = 1 + started.fetch_add(1, Ordering::Relaxed);
            let answer = style.start(host, request);
            let is_last = number == last.load(Ordering::Relaxed);
            async move { if is_last { Response::text(200, "by chance") } else { answer.await } }
        })
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
    let all = [known(), async_await::missing_abort()];
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
