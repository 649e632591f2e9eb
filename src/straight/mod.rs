//! The same pipeline as one plain function, without a style. Its cost is the cost of the rules
//! alone, and the measurements divide by it.
//!
//! It cannot wait: an operation that is not ready is an internal error. So it is not a server. It
//! has no deadline and does not contain panics, because it could not use them.
//!
//! * `ready`: the result of an operation that cannot be waited for.
//! * `services`: the calls of WeChat's API.
//! * `units`: the units that wait in the styles.

pub(crate) mod ready;
mod services;
mod units;

use std::sync::Arc;

use ::pipeline::units::{self as rules_of, Exact, Fuzzy, Guess, Owed, Voice, Welcome, nobody};
use ::pipeline::{
    Context, Error, Host, LeaseId, Operation, Outcome, Request, Response, Rule, Verdict, Walk,
    rules,
};

use ready::ready;
use units::{articles, ask, later, profile, weather};

/// Answers one request. The reply is the one that the four styles give, on a host whose operations
/// are ready.
#[must_use]
pub fn handle(host: &Arc<dyn Host>, request: Request) -> Response {
    let mut ctx = Context::new(Arc::clone(host), request);
    let started = host.elapsed();
    if let Err(error) = answer(&mut ctx) {
        rules::recover::recover(&mut ctx, &error);
    }
    rules::log::write(&ctx, started, &Ok(()));
    let response = ctx.response.take();
    ctx.origin().reply(Ok(()), response)
}

fn answer(ctx: &mut Context) -> Outcome {
    let account = ready(Operation::Account, ctx.host().account(&ctx.request().account))?;
    rules::account::found(ctx, account)?;
    rules::verify::verify(ctx)?;
    if rules::handshake::answer(ctx)? {
        return Ok(());
    }
    rules::envelope::open(ctx)?;
    exchange(ctx)?;
    rules::envelope::seal(ctx)
}

fn exchange(ctx: &mut Context) -> Outcome {
    let asked = rules::exchange::exchange(ctx)?;
    let begun = ready(Operation::Begin, ctx.host().begin(asked))?;
    let Some(lease) = rules::exchange::open(ctx, begun)? else {
        return Ok(()); // a repeat: the stored answer
    };
    let outcome = walk(ctx).and_then(|()| commit(ctx, lease.id()));
    let ended = match &outcome {
        Ok(()) => Ok(()),
        Err(_) => ready(Operation::Abort, ctx.host().abort(lease.id())),
    };
    if ended.is_ok() {
        lease.settle();
    }
    outcome
}

fn commit(ctx: &Context, lease: LeaseId) -> Outcome {
    let record = rules::exchange::record(ctx)?;
    Ok(ready(Operation::Commit, ctx.host().commit(lease, record))?)
}

/// A unit: one that decides at once, or one that waits in the styles.
enum Unit {
    Rule(&'static dyn Rule),
    Waits(&'static str, fn(&Context) -> bool, fn(&mut Context) -> Result<Verdict, Error>),
}

/// The units, in the order of their ranks.
const UNITS: [Unit; 11] = [
    Unit::Rule(&Owed),
    Unit::Rule(&Voice),
    Unit::Rule(&Welcome),
    Unit::Waits(rules_of::profile::NAME, rules_of::profile::wants, profile),
    Unit::Rule(&Guess),
    Unit::Waits(rules_of::later::NAME, rules_of::later::wants, later),
    Unit::Waits(rules_of::weather::NAME, rules_of::weather::wants, weather),
    Unit::Waits(rules_of::ask::NAME, rules_of::ask::wants, ask),
    Unit::Waits(rules_of::articles::NAME, rules_of::articles::wants, articles),
    Unit::Rule(&Exact),
    Unit::Rule(&Fuzzy),
];

impl Unit {
    fn name(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Waits(name, ..) => name,
        }
    }
}

fn walk(ctx: &mut Context) -> Outcome {
    let mut walk = Walk::new(ctx, UNITS.iter().map(Unit::name));
    while let Some(at) = walk.step(ctx) {
        let verdict = match &UNITS[at] {
            Unit::Rule(rule) => rule.decide(ctx),
            Unit::Waits(_, wants, _) if !wants(ctx) => Verdict::Pass,
            Unit::Waits(.., unit) => unit(ctx)?,
        };
        if verdict.settle(ctx, UNITS[at].name()) {
            return Ok(());
        }
    }
    nobody(ctx);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::executor::block_on;
    use pipeline::{Around, Failure, Fault, Pending, Record};

    use super::*;
    use crate::{conversation, styles};

    #[test]
    fn what_cannot_be_answered_at_once_is_an_internal_error_and_ends_the_turn() {
        let host = conversation::memory();
        assert_eq!(handle(&host, conversation::text("later").request).status, 500);
        let next = handle(&host, conversation::turns()[2].request.clone());
        assert_eq!(conversation::answer(&next), "你好，很高兴认识你。");
    }

    /// A host that commits nothing, and counts how many turns are aborted.
    struct Failing {
        host: Arc<dyn Host>,
        aborted: AtomicUsize,
    }

    impl Around for Failing {
        fn inner(&self) -> &dyn Host {
            &*self.host
        }

        fn commit(&self, _lease: LeaseId, _record: Record) -> Pending<()> {
            let operation = Operation::Commit;
            Pending::ended(Err(Failure { operation, fault: Fault::Transient }))
        }

        fn abort(&self, lease: LeaseId) -> Pending<()> {
            self.aborted.fetch_add(1, Ordering::Relaxed);
            self.host.abort(lease)
        }
    }

    /// The status of a request that cannot be committed, and how many turns it aborts.
    fn failed(answer: impl FnOnce(Arc<dyn Host>, Request) -> Response) -> (u16, usize) {
        let host = Arc::new(Failing { host: conversation::memory(), aborted: AtomicUsize::new(0) });
        let reply = answer(Arc::clone(&host) as _, conversation::text("hello").request);
        (reply.status, host.aborted.load(Ordering::Relaxed))
    }

    #[test]
    fn a_request_that_fails_aborts_its_turn_as_in_the_styles() {
        assert_eq!(failed(|host, request| handle(&host, request)), (500, 1));
        for style in styles::all() {
            let answer = |host, request| block_on(style.start(host, request));
            assert_eq!(failed(answer), (500, 1), "{}", style.name);
        }
    }
}
