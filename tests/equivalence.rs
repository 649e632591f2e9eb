//! The four styles are equal: to each other, to the clauses of docs/SPEC.md, to an independent
//! model. The campaigns are in `kit::campaign`.

use four_ways::styles;
use kit::Rejection;
use kit::campaign::faults::messages;
use kit::campaign::interleavings::{
    at_once, one_record_twice, three, three_that_fail, two, two_for_a_ticket,
};
use kit::campaign::{self, Tally};
use kit::corpus::corpus;
use kit::corpus::late::late;
use kit::corpus::services::services;
use kit::model::schedules;
use kit::run::Random;
use kit::scenario::{Arrival, Injected};
use kit::trial::trial;
use pipeline::{Event, Operation};

fn shown(tally: Result<Tally, Rejection>) -> Tally {
    match tally {
        Ok(tally) => {
            println!("{tally}");
            assert_eq!(tally.fired + tally.impossible, tally.planned);
            assert_eq!(tally.predicted, tally.runs);
            tally
        }
        Err(rejection) => panic!("{rejection}"),
    }
}

#[test]
fn every_conversation_gets_its_answers_in_every_style() {
    assert!(corpus().len() >= 60);
    let tally = shown(campaign::conversations(&styles::all()));
    assert_eq!(tally.runs, 4 * (corpus().len() + services().len() + late().len()));
}

#[test]
fn every_operation_may_fail_once_in_every_way() {
    shown(campaign::single_faults(&styles::all()));
}

/// The faults by which a request goes on as before, and those after which it aborts its exchange.
const GOES_ON: usize = 3; // late, twice, at once
const ABORTS: usize = 4; // three failures and one that was applied

/// How many pairs of faults a message has. After the first fault, at each operation, come the
/// operations that are left: behind the timer all, unless it panics, or cancels when the account
/// was just asked for; behind the others those of a request that goes on, or an abort.
fn pairs() -> usize {
    let kinds = Injected::of(Operation::Sleep).len();
    let behind_the_timer = |left: usize| (kinds - 2) * left + 1;
    let commit = ABORTS;
    let begin = GOES_ON;
    let usual = behind_the_timer(3) + 2 * GOES_ON + begin + commit;
    // The unit's own wait: if it fails or panics, the exchange is aborted.
    let wait = GOES_ON + ABORTS + 1;
    let later = behind_the_timer(4) + 3 * GOES_ON + 2 * begin + wait + commit;
    let handshake = behind_the_timer(1);
    kinds * ((messages().len() - 2) * usual + later + handshake)
}

/// Every pair on optimised code, one in seven of them otherwise.
#[test]
fn every_two_operations_may_fail_in_every_two_ways() {
    let sparse = if cfg!(debug_assertions) { 7 } else { 1 };
    let tally = shown(campaign::fault_pairs(&styles::all(), sparse));
    assert_eq!(tally.scenarios, pairs().div_ceil(sparse));
    assert_eq!(tally.planned, 2 * tally.scenarios);
}

/// Every pair where units wait for services is some ten thousand, so a few of them unless the code is optimised.
#[test]
fn two_operations_may_fail_in_two_ways_while_a_unit_waits_for_services() {
    let sparse = if cfg!(debug_assertions) { 43 } else { 1 };
    let tally = shown(campaign::fault_pairs_of_services(&styles::all(), sparse));
    assert!(tally.scenarios > 200, "{tally}");
    assert_eq!(tally.planned, 2 * tally.scenarios);
}

/// Each fault, alone or beside those of the conversation, on optimised code; one in five otherwise.
#[test]
fn every_operation_may_fail_when_an_answer_is_late() {
    let sparse = if cfg!(debug_assertions) { 5 } else { 1 };
    let tally = shown(campaign::late_faults(&styles::all(), sparse));
    assert!(tally.scenarios > 500, "{tally}");
}

#[test]
fn late_answers_come_in_any_order() {
    let count = if cfg!(debug_assertions) { 30 } else { 1_000 };
    let tally = shown(campaign::late_orders(&styles::all(), count));
    assert_eq!(tally.scenarios as u64, count * late().len() as u64);
}

fn interleavings(arrivals: Vec<Arrival>) -> usize {
    shown(campaign::interleavings(&styles::all(), &at_once(arrivals))).scenarios
}

/// Two requests of four events each, in the order of their arrival: 8! / (4! · 4! · 2!).
///
/// Of one user there is one turn at a time: the second request's begin ends after the first one's
/// commit. With the events arrive, account, begin, commit, the first to have its account goes
/// first. If that is the first to arrive, the second's two events fall anywhere among its three
/// that follow, but not both before them: C(5, 2) - 1. If it is the second, the first's account
/// falls into three places.
///
/// A repeat's begin takes the place of the second begin, and what follows it has one order.
#[test]
fn all_interleavings_of_two_are_the_closed_form() {
    assert_eq!(two().map(interleavings), [35, 10 - 1 + 3, 10 - 1 + 3]);
}

/// Three requests of four events each: 12! / (4! · 4! · 4! · 3!). The model has counted the others.
#[test]
fn all_interleavings_of_three_users_are_the_closed_form() {
    let mut all = three().into_iter();
    assert_eq!(interleavings(all.next().expect("of three users")), 5_775);
    all.for_each(|arrivals| assert!(interleavings(arrivals) < 5_775));
}

/// Two users whose messages need a ticket at once. Whose message asks for it first has two events
/// more than the other: the call of the ticket, and its storing.
#[test]
fn interleavings_of_two_users_who_need_one_ticket() {
    let scenario = at_once(two_for_a_ticket());
    if cfg!(debug_assertions) {
        shown(campaign::some_interleavings(&styles::all(), &scenario, 300));
    } else {
        shown(campaign::interleavings(&styles::all(), &scenario));
    }
}

#[test]
fn a_record_that_another_request_has_created_is_found() {
    let scenario = at_once(one_record_twice());
    let found = (0..200).filter(|seed| {
        let report = trial(&styles::all(), &scenario, &mut Random(*seed));
        let report = report.unwrap_or_else(|rejection| panic!("{rejection}"));
        let finds =
            report.trace.iter().filter(|event| **event == (1, Event::Submitted(Operation::Find)));
        assert_eq!(report.created.len(), 1);
        finds.count() == 2
    });
    assert!(found.count() > 0, "no schedule has a conflict");
}

/// Three requests of five events each have 15! / (5! · 5! · 5! · 3!) interleavings. These are too
/// many to play, and not too many to count.
#[test]
fn some_interleavings_of_three_users_that_fail() {
    let scenario = at_once(three_that_fail());
    let count = if cfg!(debug_assertions) {
        500
    } else {
        assert_eq!(schedules(&scenario), 126_126);
        10_000
    };
    let tally = shown(campaign::some_interleavings(&styles::all(), &scenario, count));
    assert_eq!(tally.fired, 3 * tally.scenarios);
}

#[test]
fn a_message_of_each_kind_may_be_cancelled_at_every_point_and_in_the_queue() {
    let tally = shown(campaign::cancellations(&styles::all()));
    assert_eq!(tally.planned, tally.scenarios);
}

#[test]
fn all_interleavings_of_two_requests_of_which_one_meets_a_fault() {
    for arrivals in two() {
        let tally = shown(campaign::with_one_fault(&styles::all(), &arrivals, &Injected::ALL));
        assert_eq!(tally.planned, tally.scenarios);
    }
}
