//! A clone of the repository in the target directory. cargo-mutants changes its files in place, so
//! that cargo builds again only what has changed, and nobody's own files are changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::error::Error;

/// The clone of one part.
pub struct Tree {
    /// Its folder.
    pub folder: PathBuf,
    /// The commit that it has.
    pub commit: String,
}

impl Tree {
    /// The clone in `folder`, at the commit of the repository at `root`.
    ///
    /// # Errors
    /// When something is not committed, or git fails.
    pub fn renew(root: &Path, folder: PathBuf) -> Result<Self, Error> {
        let changed = git(root, &["status", "--porcelain", "--untracked-files=no"])?;
        if !changed.is_empty() {
            return Err(Error::Uncommitted(changed));
        }
        let commit = git(root, &["rev-parse", "HEAD"])?;
        if folder.join(".git").exists() {
            git(&folder, &["fetch", "--quiet", "origin", &commit])?;
        } else {
            fs::create_dir_all(&folder).map_err(|why| failed("mkdir", &why))?;
            let [from, to] = [root, &*folder].map(|path| path.display().to_string());
            git(root, &["clone", "--quiet", "--no-checkout", &from, &to])?;
        }
        // What an interrupted run has changed is put back.
        git(&folder, &["checkout", "--quiet", "--force", "--detach", &commit])?;
        git(&folder, &["clean", "--quiet", "--force", "-d"])?;
        Ok(Self { folder, commit })
    }

    /// Whether these files hold the same code as at this commit. Their tests, which stand at the end
    /// of a file, may be others.
    #[must_use]
    pub fn has_same(&self, files: &[&str], commit: &str) -> bool {
        let globs: Vec<_> = files.iter().map(|file| format!(":(glob){file}")).collect();
        let range = [commit, &self.commit];
        let diff = [&["diff", "--name-only", range[0], range[1], "--"], &*texts(&globs)].concat();
        let Ok(changed) = git(&self.folder, &diff) else { return false };
        changed.lines().all(|file| {
            let [before, now] = range.map(|commit| {
                let text = git(&self.folder, &["show", &format!("{commit}:{file}")]).ok()?;
                Some(text.split("#[cfg(test)]").next().unwrap_or_default().trim_end().to_owned())
            });
            before.is_some() && before == now
        })
    }

    /// Whether nothing but documents has changed since this commit. The figures are documents, too.
    #[must_use]
    pub fn is_as_at(&self, commit: &str) -> bool {
        let range = ["diff", "--quiet", commit, &self.commit];
        let outside = ["--", ".", ":(exclude)docs"];
        git(&self.folder, &[&range[..], &outside].concat()).is_ok()
    }
}

fn texts(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git").current_dir(folder).args(arguments).output();
    let output = output.map_err(|why| failed("git", &why))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Program { program: format!("git {}", arguments.join(" ")), why });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn failed(program: &str, why: &io::Error) -> Error {
    Error::Program { program: program.to_owned(), why: why.to_string() }
}
