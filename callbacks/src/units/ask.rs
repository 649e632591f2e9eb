use ::pipeline::{Called, Context, Failure, Fault, Operation, Pending, units::ask as rule};

use super::queue::Asked;
use crate::compose::Bounce;
use crate::thunk::{Cancelled, Thunk, any, race};

/// Asks a provider, and after a head start a second one as well. The first good answer counts.
pub fn ask(ctx: Box<Context>, asked: Asked) -> Bounce {
    let first = answer(ctx.host().call(rule::first(&ctx)));
    let timer = ctx.host().sleep(rule::HEAD_START);
    // If the timer fails, there is no head start.
    let timer = Cancelled::new(Thunk::reading(|| timer, |_| Err(BAD)));
    asked.hear(&race(vec![first.thunk(), timer.thunk()]), move |ended, asked| match ended {
        Ok(words) => asked.call(None, rule::verdict(&ctx, Some(words)), ctx),
        Err(_) => {
            drop(timer);
            faster(first, ctx, asked)
        }
    })
}

// ANCHOR: race
/// The first good answer. The loser is cancelled.
fn faster(first: Cancelled<String>, ctx: Box<Context>, asked: Asked) -> Bounce {
    let second = answer(ctx.host().call(rule::second(&ctx)));
    asked.hear(&any(vec![first.thunk(), second.thunk()]), move |ended, asked| {
        drop((first, second));
        asked.call(None, rule::verdict(&ctx, ended.ok()), ctx)
    })
}
// ANCHOR_END: race

/// The failure of an answer that is not a good one.
const BAD: Failure = Failure { operation: Operation::Call, fault: Fault::Permanent };

/// A provider's answer, as a thunk that fails unless it is a good one.
fn answer(called: Pending<Called>) -> Cancelled<String> {
    Cancelled::new(Thunk::reading(|| called, |answered| rule::words(answered).ok_or(BAD)))
}
