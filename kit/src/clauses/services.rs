//! The clauses of section 11: what services are asked, and when.

use pipeline::{Call, Event, Expired, Operation};

use crate::host::Sent;
use crate::run::Report;
use crate::scenario::{Injected, Scenario};

const TICKET: &str = "/cgi-bin/stable_token";
const PAGE: &str = "/cgi-bin/freepublish/batchget";

/// How often a call may be tried: three times, and once more with another ticket.
const TRIES: usize = 4;

pub fn one_fetch_at_a_time(scenario: &Scenario, report: &Report) -> Result<(), String> {
    let account = |sent: &Sent| &scenario.arrivals[sent.request].said.account;
    let fetches = || report.calls.iter().filter(|sent| sent.call.path == TICKET);
    fetches().try_for_each(|one| {
        one_at_a_time(fetches().filter(|other| account(other) == account(one)).collect())
    })
}

pub fn a_refused_ticket_is_not_used_again(_: &Scenario, report: &Report) -> Result<(), String> {
    for refused in report.calls.iter().filter(|sent| sent.refused) {
        let again = report.calls.iter().find(|sent| {
            sent.request == refused.request
                && sent.call == refused.call
                && sent.number > refused.number
        });
        if let Some(sent) = again {
            return Err(said(sent, "has the ticket that was refused before"));
        }
    }
    Ok(())
}

pub fn a_call_has_a_few_tries(_: &Scenario, report: &Report) -> Result<(), String> {
    let alike = |one: &Sent, other: &Sent| {
        let without_ticket = |call: &Call| {
            let mut call = call.clone();
            call.query.retain(|(name, _)| *name != "access_token");
            call
        };
        one.request == other.request && without_ticket(&one.call) == without_ticket(&other.call)
    };
    for sent in report.calls.iter().filter(|sent| sent.call.path != TICKET) {
        let tries = report.calls.iter().filter(|other| alike(sent, other)).count();
        if tries > TRIES {
            return Err(said(sent, &format!("was sent {tries} times")));
        }
    }
    Ok(())
}

/// Both calls are sent in one action, unless the second one panicked.
pub fn what_is_joined_is_asked_at_once(_: &Scenario, report: &Report) -> Result<(), String> {
    let of = |service| report.calls.iter().filter(move |sent| sent.call.service == service);
    let panics = |request| {
        let mut fired = report.fired.iter();
        fired.any(|(of, _, fault)| (*of, *fault) == (request, Injected::Panic))
    };
    for sent in of("forecast") {
        let beside = |air: &Sent| (air.request, air.begun) == (sent.request, sent.begun);
        if !panics(sent.request) && !of("air-quality").any(beside) {
            return Err(said(sent, "was sent without the one that it is joined with"));
        }
    }
    Ok(())
}

/// Between the two calls something has ended: the first of them, or its head start.
pub fn the_first_provider_has_a_head_start(_: &Scenario, report: &Report) -> Result<(), String> {
    let of = |service| report.calls.iter().filter(move |sent| sent.call.service == service);
    for second in of("ask-second") {
        let Some(first) = of("ask-first").find(|first| first.request == second.request) else {
            return Err(said(second, "was sent, and the first provider was not asked"));
        };
        let (mut submitted, mut ended) = (0, false);
        for (_, event) in report.trace.iter().filter(|(of, _)| *of == second.request) {
            match event {
                Event::Submitted(_) if submitted == second.number => break,
                Event::Submitted(_) => submitted += 1,
                Event::Completed(..) => ended |= submitted > first.number,
                _ => {}
            }
        }
        if !ended {
            return Err(said(second, "was sent without a head start of the first"));
        }
    }
    Ok(())
}

/// When the units are left, no call of theirs is heard any more. A fetch is nobody's own.
pub fn what_a_unit_began_ends_with_it(scenario: &Scenario, report: &Report) -> Result<(), String> {
    for request in 0..scenario.arrivals.len() {
        let shares = report.shared.iter().any(|(of, _)| *of == request);
        let pushed = (request, Event::Expired(Expired::Pushed));
        let pushes = report.trace.contains(&pushed);
        let events = report.trace.iter().filter(|(of, _)| *of == request);
        // A push comes after all layers, and has calls of its own.
        let mut events =
            events.take_while(|(_, event)| !pushes || !matches!(event, Event::Left("account", _)));
        let left = events.find(|(_, event)| matches!(event, Event::Left("units", _)));
        let heard = events.find(|(_, event)| {
            matches!(event, Event::Completed(Operation::Call | Operation::Ticket, _, true))
        });
        if let (Some(_), Some((_, event)), false) = (left, heard, shares) {
            return Err(format!("request {request}: {event:?} after its units"));
        }
    }
    Ok(())
}

pub fn a_page_is_asked_for_when_the_last_is_used_up(
    scenario: &Scenario,
    report: &Report,
) -> Result<(), String> {
    let pages = report.calls.iter().filter(|sent| sent.call.path == PAGE);
    let pages: Vec<&Sent> = pages.collect();
    (0..scenario.arrivals.len()).try_for_each(|request| {
        one_at_a_time(pages.iter().copied().filter(|sent| sent.request == request).collect())
    })
}

pub fn a_user_has_one_record(_: &Scenario, report: &Report) -> Result<(), String> {
    let mut users = report.created.clone();
    users.sort_unstable();
    match users.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two records of {:?}", pair[0])),
        None => Ok(()),
    }
}

/// Of these calls none begins before the one before it has ended.
fn one_at_a_time(mut calls: Vec<&Sent>) -> Result<(), String> {
    calls.sort_by_key(|sent| (sent.begun, sent.ended.unwrap_or(usize::MAX)));
    let beside = calls.windows(2).find(|pair| pair[0].ended.is_none_or(|at| at > pair[1].begun));
    beside.map_or(Ok(()), |pair| Err(said(pair[1], "was sent before the last one had ended")))
}

fn said(sent: &Sent, what: &str) -> String {
    let Sent { request, number, call, .. } = sent;
    format!("request {request}, operation {number}: {call:?} {what}")
}
