//! The data of an exchange: what is asked of the host and what is stored.

use std::sync::Arc;

use sha1::{Digest, Sha1};
use wechat::Reply;

use crate::account::Late;
use crate::context::Context;
use crate::error::Error;
use crate::event::Event;
use crate::exchange::{Begun, Binding, Exchange, ExchangeKey, Record};
use crate::lease::Lease;
use crate::operation::{Failure, Fault, Operation};

/// What the last try says if the answer is not there.
pub const NOTICE: &str = "还需要一点时间。随便发一条消息，就能收到回答。\
                          This takes longer. Send any message to get the answer.";

/// What to ask [`Host::begin`](crate::Host::begin).
///
/// # Errors
/// When the layers above have not run.
pub fn exchange(ctx: &Context) -> Result<Exchange, Error> {
    let account = ctx.account()?;
    let message = ctx.message()?;
    let signature = ctx.verified()?.signature();
    let message = message.key();
    let user = Arc::clone(message.user());
    let key = ExchangeKey { account: Arc::clone(&account.name), user, message };
    // Nothing tells the repeat of a message without a number, so its tries are not counted.
    if account.late == Late::Retry && key.message.is_identified() {
        ctx.origin().note_key(&key);
    }
    let binding = account.window.map(|_| Binding {
        // No name holds a zero byte.
        signature: Sha1::new()
            .chain_update(&*account.name)
            .chain_update([0])
            .chain_update(signature.bytes())
            .finalize()
            .into(),
        body: Sha1::digest(&ctx.request().body).into(),
    });
    Ok(Exchange { key, binding })
}

/// Takes the host's answer. For a fresh exchange it returns the lease and sets the session in the
/// context. For a repeat it returns `None`, and the context holds the stored answer; so it does for
/// an exchange that takes longer, with a notice.
///
/// # Errors
/// 403 for a replayed signature, 500 when too many of the user's messages wait, or this one waited too long.
pub fn open(ctx: &mut Context, begun: Begun) -> Result<Option<Lease>, Error> {
    let lease = match begun {
        Begun::Fresh { session, lease } => {
            ctx.session = session;
            Some(Lease::new(ctx.origin(), lease))
        }
        Begun::Done(answer) => {
            ctx.answer = Some(*answer);
            ctx.repeat = true;
            None
        }
        Begun::Replayed => return Err(Error::Replayed),
        Begun::Crowded => {
            let failure = Failure { operation: Operation::Begin, fault: Fault::Transient };
            return Err(failure.into());
        }
        Begun::Late => {
            // It is neither empty nor too long.
            ctx.answer(Reply::text(NOTICE).unwrap_or(Reply::Success), "-");
            if ctx.origin().is_traced() {
                ctx.host().record(Event::Late);
            }
            return Ok(None);
        }
    };
    if ctx.origin().is_traced() {
        ctx.host().record(Event::Opened(lease.as_ref().map(|_| ctx.session.clone())));
    }
    Ok(lease)
}

/// What to commit.
///
/// # Errors
/// When the units left no answer.
pub fn record(ctx: &Context) -> Result<Record, Error> {
    let answer = ctx.answer.clone().ok_or(Error::Missing("answer"))?;
    let mut session = ctx.session.clone();
    session.exchanges += 1;
    Ok(Record { kind: ctx.kind, answer, session })
}

#[cfg(test)]
mod tests {
    use wechat::Reply;

    use super::*;
    use crate::exchange::{Answer, LeaseId, Session};
    use crate::request::Method;
    use crate::rules::verify::verify;
    use crate::testing;

    fn signed(mut ctx: Context) -> Context {
        assert_eq!(verify(&mut ctx), Ok(()));
        ctx
    }

    fn key(fields: &str) -> ExchangeKey {
        exchange(&signed(testing::asked("event", fields))).expect("prepared").key
    }

    #[test]
    fn a_key_is_the_account_the_user_and_the_message() {
        let of = |id| testing::asked("text", &format!("<Content>a</Content><MsgId>{id}</MsgId>"));
        let asked = |ctx| exchange(&signed(ctx)).expect("prepared").key;
        let key_of_one = asked(of(1));
        assert_eq!((&*key_of_one.account, &*key_of_one.user), ("demo", "alice"));
        assert_eq!(asked(of(1)), key_of_one);
        assert_ne!(asked(of(2)), key_of_one);
        let mut other = of(1);
        if let Some(message) = &mut other.message {
            message.created += 1;
        }
        assert_ne!(asked(other), key_of_one);
    }

    /// In plain mode nobody has checked `msg_signature`, so a replay could change it at will.
    #[test]
    fn in_plain_mode_an_exchange_is_bound_to_the_signature_that_was_checked() {
        let fields = "<Content>a</Content><MsgId>1</MsgId>";
        let body = testing::body("text", fields);
        let bound = |more: &str| {
            let query = format!("{}{more}", testing::query(testing::NOW));
            let mut ctx = testing::context(Method::Post, query, &body);
            ctx.message = testing::asked("text", fields).message;
            exchange(&signed(ctx)).expect("prepared").binding.expect("a window").signature
        };
        assert_eq!(bound("&msg_signature=anything"), bound(""));
    }

    #[test]
    fn a_key_of_an_event_is_all_that_it_holds() {
        let sent = |job| {
            key(&format!(
                "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
                 <TemplateId>t</TemplateId><MsgID>{job}</MsgID></List></SubscribeMsgSentEvent>"
            ))
        };
        assert_eq!(sent(1), sent(1));
        assert_ne!(sent(1), sent(2));
        let unknown = |name, size| key(&format!("<Event>{name}</Event><Size>{size}</Size>"));
        assert_eq!(unknown("waved", 1), unknown("waved", 1));
        assert_ne!(unknown("waved", 1), unknown("waved", 2));
        assert_ne!(unknown("waved", 1), unknown("bowed", 1));
    }

    #[test]
    fn the_signature_of_an_account_is_bound_to_its_body() {
        let bound =
            |ctx: &Context| exchange(ctx).expect("prepared").binding.expect("the window is on");
        let mut ctx = signed(testing::said("hello"));
        let binding = bound(&ctx);
        let other_body = bound(&signed(testing::said("other")));
        assert_eq!(other_body.signature, binding.signature);
        assert_ne!(other_body.body, binding.body);
        ctx.account = Some(Arc::new(crate::Account { name: "other".into(), ..testing::account() }));
        assert_ne!(bound(&ctx).signature, binding.signature);
        assert_eq!(bound(&ctx).body, binding.body);
    }

    #[test]
    fn without_a_window_nothing_is_bound() {
        let mut ctx = signed(testing::said("hello"));
        ctx.account = Some(Arc::new(crate::Account { window: None, ..testing::account() }));
        assert_eq!(exchange(&ctx).map(|asked| asked.binding), Ok(None));
    }

    #[test]
    fn begin_is_fresh_done_or_replayed() {
        let mut ctx = testing::said("hello");
        let session = Session { exchanges: 3, ..Session::default() };
        let fresh = Begun::Fresh { session: session.clone(), lease: LeaseId(1) };
        let lease = open(&mut ctx, fresh).expect("fresh").expect("a turn");
        assert_eq!((lease.id(), &ctx.session, ctx.repeat), (LeaseId(1), &session, false));
        lease.settle();

        let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
        let done = open(&mut ctx, Begun::Done(Box::new(answer.clone())));
        assert!(matches!(done, Ok(None)));
        assert_eq!((ctx.answer.as_ref(), ctx.repeat), (Some(&answer), true));

        let late = open(&mut ctx, Begun::Late);
        assert!(matches!(late, Ok(None)));
        let notice = ctx.answer.as_ref().map(|answer| (&answer.reply, answer.unit));
        assert_eq!(notice, Some((&Reply::text(NOTICE).expect("short"), "-")));

        let replayed = open(&mut ctx, Begun::Replayed).map(|_| ());
        assert_eq!(replayed.map_err(|error| error.status()), Err(403));
    }

    #[test]
    fn a_record_counts_its_exchange() {
        let mut ctx = testing::said("hello");
        assert_eq!(record(&ctx), Err(Error::Missing("answer")));
        ctx.answer = Some(Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] });
        ctx.session.exchanges = 3;
        assert_eq!(record(&ctx).map(|record| record.session.exchanges), Ok(4));
    }
}
