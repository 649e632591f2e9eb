//! New accounts and services on SIGHUP, or when the file changes. A wrong file is refused and the
//! old ones stay.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::task::{self, JoinHandle};
use tokio::time::{sleep, timeout};

use super::config::{self, ConfigError};
use super::service::Server;

/// How often the file is read when nothing tells of a change: the system does not tell of all
/// changes on all file systems, a network's for one.
const EVERY: Duration = Duration::from_secs(1);

/// How long a file must have stayed the same. One that is written in place is seen half-way, and
/// its first half may be a file that is right.
const STABLE: Duration = Duration::from_millis(500);

/// How long reading may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file that is read with a time-out.
pub struct Source {
    path: PathBuf,
    /// What has not ended in time. It is waited for again: a file system that hangs must not get
    /// one thread after the other.
    under_way: Option<JoinHandle<Result<String, ConfigError>>>,
}

impl Source {
    /// This file.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, under_way: None }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or not in time.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn read(&mut self) -> Result<String, ConfigError> {
        let path = self.path.clone();
        let read = || task::spawn_blocking(move || config::text(&path));
        let under_way = self.under_way.get_or_insert_with(read);
        match timeout(PATIENCE, under_way).await {
            Ok(read) => {
                self.under_way = None;
                read.unwrap_or_else(|error| {
                    Err(ConfigError::Unreadable { path: self.path.clone(), error: error.into() })
                })
            }
            Err(_) => Err(ConfigError::Slow { path: self.path.clone(), patience: PATIENCE }),
        }
    }

    /// Reads the file until it stays the same, unless it is the one that is known.
    async fn settled(&mut self, known: u64) -> Result<String, ConfigError> {
        let mut text = self.read().await?;
        while digest(&text) != known {
            sleep(STABLE).await;
            let again = self.read().await?;
            if again == text {
                break;
            }
            text = again;
        }
        Ok(text)
    }
}

/// By what a text is known again. The text itself holds tokens and keys.
#[must_use]
pub fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Reloads a file for `server`, for ever. `known` is the digest of the text that was read first.
pub async fn watch(server: Arc<Server>, mut source: Source, mut known: u64, mut hangups: Hangups) {
    let changed = Arc::new(Notify::new());
    let _watcher = watcher(source.path(), &changed);
    let mut told = None;
    loop {
        let is_asked = tokio::select! {
            () = hangups.next() => true,
            () = changed.notified() => false,
            () = sleep(EVERY) => false,
        };
        match source.settled(known).await {
            Ok(text) => {
                told = None;
                if is_asked || digest(&text) != known {
                    known = digest(&text);
                    reload(&server, source.path(), &text);
                }
            }
            // It is read again soon, and the same error is not said again.
            Err(error) => {
                let error = error.to_string();
                if is_asked || told.as_ref() != Some(&error) {
                    tracing::error!(error, "the configuration cannot be read, the old one stays");
                }
                told = Some(error);
            }
        }
    }
}

/// Tells of changes in the folder of the file: one that is written by renaming is another file.
/// Without it the file is still read every second.
fn watcher(path: &Path, changed: &Arc<Notify>) -> Option<RecommendedWatcher> {
    let changed = Arc::clone(changed);
    let tell = move |event: notify::Result<notify::Event>| {
        // Reading the file is an event, too.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            changed.notify_one();
        }
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut watcher = notify::recommended_watcher(tell).ok()?;
    watcher.watch(folder.unwrap_or(Path::new(".")), RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

/// Why a file that could be read was refused.
#[derive(Debug, Error)]
enum Refused {
    #[error(transparent)]
    Wrong(#[from] ConfigError),
    #[error(
        "{} has none of the accounts that are served now: restart the server if that is meant",
        path.display()
    )]
    NoneLeft { path: PathBuf },
}

/// Changes the accounts and the services, or says why not.
fn reload(server: &Server, path: &Path, text: &str) {
    let read = config::config(path, text).map_err(Refused::from);
    let configuration = read.and_then(|configuration| {
        let is_known =
            configuration.accounts.iter().any(|account| server.host.knows(&account.name));
        is_known.then_some(configuration).ok_or_else(|| Refused::NoneLeft { path: path.to_owned() })
    });
    match configuration {
        Ok(configuration) => {
            let accounts = configuration.accounts.len();
            server.reload(configuration);
            tracing::info!(accounts, "the configuration was reloaded");
        }
        Err(error) => {
            tracing::error!(%error, "the new configuration is refused, the old one stays");
        }
    }
}

/// SIGHUP, where there is one; caught from [`Hangups::catch`] on, so that it does not end the
/// server.
pub struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// Catches SIGHUP from now on.
    #[cfg(unix)]
    #[must_use]
    pub fn catch() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signal: signal(SignalKind::hangup()).ok() }
    }

    /// There is no SIGHUP.
    #[cfg(not(unix))]
    #[must_use]
    pub fn catch() -> Self {
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending().await
    }
}
