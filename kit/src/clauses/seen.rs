//! A run as the clauses look at it, and what several of them ask.

use pipeline::{Class, Event, Operation};

use crate::run::Report;
use crate::scenario::{Arrival, Injected, Scenario};

/// A run, with the events sorted by request.
pub struct Seen<'a> {
    pub scenario: &'a Scenario,
    pub report: &'a Report,
    pub events: Vec<Vec<&'a Event>>,
}

impl<'a> Seen<'a> {
    pub fn new(scenario: &'a Scenario, report: &'a Report) -> Self {
        let mut events = vec![Vec::new(); scenario.arrivals.len()];
        for (request, event) in &report.trace {
            events[*request].push(event);
        }
        Self { scenario, report, events }
    }

    /// Runs a check on each request and says which one broke it.
    pub fn each(
        &self,
        check: impl Fn(usize, &[&Event]) -> Result<(), String>,
    ) -> Result<(), String> {
        self.events.iter().enumerate().try_for_each(|(request, events)| {
            check(request, events).map_err(|what| format!("request {request}: {what}"))
        })
    }

    pub fn was_injected(&self, request: usize, matches: impl Fn(usize, Injected) -> bool) -> bool {
        let mut fired = self.report.fired.iter();
        fired.any(|(at, number, fault)| *at == request && matches(*number, *fault))
    }

    pub fn was_cancelled(&self, request: usize) -> bool {
        self.was_injected(request, |_, fault| fault == Injected::Cancel)
            || self.report.hung_up.contains(&request)
    }

    /// Whether a layer of the request may be left as dropped.
    pub fn may_be_dropped(&self, request: usize) -> bool {
        self.was_cancelled(request)
            || self.was_injected(request, |_, fault| fault == Injected::Panic)
    }
}

/// Whether the request waits, at the end, for an operation that was made never to end. Nobody waits
/// for ever behind it, because a message waits only so long for its turn.
pub fn waits_for_ever(seen: &Seen<'_>, request: usize, events: &[&Event]) -> bool {
    let mut open: Vec<Operation> = Vec::new();
    let (mut ended, mut again) = (Vec::new(), again(seen, request, events));
    for event in events {
        match event {
            Event::Submitted(operation) => open.push(*operation),
            Event::Completed(operation, _, heard) => {
                let at = |list: &[Operation]| list.iter().position(|of| of == operation);
                // The second end of an operation does not end another one of the same name.
                if !heard
                    && ended.contains(operation)
                    && let Some(at) = at(&again)
                {
                    again.remove(at);
                } else if let Some(at) = at(&open) {
                    ended.push(open.remove(at));
                }
            }
            _ => {}
        }
    }
    let never_ends = |arrival: &Arrival| {
        let mut faults = arrival.faults.iter().filter(|(number, _)| *number > 0);
        faults.any(|(_, fault)| matches!(fault, Injected::Never | Injected::Late))
    };
    let own = &seen.scenario.arrivals[request];
    // Who waits for a ticket that another request of the account fetches has no open operation.
    let last = events.iter().rev().find_map(|event| match event {
        Event::Submitted(Operation::Sleep) | Event::Completed(Operation::Sleep, ..) => None,
        Event::Submitted(_) => Some(false),
        Event::Completed(operation, class, _) => {
            Some(*operation == Operation::Ticket && *class == Class::Done)
        }
        _ => None,
    });
    let fetched = seen
        .scenario
        .arrivals
        .iter()
        .any(|other| other.said.account == own.said.account && never_ends(other));
    !open.is_empty() && never_ends(own) || last == Some(true) && fetched
}

/// The operations of a request, by their number.
pub fn submitted(events: &[&Event]) -> Vec<Operation> {
    let submitted = events.iter().filter_map(|event| match event {
        Event::Submitted(operation) => Some(*operation),
        _ => None,
    });
    submitted.collect()
}

/// The operations of the request that ended a second time.
fn again(seen: &Seen<'_>, request: usize, events: &[&Event]) -> Vec<Operation> {
    let submitted = submitted(events);
    let fired = seen.report.fired.iter();
    let twice = fired.filter(|(of, _, fault)| (*of, *fault) == (request, Injected::Twice));
    twice.filter_map(|(_, number, _)| submitted.get(*number).copied()).collect()
}

pub fn position(events: &[&Event], matches: impl Fn(&Event) -> bool) -> Option<usize> {
    events.iter().position(|event| matches(event))
}

pub fn asked<'a>(events: &'a [&'a Event]) -> impl Iterator<Item = (&'static str, bool)> {
    events.iter().filter_map(|event| match event {
        Event::Asked(unit, replied) => Some((*unit, *replied)),
        _ => None,
    })
}
