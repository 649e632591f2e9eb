//! Models of the code that more than one thread may run at the same time.
//!
//! `build.rs` copies the sources under test. The copies use shuttle's locks, so shuttle decides
//! which thread runs when, and plays each model under many schedules. A model fails if a rule is
//! broken, if its threads wait for each other for ever, or if code of others (a callback, a waker,
//! a destructor, a reclaim) runs under a lock. Each seed is a bug in a copy, and a model must find
//! it.
//!
//! * [`sync`]: what the copies use in the place of `std::sync`.
//! * [`tokio`]: what the copies use in the place of tokio.
//! * [`waits`]: how the threads of a model wait.
//! * [`explore`]: plays a model under many schedules.
//! * [`models`]: the models.
//! * [`seeds`]: the seeded bugs.
#![forbid(unsafe_code)]

pub mod explore;
pub mod models;
pub mod seeded;
pub mod seeds;
pub mod sync;
pub mod tokio;
pub mod waits;
