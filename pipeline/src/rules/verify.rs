//! Whether a request is from WeChat.

use wechat::Query;

use crate::account::LONGEST_WINDOW;
use crate::context::Context;
use crate::error::{Error, Outcome};
use crate::request::Method;

/// Checks method, query, signature and timestamp, in this order. So only a sender who can sign
/// learns that a timestamp is too old.
///
/// # Errors
/// 405, 400, 403 and 403.
pub fn verify(ctx: &mut Context) -> Outcome {
    let account = ctx.account()?;
    if ctx.request().method == Method::Other {
        return Err(Error::Method);
    }
    let query = Query::parse(&ctx.request().query)?.into_owned();
    // In compat and safe mode the signature that counts covers the message, and `envelope` checks
    // it. A handshake has no message, so it is checked here.
    if !account.envelope.encrypts() || ctx.request().method == Method::Get {
        let verified = account.envelope.verify(&query)?;
        in_time(ctx, query.seconds())?;
        ctx.verified = Some(verified);
    }
    ctx.query = Some(query);
    Ok(())
}

/// Whether a timestamp lies in the account's window.
///
/// # Errors
/// 403.
pub(crate) fn in_time(ctx: &Context, seconds: u64) -> Outcome {
    let Some(window) = ctx.account()?.window else { return Ok(()) };
    let window = window.min(LONGEST_WINDOW);
    match ctx.host().now().as_secs().abs_diff(seconds) > window.as_secs() {
        true => Err(Error::Stale),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::{self, NOW};

    fn verified(method: Method, query: &str) -> Outcome {
        verify(&mut testing::context(method, query.to_owned(), ""))
    }

    #[test]
    fn the_checks_come_in_the_order_405_400_403_403() {
        let stale = testing::query(NOW - 301);
        let forged = stale.replace("nonce=42", "nonce=43");
        let odd = forged.replace("nonce=43", "nonce=4-3");
        assert_eq!(verified(Method::Other, &odd), Err(Error::Method));
        assert!(matches!(verified(Method::Post, &odd), Err(Error::Query(_))));
        assert_eq!(verified(Method::Post, &forged), Err(Error::Signature));
        assert_eq!(verified(Method::Post, &stale), Err(Error::Stale));
        assert_eq!(verified(Method::Post, &testing::query(NOW)), Ok(()));
        assert_eq!(verified(Method::Get, &testing::query(NOW)), Ok(()));
    }

    #[test]
    fn the_window_has_two_sides_and_its_edges_lie_inside() {
        for (seconds, outcome) in [
            (NOW - 301, Err(Error::Stale)),
            (NOW - 300, Ok(())),
            (NOW + 300, Ok(())),
            (NOW + 301, Err(Error::Stale)),
        ] {
            assert_eq!(verified(Method::Post, &testing::query(seconds)), outcome, "{seconds}");
        }
    }

    #[test]
    fn without_a_window_no_timestamp_is_stale() {
        let mut ctx = testing::context(Method::Post, testing::query(1_000_000_000), "");
        ctx.account = Some(Arc::new(crate::Account { window: None, ..testing::account() }));
        assert_eq!(verify(&mut ctx), Ok(()));
        assert_eq!(ctx.query().map(Query::seconds), Ok(1_000_000_000));
    }
}
