//! `cargo run -p fifth_style`: the kit judges the fifth style, although it knows nothing about it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use kit::campaign::judge;

fn main() -> ExitCode {
    let style = fifth_style::style();
    match judge(std::slice::from_ref(&style)) {
        Ok(tally) => {
            println!("{}: {tally}", style.name);
            ExitCode::SUCCESS
        }
        Err(rejection) => {
            eprintln!("{rejection}");
            ExitCode::FAILURE
        }
    }
}
