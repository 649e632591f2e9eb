//! The place where a bench leaves its files.

use std::path::{Path, PathBuf};
use std::{env, fmt};

/// A file in the target directory. It is displayed as a path that one can type.
pub struct Place(PathBuf);

impl Place {
    /// `path` in the target directory. `temporary` is the caller's `CARGO_TARGET_TMPDIR`, which is
    /// a folder in the target directory.
    #[must_use]
    pub fn of(path: &str, temporary: &str) -> Self {
        Self(Path::new(temporary).with_file_name(path))
    }

    /// Criterion's report on all its benches, with pictures.
    #[must_use]
    pub fn of_pictures(temporary: &str) -> Self {
        Self::of("criterion/report/index.html", temporary)
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = env::current_dir().unwrap_or_default();
        self.0.strip_prefix(here).unwrap_or(&self.0).display().fmt(formatter)
    }
}
