//! An independent prediction: an interpreter of docs/SPEC.md that shares no code with the host, the
//! rules or the styles. It reads what was *said*, not the bytes. It takes the schedule of a run and
//! predicts, in order, which operations each request submits and how they end, which units it asks,
//! what it logs and what it replies, and what is stored at the end.
//!
//! * `line`: a run in the words of the model.
//! * `request`: what a request is, before anything is asked about its user.
//! * `services`: what the services know, and what is stored of them.
//! * `units`: which units are asked, and what they say.
//! * `kept`: what is forgotten, and when.
//! * `store`: what is remembered of users.
//! * `waits`: where a request waits within a unit, and what it has learnt so far.
//! * `play`: what can happen next, and what each request does then.
//! * `program`: the units that wait for services, and the fetch of a ticket.

mod kept;
mod line;
mod play;
mod program;
mod request;
mod services;
mod store;
mod units;
mod waits;

use std::collections::BTreeMap;

use pipeline::Operation;

use self::line::line;
use self::play::Model;
use self::store::{Answer, Name, Session};
use self::units::{NEWS, ask};
use crate::clauses::Violation;
use crate::run::{Report, Schedule};
use crate::scenario::{EPOCH, Scenario};

/// Compares a report with the prediction.
///
/// # Errors
/// Clause 9.2, with the first line that differs from the prediction.
pub fn check(scenario: &Scenario, report: &Report) -> Result<(), Violation> {
    let differs = |detail| Violation { clause: "9.2", name: "the_run_is_as_predicted", detail };
    let mut model = Model::new(scenario);
    let mut choices = report.choices.iter();
    let mut offered = Ok(());
    loop {
        let enabled = model.enabled();
        let choice = match enabled.len() {
            0 => break,
            1 => 0,
            arity => match choices.next() {
                Some((choice, of)) if *of == arity => *choice,
                other => {
                    offered = Err(format!("{enabled:?} can happen, chosen was {other:?}"));
                    break;
                }
            },
        };
        model.play(enabled[choice]);
    }
    if choices.len() > 0 && offered.is_ok() {
        offered = Err(format!("nothing can happen, chosen were {choices:?}"));
    }
    let seen = report.trace.iter().filter_map(|(request, event)| Some((*request, line(event)?)));
    let seen: Vec<_> = seen.collect();
    let predicted = &model.lines;
    let at = predicted.iter().zip(&seen).position(|(one, other)| one != other);
    if at.is_none() {
        offered.map_err(differs)?;
    }
    if *predicted != seen {
        let at = at.unwrap_or_else(|| predicted.len().min(seen.len()));
        let (predicted, seen) = (predicted.get(at), seen.get(at));
        return Err(differs(format!("line {at}: predicted {predicted:?}, seen {seen:?}")));
    }
    let stored = stored(report);
    let predicted = predicted_store(&model);
    if predicted != stored {
        return Err(differs(format!("predicted {predicted:?}, seen {stored:?}")));
    }
    Ok(())
}

/// The operations that are submitted under a schedule, and by which request, in order.
pub fn submitted(scenario: &Scenario, schedule: &mut dyn Schedule) -> Vec<(usize, Operation)> {
    played(scenario, schedule).submitted
}

/// What happens under a schedule, and to which request.
#[cfg(test)]
pub(crate) fn lines(scenario: &Scenario, schedule: &mut dyn Schedule) -> Vec<(usize, String)> {
    played(scenario, schedule).lines
}

fn played<'a>(scenario: &'a Scenario, schedule: &mut dyn Schedule) -> Model<'a> {
    let mut model = Model::new(scenario);
    loop {
        let enabled = model.enabled();
        match enabled.len() {
            0 => return model,
            1 => model.play(enabled[0]),
            arity => model.play(enabled[schedule.choose(arity)]),
        }
    }
}

/// How many schedules a scenario has.
#[must_use]
pub fn schedules(scenario: &Scenario) -> usize {
    fn from(mut model: Model<'_>) -> usize {
        loop {
            model.lines.clear();
            match &model.enabled()[..] {
                [] => return 1,
                [action] => model.play(*action),
                actions => {
                    let each = actions.iter().map(|action| {
                        let mut next = model.clone();
                        next.play(*action);
                        from(next)
                    });
                    return each.sum();
                }
            }
        }
    }
    from(Model::new(scenario))
}

/// Whether the commits are what the same messages would have got one after the other: whether each
/// reply has the unit and the words that the session before it requires.
///
/// # Errors
/// Clause 9.3, with the first commit that differs.
pub fn serial(scenario: &Scenario, report: &Report) -> Result<(), Violation> {
    if scenario.forgets_sessions() {
        return Ok(()); // a session may end between two commits, and the journal does not tell
    }
    let mut sessions: BTreeMap<Name, Session> = BTreeMap::new();
    for entry in &report.journal {
        let mut said = scenario.arrivals.iter().filter(|arrival| {
            arrival.said.account == entry.account
                && arrival.said.user == entry.user
                && arrival.said.key().as_ref() == Some(&entry.message)
        });
        let Some(first) = said.next() else { continue };
        if said.any(|other| other.said.what != first.said.what) {
            return Ok(()); // two messages share a key: which came first is not reported
        }
        let session = sessions.entry((entry.account.clone(), entry.user.clone())).or_default();
        let asked = ask(&first.said, first.dice, &mut session.game, &mut session.owed);
        // Whether an answer is owed is decided by the clock, which the journal does not tell.
        session.owed = entry.record.session.owed.as_deref().and_then(text);
        let answer = asked.last().filter(|(_, word)| word.is_some());
        let (unit, words) = answer.map_or(("-", None), |(unit, word)| (*unit, word.as_deref()));
        // What a service has answered is not told here.
        let words = words.filter(|_| !units::WAIT.contains(&unit) || unit == "later");
        let seen = text(&entry.record.answer.reply).filter(|_| words.is_some());
        if (unit, words) != (entry.record.answer.unit, seen.as_deref()) {
            let detail = format!("{entry:?}, but in this order `{unit}` says {words:?}");
            return Err(Violation { clause: "9.3", name: "the_commits_are_serial", detail });
        }
    }
    Ok(())
}

fn text(reply: &wechat::Reply) -> Option<String> {
    match reply {
        wechat::Reply::Text(text) => Some(text.as_str().to_owned()),
        wechat::Reply::News(news) => {
            let titles: Vec<&str> = news.articles().map(|article| &*article.title).collect();
            Some(NEWS.to_owned() + &titles.join("|"))
        }
        _ => None,
    }
}

/// The sessions, and what was committed.
type Stored = (BTreeMap<Name, Session>, Vec<(Name, Answer)>);

fn stored(report: &Report) -> Stored {
    let sessions = report.sessions.iter().map(|(name, session)| {
        let game = session.secret.map(u64::from);
        let owed = session.owed.as_deref().and_then(text);
        (name.clone(), Session { exchanges: session.exchanges, game, owed })
    });
    let journal = report.journal.iter().map(|entry| {
        let answer = &entry.record.answer;
        let answer = Answer {
            text: text(&answer.reply),
            unit: answer.unit,
            second: answer.created - EPOCH.as_secs(),
        };
        ((entry.account.clone(), entry.user.clone()), answer)
    });
    (sessions.collect(), journal.collect())
}

fn predicted_store(model: &Model<'_>) -> Stored {
    let sessions = model.store.sessions();
    let sessions = sessions.map(|(name, session)| (name.clone(), session.clone()));
    (sessions.collect(), model.store.journal.clone())
}
