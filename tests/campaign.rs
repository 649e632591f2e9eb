//! Random scenarios: fewer in a debug build, which a plain `cargo test` makes, and more in
//! `cargo test --release --test campaign`. There are two halves, for two cores.

use four_ways::measure::Progress;
use four_ways::styles;
use kit::campaign::{self, random::RANDOM};

const HALF: u64 = if cfg!(debug_assertions) { RANDOM[0] } else { RANDOM[1] } / 2;

fn random(first_seed: u64) {
    let progress = Progress::open();
    let tell = |done| {
        // One line is enough: the other half is as far.
        if first_seed == 0 {
            progress.tell(|| format!("{} of {} random scenarios", 2 * done, 2 * HALF));
        }
    };
    match campaign::random(&styles::all(), first_seed, HALF, tell) {
        Ok(tally) => {
            println!("{tally}");
            assert_eq!(tally.scenarios as u64, HALF);
            assert_eq!(tally.predicted, tally.runs);
            assert_eq!(tally.fired + tally.impossible, tally.planned);
            // Faults are planned where operations are.
            assert!(tally.impossible < tally.planned / 4, "{tally}");
            assert!(tally.fired > tally.scenarios, "{tally}");
        }
        Err(rejection) => panic!("{rejection}"),
    }
}

#[test]
fn random_scenarios_are_equal_first_half() {
    random(0);
}

#[test]
fn random_scenarios_are_equal_second_half() {
    random(HALF);
}
