//! How long each bench target measures when nothing is asked of it. A whole `cargo bench` is to end
//! within twenty minutes on two cores, so what takes longer asks to be named.
//!
//! A bench divides its budget among what it measures. README says the minutes.

use std::time::Duration;

/// All situations and the empty layers, in all processes.
pub const COMPARE: Duration = Duration::from_secs(143);

/// All absolute times, with what is not timed and with the pictures.
pub const GROUPS: Duration = Duration::from_secs(240);

/// All services at all numbers of connections.
pub const HTTP: Duration = Duration::from_secs(300);

/// One operation in each form.
pub const LEAF: Duration = Duration::from_secs(15);

/// Nine layers and none, of all peers.
pub const PEERS: Duration = Duration::from_secs(20);

/// One request, ready and waiting, and the crowd, on all runtimes.
pub const RUNTIMES: Duration = Duration::from_secs(90);

/// `source -- --builds`: all styles, from nothing and after a change, when what they share is built.
pub const BUILDS: Duration = Duration::from_secs(260);

/// `source -- --forget`: trying all ways to forget an error. As long as it takes; about so long.
pub const FORGET: Duration = Duration::from_secs(600);

/// What a run without options takes, by the name of the target. What is not in here takes seconds.
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
