//! A late answer, sent as a customer-service message.

use std::sync::Arc;
use std::time::Duration;

use wechat::api::customer::{CustomerMessage, Outgoing, SEND_PATH, Window};
use wechat::{Message, Reply};

use crate::api::{Caller, SERVICE, Trouble};
use crate::call::Call;
use crate::context::Context;
use crate::error::Outcome;
use crate::event::Pushed;
use crate::origin::Origin;

/// An answer that is being pushed. What became of it is told once: if it is dropped before
/// [`Push::end`], by a panic or because the host ends, it has failed.
#[derive(Debug)]
pub struct Push {
    origin: Arc<Origin>,
    pushed: Option<Pushed>,
}

/// What to push after the layers below have ended so, on whose behalf and with which call. `None`
/// when there is nothing to say, when the answer is a stored one (whoever made it has pushed it),
/// and when it cannot be pushed, which is told as a failure.
pub fn push(ctx: &Context, outcome: &Outcome) -> Option<(Push, Caller, Call)> {
    let (answer, message) = (ctx.answer.as_ref()?, ctx.message.as_ref()?);
    if outcome.is_err() || ctx.repeat || matches!(answer.reply, Reply::Success | Reply::Empty) {
        return None;
    }
    let account = Arc::clone(&ctx.account.as_ref()?.name);
    let pushed = Pushed { account, kind: ctx.kind, unit: answer.unit, failed: None };
    let push = Push { origin: Arc::clone(ctx.origin()), pushed: Some(pushed) };
    match call(message, &answer.reply, ctx.host().now()) {
        Ok(call) => Some((push, Caller::of(ctx), call)),
        Err(why) => {
            push.tell(Some(why.to_owned()));
            None
        }
    }
}

/// The call, or why there is none.
fn call(message: &Message, reply: &Reply, now: Duration) -> Result<Call, &'static str> {
    let window = Window::opened_by(message).ok_or("the event opens no window for messages")?;
    if now.as_secs().saturating_sub(message.created) >= window.lasts.as_secs() {
        return Err("the window for messages is closed");
    }
    let said = CustomerMessage::of(reply).ok_or("no customer-service message says this reply")?;
    let json = serde_json::to_string(&Outgoing::new(message.from.as_str(), said));
    Ok(Call::post(SERVICE, SEND_PATH, json.map_err(|_| "the message is no JSON")?))
}

impl Push {
    /// Tells how the call has ended.
    pub fn end(self, ended: Result<Vec<u8>, Trouble>) {
        self.tell(ended.err().map(|trouble| trouble.to_string()));
    }

    fn tell(mut self, failed: Option<String>) {
        if let Some(pushed) = self.pushed.take() {
            report(&self.origin, Pushed { failed, ..pushed });
        }
    }
}

impl Drop for Push {
    fn drop(&mut self) {
        if let Some(pushed) = self.pushed.take() {
            let failed = Some("it was given up".to_owned());
            report(&self.origin, Pushed { failed, ..pushed });
        }
    }
}

fn report(origin: &Origin, pushed: Pushed) {
    origin.host().pushed(pushed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::testing;

    fn answered(mut ctx: Context, reply: Reply) -> Context {
        ctx.kind = ctx.message.as_ref().map_or("-", Message::kind_name);
        ctx.answer(reply, "keyword");
        ctx
    }

    fn hello() -> Reply {
        Reply::text("你好").expect("short")
    }

    /// The reason for which nothing is pushed.
    fn why(kind: &str, fields: &str, reply: Reply, seconds: u64) -> Option<&'static str> {
        let ctx = testing::asked(kind, fields);
        let message = ctx.message.as_ref().expect("asked");
        call(message, &reply, Duration::from_secs(seconds)).err()
    }

    #[test]
    fn a_fresh_answer_is_pushed_in_utf8_to_who_wrote() {
        let mut ctx = answered(testing::said("hello"), hello());
        if let Some(message) = &mut ctx.message {
            message.created = testing::NOW;
        }
        let (push, caller, call) = push(&ctx, &Ok(())).expect("a push");
        assert_eq!((call.service, call.path), ("wechat", "/cgi-bin/message/custom/send"));
        let json = r#"{"touser":"alice","msgtype":"text","text":{"content":"你好"}}"#;
        assert_eq!(call.json.as_deref(), Some(json));
        assert_eq!(&*caller.name(), "demo");
        push.end(Ok(Vec::new()));
    }

    #[test]
    fn what_failed_what_is_stored_and_what_says_nothing_is_not_pushed() {
        let fresh = || answered(testing::said("hello"), hello());
        assert!(push(&fresh(), &Err(Error::Panicked)).is_none());
        let mut stored = fresh();
        stored.repeat = true;
        assert!(push(&stored, &Ok(())).is_none());
        assert!(push(&answered(testing::said("hello"), Reply::Success), &Ok(())).is_none());
    }

    #[test]
    fn what_becomes_of_a_push_is_told_once_and_one_that_is_dropped_has_failed() {
        let told = || {
            let desk = Arc::new(testing::Desk::default());
            let mut ctx = Context::new(desk.clone(), testing::said("hello").request().clone());
            ctx.account = Some(Arc::new(testing::account()));
            ctx.message = testing::said("hello").message;
            if let Some(message) = &mut ctx.message {
                message.created = testing::NOW;
            }
            let (push, ..) = push(&answered(ctx, hello()), &Ok(())).expect("a push");
            (push, desk)
        };
        let failures = |desk: &testing::Desk| -> Vec<Option<String>> {
            desk.1.lock().expect("whole").iter().map(|pushed| pushed.failed.clone()).collect()
        };
        let (push, desk) = told();
        push.end(Ok(Vec::new()));
        assert_eq!(failures(&desk), [None]);
        let (push, desk) = told();
        push.end(Err(Trouble::NoCredentials));
        assert_eq!(failures(&desk), [Some(Trouble::NoCredentials.to_string())]);
        let (push, desk) = told();
        drop(push);
        assert_eq!(failures(&desk), [Some("it was given up".to_owned())]);
    }

    #[test]
    fn an_answer_needs_an_open_window_and_a_form() {
        let day = 24 * 3600;
        // The messages of this module were sent at second 7.
        let text = "<Content>a</Content>";
        assert_eq!(why("text", text, hello(), 2 * day), None);
        assert!(why("text", text, hello(), 7 + 2 * day).is_some());
        let click = "<Event>CLICK</Event><EventKey>k</EventKey>";
        assert_eq!(why("event", click, hello(), 66), None);
        assert!(why("event", click, hello(), 67).is_some());
        let view = "<Event>VIEW</Event><EventKey>k</EventKey>";
        assert!(why("event", view, hello(), 7).is_some());
        assert!(why("text", text, Reply::TransferBizAiIvr, 7).is_some());
    }
}
