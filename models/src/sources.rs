//! The sources under test.

/// Each module of `copies.rs`, and the file that it is copied from.
pub const SOURCES: [(&str, &str); 9] = [
    ("all", "generators/src/all.rs"),
    ("ask", "generators/src/ask.rs"),
    ("co", "generators/src/co.rs"),
    ("compose", "callbacks/src/compose.rs"),
    ("pending", "pipeline/src/pending.rs"),
    ("thunk", "callbacks/src/thunk.rs"),
    ("timers", "src/hosts/timers.rs"),
    ("turns", "src/hosts/turns.rs"),
    ("unstarted", "generators/src/unstarted.rs"),
];
