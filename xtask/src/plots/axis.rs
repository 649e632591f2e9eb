//! From values to places, and where the ticks are.

use crate::filters::grouped;

/// How far apart two ticks are at least, in pixels.
const APART: f64 = 34.0;

/// The axis of a panel.
#[derive(Debug, Clone, Copy)]
pub enum Axis {
    /// From zero to this value: for bars, whose length is the value.
    FromZero(f64),
    /// Between these values; equal factors are equally long.
    Factors(f64, f64),
}

impl Axis {
    /// An axis from zero on which all these values have room.
    #[must_use]
    pub fn from_zero(values: &[f64]) -> Self {
        Self::FromZero(values.iter().copied().fold(0.0, f64::max) * 1.08)
    }

    /// An axis of ratios on which all these values have room, and one has.
    #[must_use]
    pub fn of_ratios(values: &[f64]) -> Self {
        let least = values.iter().copied().fold(1.0, f64::min);
        let most = values.iter().copied().fold(1.0, f64::max);
        let room = (most / least).powf(0.03);
        Self::Factors(least / room, most * room)
    }

    /// Where a value is, on an axis of this width.
    #[must_use]
    pub fn at(self, value: f64, width: f64) -> f64 {
        match self {
            Self::FromZero(most) => value / most * width,
            Self::Factors(least, most) => (value / least).ln() / (most / least).ln() * width,
        }
    }

    /// The ticks of an axis of this width: their places, and their texts. One is a tick of every
    /// axis of ratios, because it is the baseline.
    #[must_use]
    pub fn ticks(self, width: f64) -> Vec<(f64, String)> {
        let mut values = self.candidates();
        values.sort_by_key(|value| *value != 1.0);
        let mut ticks: Vec<(f64, f64)> = Vec::new();
        for value in values {
            let at = self.at(value, width);
            let free = ticks.iter().all(|tick| (at - tick.0).abs() >= APART);
            if (0.0..=width).contains(&at) && free {
                ticks.push((at, value));
            }
        }
        ticks.into_iter().map(|(at, value)| (at, text(value))).collect()
    }

    /// Values that are easy to read, in their order.
    fn candidates(self) -> Vec<f64> {
        match self {
            Self::FromZero(most) => {
                let power = 10_f64.powf((most / 6.0).log10().floor());
                let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
                let step = steps.into_iter().find(|step| most / step <= 6.0).unwrap_or(most);
                (0..=6).map(|at| f64::from(at) * step).collect()
            }
            Self::Factors(least, most) => {
                let powers = (least.log10().floor() as i32..=most.log10().ceil() as i32)
                    .map(|power| 10_f64.powi(power));
                let steps = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
                powers.flat_map(|power| steps.map(|step| step * power)).collect()
            }
        }
    }
}

fn text(value: f64) -> String {
    let shown = format!("{value:.2}");
    grouped(shown.trim_end_matches('0').trim_end_matches('.'))
}
