//! Clauses of docs/SPEC.md that concern the whole pipeline and that no conversation of the corpus
//! can show: something does not happen, or one of two things comes first.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use four_ways::styles;
use futures::future::BoxFuture;
use futures::{FutureExt, future};
use kit::corpus::corpus;
use kit::host::{Action, Sim};
use kit::run::{Natural, Report, Schedule, run};
use kit::scenario::{Arrival, EPOCH, Flaw, Injected, Said, Scenario, What};
use pipeline::{Event, Operation, Response};

fn hello() -> Said {
    Said::new("alice", 1, What::Text("hello".to_owned()))
}

/// Plays one request in every style.
fn in_every_style(arrival: &Arrival, check: impl Fn(&str, Report)) {
    for style in styles::all() {
        let scenario = Scenario::new("one request", vec![arrival.clone()]);
        let report = run(&style, &scenario, &mut Natural);
        check(style.name, report);
    }
}

fn answer(report: &Report) -> (u16, &str) {
    let reply = report.replies[0].as_ref().expect("a reply");
    (reply.status, &reply.body)
}

#[test]
fn a_request_that_is_made_and_not_driven_does_nothing() {
    for style in styles::all() {
        let scenario = &corpus()[0].scenario;
        let sim = Sim::new(&scenario.script());
        let host = sim.facade(0);
        let made = style.start(host.clone(), scenario.arrivals[0].said.request());
        assert_eq!(sim.world().trace, [], "{}", style.name);
        drop(made);
        assert_eq!(sim.world().trace, [], "{}", style.name);
        assert_eq!(Arc::strong_count(&host), 1, "{} keeps hold of its host", style.name);
    }
}

#[test]
fn an_unknown_account_is_404_whatever_else_is_wrong() {
    for flaw in Flaw::ALL.into_iter().map(Some).chain([None]) {
        let said = Said { account: "nobody".to_owned(), flaw, ..hello() };
        in_every_style(&Arrival::new(0, said), |style, report| {
            let unknown = "no account has this name: check the path /wechat/{name}";
            assert_eq!(answer(&report), (404, unknown), "{style}, {flaw:?}");
        });
    }
}

#[test]
fn a_500_does_not_tell_what_failed() {
    for fault in [Injected::Transient, Injected::Permanent, Injected::Panic] {
        for operation in 1..=3 {
            let arrival = Arrival::new(0, hello()).with_fault(operation, fault);
            in_every_style(&arrival, |style, report| {
                assert_eq!(answer(&report), (500, "internal error"), "{style}, {fault:?}");
            });
        }
    }
}

#[test]
fn when_the_timer_and_the_rest_are_ready_together_the_rest_is_heard() {
    let mut arrival = Arrival::new(0, hello());
    arrival.faults = (0..4).map(|operation| (operation, Injected::Sync)).collect();
    in_every_style(&arrival, |style, report| {
        let (status, body) = answer(&report);
        assert_eq!(status, 200);
        assert!(body.contains("Hello yourself."), "{style} answers {body}");
        assert_eq!(report.fired.len(), 4, "{style}");
    });
}

#[test]
fn operations_that_complete_at_once_give_the_same_replies_and_the_same_store() {
    for what in [
        What::Text("hello".to_owned()),
        What::Text("guess".to_owned()),
        What::Voice(Some("天气".to_owned())),
        What::Subscribe,
    ] {
        let arrival = Arrival::new(0, Said::new("alice", 1, what));
        let mut at_once = arrival.clone();
        at_once.faults = (1..4).map(|operation| (operation, Injected::Sync)).collect();
        in_every_style(&at_once, |style, sync| {
            let scenario = Scenario::new("asynchronous", vec![arrival.clone()]);
            let style = styles::all().into_iter().find(|each| each.name == style).expect("known");
            let slow = run(&style, &scenario, &mut Natural);
            assert_eq!(sync.fired.len(), 3, "{}", style.name);
            assert_eq!(sync.trace, slow.trace, "{}", style.name);
            assert_eq!(sync.replies, slow.replies, "{}", style.name);
            assert_eq!(sync.sessions, slow.sessions, "{}", style.name);
            assert_eq!(sync.journal, slow.journal, "{}", style.name);
        });
    }
}

/// Polls without waiting for a wake-up, so a result that is ready is seen at the next poll.
fn poll(reply: &mut BoxFuture<'static, Response>) -> Option<Response> {
    match reply.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => Some(response),
        Poll::Pending => None,
    }
}

/// The operations that can be completed now.
fn open(sim: &Sim) -> Vec<usize> {
    let open = sim.enabled(None, true).into_iter().filter_map(|action| match action {
        Action::Complete(at) => Some(at),
        Action::Arrive | Action::Cancel(_) | Action::HangUp(..) | Action::Tidy(_) => None,
    });
    open.collect()
}

/// The same by the kit's own schedules, which cancel who waits in a queue too.
#[test]
fn a_request_that_is_cancelled_in_the_queue_is_passed_over_and_the_others_are_answered() {
    let mut arrivals: Vec<_> = (1..=4).map(|id| Arrival::new(0, Said { id, ..hello() })).collect();
    for cancelled in [1, 2] {
        arrivals[cancelled] = arrivals[cancelled].clone().with_fault(2, Injected::Cancel);
    }
    let mut scenario = Scenario::new("two of four are cancelled in the queue", arrivals);
    scenario.timers_last = true;
    for style in styles::all() {
        let mut report = run(&style, &scenario, &mut Behind(0));
        report.fired.sort_unstable();
        assert_eq!(report.fired, [(1, 2, Injected::Cancel), (2, 2, Injected::Cancel)]);
        let answers = report
            .replies
            .iter()
            .map(|reply| reply.as_ref().map(|reply| reply.body.contains("Hello yourself.")));
        let name = style.name;
        assert_eq!(answers.collect::<Vec<_>>(), [Some(true), None, None, Some(true)], "{name}");
        let users: Vec<_> = report.journal.iter().map(|entry| entry.message.clone()).collect();
        let keys = [0, 3].map(|at: usize| scenario.arrivals[at].said.key().expect("a message"));
        assert_eq!(users, keys, "{name}");
        assert_eq!((report.alive, report.leaked), (vec![], vec![]), "{name}");
        let queued = report.trace.iter().filter(|(request, event)| {
            *request == 1 && matches!(event, Event::Completed(Operation::Begin, ..))
        });
        assert_eq!(queued.count(), 0, "{name}: it was cancelled before it had its turn");
    }
}

/// All four arrive, the first gets its turn, and the others stand behind it before it goes on.
struct Behind(usize);

impl Schedule for Behind {
    fn choose(&mut self, arity: usize) -> usize {
        self.0 += 1;
        match self.0 {
            // The account and the turn of the first.
            4 | 5 => 0,
            // The last of what can happen: an arrival, or the last who arrived.
            _ => arity - 1,
        }
    }
}

/// The same step by step.
#[test]
fn a_request_that_is_dropped_while_it_waits_leaves_the_queue() {
    for style in styles::all() {
        let saids = [1, 2, 3].map(|id| Said { id, ..hello() });
        let arrivals = saids.iter().map(|said| Arrival::new(0, said.clone())).collect();
        let sim = Sim::new(&Scenario::new("three of one user", arrivals).script());
        let mut at = 0;
        let mut replies = saids.clone().map(|said| {
            at += 1;
            style.start(sim.facade(at - 1), said.request())
        });
        // The first gets as far as its commit, the others wait behind it.
        let [first, second, third] = &mut replies;
        for (reply, operations) in [(&mut *first, 2), (&mut *second, 1), (&mut *third, 1)] {
            assert_eq!(poll(reply), None);
            for _ in 0..operations {
                sim.complete(*open(&sim).last().expect("something is under way"));
                assert_eq!(poll(reply), None);
            }
        }
        *second = future::pending().boxed();
        sim.discard(1);
        let [commit] = open(&sim)[..] else { panic!("{}: {:?}", style.name, open(&sim)) };
        sim.complete(commit);
        let answered = |reply: Option<Response>| {
            let Some(Response { status: 200, body, .. }) = reply else {
                panic!("{}: {reply:?}", style.name)
            };
            // The deadline would answer 200, too, and `success`.
            assert!(body.contains("Hello yourself."), "{}: {body}", style.name);
        };
        answered(poll(first));
        // The turn goes directly to the third, because nothing else is under way.
        for _ in 0..2 {
            assert_eq!(poll(third), None, "{}", style.name);
            let [next] = open(&sim)[..] else { panic!("{}: {:?}", style.name, open(&sim)) };
            sim.complete(next);
        }
        answered(poll(third));
        assert_eq!(sim.world().now, EPOCH, "{}: no timer had to fire", style.name);
        let world = sim.world();
        let committed = world.exchanges.journal().iter().map(|entry| entry.message.clone());
        let keys = [&saids[0], &saids[2]].map(|said| said.key().expect("a message"));
        assert_eq!(committed.collect::<Vec<_>>(), keys, "{}", style.name);
    }
}
