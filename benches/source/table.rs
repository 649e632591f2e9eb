//! The one table, and how it is read.

use serde_json::{Value, json};

use super::builds::Builds;
use super::notice::{NOBODY, Tried, WHO};
use super::styles::STYLES;
use super::survey::{File, Row};

/// How the table is read.
pub const LEGEND: &str = "\
tokens  words, literals, operators and delimiters; no comments, no tests, no comma at a line's end.
deep    how many of these stand in one another, at most, within one function: if, match, loop,
        closure, async block, let-else. weight: each of them, as often as it is deep.
sites   error sites: where a layer or unit says something only because something can fail: a `?`;
        a pattern that is the failing side; a call of is_ok, is_err, err, map_err, or_else,
        unwrap_or_else, and_then (not a promise's, which is its semicolon) or attempt; and outside
        of such a pattern's arm, an error handed on or made. A result returned as it came is none.
units   the layer that asks the units. its own: the files that only this style has, such as
        thunk.rs and co.rs. lists: mod.rs, lib.rs, pipeline.rs.
over    a release build of a program that answers one request, processor time of cargo and rustc,
        median, minus the same with the null style: one plain function that cannot wait
        (straight.rs). ≈ is inside the resolution, by which the null style strayed from itself; one
        round is a single look at it.
        clean: the style, what only it depends on, and the program, from nothing; what all share
        (pipeline, wechat and below) is built before. incremental: after a layer was touched.
        binary: stripped.";

/// How the table of forgotten errors is read.
pub const FORGOTTEN: &str = "\
One thing is left out of a layer or a unit that stands there only because something can fail, and
clippy and the kit look at the result. Counted by who notices: the compiler; of what compiles a lint
and the kit's clauses (both), a lint only, the kit only, nobody.
?        a `?` is left out.
arm      an arm for the failing side is left out, or the `if let` that looks for it.
call     a call that has to do with failures only is left out; a condition that asks holds.
success  an error that is handed on is success instead.";

/// What can be forgotten.
pub const KINDS: [&str; 4] = ["?", "arm", "call", "success"];

/// Prints who noticed what was forgotten.
pub fn print_forgotten(tried: &[Vec<Tried>; 4]) {
    println!();
    line("", STYLES.map(|style| style.name.to_owned()));
    line("", [(); 4].map(|()| "comp both lint kit none".to_owned()));
    for kind in KINDS.into_iter().chain([""]) {
        let of_kind = |tried: &&Tried| kind.is_empty() || tried.way.kind == kind;
        let cells = tried.each_ref().map(|tried| {
            let by =
                |who| tried.iter().filter(of_kind).filter(|tried| tried.by.who() == who).count();
            WHO.map(|who| format!("{:>3}", by(who))).join(" ")
        });
        line(if kind.is_empty() { "all" } else { kind }, cells);
    }
    for (style, tried) in STYLES.iter().zip(tried) {
        for Tried { file, way, .. } in tried.iter().filter(|tried| tried.by.who() == NOBODY) {
            println!("nobody: {}/{file}:{} {}", style.sources, way.line, way.kind);
        }
    }
}

/// Prints what was counted, a line a row.
pub fn print(rows: &[Row]) {
    println!();
    line("", STYLES.map(|style| style.name.to_owned()));
    line("", [(); 4].map(|()| "tokens  deep  sites".to_owned()));
    for row in rows {
        let cell = |tokens: usize, deep: usize, sites: Option<usize>| {
            let sites = sites.map_or("–".to_owned(), |sites| sites.to_string());
            format!("{tokens:>6}  {deep:>4}  {sites:>5}")
        };
        let cells = row.counts.map(|count| match count.tokens {
            0 => "–".to_owned(),
            tokens => cell(tokens, count.nesting.deepest, count.sites),
        });
        line(&row.name, cells);
    }
    if let Some(whole) = rows.last() {
        line("weight", whole.counts.map(|count| count.nesting.weight.to_string()));
    }
}

/// Prints what the builds took.
pub fn print_builds(builds: &Builds) {
    let styles = [2, 3, 4, 5]; // behind the null style and its twin
    println!();
    line("over null", [(); 4].map(|()| String::new()));
    for (name, times) in [("clean", &builds.clean), ("incremental", &builds.incremental)] {
        let over = |at| times.over(at).map_or("≈".to_owned(), |over| format!("{over:+.1} s"));
        line(name, styles.map(over));
    }
    let over = |at: usize| i128::from(builds.sizes[at]) - i128::from(builds.sizes[0]);
    line("binary", styles.map(|at| format!("{:+} B", over(at))));
    for (name, times) in [("clean", &builds.clean), ("incremental", &builds.incremental)] {
        let (null, rounds) = (times.null.as_secs_f64(), times.against.rounds);
        let resolution = 100.0 * times.against.band;
        println!("null, {name}: {null:.1} s, {rounds} rounds, resolution {resolution:.1} %");
    }
    let shared = builds.shared.as_secs_f64();
    println!("null, binary: {} B. What all share: {shared:.0} s", builds.sizes[0]);
}

fn line(name: &str, cells: [String; 4]) {
    let line = cells.map(|cell| format!("  {cell:>19}")).concat();
    println!("{}", format!("{name:<14}{line}").trim_end());
}

/// The same for machines, file by file.
pub fn json(styles: &[Vec<File>; 4], builds: Option<&Builds>) -> Value {
    let file = |file: &File| {
        let sites = file.sites.iter().flatten();
        let sites = sites.map(|site| json!({ "line": site.line, "kind": site.kind }));
        json!({
            "file": file.path,
            "tokens": file.count.tokens,
            "deepest": file.count.nesting.deepest,
            "weight": file.count.nesting.weight,
            "sites": file.sites.is_some().then(|| sites.collect::<Vec<_>>()),
        })
    };
    let styles = styles.iter().zip(&STYLES).enumerate().map(|(at, (files, style))| {
        json!({
            "style": style.name,
            "files": files.iter().map(file).collect::<Vec<_>>(),
            "binary": builds.map(|builds| builds.sizes[at + 2]),
        })
    });
    json!({
        "styles": styles.collect::<Vec<_>>(),
        "null_binary": builds.map(|builds| builds.sizes[0]),
        "shared_seconds": builds.map(|builds| builds.shared.as_secs_f64()),
        "clean": builds.map(|builds| builds.clean.json()),
        "incremental": builds.map(|builds| builds.incremental.json()),
    })
}
