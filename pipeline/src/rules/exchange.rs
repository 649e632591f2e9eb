//! The bookkeeping of an exchange: what is asked of the host and what is stored.

use std::sync::Arc;

use sha1::{Digest, Sha1};

use crate::context::Context;
use crate::error::Error;
use crate::event::Event;
use crate::exchange::{Begun, Binding, Exchange, ExchangeKey, Lease, Record};

/// What to ask [`Host::begin`](crate::Host::begin).
///
/// # Errors
/// When the layers above have not run.
pub fn exchange(ctx: &Context) -> Result<Exchange, Error> {
    let account = ctx.account()?;
    let message = ctx.message()?;
    let signed = ctx.signed()?;
    let key = ExchangeKey {
        account: Arc::clone(&account.name),
        user: message.from.clone(),
        message: message.key(),
    };
    let binding = account.window.map(|window| Binding {
        signature: signed.signature.clone(),
        body: Sha1::digest(&ctx.request().body).into(),
        expires: std::time::Duration::from_secs(signed.seconds) + window,
    });
    Ok(Exchange { key, binding })
}

/// Takes what the host answered: the lease of a fresh exchange, with its session in the context,
/// or `None` when the context holds the stored answer.
///
/// # Errors
/// 403 for a replayed signature.
pub fn open(ctx: &mut Context, begun: Begun) -> Result<Option<Lease>, Error> {
    let lease = match begun {
        Begun::Fresh { session, lease } => {
            ctx.session = session;
            Some(Lease::new(ctx.origin(), lease))
        }
        Begun::Done(answer) => {
            ctx.answer = Some(answer);
            ctx.repeat = true;
            None
        }
        Begun::Replayed => return Err(Error::Replayed),
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
