use ::pipeline::{Context, LeaseId, Outcome, rules};

use crate::async_await::compose::Next;

// ANCHOR: exchange
/// Runs the units once per message: begin, then commit or abort.
pub async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let asked = rules::exchange::exchange(ctx)?;
    let begun = ctx.host().begin(asked).await?;
    let Some(lease) = rules::exchange::open(ctx, begun)? else {
        return Ok(()); // a repeat: the stored answer
    };
    let mut outcome = next.contained(ctx).await;
    if outcome.is_ok() {
        outcome = commit(ctx, lease.id()).await;
    }
    let ended = match &outcome {
        Ok(()) => Ok(()),
        Err(_) => ctx.host().abort(lease.id()).await,
    };
    if ended.is_ok() {
        lease.settle();
    }
    outcome
}

async fn commit(ctx: &Context, lease: LeaseId) -> Outcome {
    let record = rules::exchange::record(ctx)?;
    Ok(ctx.host().commit(lease, record).await?)
}
// ANCHOR_END: exchange
