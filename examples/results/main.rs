//! The one command that writes every published number: `cargo run --example results [-- --render]`
//!
//! Copies what the benches wrote to `target/results` into `docs/results`, where it is committed,
//! and renders `docs/RESULTS.md` and the block of the README from there and from the templates
//! beside it. With `--render` nothing is copied. `tests/results.rs` holds the documents to this.
#![forbid(unsafe_code)]

mod render;

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use render::published::{BENCHES, FOLDER};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let copied = publish(&root.join(FOLDER));
            copied.unwrap_or_else(|error| fail(&format!("nothing is published: {error}")));
        }
        ["--render"] => {}
        _ => fail("the only argument is --render, which copies nothing from target/results"),
    }
    let documents = render::documents(root).unwrap_or_else(|error| fail(&error.to_string()));
    for document in documents {
        if let Err(error) = fs::write(root.join(document.path), document.text) {
            fail(&format!("{}: {error}", document.path));
        }
        println!("{}", document.path);
    }
}

/// Copies what the benches wrote; what they did not write stays as it was published.
fn publish(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let results = written()?;
    for bench in &BENCHES {
        let name = format!("{}.json", bench.name);
        let written = results.join(&name);
        if written.exists() {
            fs::copy(&written, folder.join(&name))?;
            println!("{FOLDER}/{name}");
        }
    }
    Ok(())
}

/// Where the benches write: beside the folder of the profile, in which this example stands.
fn written() -> io::Result<PathBuf> {
    let example = env::current_exe()?;
    let target = example.ancestors().nth(3).unwrap_or(&example);
    Ok(target.join("results"))
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
