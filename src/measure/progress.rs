//! Shows on a terminal how far a long measurement is.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{FormattedDuration, ProgressBar, ProgressStyle};

/// What takes longer than this is shown.
const AT_ONCE: Duration = Duration::from_secs(2);

/// One line on standard error, if that is a terminal. It appears after two seconds, and disappears
/// when this is dropped.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// For something that is expected to take `about` this long.
    #[must_use]
    pub fn lasting(about: Duration) -> Self {
        let bar = if about > AT_ONCE && stderr().is_terminal() {
            ProgressBar::new(about.as_secs())
        } else {
            ProgressBar::hidden()
        };
        let about = FormattedDuration(about);
        let form = format!("{{bar:20}} {{elapsed_precise}} of about {about}  {{msg}}");
        let style = ProgressStyle::with_template(&form);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, started: Instant::now() }
    }

    /// For something whose duration is not known.
    #[must_use]
    pub fn open() -> Self {
        let bar =
            if stderr().is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{elapsed_precise}  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self { bar, started: Instant::now() }
    }

    /// As [`lasting`](Self::lasting), for a process that only waits for others: the line moves by
    /// itself. A process that measures instead calls [`tell`](Self::tell) between two timings.
    #[must_use]
    pub fn waiting(about: Duration) -> Self {
        let progress = Self::lasting(about);
        if !progress.bar.is_hidden() {
            progress.bar.enable_steady_tick(Duration::from_secs(1));
        }
        progress
    }

    /// Says what is being done. Call it between two timings, never during one.
    pub fn tell(&self, what: impl FnOnce() -> String) {
        let elapsed = self.started.elapsed();
        if !self.bar.is_hidden() && elapsed > AT_ONCE {
            self.bar.set_message(what());
            self.bar.set_position(elapsed.as_secs());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
