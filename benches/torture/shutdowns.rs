//! SIGTERM while clients ask: each request that was sent is answered, and the server ends with 0.

use std::io;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::client::{Client, hello, is_greeting};
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

const CLIENTS: usize = 16;

/// How many answers there are before the end.
const BEFORE: u64 = 500;

pub fn play(style: &str, extent: &Extent) -> Result<Counts, Failed> {
    let mut asked = 0;
    for _ in 0..extent.shutdowns {
        let serving = Serving::start(style, &[], Stdio::null())?;
        let (address, answered) = (serving.address, AtomicU64::new(0));
        thread::scope(|scope| {
            let client = |number: usize, mut client: Client| {
                let answered = &answered;
                move || {
                    let user = format!("user{number}");
                    for id in 0.. {
                        let answer = client.ask(&hello(&user, id))?;
                        if !is_greeting(&answer) {
                            return Err(io::Error::other(format!("{answer:?}")));
                        }
                        answered.fetch_add(1, Ordering::Relaxed);
                        if answer.is_last {
                            break;
                        }
                    }
                    Ok(())
                }
            };
            // All are connected before the first asks, so that the end comes to none before.
            let connected = (0..CLIENTS).map(|_| Client::connect(address));
            let connected = connected.collect::<io::Result<Vec<_>>>()?;
            let clients = (0..).zip(connected);
            let clients: Vec<_> =
                clients.map(|(number, stream)| scope.spawn(client(number, stream))).collect();
            while answered.load(Ordering::Relaxed) < BEFORE
                && !clients.iter().any(|client| client.is_finished())
            {
                thread::yield_now();
            }
            serving.end()?;
            clients.into_iter().try_for_each(|client| client.join().expect("it does not panic"))
        })?;
        asked += answered.load(Ordering::Relaxed);
    }
    Ok(vec![("shutdowns", extent.shutdowns as u64), ("requests, all answered", asked)])
}
