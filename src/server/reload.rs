//! New accounts on SIGHUP, or when the file changes. A wrong file is refused and the old accounts
//! stay.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::config::{self, Config};
use super::service::Server;

/// How often the file's time and size are read. Reading them works on every file system, and for a
/// file that is replaced; watching for events does not.
const EVERY: Duration = Duration::from_secs(1);

/// Reloads `path` for `server`, for ever.
pub async fn watch(server: Arc<Server>, path: PathBuf, mut hangups: Hangups) {
    let mut seen = stamp(&path);
    loop {
        let asked = tokio::select! {
            () = hangups.next() => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        let now = stamp(&path);
        if asked || now != seen {
            seen = now;
            let (server, path) = (Arc::clone(&server), path.clone());
            // Reading a file may block. It does not panic.
            drop(tokio::task::spawn_blocking(move || reload(&server, &path)).await);
        }
    }
}

/// Reads the file and changes the accounts, or says why not.
pub fn reload(server: &Server, path: &Path) {
    match config::read(path) {
        // How much is kept is not changed while it is kept.
        Ok(Config { accounts, memory: _ }) => {
            let count = accounts.len();
            server.host.reload(accounts);
            tracing::info!(accounts = count, "the configuration was reloaded");
        }
        Err(error) => {
            tracing::error!(%error, "the new configuration is refused, the old one stays");
        }
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((metadata.modified().ok()?, metadata.len()))
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
