//! The platform with a clock and a way to the servers.
//!
//! The clock is tokio's. On a runtime with paused time it is a virtual clock, and a test waits for
//! nothing; its servers must then be functions in the same process.

use std::fmt::Display;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until, timeout};

use super::act::Act;
use super::answer::is_echo;
use super::api::Call;
use super::chain::{Outcome, PATIENCE};
use super::journal::Entry;
use super::machine::{ActError, Platform};
use super::orders::Served;
use super::push::{Answer, Request};

type Send =
    dyn Fn(Request) -> BoxFuture<'static, Result<Answer, String>> + std::marker::Send + Sync;

/// A platform that runs.
pub struct Live {
    platform: Mutex<Platform>,
    /// What tokio's clock showed when the time was `epoch`.
    start: Instant,
    epoch: Duration,
    send: Box<Send>,
    journal: UnboundedSender<Entry>,
}

impl Live {
    /// Starts a platform whose clock now shows `epoch`, since 1970. `send` takes a request to its
    /// server; [`http::send`](super::http::send) does it over HTTP. What happens comes out of the
    /// receiver, in order.
    pub fn start<R, E: Display>(
        platform: Platform,
        epoch: Duration,
        send: impl Fn(Request) -> R + std::marker::Send + Sync + 'static,
    ) -> (Arc<Self>, UnboundedReceiver<Entry>)
    where
        R: Future<Output = Result<Answer, E>> + std::marker::Send + 'static,
    {
        let (journal, entries) = unbounded_channel();
        let send = move |request| {
            send(request).map(|sent| sent.map_err(|error| error.to_string())).boxed()
        };
        let platform = Mutex::new(platform);
        let live = Self { platform, start: Instant::now(), epoch, send: Box::new(send), journal };
        (Arc::new(live), entries)
    }

    /// The time by this platform's clock, since 1970.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.epoch + self.start.elapsed()
    }

    /// A user does something; completes when the message is answered, or given up after three tries.
    /// Messages may overlap, as those of real users do.
    ///
    /// # Errors
    /// When there is no such account, or the user has left it.
    pub async fn act(&self, app_id: &str, user: &str, act: &Act) -> Result<(), ActError> {
        let chain = self.with(|platform, now| platform.act(now, app_id, user, act))?;
        while let Some(request) = self.with(|platform, now| platform.begin(now, chain)) {
            let outcome = match timeout(PATIENCE, (self.send)(request)).await {
                Ok(Ok(answer)) => Outcome::Answered(answer),
                Ok(Err(why)) => Outcome::Failed(why),
                Err(_) => Outcome::Cut,
            };
            let Some(again) = self.with(|platform, now| platform.end(now, chain, outcome)) else {
                break;
            };
            sleep_until(self.start + again.saturating_sub(self.epoch)).await;
        }
        Ok(())
    }

    /// Asks an account's server whether it is the account's.
    ///
    /// # Errors
    /// When there is no such account; inside, why the server did not pass.
    pub async fn handshake(&self, app_id: &str) -> Result<Result<(), String>, ActError> {
        let (request, echo) = self.with(|platform, now| platform.handshake(now, app_id))?;
        Ok(match timeout(PATIENCE, (self.send)(request)).await {
            Ok(Ok(answer)) if is_echo(&answer, &echo) => Ok(()),
            Ok(Ok(Answer { status, .. })) => {
                Err(format!("status {status}, and not the echostr alone: compare the token"))
            }
            Ok(Err(why)) => Err(why),
            Err(_) => Err("no answer within 5 s".to_owned()),
        })
    }

    /// Answers a call of the API, after the delay that was ordered. `None` ends the connection.
    pub async fn call(&self, call: &Call) -> Option<String> {
        let Served { delay, body } = self.with(|platform, now| platform.call(now, call));
        tokio::time::sleep(delay).await;
        body
    }

    /// Does something with the platform at the present time, and tells what happened.
    pub fn with<T>(&self, act: impl FnOnce(&mut Platform, Duration) -> T) -> T {
        let mut platform = self.lock();
        let done = act(&mut platform, self.now());
        for entry in platform.take_journal() {
            // Nobody has to listen.
            drop(self.journal.send(entry));
        }
        done
    }

    fn lock(&self) -> MutexGuard<'_, Platform> {
        // Each change of the platform is whole before anything can panic.
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
