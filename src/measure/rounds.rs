//! Interleaved rounds, median ratios, and how far they can be trusted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use kit::run::Random;

/// Into how many runs the rounds are divided to see how much the twin's median moves.
const RUNS: usize = 5;

/// How often the rounds are drawn anew for an interval, and from which seed.
const DRAWS: usize = 400;
const SEED: u64 = 0x4657;

/// Times relative to a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The median, over the rounds, of each entry's time divided by the baseline's in the same
    /// round. Entry 0 is the baseline, entry 1 its twin.
    pub ratios: Vec<f64>,
    /// Where each of these medians lies with 95 % confidence, by the bootstrap over the rounds of
    /// one process; of several, the hull, which has no such level.
    pub intervals: Vec<(f64, f64)>,
    /// The resolution: how far from 1 the twin came in the worst of several runs. What is nearer
    /// than that cannot be told apart.
    pub band: f64,
    /// How far each entry came from its ratio, relative to it, in the worst of the processes that
    /// measured it; 0 where only one process has.
    pub strays: Vec<f64>,
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
    let strays = vec![0.0; entries];
    Comparison { ratios, intervals, band, strays, rounds, baseline: median(&baseline) }
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
    /// What several processes have measured, at least one, each the same entries. Where code and
    /// memory happen to lie differs from process to process, and moves ratios further than the
    /// rounds within one process show.
    #[must_use]
    pub fn merged(parts: &[Self]) -> Self {
        let entries = 0..parts[0].ratios.len();
        let all = |of: &dyn Fn(&Self) -> f64| parts.iter().map(of).collect::<Vec<_>>();
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Each process is a run, and there are rounds enough in it.
        let band = match parts {
            [one] => one.band,
            _ => most(&all(&|part| (part.ratios[1] - 1.0).abs())),
        };
        let (mut ratios, mut intervals, mut strays) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let medians = all(&|part| part.ratios[entry]);
            let ratio = median(&medians);
            strays.push(most(&all(&|part| (part.ratios[entry] / ratio - 1.0).abs())));
            ratios.push(ratio);
            let low = least(&all(&|part| part.intervals[entry].0));
            intervals.push((low, most(&all(&|part| part.intervals[entry].1))));
        }
        let rounds = parts.iter().map(|part| part.rounds).sum();
        let baseline = median(&all(&|part| part.baseline));
        Self { ratios, intervals, band, strays, rounds, baseline }
    }

    /// How far an entry's ratio can be trusted: by the resolution, and by how far it strayed.
    #[must_use]
    pub fn uncertainty(&self, entry: usize) -> f64 {
        self.band.max(self.strays[entry])
    }

    /// The ratio of an entry, as [`shown`].
    #[must_use]
    pub fn shown(&self, entry: usize) -> String {
        shown(self.ratios[entry], self.uncertainty(entry))
    }
}

/// A ratio whose baseline strays by `band`: `≈ 1` inside the band, otherwise as [`rounded`].
#[must_use]
pub fn shown(ratio: f64, band: f64) -> String {
    if (ratio - 1.0).abs() <= band {
        return "≈ 1".to_owned();
    }
    // Divided, not subtracted: what is outside the band must not reach back over 1.
    within(ratio, [ratio / (1.0 + band), ratio * (1.0 + band)])
}

/// A difference: `≈ 0` where it is nothing but uncertainty, otherwise as [`rounded`].
#[must_use]
pub fn apart(difference: f64, uncertainty: f64) -> String {
    if difference.abs() <= uncertainty {
        return "≈ 0".to_owned();
    }
    rounded(difference, uncertainty)
}

/// A value with the digits that its uncertainty supports: its last digit moves by four at most,
/// and there are two behind the point at most. Where less than two digits would be left (`1` for
/// 1.4 reads wrong), a range says what is known.
#[must_use]
pub fn rounded(value: f64, uncertainty: f64) -> String {
    within(value, [value - uncertainty, value + uncertainty])
}

fn within(value: f64, ends: [f64; 2]) -> String {
    let place = |digits: i32| 10_f64.powi(-digits);
    let supported = |digits: &i32| ends[1] - value <= 4.0 * place(*digits);
    let digits = (-9..=2).rev().find(supported).unwrap_or(-9);
    let at = |value: f64, digits: i32| {
        let nearest = (value / place(digits)).round() * place(digits);
        format!("{nearest:.*}", usize::try_from(digits).unwrap_or(0))
    };
    if digits == 2 || place(digits) <= value.abs() / 10.0 {
        return at(value, digits);
    }
    ends.map(|end| at(end, digits + 1)).join("–")
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
    fn what_strays_between_processes_is_trusted_no_further() {
        let part = |ratio: f64, twin: f64| Comparison {
            ratios: vec![1.0, twin, ratio],
            intervals: vec![(1.0, 1.0), (0.99, 1.01), (ratio - 0.1, ratio + 0.1)],
            band: 0.3,
            strays: vec![0.0; 3],
            rounds: 10,
            baseline: ratio,
        };
        let merged = Comparison::merged(&[part(2.0, 1.01), part(2.2, 0.98), part(1.9, 1.0)]);
        assert_eq!(merged.ratios, [1.0, 1.0, 2.0]);
        assert!((merged.band - 0.02).abs() < 1e-9 && (merged.uncertainty(0) - 0.02).abs() < 1e-9);
        assert!((merged.uncertainty(2) - 0.1).abs() < 1e-9, "{}", merged.uncertainty(2));
        assert!((merged.intervals[2].0 - 1.8).abs() < 1e-9 && merged.intervals[2].1 > 2.29);
        assert_eq!((merged.rounds, merged.baseline), (30, 2.0));
        assert_eq!(Comparison::merged(&[part(2.0, 1.0)]), part(2.0, 1.0));
    }

    #[test]
    fn no_more_digits_are_shown_than_the_band_supports() {
        assert_eq!([0.0, 0.01, 0.1].map(|band| shown(2.345, band)), ["2.35", "2.35", "2.3"]);
        assert_eq!([0.0, 0.1].map(|band| shown(12.345, band)), ["12.35", "12"]);
        assert_eq!(
            [1.0, 9.0, 20.0, 41.0].map(|by| rounded(389.4, by)),
            ["389", "390", "390", "350–430"]
        );
    }

    #[test]
    fn what_one_digit_would_tell_wrong_is_a_range() {
        assert_eq!([0.2, 0.28, 0.3].map(|band| shown(1.4, band)), ["1.4", "1.4", "1.1–1.8"]);
        assert_eq!([shown(0.4, 0.3), shown(2.345, 0.2)], ["0.31–0.52", "2.0–2.8"]);
        assert_eq!(rounded(9.7, 4.7), "5–14");
    }

    #[test]
    fn a_range_outside_the_band_is_on_one_side_of_1() {
        assert_eq!([1.8, 2.05].map(|ratio| shown(ratio, 0.77)), ["1.0–3.2", "1.2–3.6"]);
        assert_eq!(shown(0.2, 0.77), "0.11–0.35");
    }

    #[test]
    fn a_difference_inside_its_uncertainty_is_none() {
        assert_eq!([0.3, 0.02].map(|by| apart(0.25, by)), ["≈ 0", "0.25"]);
        assert_eq!([0.3, 0.02].map(|by| apart(-0.25, by)), ["≈ 0", "-0.25"]);
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
