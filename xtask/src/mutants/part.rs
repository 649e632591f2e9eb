//! The parts of the code whose mutants are tested.

/// A part, and the tests that guard it.
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Its files, as globs.
    pub files: &'static [&'static str],
    /// The tests that are quick and catch most.
    pub first: Tests,
    /// All tests that guard it. They look at what the first have missed.
    pub all: Tests,
}

/// Some tests.
pub struct Tests {
    /// The packages that hold them.
    pub packages: &'static [&'static str],
    /// Which tests of these packages, as arguments of `cargo test`.
    pub targets: &'static [&'static str],
}

/// All parts.
pub const PARTS: [Part; 4] = [
    Part {
        name: "styles",
        files: &["callbacks/src/**", "promises/src/**", "generators/src/**", "src/async_await/**"],
        first: Tests {
            packages: &["four-ways"],
            targets: &["--test=koa", "--test=contract", "--test=equivalence"],
        },
        all: Tests {
            packages: &["four-ways", "callbacks", "promises", "generators"],
            targets: &[
                "--lib",
                "--test=koa",
                "--test=contract",
                "--test=equivalence",
                "--test=depth",
                "--test=all",
                "--test=co",
            ],
        },
    },
    Part {
        name: "hosts",
        files: &["src/hosts/**"],
        first: Tests { packages: &["four-ways"], targets: &["--lib"] },
        all: Tests {
            packages: &["four-ways"],
            targets: &["--lib", "--test=leaf", "--test=limits", "--test=serve"],
        },
    },
    Part {
        name: "pipeline",
        files: &["pipeline/src/**"],
        first: Tests { packages: &["pipeline"], targets: &["--tests"] },
        all: Tests {
            packages: &["pipeline", "four-ways"],
            targets: &[
                "--lib",
                "--test=exchanges",
                "--test=guards",
                "--test=koa",
                "--test=contract",
                "--test=equivalence",
            ],
        },
    },
    Part {
        name: "wechat",
        files: &["wechat/src/**"],
        first: Tests { packages: &["wechat"], targets: &["--tests"] },
        // The crate is useful on its own, so its own tests have to be enough.
        all: Tests { packages: &["wechat"], targets: &["--tests"] },
    },
];

impl Tests {
    /// As one would type them behind `cargo test`.
    #[must_use]
    pub fn typed(&self) -> String {
        let packages = self.packages.iter().map(|package| format!("-p {package}"));
        let targets = self.targets.iter().map(|target| target.replace('=', " "));
        packages.chain(targets).collect::<Vec<_>>().join(" ")
    }
}
