//! The same pipeline as one plain function, without a style. Its cost is the cost of the rules
//! alone, and the measurements divide by it.
//!
//! It cannot wait: an operation that is not ready is an internal error. So it is not a server. It
//! has no deadline and does not contain panics, because it could not use them.

use std::sync::Arc;

use pipeline::units::{Exact, Fuzzy, Guess, Voice, Welcome, later, nobody};
use pipeline::{
    Context, Error, Failure, Fault, Host, LeaseId, Operation, Outcome, Pending, Request, Response,
    Rule, Verdict, Walk, rules,
};

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
    let outcome = ask(ctx).and_then(|()| commit(ctx, lease.id()));
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
    ready(Operation::Commit, ctx.host().commit(lease, record))
}

/// The units, in the order of their ranks. `later` has no rule, because it waits.
const UNITS: [Option<&dyn Rule>; 6] =
    [Some(&Voice), Some(&Welcome), Some(&Guess), None, Some(&Exact), Some(&Fuzzy)];

fn ask(ctx: &mut Context) -> Outcome {
    let name = |unit: &Option<&dyn Rule>| unit.map_or(later::NAME, Rule::name);
    let mut walk = Walk::new(ctx, UNITS.iter().map(name));
    while let Some(at) = walk.step(ctx) {
        let verdict = match UNITS[at] {
            Some(rule) => rule.decide(ctx),
            None if later::wants(ctx) => {
                ready(Operation::Sleep, ctx.host().sleep(later::PAUSE))?;
                later::verdict()
            }
            None => Verdict::Pass,
        };
        if verdict.settle(ctx, name(&UNITS[at])) {
            return Ok(());
        }
    }
    nobody(ctx);
    Ok(())
}

/// The result of an operation that is ready; one that is not is abandoned.
pub(crate) fn ready<T>(operation: Operation, pending: Pending<T>) -> Result<T, Error> {
    match pending.try_take() {
        Ok(ending) => Ok(ending?),
        Err(_) => Err(Failure { operation, fault: Fault::Abandoned }.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::executor::block_on;
    use pipeline::{Around, Record};

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
