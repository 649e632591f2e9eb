use wechat::Reply;

use super::owed;
use super::rule::Verdict;
use crate::context::Context;
use crate::event::Event;

/// The order in which units are asked: first `owed`, if it has an answer, or the unit that the
/// session prefers, then all by rank.
/// The preferred unit is asked again at its rank only if the message has changed since, because it
/// has already passed on the old message.
#[derive(Debug)]
pub struct Walk {
    preferred: Option<usize>,
    asked_at: Option<u32>,
    next: usize,
    units: usize,
}

impl Walk {
    /// A walk through units with these names, in the order of their ranks.
    pub fn new(ctx: &Context, names: impl ExactSizeIterator<Item = &'static str>) -> Self {
        let units = names.len();
        // What the user waits for comes before a game.
        let preferred = if owed::wants(ctx) { Some(owed::NAME) } else { ctx.session.preferred };
        let preferred = preferred.and_then(|name| names.into_iter().position(|unit| unit == name));
        Self { preferred, asked_at: None, next: 0, units }
    }

    /// The position of the next unit to ask.
    pub fn step(&mut self, ctx: &Context) -> Option<usize> {
        if let (Some(preferred), None) = (self.preferred, self.asked_at) {
            self.asked_at = Some(ctx.revision);
            return Some(preferred);
        }
        if self.preferred == Some(self.next) && self.asked_at == Some(ctx.revision) {
            self.next += 1;
        }
        let at = self.next;
        self.next += 1;
        (at < self.units).then_some(at)
    }
}

impl Verdict {
    /// Records the verdict of the unit `name`. Returns whether the walk is over.
    pub fn settle(self, ctx: &mut Context, name: &'static str) -> bool {
        let (replied, reply) = match self {
            Self::Reply(reply) => (true, Some(reply)),
            Self::Pass => (false, None),
        };
        if ctx.origin().is_traced() {
            ctx.host().record(Event::Asked(name, replied));
        }
        if let Some(reply) = reply {
            ctx.answer(reply, name);
        }
        replied
    }
}

/// The answer when no unit replied: `success`.
pub fn nobody(ctx: &mut Context) {
    ctx.answer(Reply::Success, "-");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Answer;
    use crate::testing::{self, NOW};

    /// Which units are asked, by position. The unit `changes` changes the message when it is asked.
    fn walk(preferred: Option<&'static str>, changes: Option<usize>) -> Vec<usize> {
        let mut ctx = testing::said("hello");
        ctx.session.preferred = preferred;
        let mut walk = Walk::new(&ctx, ["a", "b", "c"].into_iter());
        let mut asked = Vec::new();
        while let Some(at) = walk.step(&ctx) {
            asked.push(at);
            if changes == Some(at) {
                ctx.revision += 1;
            }
        }
        asked
    }

    #[test]
    fn units_are_asked_by_rank() {
        assert_eq!(walk(None, None), [0, 1, 2]);
        assert_eq!(walk(None, Some(1)), [0, 1, 2]);
    }

    #[test]
    fn the_preferred_unit_is_asked_first_and_not_again_about_the_same_message() {
        assert_eq!(walk(Some("b"), None), [1, 0, 2]);
        assert_eq!(walk(Some("a"), None), [0, 1, 2]);
    }

    #[test]
    fn the_preferred_unit_is_asked_again_at_its_rank_about_a_changed_message() {
        assert_eq!(walk(Some("b"), Some(0)), [1, 0, 1, 2]);
        assert_eq!(walk(Some("b"), Some(2)), [1, 0, 2]);
    }

    #[test]
    fn a_preferred_unit_that_is_not_there_changes_nothing() {
        assert_eq!(walk(Some("gone"), None), [0, 1, 2]);
    }

    #[test]
    fn a_reply_ends_the_walk_and_a_pass_does_not() {
        let mut ctx = testing::said("hello");
        assert!(!Verdict::Pass.settle(&mut ctx, "a"));
        assert_eq!(ctx.answer, None);
        assert!(Verdict::Reply(Reply::Success).settle(&mut ctx, "b"));
        assert_eq!(ctx.answer.map(|answer| (answer.unit, answer.created)), Some(("b", NOW)));
    }

    #[test]
    fn nobody_replies_success() {
        let mut ctx = testing::said("hello");
        nobody(&mut ctx);
        assert_eq!(
            ctx.answer,
            Some(Answer { reply: Reply::Success, created: NOW, unit: "-", salt: [0; 16] })
        );
    }
}
