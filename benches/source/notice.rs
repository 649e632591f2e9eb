//! Finds out what notices a forgotten error: the compiler, a lint, the kit, or nothing. The ways to
//! forget are tried one after the other, in a copy of the repository in the target directory.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, error, fs};

use four_ways::measure::results::Forgotten;
use four_ways::measure::results::forgotten::{self, Noticed};
use four_ways::measure::{Progress, budget};
use serde_json::Value;

use super::forgotten::ways;
use super::read::read;
use super::styles::{STYLES, Style, is_written_again, repository};

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

/// How long the kit may run, without the time to build it.
const PATIENCE: Duration = Duration::from_secs(120);

/// What noticed a way to forget.
#[derive(Default)]
struct Found {
    /// The code of the compiler's error. Code that does not compile is never committed.
    compiler: Option<String>,
    /// The name of a lint.
    lint: Option<String>,
    /// The number of a clause.
    kit: Option<String>,
}

/// Tries all ways of all styles.
pub fn run(folder: &Path) -> Result<Forgotten> {
    copy(folder)?;
    let shop = Shop { folder, progress: Progress::waiting(budget::FORGET) };
    for style in &STYLES {
        if shop.checked(style)?.who() != Noticed::Nobody {
            return Err(format!("clippy has something to say of {} already", style.name).into());
        }
    }
    if shop.played()?.is_some() {
        return Err("the kit refuses a style already".into());
    }
    Ok(Forgotten(STYLES.iter().map(|style| shop.style(style)).collect::<Result<_>>()?))
}

/// The copy.
struct Shop<'folder> {
    folder: &'folder Path,
    progress: Progress,
}

impl Shop<'_> {
    fn style(&self, style: &Style) -> Result<forgotten::Style> {
        let mut tried = Vec::new();
        for (path, text) in style.texts()? {
            if !is_written_again(&path) {
                continue;
            }
            let file = path.to_string_lossy().into_owned();
            let place = self.folder.join(style.sources).join(&path);
            for way in ways(&read(&text)?, &text, style.chains()) {
                self.progress.tell(|| format!("{} {file}:{}", style.name, way.line));
                let found = self.found(style, &place, way.forget(&text))?;
                tried.push(forgotten::Way {
                    file: file.clone(),
                    line: way.line,
                    kind: way.kind.to_owned(),
                    by: found.who(),
                    code: found.compiler,
                    lint: found.lint,
                    clause: found.kit,
                });
            }
            fs::write(&place, &text)?;
        }
        Ok(forgotten::Style { style: style.name.to_owned(), ways: tried })
    }

    /// If there are several replacements, the first one that compiles counts, because the others
    /// are never committed.
    fn found(
        &self,
        style: &Style,
        place: &Path,
        forms: impl Iterator<Item = String>,
    ) -> Result<Found> {
        let mut found = Found::default();
        for form in forms {
            fs::write(place, form)?;
            found = self.checked(style)?;
            if found.compiler.is_none() {
                found.kit = self.played()?;
                break;
            }
        }
        Ok(found)
    }

    /// Runs clippy on the style.
    fn checked(&self, style: &Style) -> Result<Found> {
        let output =
            self.cargo("clippy").args(package(style)).arg("--message-format=json").output()?;
        let mut found = Found::default();
        for message in messages(&output.stdout)? {
            let message = &message["message"];
            match (message["level"].as_str(), message["code"]["code"].as_str()) {
                (Some("error" | "warning"), Some(lint)) if !lint.starts_with('E') => {
                    found.lint.get_or_insert(lint.to_owned());
                }
                (Some("error"), Some(code)) => {
                    found.compiler.get_or_insert(code.to_owned());
                }
                _ => {}
            }
        }
        if found.who() == Noticed::Nobody && !output.status.success() {
            // Either an error without a code (a syntax error), or clippy did not run at all.
            let said = String::from_utf8(output.stderr)?;
            let is_answer = !output.stdout.is_empty();
            found.compiler = Some(is_answer.then_some("syntax".to_owned()).ok_or(said)?);
        }
        Ok(found)
    }

    /// The clause by which the kit refuses a style. The style is built even if a lint forbids it.
    fn played(&self) -> Result<Option<String>> {
        let built = ["--test", "equivalence", "--no-run", "--message-format=json"];
        let built = self.cargo("test").args(built).env("RUSTFLAGS", "--cap-lints=warn").output()?;
        let program = messages(&built.stdout)?.into_iter().find_map(|message| {
            message["executable"]
                .as_str()
                .filter(|_| message["profile"]["test"] == true)
                .map(PathBuf::from)
        });
        let program = program.ok_or_else(|| String::from_utf8_lossy(&built.stderr).into_owned())?;
        // The program is run without cargo: if cargo was killed, the program would go on.
        let mut played = Command::new(program);
        let played =
            played.current_dir(self.folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        Ok(patiently(played)?.map(|said| {
            let clause = said.split_once(" breaks clause ");
            let clause = clause.and_then(|(_, clause)| clause.split_once(' '));
            clause.map_or("a panic", |(clause, _)| clause).to_owned()
        }))
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(self.folder).args([command, "--offline", "--quiet"]);
        cargo.arg("--target-dir").arg(self.folder.with_file_name("forgotten-built"));
        cargo
    }
}

/// The messages of cargo in its format for machines.
fn messages(said: &[u8]) -> Result<Vec<Value>> {
    let lines = std::str::from_utf8(said)?.lines().filter(|line| line.starts_with('{'));
    Ok(lines.map(serde_json::from_str).collect::<std::result::Result<_, _>>()?)
}

/// The output of a program, if it failed or was killed because it did not end in time.
fn patiently(mut child: Child) -> io::Result<Option<String>> {
    let began = Instant::now();
    let status = loop {
        match child.try_wait()? {
            None if began.elapsed() > PATIENCE => child.kill()?,
            None => sleep(Duration::from_millis(20)),
            Some(status) => break status,
        }
    };
    let mut said = String::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut said)?;
    }
    Ok((!status.success()).then_some(said))
}

fn package(style: &Style) -> [&str; 3] {
    let is_member = repository().join(style.name).is_dir();
    ["--lib", "--package", if is_member { style.name } else { "four-ways" }]
}

/// Copies all files of the repository that git tracks or that are new and not ignored.
fn copy(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = Command::new("git").current_dir(repository()).args(list).output()?;
    if !files.status.success() {
        return Err(String::from_utf8_lossy(&files.stderr).into());
    }
    let files = String::from_utf8(files.stdout)?;
    for file in files.lines().map(PathBuf::from) {
        let place = folder.join(&file);
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        if repository().join(&file).exists() {
            fs::copy(repository().join(&file), place)?;
        }
    }
    Ok(())
}

impl Found {
    fn who(&self) -> Noticed {
        match (&self.compiler, &self.lint, &self.kit) {
            (Some(_), ..) => Noticed::Compiler,
            (_, Some(_), Some(_)) => Noticed::Both,
            (_, Some(_), None) => Noticed::Lint,
            (_, None, Some(_)) => Noticed::Kit,
            (_, None, None) => Noticed::Nobody,
        }
    }
}
