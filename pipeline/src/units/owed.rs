use wechat::Kind;

use super::rule::{Rule, Verdict};
use crate::context::Context;

/// The unit's name.
pub const NAME: &str = "owed";

/// Gives an answer that came too late for its own message, before anything else is asked.
#[derive(Debug)]
pub struct Owed;

/// Whether there is such an answer, and this is a message. An event may come without the user, who
/// was told to send a message.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    let event = matches!(ctx.message.as_ref().map(|message| &message.kind), Some(Kind::Event(_)));
    ctx.session.owed.is_some() && !event
}

impl Rule for Owed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        if !wants(ctx) {
            return Verdict::Pass;
        }
        ctx.session.owed.take().map_or(Verdict::Pass, |reply| Verdict::Reply(*reply))
    }
}

#[cfg(test)]
mod tests {
    use wechat::Reply;

    use super::*;
    use crate::testing;
    use crate::units::Walk;

    #[test]
    fn the_next_message_gets_it_once_and_an_event_does_not() {
        let reply = Reply::text("at last").expect("short");
        let mut event = testing::asked("event", "<Event>CLICK</Event><EventKey>sunny</EventKey>");
        event.session.owed = Some(Box::new(reply.clone()));
        assert_eq!(Owed.decide(&mut event), Verdict::Pass);
        assert!(event.session.owed.is_some());
        let mut ctx = testing::said("sunny");
        ctx.session.owed = event.session.owed;
        assert_eq!(Owed.decide(&mut ctx), Verdict::Reply(reply));
        assert_eq!(Owed.decide(&mut ctx), Verdict::Pass);
    }

    #[test]
    fn it_comes_before_the_preferred_unit() {
        let mut ctx = testing::said("50");
        ctx.session.preferred = Some("guess");
        let first = |ctx: &Context| Walk::new(ctx, ["owed", "a", "guess"].into_iter()).step(ctx);
        assert_eq!(first(&ctx), Some(2));
        ctx.session.owed = Some(Box::new(Reply::text("at last").expect("short")));
        assert_eq!(first(&ctx), Some(0));
    }
}
