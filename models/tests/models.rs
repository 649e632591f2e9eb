//! Each model holds under every schedule that is played, and each seeded bug is found by its model.

use std::process::{Command, Output};

use models::models::MODELS;
use models::seeded::seeded;

fn play(name: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_models"))
        .arg(name)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it starts")
}

#[test]
fn each_model_holds() {
    for model in MODELS.into_iter().flatten() {
        let output = play(model.name);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", model.name);
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// A model that finds no bug might be one that cannot fail.
#[test]
fn each_model_finds_a_seeded_bug() {
    let useless = MODELS.into_iter().flatten().map(|model| model.name);
    let useless: Vec<_> =
        useless.filter(|name| seeded().all(|(_, finder)| finder.name != *name)).collect();
    assert_eq!(useless, [""; 0]);
}

#[test]
fn each_seeded_bug_is_found_by_its_model() {
    let mut missed = Vec::new();
    for (bug, model) in seeded() {
        let output = play(bug.name);
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.success() || !errors.contains(bug.says) {
            missed.push(format!("{}, by {}: {errors}", bug.name, model.name));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    println!("{} seeded bugs were found", seeded().count());
}
