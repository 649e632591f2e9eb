//! A request's own view of the host. It counts as under way for as long as anything of it holds
//! the host: also when its reply has left and the rest goes on, whatever the style keeps it in.

use std::sync::Arc;
use std::time::Duration;

use pipeline::{Account, Begun, Exchange, Host, LeaseId, LogLine, Pending, Record, Work};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::metrics::Metrics;
use crate::hosts::Live;

/// The host, for one request.
pub struct UnderWay {
    host: Arc<Live>,
    metrics: Arc<Metrics>,
    _permit: Option<OwnedSemaphorePermit>,
    _token: TaskTrackerToken,
}

impl UnderWay {
    /// Counts a request until the last holder lets go.
    pub fn new(
        host: Arc<Live>,
        metrics: Arc<Metrics>,
        permit: Option<OwnedSemaphorePermit>,
        token: TaskTrackerToken,
    ) -> Arc<Self> {
        metrics.under_way.inc();
        Arc::new(Self { host, metrics, _permit: permit, _token: token })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.metrics.under_way.dec();
    }
}

impl Host for UnderWay {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        self.host.account(name)
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.host.begin(exchange)
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.host.commit(lease, record)
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.host.abort(lease)
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.host.sleep(duration)
    }

    fn spawn(&self, work: Work) {
        self.host.spawn(work);
    }

    fn now(&self) -> Duration {
        self.host.now()
    }

    fn random(&self) -> u64 {
        self.host.random()
    }

    fn log(&self, line: LogLine) {
        self.host.log(line);
    }

    fn release(&self, lease: LeaseId) {
        self.host.release(lease);
    }
}
