//! A request's own view of the host. The request counts as under way for as long as anything holds
//! this view: also when the reply has been sent and the rest of the work goes on.

use std::sync::Arc;

use pipeline::{Around, Host};
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

impl Around for UnderWay {
    fn inner(&self) -> &dyn Host {
        &*self.host
    }
}
