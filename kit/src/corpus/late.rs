//! Conversations in which an answer comes too late: what the account does about it, as WeChat asks.

use super::Expected::{Nothing, Pushed, Text, Unsent};
use super::{Conversation, HELLO, SUCCESS, WAITED, click, overlapping, sequential, text};
use crate::scenario::{Arrival, Injected, Said, What, tries};

const NOTICE: super::Expected = Text(
    "还需要一点时间。随便发一条消息，就能收到回答。\
     This takes longer. Send any message to get the answer.",
);

const WORDS: &str = "久等了。Thank you for waiting.";

/// Conversations of accounts that push late answers, and of accounts that hold tries open.
#[must_use]
pub fn late() -> Vec<Conversation> {
    let mut all = pushed();
    all.extend(held());
    all.extend(owed());
    all
}

fn said(account: &str, user: &str, id: u64, what: What) -> Said {
    Said { account: account.to_owned(), ..Said::new(user, id, what) }
}

/// The numbers of the operations: 3 is the timer of `later`, 4 the commit, 5 the stored ticket, 6
/// and 7 the fetch of a ticket, 8 the message.
fn pushed() -> Vec<Conversation> {
    let slow = |user| Arrival::new(0, said("push", user, 1, text("later")));
    let one = |name, faults: &[_], expected| {
        let mut arrival = slow("alice");
        arrival.faults.extend(faults);
        sequential(name, vec![(arrival, expected)])
    };
    vec![
        one("a late answer is pushed", &[], Pushed(WORDS)),
        sequential(
            "a late answer is pushed, and its repeat, whose success was lost, is not",
            vec![
                (slow("alice"), Pushed(WORDS)),
                (Arrival::new(20, said("push", "alice", 1, text("later"))), WAITED),
            ],
        ),
        overlapping(
            "a repeat that is late itself is not pushed",
            vec![
                (slow("alice"), Pushed(WORDS)),
                (Arrival::new(0, said("push", "alice", 2, text("later"))), Pushed(WORDS)),
                (Arrival::new(5, said("push", "alice", 2, text("later"))), SUCCESS),
            ],
        ),
        sequential(
            "an answer in time is not pushed",
            vec![(Arrival::new(0, said("push", "alice", 1, text("hello"))), HELLO)],
        ),
        sequential(
            "a late answer of an account that does not push is lost",
            vec![(Arrival::new(0, said("api", "alice", 1, text("later"))), SUCCESS)],
        ),
        sequential(
            "a message to a user who must not get another one is not taken",
            vec![(slow("carol"), Unsent)],
        ),
        sequential(
            "no answer is not pushed, however late it is",
            vec![(
                Arrival::new(0, said("push", "alice", 1, text("what?")))
                    .with_fault(3, Injected::Late),
                SUCCESS,
            )],
        ),
        one("what was not committed is not pushed", &[(4, Injected::Transient)], SUCCESS),
        one("a push without a ticket", &[(6, Injected::Permanent)], Unsent),
        one("a push whose ticket is revoked", &[(8, Injected::Revoked)], Pushed(WORDS)),
        one("a push that gets no answer", &[(8, Injected::Permanent)], Unsent),
        one("a push to a busy platform", &[(8, Injected::ErrorCode)], Pushed(WORDS)),
        one("a push that panics", &[(8, Injected::Panic)], Unsent),
        sequential(
            "two late answers with one ticket",
            vec![(slow("alice"), Pushed(WORDS)), (slow("bob"), Pushed(WORDS))],
        ),
    ]
}

/// Messages of alice to an account that holds tries, as WeChat sends them, and then these turns.
fn tried(
    name: &str,
    messages: &[Arrival],
    expected: &[super::Expected],
    then: Vec<(Arrival, super::Expected)>,
) -> Conversation {
    let turns = tries(messages).into_iter().zip(expected.iter().copied());
    overlapping(name, turns.chain(then).collect())
}

fn held() -> Vec<Conversation> {
    let slow = |id| Arrival::new(0, said("retry", "alice", id, text("later")));
    let hello = |at, id| (Arrival::new(at, said("retry", "alice", id, text("hello"))), HELLO);
    vec![
        tried(
            "a second try gets the answer of the first",
            &[slow(1)],
            &[Nothing, WAITED, Nothing],
            vec![hello(20, 2)],
        ),
        tried(
            "an answer in time needs one try",
            &[Arrival::new(0, said("retry", "alice", 1, text("hello")))],
            &[HELLO, Nothing, Nothing],
            vec![],
        ),
        tried(
            "a repeat gets its answer before the message that came between",
            &[slow(1), Arrival::new(3, said("retry", "alice", 2, text("later")))],
            &[Nothing, Nothing, WAITED, WAITED, Nothing, Nothing],
            vec![],
        ),
        tried(
            "a third try gets the answer of the second, after the first has failed",
            &[slow(1).with_fault(4, Injected::Transient)],
            &[Nothing, Nothing, WAITED],
            vec![],
        ),
        tried(
            "a try that is cut before its deadline is gone, and the next begins afresh",
            &[slow(1).with_fault(3, Injected::Cancel)],
            &[Nothing, Nothing, WAITED],
            vec![],
        ),
        tried(
            "a timer that fires when the answer is there decides nothing",
            &[(0..4).fold(
                Arrival::new(0, said("retry", "alice", 1, text("hello"))),
                |arrival, operation| arrival.with_fault(operation, Injected::Sync),
            )],
            &[HELLO, Nothing, Nothing],
            vec![],
        ),
        tried(
            "a handshake is held by nothing",
            &[Arrival::new(0, said("retry", "", 1, What::Handshake("5837".to_owned())))],
            &[super::Plain("5837"), Nothing, Nothing],
            vec![],
        ),
        tried(
            "before its account is known, a try is answered",
            &[slow(1).with_fault(1, Injected::Never)],
            &[SUCCESS, Nothing, Nothing],
            vec![],
        ),
    ]
}

/// Each of alice's messages takes six seconds, and they wait for each other: the third has its
/// answer after eighteen.
fn owed() -> Vec<Conversation> {
    let slow = |id| Arrival::new(0, said("retry", "alice", id, text("later")));
    let hello = |at, id| Arrival::new(at, said("retry", "alice", id, text("hello")));
    let expected =
        [[Nothing, Nothing, Nothing], [WAITED, Nothing, Nothing], [Nothing, WAITED, NOTICE]]
            .concat();
    let fails = |number: usize| {
        let mut all = tries(&[slow(1)]);
        for each in &mut all[..number] {
            each.faults.push((4, Injected::Transient));
        }
        all
    };
    let last = fails(2).into_iter().zip([Nothing, Nothing, SUCCESS]);
    let never = fails(3).into_iter().zip([Nothing, Nothing, SUCCESS]);
    vec![
        tried(
            "the last try says that it takes longer, and the next message gets the answer, once",
            &[slow(1), slow(2), slow(3)],
            &expected,
            vec![(hello(30, 4), WAITED), (hello(50, 5), HELLO)],
        ),
        tried(
            "an event does not get the answer that is owed",
            &[slow(1), slow(2), slow(3)],
            &expected,
            vec![
                (
                    Arrival::new(30, said("retry", "alice", 4, click("MENU_HELP"))),
                    Text("Say hello, guess or later."),
                ),
                (hello(50, 5), WAITED),
            ],
        ),
        tried(
            "a message that waits already gets the answer that is owed",
            &[slow(1), slow(2), slow(3)],
            &expected,
            vec![(hello(16, 4), WAITED)],
        ),
        tried(
            "another user is owed nothing",
            &[slow(1), slow(2), slow(3)],
            &expected,
            vec![(Arrival::new(30, said("retry", "bob", 4, text("hello"))), HELLO)],
        ),
        overlapping(
            "the last try runs the units itself: the next message gets the answer",
            last.chain([(hello(30, 2), WAITED), (hello(50, 3), HELLO)]).collect(),
        ),
        overlapping(
            "what has failed three times is owed to nobody",
            never.chain([(hello(30, 2), HELLO)]).collect(),
        ),
    ]
}
