//! Models of the code that more than one thread may run at the same time.
//!
//! `build.rs` copies the sources under test. The copies use shuttle's locks, so shuttle decides
//! which thread runs when, and plays each model under many schedules. A model fails if a rule is
//! broken, if its threads wait for each other for ever, or if code of others (a callback, a waker,
//! a destructor, a reclaim) runs under a lock. Other copies have a bug, which a model must find.
//!
//! * [`sync`]: what the copies use in the place of `std::sync`.
//! * [`tokio`]: what the copies use in the place of tokio.
//! * [`waits`]: how the threads of a model wait.
//! * [`explore`]: plays a model under many schedules.
//! * [`sources`]: which sources are copied.
//! * [`models`]: the models.
//! * [`bugs`]: the bugs.
//! * [`seeded`]: the copies that have one.
#![forbid(unsafe_code)]

pub mod bugs;
pub mod explore;
pub mod models;
pub mod seeded;
pub mod sources;
pub mod sync;
pub mod tokio;
pub mod waits;
