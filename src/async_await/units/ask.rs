use ::pipeline::{Called, Context, Error, Pending, Verdict, units::ask as rule};
use futures::future::{Either, select};

/// Asks a provider, and after a head start a second one as well. The first good answer counts.
pub async fn ask(ctx: &mut Context) -> Result<Verdict, Error> {
    let host = ctx.host();
    let first = host.call(rule::first(ctx));
    let words = match select(first, host.sleep(rule::HEAD_START)).await {
        Either::Left((answered, timer)) => match rule::words(answered) {
            Some(words) => Some(words),
            None => {
                drop(timer);
                rule::words(host.call(rule::second(ctx)).await)
            }
        },
        // If the timer fails, there is no head start.
        Either::Right((_, first)) => faster(first, host.call(rule::second(ctx))).await,
    };
    Ok(rule::verdict(ctx, words))
}

// ANCHOR: race
/// The first good answer. The loser is dropped, and so cancelled.
async fn faster(first: Pending<Called>, second: Pending<Called>) -> Option<String> {
    let (Either::Left((answered, other)) | Either::Right((answered, other))) =
        select(first, second).await;
    match rule::words(answered) {
        Some(words) => Some(words),
        None => rule::words(other.await),
    }
}
// ANCHOR_END: race
