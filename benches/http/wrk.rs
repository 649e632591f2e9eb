//! The client: wrk with one thread and keep-alive connections. Each connection has one request
//! under way. Every answer is checked, and a wrong one is an error.

use std::io::{self, ErrorKind, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::request::{TOLD, request};
use crate::service::Service;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/http/wrk.lua");

/// How many requests wrk gets for a round of one second, which is the shortest that wrk allows. Its
/// one thread sends fewer, so every message is new. If it sends more, that is an error.
const SUPPLY: usize = 1 << 17;

/// How many requests were signed so far.
pub struct Wrk {
    sent: usize,
}

/// One round of one service.
#[derive(Clone, Copy)]
pub struct Round {
    pub time: Duration,
    pub requests: usize,
    pub median: Duration,
    pub slowest_hundredth: Duration,
}

/// What the script prints last.
#[derive(Deserialize)]
struct Told {
    requests: usize,
    microseconds: u64,
    median: u64,
    slowest_hundredth: u64,
    asked: usize,
    wrong: usize,
}

impl Wrk {
    /// wrk, if it is installed.
    pub fn find() -> io::Result<Self> {
        // wrk prints its version and fails. It is enough that it could be started.
        match Command::new("wrk").arg("--version").output() {
            Ok(_) => Ok(Self { sent: 0 }),
            Err(_) => Err(io::Error::other(
                "there is no wrk; `apt install wrk` or `brew install wrk` gets it",
            )),
        }
    }

    /// Sends requests to a service for one round.
    pub fn play(&mut self, service: &Service, connections: usize) -> io::Result<Round> {
        let supply: Vec<u8> = (self.sent..self.sent + SUPPLY).flat_map(request).collect();
        self.sent += SUPPLY;
        let mut wrk = Command::new("wrk")
            .args(["--threads=1", "--duration=1s", "--latency", "--script", SCRIPT])
            .arg(format!("--connections={connections}"))
            .arg(format!("http://{}/", service.address))
            .arg((supply.len() / SUPPLY).to_string())
            .args([service.length.unwrap_or(0).to_string(), TOLD.to_owned()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = wrk.stdin.take() {
            stdin.write_all(&supply)?;
        }
        let said = String::from_utf8_lossy(&wrk.wait_with_output()?.stdout).into_owned();
        let told = said.lines().last().and_then(|line| serde_json::from_str::<Told>(line).ok());
        let Told { requests, microseconds, median, slowest_hundredth, asked, wrong } =
            told.ok_or_else(|| io::Error::other(format!("wrk says: {said}")))?;
        if wrong > 0 {
            return Err(io::Error::other(format!("{wrong} of {requests} answers were wrong")));
        }
        if asked > SUPPLY {
            let more = "wrk asks more in a second than was signed for it";
            return Err(io::Error::new(ErrorKind::QuotaExceeded, more));
        }
        Ok(Round {
            time: Duration::from_micros(microseconds),
            requests,
            median: Duration::from_micros(median),
            slowest_hundredth: Duration::from_micros(slowest_hundredth),
        })
    }
}
