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
