//! The four styles are equal: to each other, to the clauses of docs/SPEC.md, to an independent
//! model. The campaigns are in `kit::campaign`.

use four_ways::styles;
use kit::Rejection;
use kit::campaign::interleavings::at_once;
use kit::campaign::{self, Tally};
use kit::corpus::corpus;
use kit::scenario::{Arrival, Said, What};

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
    assert_eq!(tally.runs, 4 * corpus().len());
}

#[test]
fn every_operation_may_fail_once_in_every_way() {
    shown(campaign::single_faults(&styles::all()));
}

/// Every pair on optimised code, one in seven of them otherwise.
#[test]
fn every_two_operations_may_fail_in_every_two_ways() {
    let sparse = if cfg!(debug_assertions) { 7 } else { 1 };
    let tally = shown(campaign::fault_pairs(&styles::all(), sparse));
    println!("{}", tally.scenarios);
}

fn hello(user: &str, id: u64) -> Arrival {
    Arrival::new(0, Said::new(user, id, What::Text("hello".to_owned())))
}

fn interleavings(arrivals: &[Arrival]) -> usize {
    let scenario = at_once(arrivals.to_vec());
    shown(campaign::interleavings(&styles::all(), &scenario)).scenarios
}

/// Two requests of four events each, in the order of their arrival: 8! / (4! · 4! · 2!).
#[test]
fn all_interleavings_of_two_users_are_the_closed_form() {
    assert_eq!(interleavings(&[hello("alice", 1), hello("bob", 1)]), 35);
}

/// One turn at a time: the second request's begin ends after the first one's commit. With the
/// events arrive, account, begin, commit, the first to have its account goes first. If that is the
/// first to arrive, the second's two events fall anywhere among its three that follow, but not both
/// before them: C(5, 2) - 1. If it is the second, the first's account falls into three places.
#[test]
fn all_interleavings_of_one_user_are_the_closed_form() {
    assert_eq!(interleavings(&[hello("alice", 1), hello("alice", 2)]), 10 - 1 + 3);
}

/// The repeat's begin takes the place of the second begin, and what follows it has one order.
#[test]
fn all_interleavings_of_a_message_and_its_repeat_are_the_closed_form() {
    assert_eq!(interleavings(&[hello("alice", 1), hello("alice", 1)]), 10 - 1 + 3);
}

/// Three requests of four events each: 12! / (4! · 4! · 4! · 3!).
#[test]
fn all_interleavings_of_three_users_are_the_closed_form() {
    assert_eq!(interleavings(&[hello("alice", 1), hello("bob", 1), hello("carol", 1)]), 5_775);
}

#[test]
fn all_interleavings_of_three_messages_of_one_user() {
    println!("{}", interleavings(&[hello("alice", 1), hello("alice", 2), hello("alice", 3)]));
}

#[test]
fn all_interleavings_of_two_requests_of_which_one_meets_a_fault() {
    for (user, id) in [("bob", 1), ("alice", 2), ("alice", 1)] {
        let arrivals = [hello("alice", 1), hello(user, id)];
        shown(campaign::with_one_fault(&styles::all(), &arrivals));
    }
}
