//! The proof: a deterministic host, and judges that know no style.
//!
//! * [`Style`]: what is judged; a fifth style is one adapter function.
//! * [`scenario`]: requests, when they arrive, and which operations fail.
//! * [`host`]: the simulated host; every operation and every timer is an action to be chosen.
//! * [`mod@run`]: plays a scenario through a style under a schedule, a list of small integers.
//! * [`clauses`]: what must hold of every run, whatever the style.
//! * [`model`]: an independent straight-line interpreter that predicts a run.
//! * [`difference`]: the styles against each other, byte for byte, in order.
//! * [`corpus`]: conversations with the answers that they must get.
//! * [`kinds`]: a message of every kind that nobody answers.
//! * [`campaign`]: every fault, every interleaving, random scenarios.

pub mod campaign;
pub mod clauses;
pub mod corpus;
pub mod difference;
pub mod host;
pub mod kinds;
pub mod model;
pub mod run;
pub mod scenario;

pub use crate::style::{self, Style};
pub use clauses::Violation;
pub use run::{Report, Schedule, play, run};
pub use scenario::{Arrival, Delivery, Injected, Scenario, Script};
