//! Which account a request is for.

use std::sync::Arc;

use crate::account::Account;
use crate::context::Context;
use crate::error::{Error, Outcome};

/// Notes the account that was found, and for the deadline what becomes of its late answers.
///
/// # Errors
/// When there is none of that name.
pub fn found(ctx: &mut Context, account: Option<Arc<Account>>) -> Outcome {
    let account = account.ok_or(Error::UnknownAccount)?;
    ctx.origin().note_late(account.late);
    ctx.account = Some(account);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Method;
    use crate::testing;

    #[test]
    fn a_name_that_no_account_has_is_404() {
        let mut ctx = testing::context(Method::Get, String::new(), "");
        assert_eq!(found(&mut ctx, None), Err(Error::UnknownAccount));
        assert_eq!(Error::UnknownAccount.status(), 404);
        assert_eq!(found(&mut ctx, Some(Arc::new(testing::account()))), Ok(()));
        assert_eq!(ctx.account().map(|account| &*account.name), Ok("demo"));
    }
}
