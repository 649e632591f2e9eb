//! `count`: what the replies of all situations cost, for `cargo bench --bench compare`. The bench
//! runs this binary for it, because counting slows down every allocation: a process that counts
//! cannot measure time.

use std::collections::BTreeMap;
use std::io::{self, Write};

use four_ways::measure::{Count, Entry, Exact, Situation, shapes};

/// Prints the counts as JSON, by the titles of the situations and the names of the entries.
pub fn count(count: fn() -> Count, out: &mut dyn Write) -> io::Result<()> {
    let situations = Situation::compared().into_iter().chain(shapes::compared());
    let counted = situations.map(|situation| {
        let entries = Entry::all().into_iter();
        let counts = entries.map(|entry| (entry.name, Exact::count(&situation, &entry, count)));
        (situation.title(), counts.collect::<BTreeMap<_, _>>())
    });
    let counted: BTreeMap<_, _> = counted.collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&counted)?)
}
