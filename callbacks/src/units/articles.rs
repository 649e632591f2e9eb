use std::sync::Arc;

use ::pipeline::Context;
use ::pipeline::api::Caller;
use ::pipeline::units::articles::{self as rule, Article, Pages, Search};

use super::queue::Asked;
use crate::compose::Bounce;
use crate::services::{Tickets, api};

/// Looks through the articles, a page at a time, until there are enough.
pub fn articles(ctx: Box<Context>, tickets: Arc<Tickets>, asked: Asked) -> Bounce {
    let search = Search::new(&ctx);
    read(Pages::default(), search, Vec::new(), tickets, ctx, asked)
}

/// Reads the next page, and calls itself for the one after it.
fn read(
    mut pages: Pages,
    search: Search,
    mut found: Vec<Article>,
    tickets: Arc<Tickets>,
    ctx: Box<Context>,
    asked: Asked,
) -> Bounce {
    let Some(page) = pages.next() else { return say(found, false, ctx, asked) };
    let caller = Caller::of(&ctx);
    let (done, asked) = asked.apart();
    api(caller, Arc::clone(&tickets), page, done, move |answered, done| {
        let asked = asked(done);
        // ANCHOR: loop
        match pages.take(answered) {
            Err(_) => say(found, true, ctx, asked),
            Ok(page) if search.add(&mut found, &page) => say(found, false, ctx, asked),
            // Returned as a step, because pages that are there at once would fill the stack.
            Ok(_) => {
                let domain = asked.domain();
                let next = move || read(pages, search, found, tickets, ctx, asked);
                Bounce::Step(Box::new(next), domain)
            }
        }
        // ANCHOR_END: loop
    })
}

fn say(found: Vec<Article>, failed: bool, ctx: Box<Context>, asked: Asked) -> Bounce {
    let verdict = rule::verdict(&ctx, found, failed);
    asked.call(None, verdict, ctx)
}
