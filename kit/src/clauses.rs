//! Clauses that must be true of every run in any style. Each check is a clause of docs/SPEC.md. A
//! check does not know which style it checks, and it says which request broke the clause.
//!
//! * `seen`: a run as the clauses look at it.
//! * `late`: the clauses about answers that come too late.
//! * `services`: the clauses of section 11.

mod late;
mod seen;
mod services;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pipeline::{Class, Event, Expired, Operation, Response};
use wechat::Reply;

use self::seen::{Seen, asked, position, submitted, waits_for_ever};
use crate::run::Report;
use crate::scenario::{Injected, Scenario, What, decrypted};

/// A clause that a run has broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in docs/SPEC.md.
    pub clause: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What was seen instead.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "clause {} ({}): {}", self.clause, self.name, self.detail)
    }
}

/// A clause that can be seen in a report.
pub struct Clause {
    /// Its number in docs/SPEC.md.
    pub number: &'static str,
    /// Its name.
    pub name: &'static str,
    check: fn(&Seen<'_>) -> Result<(), String>,
}

/// The clauses, in the order in which they are checked. Basic clauses come first, so that a wrong
/// style is rejected for the cause and not for a consequence.
pub const CLAUSES: &[Clause] = &[
    Clause { number: "9.5", name: "every_run_ends", check: every_run_ends },
    Clause { number: "3.3", name: "next_runs_at_most_once", check: next_runs_at_most_once },
    Clause {
        number: "3.1",
        name: "layers_are_entered_in_order",
        check: layers_are_entered_in_order,
    },
    Clause {
        number: "1.2",
        name: "a_failed_operation_fails_its_layer",
        check: a_failed_operation_fails_its_layer,
    },
    Clause {
        number: "1.3",
        name: "after_a_failure_only_abort_is_submitted",
        check: after_a_failure_only_abort,
    },
    Clause {
        number: "7.2",
        name: "commit_follows_the_reply_of_the_units",
        check: commit_follows_the_units,
    },
    Clause {
        number: "7.3",
        name: "commit_completes_before_exchange_is_left",
        check: commit_completes_first,
    },
    Clause {
        number: "7.4",
        name: "what_is_begun_is_committed_or_aborted",
        check: begun_is_committed_or_aborted,
    },
    Clause {
        number: "3.2",
        name: "layers_are_left_innermost_first",
        check: layers_are_left_innermost_first,
    },
    Clause {
        number: "3.4",
        name: "only_who_may_stops_the_way_in",
        check: only_who_may_stops_the_way_in,
    },
    Clause { number: "2.1", name: "exactly_one_reply", check: exactly_one_reply },
    Clause {
        number: "2.2",
        name: "exactly_one_log_line_before_the_reply",
        check: exactly_one_log_line,
    },
    Clause {
        number: "1.4",
        name: "an_error_reaches_the_boundary_unchanged",
        check: an_error_reaches_the_boundary,
    },
    Clause {
        number: "1.5",
        name: "a_panic_becomes_500_and_nothing_else",
        check: a_panic_becomes_500,
    },
    Clause {
        number: "1.6",
        name: "nothing_leaks_into_an_error_response",
        check: nothing_leaks_into_an_error,
    },
    Clause { number: "1.7", name: "a_405_names_the_methods", check: a_405_names_the_methods },
    Clause {
        number: "4.2",
        name: "the_rest_goes_on_and_commits",
        check: the_rest_goes_on_and_commits,
    },
    Clause {
        number: "4.5",
        name: "a_late_answer_is_pushed_once",
        check: late::a_late_answer_is_pushed_once,
    },
    Clause {
        number: "4.7",
        name: "a_push_that_failed_is_not_called_sent",
        check: late::a_push_that_failed_is_not_called_sent,
    },
    Clause {
        number: "4.8",
        name: "a_try_is_held_until_the_answer_is_there",
        check: late::a_try_is_held,
    },
    Clause {
        number: "4.9",
        name: "the_last_try_says_that_it_takes_longer",
        check: late::the_last_try_says_that_it_takes_longer,
    },
    Clause {
        number: "4.10",
        name: "the_next_message_gets_what_is_owed",
        check: late::the_next_message_gets_what_is_owed,
    },
    Clause {
        number: "7.5",
        name: "a_repeat_gets_the_stored_reply",
        check: a_repeat_gets_the_stored_reply,
    },
    Clause {
        number: "7.6",
        name: "a_user_has_one_turn_at_a_time",
        check: turns_are_in_the_order_of_arrival,
    },
    Clause { number: "7.7", name: "one_commit_per_key", check: one_commit_per_key },
    Clause { number: "7.8", name: "no_session_update_is_lost", check: no_session_update_is_lost },
    Clause {
        number: "11.2",
        name: "one_fetch_at_a_time",
        check: |seen| services::one_fetch_at_a_time(seen.scenario, seen.report),
    },
    Clause {
        number: "11.7",
        name: "a_refused_ticket_is_not_used_again",
        check: |seen| services::a_refused_ticket_is_not_used_again(seen.scenario, seen.report),
    },
    Clause {
        number: "11.8",
        name: "a_call_has_a_few_tries",
        check: |seen| services::a_call_has_a_few_tries(seen.scenario, seen.report),
    },
    Clause {
        number: "11.10",
        name: "what_is_joined_is_asked_at_once",
        check: |seen| services::what_is_joined_is_asked_at_once(seen.scenario, seen.report),
    },
    Clause {
        number: "11.11",
        name: "the_first_provider_has_a_head_start",
        check: |seen| services::the_first_provider_has_a_head_start(seen.scenario, seen.report),
    },
    Clause {
        number: "11.12",
        name: "what_a_unit_began_ends_with_it",
        check: |seen| services::what_a_unit_began_ends_with_it(seen.scenario, seen.report),
    },
    Clause {
        number: "11.13",
        name: "a_page_is_asked_for_when_the_last_is_used_up",
        check: |seen| {
            services::a_page_is_asked_for_when_the_last_is_used_up(seen.scenario, seen.report)
        },
    },
    Clause {
        number: "11.14",
        name: "a_user_has_one_record",
        check: |seen| services::a_user_has_one_record(seen.scenario, seen.report),
    },
    Clause {
        number: "8.2",
        name: "the_preferred_unit_is_asked_first",
        check: the_preferred_unit_is_asked_first,
    },
    Clause {
        number: "8.1",
        name: "units_are_asked_by_rank_until_one_replies",
        check: units_are_asked_by_rank,
    },
    Clause { number: "9.4", name: "nothing_is_left_alive", check: nothing_is_left_alive },
];

/// The first clause that `report` breaks.
///
/// # Errors
/// The clause, with what was seen.
pub fn check(scenario: &Scenario, report: &Report) -> Result<(), Violation> {
    broken(scenario, report).next().map_or(Ok(()), Err)
}

/// All clauses that `report` breaks, in the order of [`CLAUSES`]. Those after the first are mostly
/// a consequence of it.
pub fn broken<'a>(
    scenario: &'a Scenario,
    report: &'a Report,
) -> impl Iterator<Item = Violation> + use<'a> {
    let seen = Seen::new(scenario, report);
    CLAUSES.iter().filter_map(move |Clause { number, name, check }| {
        let detail = check(&seen).err()?;
        Some(Violation { clause: number, name, detail })
    })
}

/// The names of the layers, outermost first.
pub const LAYERS: [&str; 9] = [
    "log",
    "recover",
    "deadline",
    "account",
    "verify",
    "handshake",
    "envelope",
    "exchange",
    "units",
];

/// The names of the units, by rank.
pub const UNITS: [&str; 11] = [
    "owed", "voice", "welcome", "profile", "guess", "later", "weather", "ask", "articles",
    "keyword", "fuzzy",
];

/// The outermost of the layers that go on after the deadline has answered.
const DETACHABLE: usize = 3;

fn every_run_ends(seen: &Seen<'_>) -> Result<(), String> {
    if seen.report.endless { Err("it was cut off".to_owned()) } else { Ok(()) }
}

fn depth_of(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer)
}

fn next_runs_at_most_once(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        for layer in LAYERS {
            let entered = events.iter().filter(|event| ***event == Event::Entered(layer)).count();
            if entered > 1 {
                return Err(format!("`{layer}` was entered {entered} times"));
            }
        }
        Ok(())
    })
}

fn layers_are_entered_in_order(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let entered = events.iter().filter_map(|event| match event {
            Event::Entered(layer) => Some(*layer),
            _ => None,
        });
        match entered.zip(LAYERS).find(|(entered, layer)| entered != layer) {
            Some((entered, layer)) => Err(format!("`{entered}` was entered before `{layer}`")),
            None => Ok(()),
        }
    })
}

/// The layers inside the deadline may be left after it, but only once its timer has fired.
fn layers_are_left_innermost_first(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        let mut fired = false;
        for event in events {
            match event {
                Event::Completed(Operation::Sleep, Class::Done, _) => fired = true,
                Event::Entered(layer) => {
                    let depth = depth_of(layer).unwrap_or_default();
                    let around = depth.checked_sub(1).map(|depth| LAYERS[depth]);
                    let open = if depth > DETACHABLE { &inner } else { &outer };
                    if open.last().copied() != around {
                        return Err(format!("`{layer}` was entered inside {:?}", open.last()));
                    }
                    if depth >= DETACHABLE { &mut inner } else { &mut outer }.push(*layer);
                }
                Event::Left(layer, class) => {
                    let detachable = depth_of(layer).is_some_and(|depth| depth >= DETACHABLE);
                    if !detachable && !inner.is_empty() && !fired {
                        return Err(format!("`{layer}` was left ({class:?}) before {inner:?}"));
                    }
                    let innermost = if detachable { inner.pop() } else { outer.pop() };
                    if innermost != Some(*layer) {
                        return Err(format!("`{layer}` was left ({class:?}) inside {innermost:?}"));
                    }
                }
                _ => {}
            }
        }
        outer.append(&mut inner);
        let never = waits_for_ever(seen, request, events);
        if outer.is_empty() || never || seen.was_cancelled(request) {
            Ok(())
        } else {
            Err(format!("{outer:?} were never left"))
        }
    })
}

/// Only a handshake, a repeat and a notice may end without an error and without running the next layer.
fn only_who_may_stops_the_way_in(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        for (depth, layer) in LAYERS.iter().enumerate().take(LAYERS.len() - 1) {
            let left = events.contains(&&Event::Left(layer, Class::Done));
            let deeper = events.contains(&&Event::Entered(LAYERS[depth + 1]));
            let what = &seen.scenario.arrivals[request].said.what;
            let may = match *layer {
                "handshake" => matches!(what, What::Handshake(_)),
                "exchange" => {
                    events.contains(&&Event::Opened(None)) || events.contains(&&Event::Late)
                }
                _ => false,
            };
            // If the deadline has answered, the layers inside it may still be running.
            let detached = depth + 1 == DETACHABLE;
            if left && !deeper && !may && !detached && !recovered(events, layer) {
                return Err(format!("`{layer}` went well and ran nothing further in"));
            }
            if deeper && may {
                return Err(format!("`{layer}` answered and ran `{}`", LAYERS[depth + 1]));
            }
        }
        Ok(())
    })
}

/// Whether the layer recovered from a failure before any layer inside it was entered.
fn recovered(events: &[&Event], layer: &str) -> bool {
    matches!(layer, "log" | "recover")
        && events
            .iter()
            .any(|event| matches!(event, Event::Left(_, class) if *class != Class::Done))
}

/// One reply, unless the request was cancelled, or its deadline was made never to come, or only holds
/// it, and its operation was made never to end.
fn exactly_one_reply(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let replies: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Replied(response) => Some(response),
                _ => None,
            })
            .collect();
        // A try that was not needed does not come.
        let excused = events.is_empty() && seen.scenario.arrivals[request].try_after.is_some()
            || seen.was_cancelled(request)
            || (no_deadline(seen, request) || events.contains(&&Event::Expired(Expired::Held)))
                && waits_for_ever(seen, request, events);
        match (&seen.report.replies[request], replies.as_slice()) {
            (Some(reply), [recorded]) if reply == *recorded => Ok(()),
            (None, []) if excused => Ok(()),
            (reply, recorded) => {
                Err(format!("{} replies recorded, and {reply:?} received", recorded.len()))
            }
        }
    })
}

/// Whether the deadline's timer, operation 0, was made never to fire. One that fires at once does.
fn no_deadline(seen: &Seen<'_>, request: usize) -> bool {
    use Injected::{Applied, Late, Never, Permanent, SyncTransient, Transient};
    seen.scenario.arrivals[request].faults.iter().any(|(number, fault)| {
        let ends = matches!(fault, Transient | Permanent | Applied | Never | Late | SyncTransient);
        *number == 0 && ends
    })
}

fn exactly_one_log_line(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let lines: Vec<_> = events
            .iter()
            .enumerate()
            .filter_map(|(at, event)| match event {
                Event::Logged(line) => Some((at, line)),
                _ => None,
            })
            .collect();
        let reply = events.iter().enumerate().find_map(|(at, event)| match event {
            Event::Replied(response) => Some((at, response)),
            _ => None,
        });
        match (reply, lines.as_slice()) {
            (None, []) => Ok(()),
            (Some((replied, response)), [(logged, line)])
                if logged < &replied && line.status == response.status =>
            {
                Ok(())
            }
            (reply, lines) => Err(format!("{lines:?} logged for {reply:?}")),
        }
    })
}

/// The failures that a request has received, with the layer that must fail. A timer that fails
/// means that there is no deadline, so the failure of operation 0 does not count. The failure of an
/// abort does not count either.
fn failures(
    seen: &Seen<'_>,
    request: usize,
    events: &[&Event],
) -> Vec<(usize, &'static str, Class)> {
    let submitted = submitted(events);
    let fails = |fault: Injected| {
        use Injected::{Applied, Permanent, SyncTransient, Transient};
        matches!(fault, Transient | Permanent | Applied | SyncTransient)
    };
    let no_timer = seen.was_injected(request, |number, fault| number == 0 && fails(fault));
    let fired = seen
        .report
        .fired
        .iter()
        .filter(|(at, number, fault)| *at == request && *number > 0 && fails(*fault));
    let heard = fired.filter_map(|(_, number, _)| {
        let operation = *submitted.get(*number)?;
        if operation == Operation::Sleep && no_timer {
            return None; // the trace does not say which of the two sleeps failed
        }
        let layer = match operation {
            Operation::Account => "account",
            Operation::Begin | Operation::Commit => "exchange",
            // The unit that calls two services waits between them: no end of this timer is an error.
            Operation::Sleep if submitted.get(number - 1) == Some(&Operation::Call) => return None,
            Operation::Sleep => "units",
            // A unit answers without the service that failed.
            Operation::Call
            | Operation::Ticket
            | Operation::Replace
            | Operation::Find
            | Operation::Create
            | Operation::Abort => return None,
        };
        let failed = events.iter().enumerate().rev().find_map(|(at, event)| match event {
            Event::Completed(of, class @ Class::Failed(_), true) if *of == operation => {
                Some((at, *class))
            }
            _ => None,
        });
        failed.map(|(at, class)| (at, layer, class))
    });
    heard.collect()
}

fn a_failed_operation_fails_its_layer(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        for (at, layer, class) in failures(seen, request, events) {
            let left = events[at..].iter().find_map(|event| match event {
                Event::Left(left, class) if *left == layer => Some(*class),
                _ => None,
            });
            let excused = left == Some(Class::Dropped) && seen.may_be_dropped(request);
            if left.is_some_and(|left| left != class) && !excused {
                return Err(format!("{:?}, but `{layer}` was left as {left:?}", events[at]));
            }
        }
        Ok(())
    })
}

fn after_a_failure_only_abort(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        for (at, _, _) in failures(seen, request, events) {
            let next = events[at..].iter().find(|event| {
                matches!(event, Event::Submitted(operation) if *operation != Operation::Abort)
            });
            if let Some(next) = next {
                return Err(format!("{next:?} after {:?}", events[at]));
            }
        }
        Ok(())
    })
}

/// From the layer in which an error arises to `recover`, every layer is left with the same class. A
/// panic drops layers up to the one that contains it.
fn an_error_reaches_the_boundary(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let mut inner: Option<(&str, Class)> = None;
        for event in events {
            let Event::Left(layer, class) = event else { continue };
            let depth = depth_of(layer).unwrap_or_default();
            let boundary = depth <= 1;
            // After the deadline has answered, errors of the layers inside it no longer reach it.
            let expired = *layer == "deadline" && *class == Class::Done;
            if let Some((from, before)) = inner
                && depth_of(from) == Some(depth + 1)
                && !boundary
                && !expired
            {
                let fits = match before {
                    Class::Done => true,
                    Class::Dropped => matches!(class, Class::Dropped | Class::Panicked),
                    Class::Refused(_) | Class::Failed(_) | Class::Panicked => {
                        *class == before || *class == Class::Dropped
                    }
                };
                if !fits {
                    return Err(format!("`{from}` {before:?}, then `{layer}` {class:?}"));
                }
            }
            inner = Some((layer, *class));
        }
        Ok(())
    })
}

/// A panic drops the layer in which it happens and those around it, up to the innermost that
/// contains it, and that one fails. With two panics the trace does not say which was where.
fn a_panic_becomes_500(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let fired = seen.report.fired.iter();
        // A fetch of a ticket contains its own panics.
        let shared = |number: &usize| seen.report.shared.contains(&(request, *number));
        // So does a push, which comes after all layers.
        let inside = position(events, |event| matches!(event, Event::Left("account", _)))
            .map_or(usize::MAX, |left| submitted(&events[..left]).len());
        let panics = fired.filter(|(of, number, fault)| {
            (*of, *fault) == (request, Injected::Panic) && !shared(number) && *number < inside
        });
        if panics.count() != 1 || seen.was_cancelled(request) {
            return Ok(());
        }
        let Some((at, place)) = events.iter().enumerate().find_map(|(at, event)| match event {
            Event::Left(layer, Class::Dropped) => Some((at, depth_of(layer)?)),
            _ => None,
        }) else {
            return Err("no layer was dropped".to_owned());
        };
        let contains = |layer: &str| matches!(layer, "exchange" | "deadline" | "recover");
        let container = (0..place).rev().find(|depth| contains(LAYERS[*depth]));
        let around = LAYERS.iter().enumerate().take(place).skip(container.unwrap_or_default());
        for (depth, layer) in around {
            let left = events[at..].iter().find_map(|event| match event {
                Event::Left(left, class) if left == layer => Some(*class),
                _ => None,
            });
            let right = match *layer {
                _ if container != Some(depth) => Class::Dropped,
                "recover" => Class::Done,
                _ => Class::Panicked,
            };
            // If the deadline has answered, it was left before the panic.
            if let Some(class) = left.filter(|class| *class != right) {
                let from = LAYERS[place];
                return Err(format!("a panic in `{from}`, and `{layer}` was left as {class:?}"));
            }
        }
        Ok(())
    })
}

/// Each reply that the request made, and the one that was received.
fn responses<'a>(
    seen: &'a Seen<'_>,
    request: usize,
    events: &'a [&'a Event],
) -> impl Iterator<Item = &'a Response> {
    let made = events.iter().filter_map(|event| match event {
        Event::Replied(response) => Some(response),
        _ => None,
    });
    made.chain(&seen.report.replies[request])
}

/// A 500 has one body, and a refusal is plain text.
fn nothing_leaks_into_an_error(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let good = |reply: &Response| match reply.status {
            200 => true,
            500 => reply.body == "internal error" && reply.content_type.starts_with("text/plain"),
            _ => reply.content_type.starts_with("text/plain"),
        };
        match responses(seen, request, events).find(|reply| !good(reply)) {
            Some(reply) => Err(format!("{reply:?}")),
            None => Ok(()),
        }
    })
}

fn a_405_names_the_methods(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let good = |reply: &Response| reply.allow == (reply.status == 405).then_some("GET, POST");
        match responses(seen, request, events).find(|reply| !good(reply)) {
            Some(reply) => Err(format!("{reply:?}")),
            None => Ok(()),
        }
    })
}

fn commit_follows_the_units(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let commit = position(events, |event| *event == Event::Submitted(Operation::Commit));
        let units = position(events, |event| *event == Event::Left("units", Class::Done));
        match (commit, units) {
            (Some(commit), Some(units)) if units < commit => Ok(()),
            (Some(_), _) => Err("commit was submitted before the units had replied".to_owned()),
            (None, _) => Ok(()),
        }
    })
}

fn commit_completes_first(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let submitted = position(events, |event| *event == Event::Submitted(Operation::Commit));
        let completed =
            position(events, |event| matches!(event, Event::Completed(Operation::Commit, ..)));
        let left = position(
            events,
            |event| matches!(event, Event::Left("exchange", class) if *class != Class::Dropped),
        );
        match (submitted, completed, left) {
            (Some(_), Some(completed), Some(left)) if completed < left => Ok(()),
            (Some(_), _, Some(_)) => Err("`exchange` was left before its commit".to_owned()),
            _ => Ok(()),
        }
    })
}

fn begun_is_committed_or_aborted(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let fresh = position(events, |event| matches!(event, Event::Opened(Some(_))));
        let left = events.iter().enumerate().find_map(|(at, event)| match event {
            Event::Left("exchange", class) => Some((at, *class)),
            _ => None,
        });
        let (Some(_), Some((left, class))) = (fresh, left) else { return Ok(()) };
        let ended = |operation| {
            let completed =
                |event: &Event| matches!(event, Event::Completed(of, ..) if *of == operation);
            position(&events[..left], completed).is_some()
        };
        let good = match class {
            Class::Done => ended(Operation::Commit),
            Class::Refused(_) | Class::Failed(_) | Class::Panicked => ended(Operation::Abort),
            // Dropped: the lease releases the turn, because a dropped request cannot wait.
            Class::Dropped => true,
        };
        if good { Ok(()) } else { Err(format!("`exchange` was left ({class:?}) without")) }
    })
}

/// After the deadline nothing drops the layers inside it, also when the request is cancelled.
fn the_rest_goes_on_and_commits(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        if seen.was_injected(request, |_, fault| fault == Injected::Panic) {
            return Ok(());
        }
        let expired = position(events, |event| matches!(event, Event::Expired(_)));
        let inside = |layer: &str| depth_of(layer).is_some_and(|depth| depth >= DETACHABLE);
        let dropped =
            events[expired.unwrap_or(events.len())..].iter().find_map(|event| match event {
                Event::Left(layer, Class::Dropped) if inside(layer) => Some(layer),
                _ => None,
            });
        dropped.map_or(Ok(()), |layer| Err(format!("`{layer}` was dropped half-way")))
    })
}

fn a_repeat_gets_the_stored_reply(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let opened = events.contains(&&Event::Opened(None));
        let went_well = events.contains(&&Event::Left("deadline", Class::Done));
        let in_time = position(events, |event| matches!(event, Event::Left("envelope", _)))
            < position(events, |event| matches!(event, Event::Left("deadline", _)));
        let Some(reply) = &seen.report.replies[request] else { return Ok(()) };
        if !opened || !went_well || !in_time {
            return Ok(());
        }
        if events.contains(&&Event::Entered("units")) {
            return Err("the units ran again".to_owned());
        }
        let said = &seen.scenario.arrivals[request].said;
        // There are several if the host has forgotten the answer in between.
        let stored = seen.report.journal.iter().filter(|entry| {
            entry.user == said.user
                && entry.account == said.account
                && said.key().as_ref() == Some(&entry.message)
        });
        let answers: Vec<_> = stored.map(|entry| &entry.record.answer).collect();
        let Some(newest) = answers.last() else { return Err("nothing was stored".to_owned()) };
        let same = answers.iter().any(|answer| match &answer.reply {
            Reply::Success => reply.body == "success",
            _ => {
                let created = format!("<CreateTime>{}</CreateTime>", answer.created);
                decrypted(&reply.body).is_some_and(|body| body.contains(&created))
            }
        });
        let all = seen.scenario.arrivals.iter().zip(&seen.report.replies).zip(&seen.events);
        // A notice is not the answer.
        let others = all.filter(|(_, events)| !events.contains(&&Event::Late));
        let others = others.filter_map(|((arrival, reply), _)| {
            (arrival.said == *said).then_some(reply.as_ref()).flatten()
        });
        let mut xml = others.filter(|reply| reply.content_type.starts_with("text/xml"));
        if same && (answers.len() > 1 || xml.all(|other| other == reply)) {
            Ok(())
        } else {
            Err(format!("{newest:?} is stored, {reply:?} was sent"))
        }
    })
}

/// Of two messages of a user that each get a turn, the first to come gets it first.
fn turns_are_in_the_order_of_arrival(seen: &Seen<'_>) -> Result<(), String> {
    let at = |request: usize, matches: fn(&Event) -> bool| {
        seen.report.trace.iter().position(|(of, event)| *of == request && matches(event))
    };
    let turns = (0..seen.events.len()).filter_map(|request| {
        let came = at(request, |event| *event == Event::Entered("exchange"))?;
        let opened = at(request, |event| matches!(event, Event::Opened(Some(_))))?;
        let said = &seen.scenario.arrivals[request].said;
        Some(((&said.account, &said.user), came, opened, request))
    });
    let mut turns: Vec<_> = turns.collect();
    turns.sort_unstable();
    for pair in turns.windows(2) {
        let [(user, _, first, request), (same, _, second, other)] = pair else { continue };
        if user == same && second < first {
            return Err(format!("request {other} had its turn before request {request}"));
        }
    }
    Ok(())
}

fn one_commit_per_key(seen: &Seen<'_>) -> Result<(), String> {
    if seen.scenario.forgets_answers() {
        return Ok(()); // when an answer is forgotten cannot be read from the journal
    }
    let journal = &seen.report.journal;
    for (at, entry) in journal.iter().enumerate() {
        let key = |entry: &pipeline::exchanges::Entry| {
            (entry.account.clone(), entry.user.clone(), entry.message.clone())
        };
        if journal[..at].iter().any(|earlier| key(earlier) == key(entry)) {
            return Err(format!("{:?} of {} was committed twice", entry.message, entry.user));
        }
    }
    Ok(())
}

fn no_session_update_is_lost(seen: &Seen<'_>) -> Result<(), String> {
    let Report { sessions, journal, .. } = seen.report;
    let counted: BTreeMap<_, _> = sessions
        .iter()
        .map(|((account, user), session)| ((&**account, &**user), session.exchanges))
        .collect();
    let committed = journal.iter().map(|entry| (&*entry.account, &*entry.user));
    let users: BTreeSet<_> = counted.keys().copied().chain(committed.clone()).collect();
    for (account, user) in users {
        let commits = committed.clone().filter(|who| *who == (account, user)).count() as u64;
        let counted = counted.get(&(account, user)).copied().unwrap_or_default();
        // A session that was forgotten counts from 0 again.
        let forgotten = counted < commits && seen.scenario.forgets_sessions();
        if counted != commits && !forgotten {
            return Err(format!("{user} had {commits} commits, the session counts {counted}"));
        }
    }
    Ok(())
}

fn the_preferred_unit_is_asked_first(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let preferred = events.iter().find_map(|event| match event {
            Event::Opened(Some(session)) => session.preferred,
            _ => None,
        });
        let mut asked = asked(events);
        match (preferred, asked.next()) {
            // What is owed comes before it.
            (_, Some(("owed", true))) => Ok(()),
            (Some(preferred), Some((first, _))) if preferred != first => {
                Err(format!("`{first}` was asked before `{preferred}`"))
            }
            _ => Ok(()),
        }
    })
}

fn units_are_asked_by_rank(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let preferred = events.iter().any(
            |event| matches!(event, Event::Opened(Some(session)) if session.preferred.is_some()),
        );
        let mut last = None;
        let mut over = false;
        for (unit, replied) in asked(events).skip(usize::from(preferred)) {
            let rank = UNITS.iter().position(|name| *name == unit);
            if over || rank <= last && last.is_some() {
                return Err(format!("`{unit}` was asked out of turn"));
            }
            last = rank;
            over = replied;
        }
        Ok(())
    })
}

fn nothing_is_left_alive(seen: &Seen<'_>) -> Result<(), String> {
    let Report { alive, leaked, .. } = seen.report;
    let waits = |request: &&usize| waits_for_ever(seen, **request, &seen.events[**request]);
    let alive: Vec<_> = alive.iter().filter(|request| !waits(request)).collect();
    match (alive.as_slice(), leaked.as_slice()) {
        ([], []) => Ok(()),
        (alive, leaked) => Err(format!("requests {alive:?} are held, {leaked:?} after the end")),
    }
}
