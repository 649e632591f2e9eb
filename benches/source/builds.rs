//! What it takes to build each style alone: a build from nothing, a build after a change, and the
//! size of the program.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use std::{env, fs};

use four_ways::measure::results::source::Builds;
use four_ways::measure::{Progress, compare, median};

use super::styles::{NULL, STYLES, Style};
use super::workspace;

/// The results.
pub struct Built {
    /// The time to build what all styles need, from an empty target directory. It is too long to be
    /// repeated for each style.
    pub shared: Duration,
    /// The builds of what a style needs in addition, and of its program.
    pub clean: Builds,
    /// The builds after a layer was touched.
    pub incremental: Builds,
    /// The sizes of the stripped programs in bytes; the null style's comes first.
    pub sizes: Vec<u64>,
}

/// Builds all styles in turn, in a workspace of their own in `folder`, once from nothing and once
/// after a change. This is repeated as long as `patience` allows another round.
pub fn run(folder: &Path, patience: Duration) -> Result<Built, String> {
    let progress = Progress::waiting(patience);
    let patience = patience / 2; // for each kind of build
    empty(folder)?;
    workspace::make(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let entry = |(at, style)| Entry { style, folder, target: folder.join(format!("built/{at}")) };
    let entries: Vec<Entry> =
        [&NULL, &NULL].into_iter().chain(&STYLES).enumerate().map(entry).collect();
    progress.tell(|| "building what all styles share".to_owned());
    let shared = folder.join("built/shared");
    let shared_time = Entry { style: &NULL, folder, target: shared.clone() }.shared()?;
    let clean = times(&entries, "clean", patience, &progress, |entry| entry.clean(&shared))?;
    let incremental =
        times(&entries, "incremental", patience, &progress, |entry| entry.incremental())?;
    let looks: Vec<_> = entries.iter().map(Entry::look).collect::<Result<_, _>>()?;
    let reply = &looks[0].1;
    if let Some(at) = looks.iter().position(|(_, other)| other != reply || other.is_empty()) {
        return Err(format!("{} does not answer as the others do", entries[at].style.name));
    }
    let mut sizes: Vec<_> = looks.iter().map(|(size, _)| *size).collect();
    sizes.remove(1); // the second copy of the null style (the twin)
    fs::remove_dir_all(folder.join("built")).map_err(|error| error.to_string())?;
    Ok(Built { shared: shared_time, clean, incremental, sizes })
}

/// A style that is built, or the second copy of the null style (the twin).
struct Entry<'a> {
    style: &'static Style,
    folder: &'a Path,
    target: PathBuf,
}

fn times(
    entries: &[Entry<'_>],
    what: &str,
    patience: Duration,
    progress: &Progress,
    build: impl Fn(&Entry<'_>) -> Result<Duration, String>,
) -> Result<Builds, String> {
    let failed = RefCell::new(None);
    let mut null = Vec::new();
    let mut built = 0_usize;
    let time = |at: usize| {
        if failed.borrow().is_some() {
            return Duration::ZERO;
        }
        built += 1;
        let round = built.div_ceil(entries.len());
        progress.tell(|| format!("{what} builds, round {round}: {}", entries[at].style.name));
        let time = build(&entries[at]).unwrap_or_else(|error| {
            failed.replace(Some(error));
            Duration::ZERO
        });
        if at == 0 {
            null.push(time.as_secs_f64());
        }
        time
    };
    let started = Instant::now();
    let against = compare(entries.len(), time, |done| {
        let another = started.elapsed().mul_f64((done + 1) as f64 / done.max(1) as f64) < patience;
        failed.borrow().is_none() && (done == 0 || another)
    });
    match failed.into_inner() {
        Some(error) => Err(error),
        None => Ok(Builds {
            null_seconds: median(&null),
            rounds: against.rounds,
            resolution: against.band,
            ratios: against.ratios[2..].to_vec(),
            intervals: against.intervals[2..].to_vec(),
        }),
    }
}

impl Entry<'_> {
    /// Builds what all styles need, from nothing: everything except the null style and its program.
    fn shared(&self) -> Result<Duration, String> {
        let time = self.build()?;
        let mut clean = self.cargo(&["clean", "--release"]);
        clean.arg(format!("--package={}", self.style.name));
        clean.arg(format!("--package={}", workspace::package(self.style)));
        match clean.output() {
            Ok(output) if output.status.success() => Ok(time),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(format!("cargo: {error}")),
        }
    }

    /// Builds the rest, from nothing.
    fn clean(&self, shared: &Path) -> Result<Duration, String> {
        empty(&self.target)?;
        copy(shared, &self.target).map_err(|error| format!("{}: {error}", shared.display()))?;
        self.build()
    }

    fn incremental(&self) -> Result<Duration, String> {
        let layer = workspace::layer(self.folder, self.style);
        let touch = || fs::write(&layer, fs::read(&layer)?);
        touch().map_err(|error| format!("{}: {error}", layer.display()))?;
        self.build()
    }

    /// How long cargo takes. It is an error if the build did not compile the style.
    fn build(&self) -> Result<Duration, String> {
        let mut cargo = self.cargo(&["build", "--release"]);
        cargo.arg(format!("--package={}", workspace::package(self.style)));
        let before = clock();
        let output = cargo.output().map_err(|error| format!("cargo: {error}"))?;
        let time = clock().saturating_sub(before);
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || !said.contains(&format!("Compiling {} ", self.style.name)) {
            return Err(format!("{} is not built: {said}", self.style.name));
        }
        Ok(time)
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(self.folder).args(arguments).arg("--offline");
        cargo.arg("--target-dir").arg(&self.target);
        cargo
    }

    /// The size of the program, and its output.
    fn look(&self) -> Result<(u64, Vec<u8>), String> {
        let program = self.target.join("release").join(workspace::package(self.style));
        let look = || Ok((fs::metadata(&program)?.len(), Command::new(&program).output()?.stdout));
        look().map_err(|error: std::io::Error| format!("{}: {error}", program.display()))
    }
}

/// The processor time of all child processes until now. Wall-clock time would depend on what else
/// is running. Linux counts it in ticks of a hundredth of a second. Other systems do not tell it,
/// so there it is wall-clock time.
fn clock() -> Duration {
    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = status.rsplit(')').next().unwrap_or_default();
    // The time of the children that have ended: fields 16 and 17. The name is field 2.
    let ticks = after_name.split_whitespace().skip(13).take(2).map(str::parse);
    match ticks.collect::<Result<Vec<u64>, _>>().as_deref() {
        Ok([user, system]) => Duration::from_millis(10 * (user + system)),
        _ => STARTED.elapsed(),
    }
}

fn empty(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Copies a folder and keeps the file times, because cargo uses them to tell what is fresh.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copied = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &copied)?;
        } else {
            fs::copy(entry.path(), &copied)?;
            File::options()
                .write(true)
                .open(&copied)?
                .set_modified(entry.metadata()?.modified()?)?;
        }
    }
    Ok(())
}
