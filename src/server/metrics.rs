//! What `/metrics` shows, in Prometheus' text format.

use pipeline::exchanges::Kept;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::ends::End;

/// The counters of a server.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    latency: Histogram,
    repeats: Counter,
    pushes: Family<Push, Counter>,
    answered: Counter,
    /// Requests answered with `success` because too many were under way.
    pub shed: Counter,
    kept: Family<What, Gauge>,
    memory: Gauge,
    /// Requests under way.
    pub under_way: Gauge,
    /// Connections accepted.
    pub connections: Counter,
    ended: Family<Why, Counter>,
    open: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: End,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    account: String,
    kind: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Push {
    account: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct What {
    what: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("four_ways");
        // From 50 µs to 6.5 s: the 5 s after which WeChat hangs up lie between.
        let latency = Histogram::new(exponential_buckets(0.000_05, 2.0, 18));
        let requests = Family::<Labels, Counter>::default();
        let (repeats, shed, connections) = <(Counter, Counter, Counter)>::default();
        let under_way = Gauge::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "latency",
            "From the first layer to the last",
            Unit::Seconds,
            latency.clone(),
        );
        registry.register("repeats", "Repeats answered from the store", repeats.clone());
        let pushes = Family::<Push, Counter>::default();
        registry.register("pushes", "Late answers that were to be sent", pushes.clone());
        registry.register("shed", "Requests answered unread, at overload", shed.clone());
        registry.register("under_way", "Requests under way", under_way.clone());
        registry.register("connections", "Connections accepted", connections.clone());
        let (kept, memory) = <(Family<What, Gauge>, Gauge)>::default();
        registry.register("kept", "What is kept of users", kept.clone());
        registry.register_with_unit(
            "memory",
            "Answers, sessions and signatures, keys included",
            Unit::Bytes,
            memory.clone(),
        );
        let (ended, open) = <(Family<Why, Counter>, Gauge)>::default();
        registry.register("connections_ended", "Connections ended, by why", ended.clone());
        registry.register("connections_open", "Connections open", open.clone());
        let answered = Counter::default();
        Self {
            registry,
            requests,
            latency,
            repeats,
            pushes,
            answered,
            shed,
            kept,
            memory,
            under_way,
            connections,
            ended,
            open,
        }
    }
}

impl Metrics {
    /// Counts a request. An account that is not configured is counted as `-`, because a client must
    /// not be able to create labels.
    pub fn count(&self, line: pipeline::LogLine, known: bool) {
        let account = if known { line.account } else { "-".to_owned() };
        let labels = Labels { account, kind: line.kind, status: line.status };
        self.requests.get_or_create(&labels).inc();
        self.answered.inc();
        self.latency.observe(line.elapsed.as_secs_f64());
        if line.repeat {
            self.repeats.inc();
        }
    }

    /// Counts a late answer: `sent`, or `failed`.
    pub fn pushed(&self, pushed: &pipeline::Pushed) {
        let outcome = if pushed.failed.is_none() { "sent" } else { "failed" };
        let labels = Push { account: pushed.account.to_string(), outcome };
        self.pushes.get_or_create(&labels).inc();
    }

    /// Counts a connection that begins.
    pub fn accepted(&self) {
        self.connections.inc();
        self.open.inc();
    }

    /// Counts a connection that has ended.
    pub fn ended(&self, why: End) {
        self.ended.get_or_create(&Why { why }).inc();
        self.open.dec();
    }

    /// How many requests were answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered.get()
    }

    /// The text of `/metrics`, with how much is kept at present.
    #[must_use]
    pub fn text(&self, kept: &Kept) -> String {
        let Kept { answers, sessions, signatures, bytes, turns, waiting } = *kept;
        for (what, number) in [
            ("answers", answers),
            ("sessions", sessions),
            ("signatures", signatures),
            ("turns", turns),
            ("waiting", waiting),
        ] {
            let gauge = self.kept.get_or_create(&What { what });
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        }
        self.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a string does not fail.
        encode(&mut text, &self.registry).unwrap_or_default();
        text
    }
}

#[cfg(test)]
mod tests {
    use pipeline::Pushed;

    use super::*;

    #[test]
    fn late_answers_are_counted_by_account_and_outcome() {
        let metrics = Metrics::default();
        let pushed = |failed: Option<&str>| Pushed {
            account: "shop".into(),
            kind: "text",
            unit: "later",
            failed: failed.map(str::to_owned),
        };
        metrics.pushed(&pushed(None));
        metrics.pushed(&pushed(Some("no permission")));
        metrics.pushed(&pushed(None));
        let text = metrics.text(&Kept::default());
        for line in [
            "four_ways_pushes_total{account=\"shop\",outcome=\"sent\"} 2",
            "four_ways_pushes_total{account=\"shop\",outcome=\"failed\"} 1",
        ] {
            assert!(text.lines().any(|each| each == line), "{text}");
        }
    }
}
