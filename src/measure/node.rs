//! The Node originals in `peers/node`, where Node and their packages are found.

use std::path::Path;
use std::process::{Command, Stdio};

use thiserror::Error;

/// Where the originals are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/node");

/// A Node original of one of the styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Its bot is `NAME.mjs`, and `layers.mjs NAME` measures its empty layers.
    pub name: &'static str,
    /// What a table calls its bot.
    pub bot: &'static str,
    /// What a table calls its layers.
    pub layers: &'static str,
}

/// One for each style, in the order of the styles.
pub const ORIGINALS: [Original; 4] = [
    Original { name: "express", bot: "Node: express, wechat", layers: "Node: express" },
    Original { name: "promises", bot: "Node: http, promises", layers: "Node: promises" },
    Original { name: "co", bot: "Node: koa 1, co-wechat", layers: "Node: koa 1, co" },
    Original { name: "koa", bot: "Node: koa 2, co-wechat", layers: "Node: koa 2" },
];

impl Original {
    /// The command that starts its bot. With a port as its argument it listens there, else on a free
    /// one.
    ///
    /// # Errors
    /// As [`command`].
    pub fn server(self) -> Result<Command, Missing> {
        command(&format!("{}.mjs", self.name))
    }
}

/// Why no program of the originals can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Missing {
    /// There is no Node.
    #[error("there is no Node 20; `apt install nodejs npm` or `brew install node` gets it")]
    Node,
    /// There is Node, without what the originals are made of.
    #[error("their packages are not installed; `npm ci --prefix peers/node` gets them")]
    Packages,
}

/// A program of the originals, ready to be started. It gets no arguments yet.
///
/// # Errors
/// When Node or the packages are missing. Nothing is installed here: a measurement or a test that
/// used the network without being asked would surprise.
pub fn command(program: &str) -> Result<Command, Missing> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Err(Missing::Node);
    }
    let folder = Path::new(FOLDER);
    if !folder.join("node_modules").is_dir() {
        return Err(Missing::Packages);
    }
    let mut command = Command::new("node");
    // As it is deployed: without it express and koa do more for whoever debugs them.
    command.arg(folder.join(program)).env("NODE_ENV", "production");
    Ok(command)
}
