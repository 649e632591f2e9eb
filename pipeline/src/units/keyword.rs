use super::{Rule, Verdict, said, text};
use crate::account::Match;
use crate::context::Context;

/// Answers a whole text, or a tap on a menu item, that is an exact keyword.
#[derive(Debug)]
pub struct Exact;

impl Rule for Exact {
    fn name(&self) -> &'static str {
        "keyword"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        answer(ctx, said(ctx), Match::Exact, |said, pattern| said == pattern)
    }
}

/// Answers a text that contains a fuzzy keyword.
#[derive(Debug)]
pub struct Fuzzy;

impl Rule for Fuzzy {
    fn name(&self) -> &'static str {
        "fuzzy"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        answer(ctx, text(ctx), Match::Fuzzy, |said, pattern| said.contains(pattern))
    }
}

fn answer(
    ctx: &Context,
    said: Option<&str>,
    matches: Match,
    fits: impl Fn(&str, &str) -> bool,
) -> Verdict {
    let (Some(said), Some(account)) = (said, &ctx.account) else { return Verdict::Pass };
    let mut keywords = account.keywords.iter();
    match keywords.find(|keyword| keyword.matches == matches && fits(said, &keyword.pattern)) {
        Some(keyword) => Verdict::Reply(keyword.reply.clone()),
        None => Verdict::Pass,
    }
}
