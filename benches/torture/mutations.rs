//! Bodies that are rightly signed and wrong: whoever knows the token still cannot break the server.

use std::process::Stdio;
use std::thread;

use kit::run::Random;

use crate::client::{Client, signed, text};
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

const CLIENTS: usize = 8;

pub fn play(style: &str, extent: &Extent) -> Result<Counts, Failed> {
    let serving = Serving::start(style, &[], Stdio::null())?;
    let each = extent.mutations / CLIENTS;
    let played = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope.spawn({
                    let serving = &serving;
                    move || client(serving, number, each)
                })
            })
            .collect();
        let ended = clients.into_iter().map(|client| client.join().expect("it does not panic"));
        ended.collect::<Result<Vec<_>, _>>()
    })?;
    if !serving.is_healthy()? {
        return Err("it is not healthy".into());
    }
    serving.end()?;
    let sum = |at: usize| played.iter().map(|counts| counts[at]).sum();
    Ok(vec![
        ("requests", (CLIENTS * each) as u64),
        ("answered as a message", sum(0)),
        ("refused with 400", sum(1)),
    ])
}

fn client(serving: &Serving, number: usize, requests: usize) -> Result<[u64; 2], Failed> {
    let mut random = Random(0x746f_7274 + number as u64);
    let mut client = Client::connect(serving.address)?;
    let mut counts = [0; 2];
    for id in 0..requests {
        let words = ["hello", "guess", "天气", "]]>", "\u{1}", "50"][random.below(6)];
        let mut body = text(&format!("user{number}"), id, words);
        for _ in 0..random.below(5) {
            let at = random.below(body.len());
            match random.below(4) {
                0 => body[at] = random.bits().to_le_bytes()[0],
                1 if body.len() > 1 => drop(body.remove(at)),
                2 => body.insert(at, body[at]),
                // Never to nothing: there would be nothing left to change.
                _ => body.truncate(at.max(1)),
            }
        }
        let answer = client.ask(&signed(&format!("{number}n{id}"), &body))?;
        match answer.status {
            200 if answer.body == "success" || answer.body.starts_with("<xml>") => counts[0] += 1,
            400 => counts[1] += 1,
            _ => {
                let body = String::from_utf8_lossy(&body);
                return Err(format!("{answer:?} to {body:?}").into());
            }
        }
        if answer.is_last {
            client = Client::connect(serving.address)?;
        }
    }
    Ok(counts)
}
