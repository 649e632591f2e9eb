//! The account's ticket, which requests share, and WeChat's API.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use kit::pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use kit::pipeline::{Call, Completer, Context, Host, Operation, Outcome, Pending, Ticket, rules};

type Ended = Result<Ticket, Trouble>;

/// Who waits for a ticket that is being fetched, by account.
type Waiting = BTreeMap<Arc<str>, Vec<Completer<Ended>>>;

/// The tickets that are being fetched.
#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<Waiting>>);

impl Tickets {
    /// Waits for the ticket, and says whether the caller has to fetch it.
    fn wait(&self, account: Arc<str>) -> (Pending<Ended>, bool) {
        let (completer, pending) = Pending::new(Operation::Call);
        match self.waiting().entry(account) {
            Entry::Occupied(mut waiting) => {
                waiting.get_mut().push(completer);
                (pending, false)
            }
            Entry::Vacant(place) => {
                place.insert(vec![completer]);
                (pending, true)
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fetch under way. When it is dropped, those who wait are told, whatever happened.
struct Fetching {
    tickets: Tickets,
    account: Arc<str>,
    ended: Ended,
}

impl Drop for Fetching {
    fn drop(&mut self) {
        let waiting = self.tickets.waiting().remove(&self.account);
        for completer in waiting.into_iter().flatten() {
            completer.complete(Ok(self.ended.clone()));
        }
    }
}

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub async fn api(caller: &Caller, tickets: &Tickets, call: Call) -> Result<Vec<u8>, Trouble> {
    let mut attempts = Attempts::new(call);
    loop {
        let ticket = ticket(caller, tickets, attempts.failed()).await?;
        let called = caller.host().call(attempts.call(Some(&ticket))).await;
        match attempts.advise(Some(ticket), called) {
            Advice::Over(ended) => return ended,
            Advice::Pause(pause) => caller.host().sleep(pause).await.unwrap_or_default(),
            Advice::Renew => {}
        }
    }
}

/// Sends the answer of a request that could not wait for it as a customer-service message.
pub async fn push(ctx: &Context, outcome: &Outcome, tickets: Tickets) {
    if let Some((push, caller, call)) = rules::push::push(ctx, outcome) {
        push.end(api(&caller, &tickets, call).await);
    }
}

async fn ticket(caller: &Caller, tickets: &Tickets, failed: Option<&Ticket>) -> Ended {
    let stored = caller.host().ticket(&caller.name()).await?;
    if let Some(ticket) = rule::good(stored.as_ref(), failed, caller.host().elapsed()) {
        return Ok(ticket);
    }
    let request = rule::request(caller, failed.is_some())?;
    let (ended, is_first) = tickets.wait(caller.name());
    if is_first {
        let ended = Err(Trouble::Panicked);
        let fetching = Fetching { tickets: tickets.clone(), account: caller.name(), ended };
        begin(&caller.shared(), fetch(caller.shared(), stored, request, fetching)).await;
    }
    ended.await?
}

/// Begins some work now, and lets it go on without the request that began it. A panic ends it.
async fn begin(host: &Arc<dyn Host>, work: impl Future<Output = ()> + Send + 'static) {
    let mut work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async {
        let mut work = pin!(work);
        poll_fn(|task| {
            catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(task))).unwrap_or(Poll::Ready(()))
        })
        .await;
    });
    let begun = poll_fn(|task| Poll::Ready(work.as_mut().poll(task))).await;
    if begun.is_pending() {
        host.spawn(work);
    }
}

async fn fetch(host: Arc<dyn Host>, before: Option<Ticket>, request: Call, mut to: Fetching) {
    to.ended = fetched(&*host, &to.account, before, request).await;
}

async fn fetched(host: &dyn Host, account: &str, before: Option<Ticket>, request: Call) -> Ended {
    let mut attempts = Attempts::new(request);
    let body = loop {
        let called = host.call(attempts.call(None)).await;
        match attempts.advise(None, called) {
            Advice::Over(ended) => break ended?,
            Advice::Pause(pause) => host.sleep(pause).await.unwrap_or_default(),
            Advice::Renew => {}
        }
    };
    let ticket = rule::read(&body, host.elapsed())?;
    host.replace(account, before, ticket.clone()).await.unwrap_or_default();
    Ok(ticket)
}
