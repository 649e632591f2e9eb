//! Files that change all the time, right and wrong, renamed and written in place, while clients ask.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use four_ways::conversation::{NAME, TOKEN};

use crate::client::{Client, signed, text};
use crate::serving::Serving;
use crate::trial::{Counts, Extent, Failed};

const CLIENTS: usize = 4;

fn account(name: &str, reply: &str) -> String {
    format!(
        "[[account]]\nname = \"{name}\"\ntoken = \"{TOKEN}\"\n[[account.keyword]]\n\
         match = \"exact\"\npattern = \"open\"\nreply = \"{reply}\"\n"
    )
}

pub fn play(style: &str, extent: &Extent) -> Result<Counts, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torture");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{style}.toml"));
    // The account comes last, so that a file that is cut off lacks it.
    let whole = |number: u64| account("other", "-") + &account(NAME, &format!("always {number}"));
    fs::write(&path, whole(0))?;
    let file = path.to_str().ok_or("the path is no text")?;
    let serving = Serving::start(style, &["--config", file], Stdio::null())?;
    let is_over = AtomicBool::new(false);
    let (files, asked) = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (serving, is_over) = (&serving, &is_over);
                scope.spawn(move || client(serving, number, is_over))
            })
            .collect();
        let files = storm(&serving, &path, &whole, extent.storm);
        is_over.store(true, Ordering::Relaxed);
        let asked = clients.into_iter().map(|client| client.join().expect("it does not panic"));
        Ok::<_, Failed>((files?, asked.collect::<Result<Vec<_>, _>>()?.into_iter().sum()))
    })?;
    serving.end()?;
    Ok(vec![("files written", files), ("requests, answered by words", asked)])
}

/// Changes the file until the time is over; how often.
fn storm(
    serving: &Serving,
    path: &Path,
    whole: &dyn Fn(u64) -> String,
    lasts: Duration,
) -> Result<u64, Failed> {
    let begin = Instant::now();
    let mut files = 0;
    while begin.elapsed() < lasts {
        files += 1;
        let renamed = path.with_extension("new");
        match files % 5 {
            // Half a file; the other half follows at once.
            0 => fs::write(path, account("other", "-"))?,
            1 => fs::write(path, whole(files))?,
            2 => {
                fs::write(&renamed, whole(files))?;
                fs::rename(&renamed, path)?;
            }
            3 => {
                fs::write(&renamed, "[[account]]\nname = \"wrong\"")?;
                fs::rename(&renamed, path)?;
            }
            _ => drop(fs::remove_file(path)),
        }
        if files % 3 == 0 {
            serving.signal("-HUP")?;
        }
        // Now and then long enough that the file is taken.
        let pause = if files % 50 == 2 { 1_200 } else { 10 };
        thread::sleep(Duration::from_millis(pause));
    }
    Ok(files)
}

fn client(serving: &Serving, number: usize, is_over: &AtomicBool) -> Result<u64, Failed> {
    let mut client = Client::connect(serving.address)?;
    let mut asked = 0;
    while !is_over.load(Ordering::Relaxed) {
        let user = format!("user{number}");
        let body = text(&user, asked as usize, "open");
        let answer = client.ask(&signed(&format!("{user}n{asked}"), &body))?;
        asked += 1;
        if answer.status != 200 || !answer.body.contains("always ") {
            return Err(format!("{answer:?}").into());
        }
        if answer.is_last {
            client = Client::connect(serving.address)?;
        }
    }
    Ok(asked)
}
