//! A style with all that it needs to answer over HTTP.

use std::sync::Arc;

use kit::Style;
use pipeline::exchanges::Limits;
use pipeline::{LogLine, Pushed};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::caps::Caps;
use super::config::Configuration;
use super::logs;
use super::metrics::Metrics;
use crate::hosts::Live;

/// A style with its host, its limits and its counters.
pub struct Server {
    pub(super) style: Style,
    pub(super) caps: Caps,
    /// The host.
    pub host: Arc<Live>,
    /// The counters.
    pub metrics: Arc<Metrics>,
    pub(super) under_way: Arc<Semaphore>,
    pub(super) tasks: TaskTracker,
}

impl Server {
    /// A server of these accounts and services.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(
        style: Style,
        configuration: impl Into<Configuration>,
        limits: Limits,
        caps: Caps,
    ) -> Arc<Self> {
        let Configuration { accounts, services, .. } = configuration.into();
        let metrics = Arc::new(Metrics::default());
        let tasks = TaskTracker::new();
        let counted = Arc::clone(&metrics);
        let log = Box::new(move |line: LogLine, known| {
            logs::request(&line);
            counted.count(line, known);
        });
        let counted = Arc::clone(&metrics);
        let pushes = Box::new(move |pushed: Pushed| {
            counted.pushed(&pushed);
            logs::push(&pushed);
        });
        let host = Live::new(accounts, services, limits, tasks.clone(), log).with_pushes(pushes);
        let host = Arc::new(host);
        let under_way = Arc::new(Semaphore::new(caps.requests));
        Arc::new(Self { style, caps, host, metrics, under_way, tasks })
    }

    /// Changes the accounts and the services. How much is kept is not changed while it is kept.
    pub fn reload(&self, configuration: impl Into<Configuration>) {
        let Configuration { accounts, services, .. } = configuration.into();
        self.host.reload(accounts, services);
    }
}
