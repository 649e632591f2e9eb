use std::cmp::Ordering;

use super::rule::{Rule, Verdict, say, text};
use crate::context::Context;

/// A game: guess a number from 1 to 100. Its state is in the session. The unit is asked first until
/// the number is found or the user gives up.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::{self, DICE};

    /// What the unit says to a user who has to guess this number, and the number afterwards.
    fn answer(said: &str, secret: Option<u8>) -> (Verdict, Option<u8>) {
        let mut ctx = testing::said(said);
        ctx.session.secret = secret;
        ctx.session.preferred = secret.map(|_| "guess");
        let verdict = Guess.decide(&mut ctx);
        let preferred = ctx.session.secret.map(|_| "guess");
        assert_eq!(ctx.session.preferred, preferred, "it is preferred while a game is on");
        (verdict, ctx.session.secret)
    }

    #[test]
    fn a_word_starts_a_game_for_a_number_from_the_dice() {
        let number = u8::try_from(DICE).expect("small") + 1;
        for word in ["guess", "猜数字"] {
            let (verdict, secret) = answer(word, None);
            assert!(matches!(verdict, Verdict::Reply(_)));
            assert_eq!(secret, Some(number));
        }
        assert_eq!(answer("Guess", None), (Verdict::Pass, None));
        assert_eq!(answer("50", None), (Verdict::Pass, None));
    }

    #[test]
    fn each_number_gets_higher_lower_or_solved() {
        assert_eq!(answer("41", Some(42)), (say("大一点。Higher."), Some(42)));
        assert_eq!(answer("4294967295", Some(42)), (say("小一点。Lower."), Some(42)));
        assert_eq!(answer("42", Some(42)), (say("猜对了，就是 42！Solved: 42."), None));
    }

    #[test]
    fn quit_ends_a_game_and_anything_else_passes() {
        for word in ["quit", "退出"] {
            assert_eq!(answer(word, Some(42)), (say("不玩了，数字是 42。It was 42."), None));
            assert_eq!(answer(word, None), (Verdict::Pass, None));
        }
        for word in ["guess", "hello", "-1", "4.2", "4294967296"] {
            assert_eq!(answer(word, Some(42)), (Verdict::Pass, Some(42)), "{word}");
        }
    }

    #[test]
    fn the_game_is_for_accounts_that_have_it_on() {
        let mut ctx = testing::said("guess");
        ctx.account = Some(Arc::new(crate::Account { units: vec![], ..testing::account() }));
        assert_eq!(Guess.decide(&mut ctx), Verdict::Pass);
    }
}
