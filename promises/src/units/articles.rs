use std::sync::Arc;

use ::pipeline::api::{Caller, Trouble};
use ::pipeline::units::articles::{self as rule, Article, Pages, Search};
use ::pipeline::{Context, Verdict};
use futures::{FutureExt, StreamExt, TryStream, TryStreamExt, future, stream};

use crate::compose::{Promise, PromiseExt};
use crate::services::{Tickets, api};

/// Looks through the articles, a page at a time, until there are enough.
pub fn articles(ctx: Box<Context>, tickets: Arc<Tickets>) -> Promise<(Box<Context>, Verdict)> {
    let search = Search::new(&ctx);
    let enough = search.limit();
    // ANCHOR: loop
    pages(Caller::of(&ctx), tickets)
        .map_ok(|page| stream::iter(page).map(Ok::<Article, Trouble>))
        .try_flatten()
        .try_filter(move |article| future::ready(search.fits(article)))
        .take(enough)
        .collect::<Vec<_>>()
        // ANCHOR_END: loop
        .map(|articles| {
            let failed = articles.iter().any(Result::is_err);
            let found = articles.into_iter().flatten().collect();
            let verdict = rule::verdict(&ctx, found, failed);
            Ok((ctx, verdict))
        })
        .promise()
}

/// The pages. One is asked for when it is polled for, so not before the last is used up.
fn pages(
    caller: Caller,
    tickets: Arc<Tickets>,
) -> impl TryStream<Ok = Vec<Article>, Error = Trouble> + Send {
    stream::try_unfold(Pages::default(), move |mut pages| match pages.next() {
        None => future::ok(None).left_future(),
        Some(page) => api(caller.clone(), Arc::clone(&tickets), page)
            .map(|answered| Ok(Some((pages.take(answered)?, pages))))
            .right_future(),
    })
}
