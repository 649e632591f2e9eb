use std::io;

use clap::ValueEnum;
use four_ways::styles;
use kit::Style;

/// One of the four styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Named {
    Callbacks,
    Promises,
    Generators,
    #[value(alias = "onion")]
    AsyncAwait,
}

impl Named {
    /// Its name, as everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::Callbacks => "callbacks",
            Self::Promises => "promises",
            Self::Generators => "generators",
            Self::AsyncAwait => "async-await",
        }
    }

    /// The style.
    ///
    /// # Errors
    /// When there is none of its name.
    pub fn style(self) -> io::Result<Style> {
        styles::named(self.name()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
