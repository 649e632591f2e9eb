//! Plays a model under many schedules.

use std::fmt;

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

/// How many random schedules; as many again change the running thread at few places only (PCT),
/// and at most as many are the first of all that there are, in their order.
const SCHEDULES: usize = 1000;

/// The seed, so that a run can be repeated.
const SEED: u64 = 1;

/// At how many places PCT changes the running thread.
const CHANGES: usize = 3;

/// A name, and what the threads do. It panics if a rule is broken.
pub struct Model {
    /// What the rule is.
    pub name: &'static str,
    /// Starts the threads and waits for them.
    pub run: fn(),
}

/// Lists the models of a file under their names.
macro_rules! models {
    ($($name:ident),* $(,)?) => {
        /// The models of this file.
        pub const MODELS: &[crate::explore::Model] =
            &[$(crate::explore::Model { name: stringify!($name), run: $name }),*];
    };
}

pub(crate) use models;

/// How many schedules a model was played under.
pub struct Explored {
    random: usize,
    few: usize,
    first: usize,
}

impl fmt::Display for Explored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { random, few, first } = self;
        write!(formatter, "{random} random schedules, {few} with few changes of the thread, ")?;
        match *first {
            SCHEDULES.. => write!(formatter, "and the first {first} of all"),
            _ => write!(formatter, "and all {first} that there are"),
        }
    }
}

/// Plays a model.
///
/// # Panics
/// When a rule is broken or the threads wait for each other. Shuttle then prints the schedule.
pub fn explore(model: &Model) -> Explored {
    Explored {
        random: play(RandomScheduler::new_from_seed(SEED, SCHEDULES), model),
        few: play(PctScheduler::new_from_seed(SEED, CHANGES, SCHEDULES), model),
        first: play(DfsScheduler::new(Some(SCHEDULES), false), model),
    }
}

fn play(scheduler: impl Scheduler + 'static, model: &Model) -> usize {
    let mut config = Config::new();
    config.stack_size = 1 << 18; // code that is not optimized needs more than the default
    config.silence_warnings = true; // of `lazy_static`: one for each play is what is wanted
    Runner::new(scheduler, config).run(model.run)
}
