//! A service module: it is given what it needs, and no context.

use pipeline::{Operation, Pending};
use serde::{Deserialize, Serialize};

use super::context::Thrown;
use crate::stage::set_timeout;

/// What somebody asks for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Issue {
    title: String,
    content: String,
    created_by: String,
}

/// Reads and checks an issue.
pub fn validate(body: &str) -> Result<Issue, Thrown> {
    let issue: Issue = serde_json::from_str(body).map_err(|_| Thrown(400))?;
    if issue.content.is_empty() { Err(Thrown(422)) } else { Ok(issue) }
}

/// Stores an issue.
pub fn create(issue: Issue, created_by: String) -> Pending<String> {
    let issue = Issue { created_by, ..issue };
    later(serde_json::to_string(&issue).unwrap_or_default())
}

/// A text that is there a little later, as from a file or a database.
pub fn later(text: impl Into<String>) -> Pending<String> {
    let (completer, pending) = Pending::new(Operation::Sleep);
    let text = text.into();
    set_timeout(10, move || {
        completer.complete(Ok(text));
    });
    pending
}
