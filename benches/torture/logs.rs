//! A log that nobody reads, that nobody will read, or that is full: requests go on, and the server
//! says how many lines are lost.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::client::Client;
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

/// Requests that are sent before their answers are read.
const AT_ONCE: usize = 50;

pub fn play(style: &str, extent: &Extent) -> Result<Counts, Failed> {
    let (stalled, log) = std::io::pipe()?;
    let told = told(style, log.into(), extent.lines)?;
    let kept = BufReader::new(stalled).lines().count();
    if told + kept != extent.lines {
        return Err(format!("{told} lines were told, {} are lost", extent.lines - kept).into());
    }
    let (reader, closed) = std::io::pipe()?;
    drop(reader);
    let mut outs = vec![Stdio::from(closed)];
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        outs.push(full.into());
    }
    let lines = AT_ONCE * 20;
    let mut unwritten = 0;
    for out in outs {
        let told = self::told(style, out, lines)?;
        if told != lines {
            return Err(format!("{told} lines were told, {lines} are lost").into());
        }
        unwritten += told;
    }
    Ok(vec![
        ("lines that nobody read", extent.lines as u64),
        ("lost and told, of these", told as u64),
        ("lines that could not be written, lost and told", unwritten as u64),
    ])
}

/// Makes so many lines, and ends the server. How many it says are lost.
fn told(style: &str, log: Stdio, lines: usize) -> Result<usize, Failed> {
    let serving = Serving::start(style, &[], log)?;
    let mut client = Client::connect(serving.address)?;
    let request = "POST /wechat/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    for _ in 0..lines / AT_ONCE {
        client.send(request.repeat(AT_ONCE).as_bytes())?;
        for _ in 0..AT_ONCE {
            let answer = client.answer()?.ok_or("a request got no answer")?;
            if answer.status != 400 {
                return Err(format!("{answer:?}").into());
            }
        }
    }
    drop(client);
    let words = serving.end()?;
    let told = words.lines().find_map(|line| line.split_once(" lines of the log are lost"));
    Ok(told.map_or(Ok(0), |(lost, _)| lost.parse())?)
}
