use std::sync::Arc;

use ::pipeline::api::Caller;
use ::pipeline::units::articles::{self as rule, Pages, Search};
use ::pipeline::{Context, Error, Verdict};

use crate::async_await::services::{Tickets, api};

/// Looks through the articles, a page at a time, until there are enough.
pub async fn articles(ctx: &mut Context, tickets: Arc<Tickets>) -> Result<Verdict, Error> {
    let (caller, search) = (Caller::of(ctx), Search::new(ctx));
    let (mut pages, mut found) = (Pages::default(), Vec::new());
    while let Some(page) = pages.next() {
        match pages.take(api(&caller, &tickets, page).await) {
            Ok(page) if search.add(&mut found, &page) => break,
            Ok(_) => {}
            Err(_) => return Ok(rule::verdict(ctx, found, true)),
        }
    }
    Ok(rule::verdict(ctx, found, false))
}
