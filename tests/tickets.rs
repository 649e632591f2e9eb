//! The ticket alone, without the pipeline around it: every interleaving of three requests.

use std::sync::Arc;

use four_ways::async_await;
use futures::FutureExt;
use generators::{go, yield_};
use kit::campaign::interleavings::at_once;
use kit::run::{Replay, Report, run};
use kit::scenario::{Arrival, Injected, Said, Scenario, What, accounts};
use kit::{Style, clauses};
use pipeline::api::{Caller, Trouble};
use pipeline::{Context, Operation, Pending, Response, Ticket, Verdict};
use promises::compose::PromiseExt;

/// The four styles, each with a pipeline that answers with the account's ticket.
fn styles() -> [Style; 4] {
    [
        Style::opening(|| {
            use callbacks::units::{Unit, queue};
            let tickets = Arc::default();
            let unit = Unit::waits(
                "ticket",
                |_| true,
                move |mut ctx, asked| {
                    let (caller, tickets) = (caller(&mut ctx), Arc::clone(&tickets));
                    let (done, asked) = asked.apart();
                    callbacks::services::ticket(caller, tickets, None, done, |ended, done| {
                        answer(&mut ctx, ended);
                        asked(done).call(None, Verdict::Pass, ctx)
                    })
                },
            );
            let onion = callbacks::compose(vec![queue(vec![unit])]);
            Style::new("callbacks", move |host, request| {
                let onion = onion.clone();
                async move {
                    let (completer, reply) = Pending::new(Operation::Sleep);
                    onion.handle(host, request, move |response| {
                        completer.complete(Ok(response));
                    });
                    reply.await.expect("an answer")
                }
            })
        }),
        Style::opening(|| {
            use promises::units::{Unit, queue};
            let tickets = Arc::default();
            let unit = Unit::waits(
                "ticket",
                |_| true,
                move |mut ctx| {
                    promises::services::ticket(&caller(&mut ctx), &tickets, None)
                        .map(|ended| {
                            answer(&mut ctx, ended);
                            Ok((ctx, Verdict::Pass))
                        })
                        .promise()
                },
            );
            let onion = promises::compose(vec![queue(vec![unit])]);
            Style::new("promises", move |host, request| onion.handle(host, request))
        }),
        Style::opening(|| {
            use generators::units::{Unit, queue};
            let tickets = Arc::default();
            let unit = Unit::waits(
                "ticket",
                |_| true,
                move |mut ctx| {
                    let ticket = generators::services::ticket(&caller(&mut ctx), &tickets, None);
                    go!(co => {
                        let ended = yield_!(co, ticket);
                        answer(&mut ctx, ended);
                        (ctx, Ok(Verdict::Pass))
                    })
                },
            );
            let onion = generators::compose(vec![queue(vec![unit])]);
            Style::new("generators", move |host, request| onion.handle(host, request))
        }),
        Style::opening(|| {
            use async_await::units::{Unit, queue};
            let tickets: Arc<async_await::services::Tickets> = Arc::default();
            let unit = Unit::capturing(
                "ticket",
                |_| true,
                move |ctx| {
                    let tickets = Arc::clone(&tickets);
                    async move {
                        let caller = caller(ctx);
                        let ended = async_await::services::ticket(&caller, &tickets, None).await;
                        answer(ctx, ended);
                        Ok(Verdict::Pass)
                    }
                    .boxed()
                },
            );
            let onion = async_await::compose(vec![queue(vec![unit])]);
            Style::new("async-await", move |host, request| {
                let onion = onion.clone();
                async move { onion.handle(host, request).await }
            })
        }),
    ]
}

fn caller(ctx: &mut Context) -> Caller {
    let account = accounts().into_iter().find(|account| *account.name == *ctx.request().account);
    ctx.account = account.map(Arc::new);
    Caller::of(ctx)
}

fn answer(ctx: &mut Context, ended: Result<Ticket, Trouble>) {
    ctx.response = Some(match ended {
        Ok(ticket) => Response::text(200, ticket.token.expose().to_owned()),
        Err(trouble) => Response::text(500, trouble.to_string()),
    });
}

/// Three users, and what goes wrong with the operations of the first.
fn three(faults: &[(usize, Injected)]) -> Scenario {
    let said = |user| {
        let hello = What::Text("hello".to_owned());
        Said { account: "api".to_owned(), ..Said::new(user, 1, hello) }
    };
    let mut arrivals = ["alice", "bob", "carol"].map(|user| Arrival::new(0, said(user))).to_vec();
    arrivals[0].faults.extend(faults);
    at_once(arrivals)
}

/// Plays every interleaving in all styles, which must give the same reports.
fn interleavings(scenario: &Scenario, check: impl Fn(&Report)) -> usize {
    let [first, others @ ..] = styles();
    let (mut path, mut count) = (Vec::new(), 0);
    loop {
        let report = run(&first, scenario, &mut Replay(path.iter()));
        for other in &others {
            let same = run(other, scenario, &mut Replay(report.choices.iter()));
            assert_eq!(same, report, "{}", other.name);
        }
        let found = clauses::broken(scenario, &report).find(|it| it.clause.starts_with("11."));
        assert_eq!(found, None);
        assert_eq!((&report.alive[..], &report.leaked[..]), (&[][..], &[][..]));
        check(&report);
        count += 1;
        path = report.choices;
        loop {
            match path.pop() {
                Some((choice, arity)) if choice + 1 < arity => {
                    break path.push((choice + 1, arity));
                }
                Some(_) => {}
                None => return count,
            }
        }
    }
}

fn is_ticket(reply: Option<&Response>) -> bool {
    reply == Some(&Response::text(200, "ticket-1"))
}

/// Each request arrives and reads the stored ticket, in the order of arrival: 6! / (2! · 2! · 2! ·
/// 3!) = 15 orders. Whoever reads first fetches: a call and a replace, anywhere behind. In 3 orders
/// 4 events are left then, in 6 orders 3, and in 6 orders 2, so there are
/// 3 · C(6, 2) + 6 · C(5, 2) + 6 · C(4, 2) interleavings.
#[test]
fn three_requests_for_a_ticket_have_141_interleavings_and_one_fetch() {
    let count = interleavings(&three(&[]), |report| {
        assert_eq!(report.calls.len(), 1);
        assert!(report.replies.iter().all(|reply| is_ticket(reply.as_ref())));
    });
    assert_eq!(count, 3 * 15 + 6 * 10 + 6 * 6);
}

/// The first to arrive is cancelled, at each of its operations, also while it waits for a fetch or
/// leads one: the others get the ticket, by one call.
#[test]
fn who_is_cancelled_takes_no_ticket_from_the_others() {
    for operation in 0..3 {
        interleavings(&three(&[(operation, Injected::Cancel)]), |report| {
            assert_eq!(report.calls.len(), 1);
            assert!(report.replies[1..].iter().all(|reply| is_ticket(reply.as_ref())));
        });
    }
}

/// A fetch that fails is told to who waits for it, and whoever comes later begins another.
#[test]
fn a_fetch_that_fails_or_panics_is_told_and_not_kept() {
    for fault in [Injected::Permanent, Injected::Panic] {
        interleavings(&three(&[(1, fault)]), |report| {
            let good = report.replies.iter().filter(|reply| is_ticket(reply.as_ref())).count();
            let fetches = report.calls.len() + usize::from(fault == Injected::Panic);
            assert!(good == 3 && report.fired.is_empty() || good < 3 && fetches <= 2);
        });
    }
}
