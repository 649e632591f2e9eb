//! The plan as one async function, which calls the rules of the layers one after the other.

use pipeline::{Context, Outcome, Rule, Walk, rules, units::nobody};

use super::talk::{UNITS, ask, play, response};

/// Verify, the handshake, the session of the user, and the units by rank.
async fn controller(ctx: &mut Context) -> Outcome {
    let found = ctx.host().account(&ctx.request().account).await?;
    rules::account::found(ctx, found)?;
    rules::verify::verify(ctx)?;
    if rules::handshake::answer(ctx)? {
        return Ok(());
    }
    rules::envelope::open(ctx)?;
    let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
    if let Some(lease) = rules::exchange::open(ctx, begun)? {
        nobody(ctx); // `success`, unless a unit replies
        let mut walk = Walk::new(ctx, UNITS.map(<dyn Rule>::name).into_iter());
        while walk.step(ctx).is_some_and(|at| !ask(UNITS[at], ctx)) {}
        ctx.host().commit(lease.id(), rules::exchange::record(ctx)?).await?;
        lease.settle();
    }
    rules::envelope::seal(ctx)
}

pub fn run() {
    play(|host, request| async {
        let mut ctx = Context::new(host, request);
        let outcome = controller(&mut ctx).await;
        response(ctx, outcome)
    });
}
