use wechat::{Event, Kind};

use super::rule::{Rule, Verdict};
use crate::context::Context;

/// Welcomes a new follower with the account's words.
#[derive(Debug)]
pub struct Welcome;

impl Rule for Welcome {
    fn name(&self) -> &'static str {
        "welcome"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        let subscribes = matches!(
            ctx.message.as_ref().map(|message| &message.kind),
            Some(Kind::Event(Event::Subscribe { .. }))
        );
        let welcome = ctx.account.as_ref().and_then(|account| account.welcome.clone());
        match welcome {
            Some(welcome) if subscribes => Verdict::Reply(welcome),
            _ => Verdict::Pass,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wechat::Reply;

    use super::*;
    use crate::testing;

    #[test]
    fn a_new_follower_is_welcomed_in_the_accounts_words() {
        let mut ctx = testing::asked("event", "<Event>subscribe</Event>");
        let welcome = Reply::text("welcome").expect("short");
        assert_eq!(Welcome.decide(&mut ctx), Verdict::Reply(welcome));
        ctx.account = Some(Arc::new(crate::Account { welcome: None, ..testing::account() }));
        assert_eq!(Welcome.decide(&mut ctx), Verdict::Pass);
    }

    #[test]
    fn nobody_else_is_welcomed() {
        let mut left = testing::asked("event", "<Event>unsubscribe</Event>");
        assert_eq!(Welcome.decide(&mut left), Verdict::Pass);
        assert_eq!(Welcome.decide(&mut testing::said("subscribe")), Verdict::Pass);
    }
}
