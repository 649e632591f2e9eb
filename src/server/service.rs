//! A style with all that it needs to answer over HTTP.

use std::sync::Arc;

use kit::Style;
use pipeline::exchanges::Limits;
use pipeline::{Account, LogLine};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::caps::Caps;
use super::logs;
use super::metrics::Metrics;
use crate::hosts::Live;

/// A style with its host, its limits and its counters.
pub struct Server {
    pub(super) style: Style,
    pub(super) caps: Caps,
    /// The host; [`Live::reload`] changes its accounts.
    pub host: Arc<Live>,
    /// The counters.
    pub metrics: Arc<Metrics>,
    pub(super) under_way: Arc<Semaphore>,
    pub(super) tasks: TaskTracker,
}

impl Server {
    /// A server of these accounts.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(style: Style, accounts: Vec<Account>, limits: Limits, caps: Caps) -> Arc<Self> {
        let metrics = Arc::new(Metrics::default());
        let tasks = TaskTracker::new();
        let counted = Arc::clone(&metrics);
        let log = Box::new(move |line: LogLine, known| {
            counted.count(&line, known);
            logs::request(&line);
        });
        let host = Arc::new(Live::new(accounts, limits, tasks.clone(), log));
        let under_way = Arc::new(Semaphore::new(caps.requests));
        Arc::new(Self { style, caps, host, metrics, under_way, tasks })
    }
}
