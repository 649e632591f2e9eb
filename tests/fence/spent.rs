//! Where the instructions are spent: which mechanisms make a style cost what it costs.

use std::collections::{BTreeMap, HashMap};

use four_ways::measure::results::fence::Spent;

/// On what the instructions of this function are spent.
fn on(function: &str) -> Spent {
    let any = |parts: &[&str]| parts.iter().any(|part| function.contains(part));
    let named = |names: &[&str]| names.contains(&function);
    if named(&["malloc", "free", "realloc", "calloc", "malloc_consolidate", "unlink_chunk"])
        || function.starts_with("_int_")
        || any(&["__rust_alloc", "__rustc::__r", "stats_alloc"])
    {
        Spent::Allocating
    } else if any(&["memcpy", "memmove", "memset"]) {
        Spent::Moving
    } else if any(&["futures_", "genawaiter", "stacker", "psm"]) {
        Spent::Library
    } else if any(&["callbacks::", "promises::", "generators::", "four_ways::async_await::"]) {
        Spent::Style
    } else {
        Spent::Work
    }
}

/// Adds up the counts of callgrind, by the kind of function. Calls are left out, because their cost
/// is counted in the called function.
pub fn added_up(counts: &str) -> BTreeMap<Spent, u64> {
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut spent = BTreeMap::new();
    let mut function = "";
    let mut lines = counts.lines();
    while let Some(line) = lines.next() {
        if let Some(id) = line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn=")) {
            // A name is written once, and later only its number.
            let (id, name) = id.split_once(' ').unwrap_or((id, ""));
            let name = *names.entry(id).or_insert(name);
            if line.starts_with("fn=") {
                function = name;
            }
        } else if line.starts_with("calls=") {
            lines.next();
        } else if let Some((position, cost)) = line.split_once(' ')
            && position.starts_with(|start: char| start.is_ascii_digit() || "+-*".contains(start))
            && let Ok(cost) = cost.parse::<u64>()
        {
            *spent.entry(on(function)).or_default() += cost;
        }
    }
    spent
}
