//! Interleaved rounds, median ratios, and how far they can be trusted.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use kit::run::Random;

/// Into how many runs the rounds are divided, to see how much the median of the second copy of the
/// baseline (the twin) varies.
const RUNS: usize = 5;

/// How many samples of the rounds are drawn for an interval, and with which seed.
const DRAWS: usize = 400;
const SEED: u64 = 0x4657;

/// Times relative to a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// For each entry, the median over the rounds of its time divided by the baseline's time in the
    /// same round. Entry 0 is the baseline. Entry 1 is its second copy (the twin).
    pub ratios: Vec<f64>,
    /// The 95 % confidence interval of each median, by the bootstrap over the rounds of one
    /// process. If there are several processes, it goes from the lowest to the highest end of their
    /// intervals, and has no exact level.
    pub intervals: Vec<(f64, f64)>,
    /// The resolution: how far the twin was from 1, in the worst of several runs. Smaller
    /// differences cannot be seen.
    pub band: f64,
    /// How far each entry was from its ratio, as a share of it, in the worst of the processes that
    /// measured it. 0 if only one process measured it.
    pub strays: Vec<f64>,
    /// How many rounds were played.
    pub rounds: usize,
    /// The median of the baseline's own times, in seconds. It changes with the machine.
    pub baseline: f64,
}

/// Measures at least two entries in rounds. In each round every entry is played once. Entry 0 is
/// the baseline, and entry 1 must be a second copy of it (the twin). `time` plays an entry and
/// returns how long it took. `proceed` gets the number of finished rounds and returns whether there
/// is another round.
///
/// Absolute times change with everything else that the machine does. Ratios within a round hardly
/// do, because the entries take turns.
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

/// The order of one round, after Williams. Over as many rounds as there are entries, each entry has
/// each place once and follows each other entry once. An odd number of entries needs twice as many
/// rounds: the second half goes backwards, and each of these things happens twice. If the order
/// were only rotated, every entry would follow the same entry in all rounds.
fn order(round: usize, entries: usize) -> impl Iterator<Item = usize> {
    let backwards = entries % 2 == 1 && (round / entries) % 2 == 1;
    (0..entries).map(move |place| {
        let place = if backwards { entries - 1 - place } else { place };
        let zigzag = if place % 2 == 1 { place.div_ceil(2) } else { entries - place / 2 };
        (zigzag + round) % entries
    })
}

/// For [`compare`]: rounds until the order of all of them is balanced, and then as many times more as
/// fit into `patience`.
pub fn balanced(entries: usize, patience: Duration) -> impl FnMut(usize) -> bool {
    let cycle = if entries.is_multiple_of(2) { entries } else { 2 * entries };
    let started = Instant::now();
    move |rounds| {
        let cycles = (rounds / cycle) as f64;
        let another = started.elapsed().as_secs_f64() * (cycles + 1.0) / cycles;
        !rounds.is_multiple_of(cycle) || rounds == 0 || another <= patience.as_secs_f64()
    }
}

/// The middle 95 % of the medians of samples that are drawn from the rounds with replacement.
fn interval(values: &[f64]) -> (f64, f64) {
    let mut random = Random(SEED);
    let mut draw = || values.iter().map(|_| values[random.below(values.len())]).collect::<Vec<_>>();
    let mut medians: Vec<f64> = (0..DRAWS).map(|_| median(&draw())).collect();
    medians.sort_by(f64::total_cmp);
    (medians[DRAWS / 40], medians[DRAWS - 1 - DRAWS / 40])
}

/// The value in the middle; 1 if there are no values.
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
    /// Merges what one or several processes have measured. Each must have measured the same
    /// entries. Code and memory lie at different addresses in each process, and this changes ratios
    /// more than the rounds within one process show.
    #[must_use]
    pub fn merged(parts: &[Self]) -> Self {
        let entries = 0..parts[0].ratios.len();
        let all = |of: &dyn Fn(&Self) -> f64| parts.iter().map(of).collect::<Vec<_>>();
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Here each process is one run, and it has enough rounds.
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

    /// How far an entry's ratio can be trusted: the resolution or how far the entry strayed,
    /// whichever is larger.
    #[must_use]
    pub fn uncertainty(&self, entry: usize) -> f64 {
        self.band.max(self.strays[entry])
    }

    /// The ratio of an entry, printed by [`shown`].
    #[must_use]
    pub fn shown(&self, entry: usize) -> String {
        shown(self.ratios[entry], self.uncertainty(entry))
    }
}

/// A ratio whose baseline varies by `band`, as text: `≈ 1` within the band, otherwise as by
/// [`rounded`].
#[must_use]
pub fn shown(ratio: f64, band: f64) -> String {
    if (ratio - 1.0).abs() <= band {
        return "≈ 1".to_owned();
    }
    // Divided and not subtracted, because the range of a ratio outside the band must not include 1.
    within(ratio, [ratio / (1.0 + band), ratio * (1.0 + band)])
}

/// A difference as text: `≈ 0` if it is not larger than its uncertainty, otherwise as [`rounded`].
#[must_use]
pub fn apart(difference: f64, uncertainty: f64) -> String {
    if difference.abs() <= uncertainty {
        return "≈ 0".to_owned();
    }
    rounded(difference, uncertainty)
}

/// A value with only the digits that its uncertainty supports: the last digit is uncertain by four
/// at most. There are at most two digits after the point. If fewer than two digits would be left
/// (`1` for 1.4 would be misleading), a range is given instead.
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

    /// Plays entries that take `times` microseconds. In every third round all take three times as
    /// long.
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

    /// How often each of `entries` has each place and follows each other entry, in `rounds` rounds.
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
    fn rounds_end_when_each_entry_had_each_place_equally_often() {
        let rounds = |entries, patience| {
            let mut proceed = balanced(entries, patience);
            (0..).find(|rounds| !proceed(*rounds)).expect("they end")
        };
        assert_eq!([6, 7].map(|entries| rounds(entries, Duration::ZERO)), [6, 14]);
        let many = rounds(7, Duration::from_millis(1));
        assert_eq!((many % 14, many > 14), (0, true), "{many}");
        assert_eq!(balance(7, many).0, vec![many / 7; 49]);
    }

    #[test]
    fn each_entry_takes_each_place_and_follows_each_other_equally_often() {
        assert_eq!(balance(6, 6), (vec![1; 36], vec![1; 30]));
        assert_eq!(balance(7, 14), (vec![2; 49], vec![2; 42]));
    }
}
