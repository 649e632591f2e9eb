use super::rule::{Rule, Verdict, said, text};
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

#[cfg(test)]
mod tests {
    use wechat::Reply;

    use super::*;
    use crate::testing;

    fn reply(text: &str) -> Verdict {
        Verdict::Reply(Reply::text(text).expect("short"))
    }

    #[test]
    fn an_exact_keyword_is_the_whole_text_with_its_case_and_the_first_of_two() {
        assert_eq!(Exact.decide(&mut testing::said("sunny")), reply("exact"));
        assert_eq!(Exact.decide(&mut testing::said("Sunny")), Verdict::Pass);
        assert_eq!(Exact.decide(&mut testing::said("sunny day")), Verdict::Pass);
        assert_eq!(Exact.decide(&mut testing::said("sun")), Verdict::Pass);
    }

    #[test]
    fn a_fuzzy_keyword_is_contained_in_the_text() {
        assert_eq!(Fuzzy.decide(&mut testing::said("a sunny day")), reply("fuzzy"));
        assert_eq!(Fuzzy.decide(&mut testing::said("rain")), Verdict::Pass);
    }

    #[test]
    fn a_menu_key_is_an_exact_keyword_and_no_fuzzy_one() {
        let click = || testing::asked("event", "<Event>CLICK</Event><EventKey>sunny</EventKey>");
        assert_eq!(Exact.decide(&mut click()), reply("exact"));
        assert_eq!(Fuzzy.decide(&mut click()), Verdict::Pass);
    }
}
