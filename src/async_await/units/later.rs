use ::pipeline::{Context, Error, Verdict, units::later as rule};

/// Replies after a wait that is longer than the deadline.
pub async fn later(ctx: &mut Context) -> Result<Verdict, Error> {
    ctx.host().sleep(rule::PAUSE).await?;
    Ok(rule::verdict())
}
