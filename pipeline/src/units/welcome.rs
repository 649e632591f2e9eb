use wechat::{Event, Kind};

use super::{Rule, Verdict};
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
