//! Plays one model, in a process of its own: shuttle changes the panic hook, and a bug may end the
//! process. Without a name it lists all.

use std::env;
use std::process::ExitCode;

use models::explore::explore;
use models::models::MODELS;
use models::seeded::seeded;

fn main() -> ExitCode {
    let models = || MODELS.into_iter().flatten();
    let Some(name) = env::args().nth(1) else {
        models().for_each(|model| println!("{}", model.name));
        seeded().for_each(|(bug, _)| println!("{}", bug.name));
        return ExitCode::SUCCESS;
    };
    let bugs = seeded().map(|(bug, model)| (bug.name, model));
    let named = models().map(|model| (model.name, model)).chain(bugs);
    match named.into_iter().find(|(known, _)| *known == name) {
        Some((_, model)) => {
            println!("{name}: {}", explore(model));
            ExitCode::SUCCESS
        }
        None => {
            eprintln!(
                "no model and no seeded bug has the name {name}; without a name, all are listed"
            );
            ExitCode::from(2)
        }
    }
}
