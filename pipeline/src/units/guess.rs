use std::cmp::Ordering;

use super::{Rule, Verdict, say, text};
use crate::context::Context;

/// A game: guess a number from 1 to 100. Its state lives in the session, and it is asked first
/// until the number is found or the user gives up.
#[derive(Debug)]
pub struct Guess;

impl Rule for Guess {
    fn name(&self) -> &'static str {
        "guess"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        if !ctx.account.as_ref().is_some_and(|account| account.has_unit("guess")) {
            return Verdict::Pass;
        }
        let Some(text) = text(ctx) else { return Verdict::Pass };
        let Some(secret) = ctx.session.secret else {
            if !matches!(text, "guess" | "猜数字") {
                return Verdict::Pass;
            }
            // The remainder is below 100, so the number fits.
            ctx.session.secret = Some(u8::try_from(ctx.host().random() % 100 + 1).unwrap_or(100));
            ctx.session.preferred = Some(self.name());
            return say("我想好了一个 1 到 100 的数字，猜猜看。Guess a number from 1 to 100.");
        };
        if matches!(text, "quit" | "退出") {
            self.leave(ctx);
            return say(format!("不玩了，数字是 {secret}。It was {secret}."));
        }
        let Ok(number) = text.parse::<u32>() else { return Verdict::Pass };
        match u32::from(secret).cmp(&number) {
            Ordering::Greater => say("大一点。Higher."),
            Ordering::Less => say("小一点。Lower."),
            Ordering::Equal => {
                self.leave(ctx);
                say(format!("猜对了，就是 {secret}！Solved: {secret}."))
            }
        }
    }
}

impl Guess {
    fn leave(&self, ctx: &mut Context) {
        ctx.session.secret = None;
        ctx.session.preferred = None;
    }
}
