//! The proof: a deterministic host, and judges that do not know which style they judge. A project
//! with a style of its own needs only this crate: it re-exports [`pipeline`] and [`wechat`].
//!
//! ```
//! use kit::{Style, campaign};
//! # async fn answer(_: std::sync::Arc<dyn kit::pipeline::Host>, _: kit::pipeline::Request) -> kit::pipeline::Response { kit::pipeline::Response::success() }
//!
//! let style = Style::new("mine", answer);
//! let rejection = campaign::judge(&[style]).expect_err("it runs no layer");
//! let violation = rejection.violation;
//! assert_eq!((violation.clause, violation.name), ("2.1", "exactly_one_reply"));
//! ```
//!
//! Each module uses only those that come before it:
//!
//! * [`style`]: the subject of the judges; a style is one adapter function.
//! * [`kinds`]: a message of every kind to which no unit replies.
//! * [`scenario`]: requests, when they arrive, and which operations fail.
//! * [`host`]: the simulated host; every operation and every timer is an action to choose.
//! * [`mod@run`]: plays a scenario through a style under a schedule, a list of small integers.
//! * [`clauses`]: rules that must hold in every run, in any style.
//! * [`model`]: an independent interpreter that predicts a run from its schedule.
//! * [`difference`]: compares the styles with each other, byte for byte, in order.
//! * [`mod@trial`]: one scenario, played through several styles and judged.
//! * [`mod@shrink`]: makes a scenario that was rejected as small as possible.
//! * [`corpus`]: conversations with the answers that they must get.
//! * [`campaign`]: every conversation, every fault, every interleaving, random scenarios.
#![forbid(unsafe_code)]

pub mod campaign;
pub mod clauses;
pub mod corpus;
pub mod difference;
pub mod host;
pub mod kinds;
pub mod model;
pub mod run;
pub mod scenario;
pub mod shrink;
pub mod style;
pub mod trial;

pub use clauses::Violation;
pub use run::{Report, Schedule, play, run};
pub use scenario::{Arrival, Delivery, Injected, Scenario, Script};
pub use style::Style;
pub use trial::Rejection;
pub use {pipeline, wechat};
