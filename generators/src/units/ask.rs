use ::pipeline::{Called, Context, Pending, units::ask as rule};

use super::queue::Asked;
use crate::ask::{Routine, future};
use crate::compose::{First, race};

/// Asks a provider, and after a head start a second one as well. The first good answer counts.
pub fn ask(ctx: Box<Context>) -> Routine<Asked> {
    go!(co => {
        let first = ctx.host().call(rule::first(&ctx));
        let timer = ctx.host().sleep(rule::HEAD_START);
        let words = match yield_!(co, future(race(first, timer))) {
            First::One(answered, timer) => match rule::words(answered) {
                Some(words) => Some(words),
                None => {
                    drop(timer);
                    rule::words(yield_!(co, ctx.host().call(rule::second(&ctx))))
                }
            },
            // If the timer fails, there is no head start.
            First::Two(_, first) => {
                let second = ctx.host().call(rule::second(&ctx));
                yield_!(co, faster(first, second))
            }
        };
        let verdict = rule::verdict(&ctx, words);
        (ctx, Ok(verdict))
    })
}

// ANCHOR: race
/// The first good answer. The loser is dropped, and so cancelled.
fn faster(first: Pending<Called>, second: Pending<Called>) -> Routine<Option<String>> {
    go!(co => {
        let (First::One(answered, other) | First::Two(answered, other)) =
            yield_!(co, future(race(first, second)));
        match rule::words(answered) {
            Some(words) => Some(words),
            None => rule::words(yield_!(co, other)),
        }
    })
}
// ANCHOR_END: race
