//! Valgrind's callgrind, which counts instructions: the same number each time, however busy the
//! machine is.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use four_ways::measure::results::fence::Spent;
use thiserror::Error;

use crate::spent;

/// Where callgrind starts and stops counting.
const COUNTED: &str = "--toggle-collect=*::counted*";

/// Lets glibc keep every small block that is freed in its thread's cache. Otherwise the work of
/// `free` and `malloc` depends on which blocks lie side by side, and so on the length of the path
/// in which this program was built. This has changed a count by more than is tolerated.
const TUNABLES: &str = "glibc.malloc.tcache_count=65535";

/// Valgrind, if it is installed.
pub struct Callgrind(());

/// The error that valgrind is not installed.
#[derive(Debug, Error)]
#[error(
    "valgrind is not found; it is installed by `apt-get install valgrind` (Debian, Ubuntu), \
     `dnf install valgrind` (Fedora) or `pacman -S valgrind` (Arch), and runs on Linux"
)]
pub struct Missing;

impl Callgrind {
    /// Looks for valgrind on the PATH.
    pub fn find() -> Result<Self, Missing> {
        let version = Command::new("valgrind").arg("--version").output();
        version.is_ok_and(|version| version.status.success()).then_some(Self(())).ok_or(Missing)
    }

    /// Counts the instructions of a play, by where they are spent. It runs this program again under
    /// callgrind, with an empty environment, because the size of the environment moves the stack.
    ///
    /// # Panics
    /// When valgrind fails, or counts nothing.
    pub fn count(&self, how: &str, play: &str) -> BTreeMap<Spent, u64> {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callgrind.out");
        let path = env::var_os("PATH").unwrap_or_default();
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", COUNTED])
            .arg(format!("--callgrind-out-file={}", file.display()))
            .arg(env::current_exe().expect("this program has a path"))
            .args([how, play])
            .env_clear()
            .env("PATH", path)
            .env("GLIBC_TUNABLES", TUNABLES)
            .output()
            .expect("valgrind was there");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "valgrind: {said}");
        let counts = fs::read_to_string(&file).expect("what callgrind has written");
        let total = counts.lines().find_map(|line| line.strip_prefix("totals: ")?.parse().ok());
        let spent = spent::added_up(&counts);
        assert!(total > Some(0), "nothing was counted: {said}");
        assert_eq!(total, Some(spent.values().sum()), "not all was added up");
        spent
    }
}
