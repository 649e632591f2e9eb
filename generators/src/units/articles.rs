use std::sync::Arc;

use ::pipeline::Context;
use ::pipeline::api::{Caller, Trouble};
use ::pipeline::units::articles::{self as rule, Article, Pages, Search};
use async_stream::stream;
use futures_core::Stream;

use super::queue::Asked;
use crate::ask::{Routine, future};
use crate::co::co;
use crate::replies::next;
use crate::services::{Tickets, api};

/// Looks through the articles, a page at a time, until there are enough.
pub fn articles(ctx: Box<Context>, tickets: Arc<Tickets>) -> Routine<Asked> {
    go!(co => {
        let search = Search::new(&ctx);
        let mut pages = Box::pin(pages(Caller::of(&ctx), tickets));
        let (mut found, mut failed) = (Vec::new(), false);
        loop {
            let (page, rest) = yield_!(co, future(next(pages)));
            pages = rest;
            match page {
                Some(Ok(page)) => {
                    if search.add(&mut found, &page) {
                        break;
                    }
                }
                Some(Err(_)) => failed = true,
                None => break,
            }
        }
        let verdict = rule::verdict(&ctx, found, failed);
        (ctx, Ok(verdict))
    })
}

/// The pages, up to the first that fails. One is asked for when the stream is polled for it, so not
/// before the last is used up.
fn pages(
    caller: Caller,
    tickets: Arc<Tickets>,
) -> impl Stream<Item = Result<Vec<Article>, Trouble>> + Send {
    // ANCHOR: loop
    stream! {
        let mut pages = Pages::default();
        let mut failed = false;
        while let Some(page) = pages.next().filter(|_| !failed) {
            let answered = yield_!(co(api(caller.clone(), Arc::clone(&tickets), page)));
            let page = pages.take(answered);
            failed = page.is_err();
            yield page;
        }
    }
    // ANCHOR_END: loop
}
