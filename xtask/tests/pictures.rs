//! The pictures are what the code draws.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use xtask::pictures::{FOLDER, onion, pictures};

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
fn the_onion_shows_all_layers_and_what_was_answered() {
    let drawn = onion::draw("hello").expect("the template is right");
    for layer in kit::clauses::LAYERS {
        assert!(drawn.contains(&format!(">{layer}</text>")), "{layer}");
    }
    assert!(drawn.contains("Hello, nice to meet you."), "{drawn}");
    assert_ne!(drawn, onion::draw("thanks").expect("the template is right"));
}
