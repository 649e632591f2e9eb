//! The four styles are equal: to each other, to the clauses of docs/SPEC.md, to an independent
//! model. The campaigns are in `kit::campaign`.

use four_ways::styles;
use kit::Rejection;
use kit::campaign::{self, Tally};
use kit::corpus::corpus;
use kit::scenario::{Said, What};

fn shown(tally: Result<Tally, Rejection>) -> Tally {
    match tally {
        Ok(tally) => {
            println!("{tally}");
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
    let tally = shown(campaign::single_faults(&styles::all()));
    assert_eq!(tally.fired, tally.planned);
}

fn said(user: &str, id: u64) -> Said {
    Said::new(user, id, What::Text("hello".to_owned()))
}

/// Two requests of four events each, in the order of their arrival: 8! / (4! · 4! · 2!).
#[test]
fn all_interleavings_of_two_users_are_the_closed_form() {
    let tally = shown(campaign::interleavings(&styles::all(), said("alice", 1), said("bob", 1)));
    assert_eq!(tally.scenarios, 35);
}

/// One turn at a time: the second request's begin ends after the first one's commit. With the
/// events arrive, account, begin, commit, the first to have its account goes first. If that is the
/// first to arrive, the second's two events fall anywhere among its three that follow, but not both
/// before them: C(5, 2) - 1. If it is the second, the first's account falls into three places.
#[test]
fn all_interleavings_of_one_user_are_the_closed_form() {
    let tally = shown(campaign::interleavings(&styles::all(), said("alice", 1), said("alice", 2)));
    assert_eq!(tally.scenarios, 10 - 1 + 3);
}

/// The repeat's begin takes the place of the second begin, and what follows it has one order.
#[test]
fn all_interleavings_of_a_message_and_its_repeat_are_the_closed_form() {
    let tally = shown(campaign::interleavings(&styles::all(), said("alice", 1), said("alice", 1)));
    assert_eq!(tally.scenarios, 10 - 1 + 3);
}
