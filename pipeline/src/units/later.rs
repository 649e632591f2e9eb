//! A unit that waits longer than WeChat does. So its answer always comes late, and the account's
//! [`Late`](crate::Late) says what becomes of it.

use std::time::Duration;

use super::rule::{Verdict, say, text};
use crate::context::Context;

/// The unit's name.
pub const NAME: &str = "later";

/// How long the unit waits: longer than the deadline, and less than the 10 s to a third try.
pub const PAUSE: Duration = Duration::from_secs(6);

/// Whether the message is for this unit.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    ctx.account.as_ref().is_some_and(|account| account.has_unit(NAME))
        && matches!(text(ctx), Some("later" | "稍后"))
}

/// What it says after the wait.
#[must_use]
pub fn verdict() -> Verdict {
    say("久等了。Thank you for waiting.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rules::deadline::LIMIT;
    use crate::testing;

    #[test]
    fn it_is_for_its_words_and_for_accounts_that_have_it_on() {
        assert!(wants(&testing::said("later")));
        assert!(wants(&testing::said("稍后")));
        assert!(!wants(&testing::said("hello")));
        let mut ctx = testing::said("later");
        ctx.account = Some(Arc::new(crate::Account { units: vec![], ..testing::account() }));
        assert!(!wants(&ctx));
    }

    #[test]
    fn it_waits_longer_than_the_deadline_and_is_there_for_the_third_try() {
        assert!(PAUSE > LIMIT);
        assert!(PAUSE < Duration::from_secs(10));
        assert!(matches!(verdict(), Verdict::Reply(_)));
    }
}
