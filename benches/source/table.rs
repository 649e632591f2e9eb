//! The one table, and how it is read.

use four_ways::measure::results::forgotten::{self, Noticed, Way};
use four_ways::measure::results::source::Builds;
use four_ways::measure::results::{Forgotten, Source};

use super::styles::STYLES;
use super::survey::Row;

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

/// Who may notice.
const WHO: [Noticed; 5] =
    [Noticed::Compiler, Noticed::Both, Noticed::Lint, Noticed::Kit, Noticed::Nobody];

/// Prints who noticed what was forgotten.
pub fn print_forgotten(Forgotten(styles): &Forgotten) {
    let cells = |cell: &dyn Fn(&forgotten::Style) -> String| styles.iter().map(cell).collect();
    println!();
    line("", cells(&|style| style.style.clone()));
    line("", cells(&|_| "comp both lint kit none".to_owned()));
    for kind in KINDS.into_iter().chain([""]) {
        let by = |style: &forgotten::Style| {
            let of_kind = |way: &&Way| kind.is_empty() || way.kind == kind;
            let by = |who| style.ways.iter().filter(of_kind).filter(|way| way.by == who).count();
            WHO.map(|who| format!("{:>3}", by(who))).join(" ")
        };
        line(if kind.is_empty() { "all" } else { kind }, cells(&by));
    }
    for forgotten::Style { style, ways } in styles {
        for Way { file, line, kind, .. } in ways.iter().filter(|way| way.by == Noticed::Nobody) {
            println!("nobody: {style}, {file}:{line} {kind}");
        }
    }
}

/// Prints what was counted, a line a row.
pub fn print(rows: &[Row]) {
    println!();
    line("", STYLES.iter().map(|style| style.name.to_owned()).collect());
    line("", vec!["tokens  deep  sites".to_owned(); STYLES.len()]);
    for row in rows {
        let cell = |tokens: usize, deep: usize, sites: Option<usize>| {
            let sites = sites.map_or("–".to_owned(), |sites| sites.to_string());
            format!("{tokens:>6}  {deep:>4}  {sites:>5}")
        };
        let cells = row.counts.map(|count| match count.tokens {
            0 => "–".to_owned(),
            tokens => cell(tokens, count.nesting.deepest, count.sites),
        });
        line(&row.name, cells.to_vec());
    }
    if let Some(whole) = rows.last() {
        let weights = whole.counts.iter().map(|count| count.nesting.weight.to_string());
        line("weight", weights.collect());
    }
}

/// Prints what the builds took, if there were any.
pub fn print_builds(source: &Source) {
    let Source { styles, null_binary, shared_seconds, clean, incremental } = source;
    let (Some(null_binary), Some(shared), Some(clean), Some(incremental)) =
        (null_binary, shared_seconds, clean, incremental)
    else {
        return;
    };
    println!();
    line("over null", vec![]);
    for (name, builds) in [("clean", clean), ("incremental", incremental)] {
        let over = |ratio: &f64| match ratio - 1.0 {
            more if more.abs() <= builds.resolution => "≈".to_owned(),
            more => format!("{:+.1} s", more * builds.null_seconds),
        };
        line(name, builds.ratios.iter().map(over).collect());
    }
    let binaries = styles.iter().filter_map(|style| style.binary);
    let over = |binary| format!("{:+} B", i128::from(binary) - i128::from(*null_binary));
    line("binary", binaries.map(over).collect());
    for (name, builds) in [("clean", clean), ("incremental", incremental)] {
        let Builds { null_seconds, rounds, resolution, .. } = builds;
        let resolution = 100.0 * resolution;
        println!(
            "null, {name}: {null_seconds:.1} s, {rounds} rounds, resolution {resolution:.1} %"
        );
    }
    println!("null, binary: {null_binary} B. What all share: {shared:.0} s");
}

fn line(name: &str, cells: Vec<String>) {
    let line: String = cells.iter().map(|cell| format!("  {cell:>19}")).collect();
    println!("{}", format!("{name:<14}{line}").trim_end());
}
