//! A server in a process of its own.

use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::client::Client;

/// A running `four-ways serve`. Dropping it ends it.
pub struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
    /// Where the accounts are.
    pub address: SocketAddr,
    admin: SocketAddr,
}

impl Serving {
    /// A server of a style, whose log goes to `log`.
    pub fn start(style: &str, arguments: &[&str], log: Stdio) -> io::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_four-ways"))
            .args(["serve", "--style", style])
            .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let mut out = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut addresses = Vec::new();
        while addresses.len() < 2 {
            let mut line = String::new();
            if out.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server did not start"));
            }
            if let Some((_, rest)) = line.split_once("http://") {
                let end = |each: char| !each.is_ascii_digit() && each != '.' && each != ':';
                let address = rest.split(end).next().unwrap_or_default();
                addresses.push(address.parse().map_err(io::Error::other)?);
            }
        }
        Ok(Self { child, out, address: addresses[1], admin: addresses[0] })
    }

    /// What `/metrics` shows.
    pub fn metrics(&self) -> io::Result<String> {
        let mut client = Client::connect(self.admin)?;
        client.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")?;
        Ok(client.answer()?.ok_or(io::ErrorKind::UnexpectedEof)?.body)
    }

    /// Whether it is healthy.
    pub fn is_healthy(&self) -> io::Result<bool> {
        let mut client = Client::connect(self.admin)?;
        client.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")?;
        Ok(client.answer()?.is_some_and(|answer| answer.body == "ok"))
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(io::Error::other("the server is gone")) }
    }

    /// Ends it. Returns its last words.
    pub fn end(mut self) -> io::Result<String> {
        self.signal("-TERM")?;
        let mut words = String::new();
        self.out.read_to_string(&mut words)?;
        let status = self.child.wait()?;
        if !status.success() || words.contains("cut off") {
            return Err(io::Error::other(format!("it ended with {status}: {words}")));
        }
        Ok(words)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
