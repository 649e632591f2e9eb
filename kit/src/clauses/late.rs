//! The clauses about answers that come too late.

use pipeline::{Class, Event, Expired, Response};

use super::seen::{Seen, asked, position, waits_for_ever};
use crate::host::Sent;
use crate::scenario::{Injected, Said, What, decrypted};

/// An answer that is there in time, a stored one and none are not pushed. Any other that the deadline
/// has overtaken is, if the account does so.
pub fn a_late_answer_is_pushed_once(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let told = pushes(events).count();
        let sent = messages(seen, request).count();
        let late = events.contains(&&Event::Expired(Expired::Pushed));
        let fresh = asked(events).any(|(_, replied)| replied);
        if (told, sent) != (0, 0) && !(late && fresh) {
            return Err(format!("an answer that is not late was pushed: {told}, {sent}"));
        }
        if told > 1 || messages(seen, request).filter(|sent| sent.taken).count() > 1 {
            return Err(format!("one answer was pushed {told} times"));
        }
        let committed = events.contains(&&Event::Left("account", Class::Done));
        let due = late && fresh && committed && !waits_for_ever(seen, request, events);
        if due && told == 0 {
            return Err("a late answer was not pushed".to_owned());
        }
        Ok(())
    })
}

/// What is told of a push is what WeChat has answered.
pub fn a_push_that_failed_is_not_called_sent(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let taken = messages(seen, request).any(|sent| sent.taken);
        match pushes(events).find(|failed| failed.is_none() != taken) {
            None => Ok(()),
            Some(None) => Err("a push that WeChat has not taken was called sent".to_owned()),
            Some(Some(why)) => {
                Err(format!("a push that WeChat has taken was called failed: {why}"))
            }
        }
    })
}

/// A try that is held is not answered before its layers have ended.
pub fn a_try_is_held(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|_, events| {
        let held = position(events, |event| *event == Event::Expired(Expired::Held));
        let Some(held) = held else { return Ok(()) };
        let replied = position(events, |event| matches!(event, Event::Replied(_)));
        let ended = position(&events[held..], |event| matches!(event, Event::Left("account", _)));
        match (replied, ended) {
            (Some(replied), Some(ended)) if held + ended < replied => Ok(()),
            (None, _) => Ok(()),
            (Some(replied), _) => Err(format!("{:?} before its layers ended", events[replied])),
        }
    })
}

/// Who is told so gets the notice, and nothing is asked for it.
pub fn the_last_try_says_that_it_takes_longer(seen: &Seen<'_>) -> Result<(), String> {
    const NOTICE: &str = "This takes longer. Send any message to get the answer.";
    seen.each(|request, events| {
        if !events.contains(&&Event::Late) {
            return Ok(());
        }
        if let Some(asked) = asked(events).next() {
            return Err(format!("{asked:?} was asked by a try that is only told"));
        }
        let fine = |reply: &Response| {
            reply.status != 200 || decrypted(&reply.body).is_some_and(|body| body.contains(NOTICE))
        };
        match &seen.report.replies[request] {
            // A fourth try may make it wait no more just when its own deadline comes.
            Some(_) if events.contains(&&Event::Expired(Expired::Answered)) => Ok(()),
            Some(reply) if !fine(reply) => Err(format!("{reply:?}")),
            _ => Ok(()),
        }
    })
}

/// Before any other unit is asked. An event gets it not.
pub fn the_next_message_gets_what_is_owed(seen: &Seen<'_>) -> Result<(), String> {
    seen.each(|request, events| {
        let owed = events.iter().find_map(|event| match event {
            Event::Opened(Some(session)) => Some(session.owed.is_some()),
            _ => None,
        });
        let Some(owed) = owed else { return Ok(()) };
        let gets = owed && !is_event(&seen.scenario.arrivals[request].said);
        let first = asked(events).next();
        let got = asked(events).any(|asked| asked == ("owed", true));
        let panicked = seen.was_injected(request, |_, fault| fault == Injected::Panic);
        match first {
            Some(first) if gets && first != ("owed", true) => {
                Err(format!("{first:?} was asked before what is owed"))
            }
            None if gets && !panicked && !seen.was_cancelled(request) => {
                Err("nothing was asked, and an answer is owed".to_owned())
            }
            _ if got && !gets => Err("it got what is not owed to it".to_owned()),
            _ => Ok(()),
        }
    })
}

fn is_event(said: &Said) -> bool {
    match &said.what {
        What::Subscribe | What::Click(_) => true,
        What::Other(sample) => sample.is_event(),
        What::Handshake(_) | What::Text(_) | What::Voice(_) => false,
    }
}

fn pushes<'a>(events: &'a [&'a Event]) -> impl Iterator<Item = &'a Option<String>> {
    events.iter().filter_map(|event| match event {
        Event::Pushed(pushed) => Some(&pushed.failed),
        _ => None,
    })
}

fn messages<'a>(seen: &'a Seen<'_>, request: usize) -> impl Iterator<Item = &'a Sent> {
    let calls = seen.report.calls.iter();
    calls.filter(move |sent| sent.request == request && sent.is_message())
}
