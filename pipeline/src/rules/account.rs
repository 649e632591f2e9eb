//! Which account a request is for.

use std::sync::Arc;

use crate::account::Account;
use crate::context::Context;
use crate::error::{Error, Outcome};

/// Notes the account that was found.
///
/// # Errors
/// When there is none of that name.
pub fn found(ctx: &mut Context, account: Option<Arc<Account>>) -> Outcome {
    ctx.account = Some(account.ok_or(Error::UnknownAccount)?);
    Ok(())
}
