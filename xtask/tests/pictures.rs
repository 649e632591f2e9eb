//! The pictures that show how the code runs are what it draws, and there are no others than these
//! and the plots.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use xtask::pictures::{FOLDER, onion, pictures};
use xtask::plots::plots;

#[test]
fn the_committed_pictures_are_what_is_drawn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member has a workspace");
    for (name, text) in pictures().expect("the templates are right") {
        let path = root.join(FOLDER).join(name);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{path:?} is old: cargo xtask pictures");
    }
}

#[test]
fn every_picture_is_drawn_by_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member has a workspace");
    let plots = plots(root).expect("the results are there");
    let mut drawn: Vec<_> = pictures().expect("the templates are right");
    drawn.extend(plots.into_iter().map(|plot| {
        (plot.path.strip_prefix(FOLDER).expect("the folder of the pictures"), plot.text)
    }));
    for entry in fs::read_dir(root.join(FOLDER)).expect("committed") {
        let name = entry.expect("readable").file_name();
        let found = drawn.iter().any(|(of, _)| *of.trim_start_matches('/') == *name);
        assert!(found, "nothing draws {name:?}");
    }
}

#[test]
fn the_onion_shows_all_layers_and_what_was_answered() {
    let drawn = onion::draw("hello").expect("the template is right");
    for layer in kit::clauses::LAYERS {
        assert!(drawn.contains(&format!(">{layer}</text>")), "{layer}");
    }
    assert!(drawn.contains("Hello, nice to meet you."), "{drawn}");
    assert_ne!(drawn, onion::draw("thanks").expect("the template is right"));
}
