//! Connections that take places and give nothing, from addresses of their own, while an honest
//! client asks from another. It is answered each time, before WeChat would hang up.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use crate::client::{hello, is_greeting, parsed};
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

/// How long WeChat waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an attacker who was sent away waits before the next connection.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Idle,
    SlowHead,
    SlowBody,
    NeverReading,
    Polling,
}

const KINDS: [Kind; 5] =
    [Kind::Idle, Kind::SlowHead, Kind::SlowBody, Kind::NeverReading, Kind::Polling];

pub fn play(style: &str, extent: &Extent) -> Result<Counts, Failed> {
    let serving = Serving::start(style, &[], Stdio::null())?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let made = Arc::new(AtomicU64::new(0));
    let (asked, slowest) = runtime.block_on(async {
        let attackers: Vec<_> = (2..)
            .zip(KINDS)
            .flat_map(|(last, kind)| (0..extent.hostile).map(move |_| (last, kind)))
            .map(|(last, kind)| {
                tokio::spawn(attack(serving.address, last, kind, Arc::clone(&made)))
            })
            .collect();
        let asked = honest(serving.address, extent.siege).await;
        attackers.iter().for_each(|attacker| attacker.abort());
        asked
    })?;
    let metrics = serving.metrics()?;
    let gave_way = "four_ways_connections_ended_total{why=\"GaveWay\"} ";
    let gave_way = metrics.lines().find_map(|line| line.strip_prefix(gave_way));
    // Some are still connected, and the server ends without waiting for them.
    let begin = Instant::now();
    serving.end()?;
    let end = begin.elapsed();
    drop(runtime);
    Ok(vec![
        ("hostile connections at a time", (KINDS.len() * extent.hostile) as u64),
        ("hostile connections in all", made.load(Ordering::Relaxed)),
        ("of these, gave way to another", gave_way.map_or(Ok(0), str::parse)?),
        ("honest connections, answered in time", asked),
        ("slowest answer to an honest one, ms", millis(slowest)),
        ("time to the end after SIGTERM, ms", millis(end)),
    ])
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

async fn connect(address: SocketAddr, last: u8) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Each kind has an address of its own, where the system has them.
    if cfg!(target_os = "linux") {
        socket.bind(([127, 0, 0, last], 0).into())?;
    }
    socket.connect(address).await
}

/// One connection after the other, each new. How many, and how long the slowest took.
async fn honest(address: SocketAddr, lasts: Duration) -> Result<(u64, Duration), Failed> {
    // When the others are connected.
    sleep(PAUSE).await;
    let begin = Instant::now();
    let (mut asked, mut slowest) = (0, Duration::ZERO);
    while begin.elapsed() < lasts {
        let at = Instant::now();
        let answered = timeout(PATIENCE, async {
            let mut stream = connect(address, 1).await?;
            stream.write_all(&hello("honest", asked)).await?;
            let mut bytes = Vec::new();
            loop {
                if let Some((answer, _)) = parsed(&bytes) {
                    return Ok(answer);
                }
                if stream.read_buf(&mut bytes).await? == 0 {
                    return Err(std::io::Error::other("it ended without an answer"));
                }
            }
        });
        let answer = answered.await.map_err(|_| "an honest client was not answered in time")??;
        if !is_greeting(&answer) {
            return Err(format!("{answer:?}").into());
        }
        asked += 1;
        slowest = slowest.max(at.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
    Ok((asked as u64, slowest))
}

/// Attacks, for ever.
async fn attack(address: SocketAddr, last: u8, kind: Kind, made: Arc<AtomicU64>) {
    loop {
        if let Ok(stream) = connect(address, last).await {
            made.fetch_add(1, Ordering::Relaxed);
            // It ends when the server sends it away.
            drop(hold(stream, kind).await);
        }
        sleep(PAUSE).await;
    }
}

async fn hold(mut stream: TcpStream, kind: Kind) -> std::io::Result<()> {
    let drip = Duration::from_millis(400);
    match kind {
        Kind::Idle => drop(stream.read(&mut [0]).await?),
        Kind::SlowHead => {
            stream.write_all(b"POST /wechat/demo HTTP/1.1\r\nX-Drip: ").await?;
            loop {
                stream.write_all(b"x").await?;
                sleep(drip).await;
            }
        }
        Kind::SlowBody => {
            let whole = hello("hostile", 0);
            let head = whole.windows(4).position(|window| window == b"\r\n\r\n");
            stream.write_all(&whole[..head.unwrap_or(0) + 4]).await?;
            loop {
                stream.write_all(b"<").await?;
                sleep(drip).await;
            }
        }
        Kind::NeverReading => {
            let request = b"GET /never/read HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
            loop {
                stream.write_all(&request).await?;
            }
        }
        Kind::Polling => loop {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await?;
            if stream.read(&mut [0; 1024]).await? == 0 {
                return Ok(());
            }
            sleep(Duration::from_secs(2)).await;
        },
    }
    Ok(())
}
