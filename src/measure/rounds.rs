//! Interleaved rounds, median ratios, and how far they can be trusted.

use std::time::Duration;

use crate::kit::run::Random;

/// Into how many runs the rounds are divided to see how much the twin's median moves.
const RUNS: usize = 5;

/// How often the rounds are drawn anew for an interval, and from which seed.
const DRAWS: usize = 400;
const SEED: u64 = 0x4657;

/// Times relative to a baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The median, over the rounds, of each entry's time divided by the baseline's in the same
    /// round. Entry 0 is the baseline, entry 1 its twin.
    pub ratios: Vec<f64>,
    /// Where each of these medians lies with 95 % confidence, by the bootstrap over the rounds.
    pub intervals: Vec<(f64, f64)>,
    /// The resolution: how far from 1 the twin came in the worst of several runs. What is nearer
    /// than that cannot be told apart.
    pub band: f64,
    /// How many rounds were played.
    pub rounds: usize,
    /// The median of the baseline's own times, in seconds. It moves with the machine.
    pub baseline: f64,
}

/// Measures `entries` entries, at least two, in rounds: in each round every entry once. Entry 0 is
/// the baseline and entry 1 must be the same again. `time` plays an entry and tells how long it
/// took; `proceed` is told how many rounds are done, and whether it wants another.
///
/// Absolute times move with whatever else the machine does. Ratios within a round, of entries that
/// take turns, hardly do.
pub fn compare(
    entries: usize,
    mut time: impl FnMut(usize) -> Duration,
    mut proceed: impl FnMut(usize) -> bool,
) -> Comparison {
    let mut ratios = vec![Vec::new(); entries];
    let mut baseline = Vec::new();
    let mut rounds = 0;
    while proceed(rounds) {
        let mut times = vec![0.0; entries];
        for entry in order(rounds, entries) {
            times[entry] = time(entry).as_secs_f64();
        }
        baseline.push(times[0]);
        for (ratios, time) in ratios.iter_mut().zip(&times) {
            ratios.push(time / times[0]);
        }
        rounds += 1;
    }
    let runs = ratios[1].chunks(rounds.div_ceil(RUNS).max(1));
    let band = runs.map(|run| (median(run) - 1.0).abs()).fold(0.0, f64::max);
    let intervals = ratios.iter().map(|ratios| interval(ratios)).collect();
    let ratios = ratios.iter().map(|ratios| median(ratios)).collect();
    Comparison { ratios, intervals, band, rounds, baseline: median(&baseline) }
}

/// The order of one round, after Williams: over as many rounds as there are entries, each entry
/// takes each place once and follows each other entry once; an odd number of entries needs the
/// same rounds backwards for that, and then it is twice. Mere rotation would give every entry the
/// same neighbour in all rounds.
fn order(round: usize, entries: usize) -> impl Iterator<Item = usize> {
    let backwards = entries % 2 == 1 && (round / entries) % 2 == 1;
    (0..entries).map(move |place| {
        let place = if backwards { entries - 1 - place } else { place };
        let zigzag = if place % 2 == 1 { place.div_ceil(2) } else { entries - place / 2 };
        (zigzag + round) % entries
    })
}

/// The middle 95 % of the medians of rounds drawn with replacement.
fn interval(values: &[f64]) -> (f64, f64) {
    let mut random = Random(SEED);
    let mut draw = || values.iter().map(|_| values[random.below(values.len())]).collect::<Vec<_>>();
    let mut medians: Vec<f64> = (0..DRAWS).map(|_| median(&draw())).collect();
    medians.sort_by(f64::total_cmp);
    (medians[DRAWS / 40], medians[DRAWS - 1 - DRAWS / 40])
}

/// The value in the middle; 1 when there is none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 1.0,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}

impl Comparison {
    /// The ratio of an entry: `≈ 1` inside the band, otherwise with as many digits as the band
    /// supports, at most two after the point.
    #[must_use]
    pub fn shown(&self, entry: usize) -> String {
        let ratio = self.ratios[entry];
        if (ratio - 1.0).abs() <= self.band {
            return "≈ 1".to_owned();
        }
        let digits = match ratio * self.band {
            uncertain if uncertain <= 0.01 => 2,
            uncertain if uncertain <= 0.1 => 1,
            _ => usize::from(ratio < 1.0), // a ratio is never 0
        };
        format!("{ratio:.digits$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays entries that take `times` microseconds; in every third round all take thrice as long.
    fn played(times: &[u64], rounds: usize) -> Comparison {
        let mut played = 0;
        let time = |entry: usize| {
            let slow = if (played / times.len()).is_multiple_of(3) { 3 } else { 1 };
            played += 1;
            Duration::from_micros(times[entry] * slow)
        };
        compare(times.len(), time, |done| done < rounds)
    }

    #[test]
    fn a_machine_that_slows_down_does_not_change_a_ratio() {
        let comparison = played(&[100, 100, 250, 100], 60);
        assert_eq!(comparison.ratios, [1.0, 1.0, 2.5, 1.0]);
        assert_eq!((comparison.band, comparison.rounds), (0.0, 60));
    }

    #[test]
    fn an_interval_holds_its_median_and_leaves_out_what_is_rare() {
        let values: Vec<f64> =
            (0..200_u8).map(|at| if at < 5 { 9.0 } else { f64::from(at % 3) }).collect();
        let (low, high) = interval(&values);
        assert!(low <= median(&values) && median(&values) <= high && high < 9.0);
    }

    #[test]
    fn the_band_is_how_far_the_twin_strays() {
        let comparison = played(&[100, 104, 103, 238], 60);
        assert!((comparison.band - 0.04).abs() < 1e-9);
        assert_eq!(comparison.shown(2), "≈ 1");
        assert_eq!(comparison.shown(3), "2.4");
    }

    #[test]
    fn no_more_digits_are_shown_than_the_band_supports() {
        let ratios = vec![1.0, 1.0, 2.345];
        let whole =
            Comparison { ratios, intervals: Vec::new(), band: 0.0, rounds: 1, baseline: 1.0 };
        let shown = |band| Comparison { band, ..whole.clone() }.shown(2);
        assert_eq!([shown(0.0), shown(0.01), shown(0.2)], ["2.35", "2.3", "2"]);
        let small = Comparison { ratios: vec![1.0, 1.0, 0.4], band: 0.3, ..whole };
        assert_eq!(small.shown(2), "0.4");
    }

    /// How often each entry of `entries` is in each place, and follows each other one, in `rounds`.
    fn balance(entries: usize, rounds: usize) -> (Vec<usize>, Vec<usize>) {
        let mut places = vec![0; entries * entries];
        let mut follows = vec![0; entries * entries];
        for round in 0..rounds {
            let order: Vec<usize> = order(round, entries).collect();
            order
                .iter()
                .enumerate()
                .for_each(|(place, entry)| places[place * entries + entry] += 1);
            order.windows(2).for_each(|pair| follows[pair[0] * entries + pair[1]] += 1);
        }
        (0..entries).for_each(|entry| assert_eq!(follows[entry * entries + entry], 0));
        follows.retain(|count| *count > 0);
        (places, follows)
    }

    #[test]
    fn each_entry_takes_each_place_and_follows_each_other_equally_often() {
        assert_eq!(balance(6, 6), (vec![1; 36], vec![1; 30]));
        assert_eq!(balance(7, 14), (vec![2; 49], vec![2; 42]));
    }
}
