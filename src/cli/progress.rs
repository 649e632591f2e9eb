use std::io::{IsTerminal, stderr};

/// One line on standard error that says how far the measuring is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// On a terminal.
    Shown,
    /// Into a file, or a pipe.
    Silent,
}

impl Progress {
    /// Shown if standard error is a terminal.
    pub fn detect() -> Self {
        if stderr().is_terminal() { Self::Shown } else { Self::Silent }
    }

    /// Says that `done` of `all` rounds are done.
    pub fn show(self, done: usize, all: usize) {
        if self == Self::Shown && done.is_multiple_of(50) {
            eprint!("\rmeasuring {:3} %", 100 * done / all);
        }
    }

    /// Wipes the line.
    pub fn clear(self) {
        if self == Self::Shown {
            eprint!("\r{:20}\r", "");
        }
    }
}
