//! Requests and responses in words, for people.

use std::borrow::Cow;

use pipeline::{Method, Request, Response};
use wechat::{Event, Kind, Message, Query, xml};

/// What was said: the words themselves, or in brackets what was sent instead of words.
#[must_use]
pub fn said(request: &Request) -> String {
    if request.method == Method::Get {
        let echostr = Query::parse(&request.query).ok().and_then(|query| query.echostr);
        return format!("[handshake] {}", echostr.as_deref().unwrap_or_default());
    }
    let Ok(message) = Message::parse(&request.body) else {
        return "[not a message]".to_owned();
    };
    let kind = message.kind_name();
    match message.kind {
        Kind::Text { content } => content,
        Kind::Image { .. } => "[picture]".to_owned(),
        Kind::Voice { recognition, .. } => {
            format!("[voice] {}", recognition.as_deref().unwrap_or("not recognised"))
        }
        Kind::Event(Event::Subscribe { .. }) => "[subscribes]".to_owned(),
        Kind::Event(Event::Unsubscribe) => "[unsubscribes]".to_owned(),
        Kind::Event(Event::Click { key }) => format!("[menu] {key}"),
        Kind::Event(Event::Unknown { name, .. }) | Kind::Unknown { name, .. } => {
            format!("[{name}]")
        }
        _ => format!("[{kind}]"),
    }
}

/// What was answered: the reply's words, or the status and the reason of a refusal.
#[must_use]
pub fn answer(response: &Response) -> Cow<'_, str> {
    if response.status != 200 {
        return Cow::Owned(format!("{} {}", response.status, response.body));
    }
    let root = xml::parse(response.body.as_bytes());
    match root.as_ref().map(|root| root.text_of("Content")) {
        Ok(Ok(Some(content))) => Cow::Owned(content.to_owned()),
        _ if response.body == "success" => Cow::Borrowed("success (no answer)"),
        _ => Cow::Borrowed(&response.body),
    }
}
