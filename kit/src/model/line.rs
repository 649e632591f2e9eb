//! A run in the words of the model.

use pipeline::{Event, Pushed, Response};

use crate::scenario::decrypted;

/// An event in the words of the model. Entering and leaving layers is not predicted.
pub fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Entered(_) | Event::Left(..) => return None,
        Event::Submitted(operation) => format!("submit {operation}"),
        Event::Completed(operation, class, heard) => format!("end {operation} {class:?} {heard}"),
        Event::Opened(None) => "repeat".to_owned(),
        Event::Opened(Some(session)) => format!("fresh {}", session.exchanges),
        Event::Expired(expired) => format!("expired {expired:?}"),
        Event::Late => "late".to_owned(),
        Event::Pushed(Pushed { unit, failed, .. }) => {
            let ended = if failed.is_none() { "sent" } else { "failed" };
            format!("push {unit} {ended}")
        }
        Event::Asked(unit, replied) => format!("ask {unit} {replied}"),
        Event::Logged(line) => format!(
            "log {} {} {} {} {} {}ms",
            line.account,
            line.kind,
            line.unit,
            line.repeat,
            line.status,
            line.elapsed.as_millis()
        ),
        Event::Replied(Response { status, content_type, allow, body }) => {
            let allow = allow.map_or(String::new(), |allow| format!(" allow {allow}"));
            let body = match decrypted(body) {
                Some(plain) if *status != 200 => unplaced(&plain),
                Some(plain) if plain == *body => plain,
                Some(plain) => format!("encrypted {plain}"),
                None => "undecryptable".to_owned(),
            };
            format!("reply {status} {content_type}{allow} {body}")
        }
    })
}

/// The words of a refusal without the numbers of bytes, which cannot be read from what was said.
/// The corpus knows them.
fn unplaced(words: &str) -> String {
    let mut unplaced: Vec<&str> = Vec::new();
    for word in words.split(' ') {
        let counts = matches!(unplaced.last(), Some(&("byte" | "has")));
        let number = word.bytes().all(|each| each.is_ascii_digit());
        unplaced.push(if counts && number { "N" } else { word });
    }
    unplaced.join(" ")
}
