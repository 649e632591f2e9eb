//! How long each bench target measures if it is started without options. A whole `cargo bench` must
//! end within twenty minutes on two cores, besides what is built, so longer measurements need an
//! option.
//!
//! A bench divides its budget among what it measures. README gives the times in minutes.

use std::time::Duration;

/// All situations, shapes and empty layers, in all processes.
pub const COMPARE: Duration = Duration::from_secs(215);

/// All absolute times, including what is not timed and the drawing.
pub const GROUPS: Duration = Duration::from_secs(240);

/// All services at all numbers of connections.
pub const HTTP: Duration = Duration::from_secs(300);

/// One operation in each form.
pub const LEAF: Duration = Duration::from_secs(15);

/// All peers, with nine layers and with none, and deep stacks beside the Node originals.
pub const PEERS: Duration = Duration::from_secs(35);

/// All runtimes: one request, ready and waiting, and the crowd.
pub const RUNTIMES: Duration = Duration::from_secs(90);

/// `source -- --builds`: builds of all styles, from nothing and after a change. What the styles
/// share is built before.
pub const BUILDS: Duration = Duration::from_secs(260);

/// `source -- --forget`: trying all ways to forget an error. This is not a limit; it takes about so
/// long.
pub const FORGET: Duration = Duration::from_secs(600);

/// How long a run without options takes, by the name of the target. Targets that are not in the
/// list take seconds.
pub const DEFAULT: [(&str, Duration); 6] = [
    ("compare", COMPARE),
    ("groups", GROUPS),
    ("http", HTTP),
    ("leaf", LEAF),
    ("peers", PEERS),
    ("runtimes", RUNTIMES),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_run_leaves_five_of_twenty_minutes_for_building_and_checking() {
        let whole: Duration = DEFAULT.iter().map(|(_, budget)| *budget).sum();
        assert!(whole <= Duration::from_secs(15 * 60), "{whole:?}");
    }
}
