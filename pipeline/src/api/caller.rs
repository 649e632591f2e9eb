//! On whose behalf the API is called.

use std::sync::Arc;

use crate::account::Account;
use crate::context::Context;
use crate::host::Host;
use crate::origin::Origin;

/// On whose behalf the API is called: a request and its account. It is apart from the context,
/// because three of the styles cannot lend the context while they wait.
#[derive(Clone)]
pub struct Caller {
    origin: Arc<Origin>,
    account: Option<Arc<Account>>,
}

impl Caller {
    /// The caller of this request.
    #[must_use]
    pub fn of(ctx: &Context) -> Self {
        Self { origin: Arc::clone(ctx.origin()), account: ctx.account.clone() }
    }

    /// The request's host.
    #[must_use]
    pub fn host(&self) -> &dyn Host {
        self.origin.host()
    }

    /// The host for what several requests wait for.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn Host> {
        self.origin.shared()
    }

    /// The account, if a layer has found it.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        self.account.as_ref().map_or_else(|| "".into(), |account| Arc::clone(&account.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_caller_is_the_account_of_a_request_and_nobody_before_it_is_found() {
        let mut ctx = testing::said("hello");
        let caller = Caller::of(&ctx);
        assert_eq!(&*caller.name(), &*testing::account().name);
        assert_eq!(caller.account().map(|account| &*account.name), Some(&*caller.name()));
        ctx.account = None;
        assert!(Caller::of(&ctx).account().is_none());
        assert_eq!(&*Caller::of(&ctx).name(), "");
        // It stays when the context has another one.
        assert!(caller.account().is_some());
    }

    #[test]
    fn the_shared_host_is_the_requests_own_unless_the_host_has_another() {
        let caller = Caller::of(&testing::said("hello"));
        assert_eq!(caller.shared().now(), caller.host().now());
    }
}
