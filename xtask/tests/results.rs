//! The published documents contain what was measured, and no number is edited by hand.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};

use four_ways::measure::budget;
use four_ways::measure::results::compare::Situation;
use four_ways::measure::results::peers::{BesideNode, Deep, Spread};
use four_ways::measure::results::{
    Compare, Exam, Forgotten, Http, Mutants, Peers, PeersAllocations, Proof, Results, Runtimes,
    Source, Torture, Users,
};
use kit::campaign::random::RANDOM;
use kit::clauses::LAYERS;
use serde_json::Value;
use xtask::error::{COMMAND, FOLDER};
use xtask::filters::grouped;
use xtask::published::{BENCHES, record};
use xtask::results::{documents, part, root};
use xtask::terminal::shown;

/// All templates, by their paths in the folder.
fn templates() -> Vec<String> {
    let parts = fs::read_dir(root().join(FOLDER).join("parts")).expect("committed");
    let name = |part: fs::DirEntry| part.file_name().to_string_lossy().into_owned();
    let parts = parts.map(|part| format!("parts/{}", name(part.expect("readable"))));
    let wholes = ["RESULTS", "RESULTS-FULL", "METHODOLOGY", "README", "README.zh"];
    wholes.map(|name| format!("{name}.template.md")).into_iter().chain(parts).collect()
}

/// The files that the documents are rendered from, copied to a place where a test can break them.
fn copied(name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("results").join(name);
    let templates = templates().into_iter().map(|template| format!("{FOLDER}/{template}"));
    let results = BENCHES.iter().map(|bench| format!("{FOLDER}/{}.json", bench.name));
    let others = [
        "README.md",
        "README.zh.md",
        "docs/METHODOLOGY.md",
        "docs/results/survivors.toml",
        "tests/fence/baseline.json",
    ];
    let others = others.map(str::to_owned);
    for file in results.chain(templates).chain(others) {
        let to = copy.join(&file);
        fs::create_dir_all(to.parent().expect("a file has a folder")).expect("made");
        fs::copy(root().join(&file), to).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    copy
}

/// Why the documents of a broken copy cannot be rendered.
fn refused(copy: &Path) -> String {
    documents(copy).map(|_| "rendered").expect_err("it was broken").to_string()
}

/// Changes a file of a copy.
fn edit(copy: &Path, file: &str, change: impl FnOnce(String) -> String) {
    let path = copy.join(file);
    let text = fs::read_to_string(&path).expect("it was copied");
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing was changed");
    fs::write(path, changed).expect("written");
}

#[test]
fn documents_are_what_the_committed_results_render_to() {
    for document in documents(root()).unwrap_or_else(|error| panic!("{error}")) {
        let committed = fs::read_to_string(root().join(document.path)).unwrap_or_default();
        let mut lines = committed.lines().zip(document.text.lines());
        if let Some((is, should_be)) = lines.find(|(is, should_be)| is != should_be) {
            let path = document.path;
            panic!("{path} is written by `{COMMAND} --render`\n  is: {is}\n  not: {should_be}");
        }
        assert_eq!(committed.len(), document.text.len(), "{}", document.path);
    }
}

/// What the author of a template has typed: all but its tags.
fn typed(template: &str) -> String {
    let mut typed = String::new();
    let mut rest = template;
    while let Some((before, tag)) = rest.split_once('{') {
        typed.push_str(before);
        let end = match tag.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            Some('#') => "#}",
            other => panic!("no tag begins with {other:?}"),
        };
        rest = tag.split_once(end).expect("the documents are rendered from it").1;
    }
    typed + rest
}

/// What has a number in its name, or is one by definition.
const NAMES: [&str; 5] = ["95 %", "95%", "SHA-1", "around 1 is", "line at 1."];

/// A typed text without its code, and without where its links lead.
fn prose(typed: &str) -> String {
    let outside = |text: &str, mark| -> String { text.split(mark).step_by(2).collect() };
    let plain = outside(&outside(typed, "```"), "`");
    let mut links = plain.split("](");
    let first = links.next().unwrap_or_default().to_owned();
    let behind = links.map(|link| link.split_once(')').map_or(link, |(_, behind)| behind));
    NAMES.iter().fold(first + &behind.collect::<String>(), |text, name| text.replace(name, ""))
}

#[test]
fn no_number_in_a_template_is_typed_by_hand() {
    for name in templates() {
        let template = fs::read_to_string(root().join(FOLDER).join(&name)).expect("committed");
        let prose = prose(&typed(&template));
        let lines: Vec<_> = prose.lines().collect();
        // The names of the columns stand above a rule.
        let is_header = |at: usize| lines.get(at + 1).is_some_and(|line| line.starts_with("| ---"));
        for (_, line) in lines.iter().enumerate().filter(|(at, _)| !is_header(*at)) {
            assert!(!line.contains(|each: char| each.is_ascii_digit()), "{name}: {line}");
        }
    }
}

#[test]
fn a_mistake_in_a_template_is_refused_with_its_line() {
    let copy = copied("placeholder");
    let template = format!("{FOLDER}/RESULTS.template.md");
    let mistakes = [
        ("{{ ratio }}", "undefined value"),
        ("{{ compare.results.situation[0] }}", "undefined value"),
        ("{{ compare.results.sizes[0].ratio | whole }}", "undefined"),
        ("{{ peers.results.peers | find(peer=\"opinion\") }}", "there is no peer `opinion`"),
        (
            "{{ compare.results.sizes | find(situation=\"ready\") }}",
            "there is no situation `ready`",
        ),
        (
            "{{ fence.plays[\"text hit, ready: callbacks\"] | spent(\"time\") }}",
            "unknown variant `time`",
        ),
        ("{{ 1 | ratio }}", "unknown filter"),
        ("{{ \"much\" | exact }}", "cannot convert"),
        ("{{ compare", "syntax error"),
    ];
    for (placeholder, why) in mistakes {
        fs::write(copy.join(&template), format!("# Results\n\n{placeholder}\n")).expect("written");
        let refused = refused(&copy);
        assert!(refused.contains("RESULTS.template.md:3"), "{refused}");
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_mistake_in_a_part_is_refused_with_its_line() {
    let copy = copied("part");
    fs::write(copy.join(FOLDER).join("parts/users.md"), "## Users\n\n{{ user }}\n")
        .expect("written");
    assert!(refused(&copy).contains("parts/users.md:3"), "{}", refused(&copy));
}

/// What was published of a bench.
fn published<R: Results>() -> R {
    record::<R>(root()).unwrap_or_else(|error| panic!("{error}")).results
}

/// What a bench prints that measured this.
fn printed<R: Results>(results: &R) -> String {
    part(results).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_bench_prints_its_part_of_the_document() {
    let document = fs::read_to_string(root().join("docs/RESULTS-FULL.md")).expect("committed");
    let parts = [
        printed(&published::<Users>()),
        printed(&published::<Runtimes>()),
        printed(&published::<Http>()),
        printed(&published::<Torture>()),
        printed(&published::<Source>()),
        printed(&published::<Forgotten>()),
        printed(&published::<Mutants>()),
    ];
    for part in parts {
        assert!(document.contains(&part), "{part}");
    }
    let few = fs::read_to_string(root().join("docs/RESULTS.md")).expect("committed");
    assert!(few.contains(&printed(&published::<Proof>())));
    // The instructions are another file's.
    let instructions = document.find("Instructions, by callgrind").expect("a part");
    let sizes = document.find("## Sizes and stack").expect("a part");
    let without = [&document[..instructions], &document[sizes..]].concat();
    assert!(without.contains(&printed(&published::<Compare>())));
}

/// How many tables a document has: each has one rule.
fn tables(document: &str) -> usize {
    document.lines().filter(|line| line.starts_with("| ---")).count()
}

#[test]
fn the_results_have_few_tables_and_the_full_results_have_all() {
    let read = |path| fs::read_to_string(root().join(path)).expect("committed");
    let (few, all) = (read("docs/RESULTS.md"), read("docs/RESULTS-FULL.md"));
    assert!((1..=9).contains(&tables(&few)), "{} tables", tables(&few));
    // The folded details have one for each situation, the runtimes one for each measure and one
    // for what `Send` costs; beside them there are the environments and those that are listed here.
    let (compare, runtimes) = (published::<Compare>(), published::<Runtimes>());
    let folded = compare.situations.len()
        + compare.shapes.len()
        + runtimes.measures.len()
        + usize::from(!runtimes.send.is_empty());
    let listed = [
        ("A reply, by situation", 2),
        ("An empty layer", 1),
        ("Exact counts", 5),
        ("Sizes and stack", 1),
        ("Peers", 1 + usize::from(published::<Peers>().beside_node.is_some())),
        ("Users", 1),
        ("Behind HTTP", 1),
        ("Who holds what WeChat demands", 1),
        ("What the server withstood", 1),
        ("Source and builds", 3),
        ("Errors that are forgotten", 2),
        ("Mutants", 1),
    ];
    for (heading, least) in listed {
        let section = all.split("\n## ").find(|section| section.starts_with(heading));
        let section = section.unwrap_or_else(|| panic!("there is no {heading}"));
        assert!(tables(section) >= least, "{heading}: {} tables", tables(section));
    }
    assert_eq!(tables(&all), 1 + folded + listed.map(|(_, count)| count).iter().sum::<usize>());
    assert!(few.contains("](RESULTS-FULL.md)"), "who reads on finds the tables");
}

#[test]
fn both_readmes_have_a_block_of_one_plot_and_one_table() {
    let copy = copied("readme");
    for (name, plot) in [("README.md", "replies.svg"), ("README.zh.md", "replies.zh.svg")] {
        let readme = fs::read_to_string(root().join(name)).expect("committed");
        let (_, rest) = readme.split_once("<!-- results -->").expect("a block");
        let (block, _) = rest.split_once("<!-- /results -->").expect("it ends");
        assert_eq!(tables(block), 1, "{name}");
        assert_eq!(block.matches("![").count(), 1, "{name}");
        assert!(block.contains(&format!("](docs/pictures/{plot})")), "{name}");
        edit(&copy, name, |text| text.replace("<!-- results -->", ""));
        assert!(refused(&copy).contains(&format!("{name} has no `<!-- results -->`")));
        fs::copy(root().join(name), copy.join(name)).expect("copied");
    }
}

#[test]
fn one_table_of_two_benches_is_printed_in_halves() {
    let (timed, counted) = (published::<Peers>(), published::<PeersAllocations>());
    let (timed, counted) = (printed(&timed), printed(&counted));
    assert!(
        timed.contains("\n|  | time | without layers | a layer |\n| --- | --: | --: | --: |\n")
    );
    assert!(counted.contains("\n|  | its allocations | its bytes |\n| --- | --: | --: |\n"));
}

#[test]
fn what_was_not_measured_is_left_out_or_a_dash() {
    let mut source = published::<Source>();
    source.styles.iter_mut().for_each(|style| style.binary = None);
    source.null_binary = None;
    source.clean = None;
    source.incremental = None;
    assert!(!printed(&source).contains("null style"));
    let mut compare = published::<Compare>();
    for Situation { styles, .. } in &mut compare.situations {
        let slowed = styles.last_mut().expect("a style");
        slowed.style = "slowed".to_owned();
        (slowed.allocations, slowed.bytes, slowed.polls) = (None, None, None);
    }
    assert!(printed(&compare).contains("| – | – | – |\n"));
}

#[test]
fn the_times_of_the_shapes_are_shown_where_they_were_measured() {
    let copy = copied("shapes");
    let title = "join, each operation suspends once";
    edit(&copy, &format!("{FOLDER}/compare.json"), |text| {
        let mut record: Value = serde_json::from_str(&text).expect("JSON");
        let mut shape = record["results"]["situations"][0].clone();
        shape["situation"] = title.into();
        record["results"]["shapes"] = vec![shape].into();
        record.to_string()
    });
    let documents = documents(&copy).unwrap_or_else(|error| panic!("{error}"));
    for (path, shown) in [("docs/RESULTS.md", 1), ("docs/RESULTS-FULL.md", 5)] {
        let document = documents.iter().find(|document| document.path == path).expect("rendered");
        assert_eq!(document.text.matches(&format!("| {title} |")).count(), shown, "{path}");
        assert!(!document.text.contains("not measured yet"), "{path}");
    }
}

#[test]
fn what_was_measured_beside_node_has_a_table_of_its_own() {
    let spread = |median| Spread { median, range: (median - 1.0, median + 1.0) };
    let peer = Deep { peer: "Node: koa".to_owned(), layers: vec![spread(81.0), spread(1104.0)] };
    let deep = BesideNode { depths: vec![64, 1024], rounds: 5, peers: vec![peer] };
    let without = printed(&Peers { beside_node: None, ..published::<Peers>() });
    let with = printed(&Peers { beside_node: Some(deep), ..published::<Peers>() });
    assert_eq!((tables(&without), tables(&with)), (1, 2));
    assert!(with.contains(
        "\n\n|  | 64 layers | 1,024 layers |\n| --- | --: | --: |\n\
         | Node: koa | 81 (80–82) | 1,104 (1,103–1,105) |\n"
    ));
}

#[test]
fn a_terminal_shows_columns_and_short_lines() {
    let markdown =
        "## A\n\n<details>\n\n| a | of b |\n| --- | --: |\n| long | 1 |\n\n</details>\n\n";
    let words = "word ".repeat(30);
    let shown = shown(&format!("{markdown}{}\n", words.trim_end()));
    let twenty = ["word"; 20].join(" ");
    let ten = ["word"; 10].join(" ");
    assert_eq!(shown, format!("## A\n\na     of b\nlong     1\n\n{twenty}\n{ten}"));
}

#[test]
fn a_terminal_shows_what_is_fenced_as_it_is() {
    let fenced = format!("```text\n<xml>\n\n\n{}\n```", "word ".repeat(30));
    assert_eq!(shown(&format!("<details>\n\n{fenced}\n\n</details>\n")), format!("{fenced}\n"));
}

/// The file of a bench, as it is read and written again.
fn rewritten<R: Results>() -> (&'static str, String) {
    let record = record::<R>(root()).unwrap_or_else(|error| panic!("{error}"));
    (R::NAME, record.json().expect("its names are texts"))
}

#[test]
fn what_is_read_is_what_the_bench_has_written() {
    let files = [
        rewritten::<Compare>(),
        rewritten::<Peers>(),
        rewritten::<PeersAllocations>(),
        rewritten::<Users>(),
        rewritten::<Runtimes>(),
        rewritten::<Http>(),
        rewritten::<Exam>(),
        rewritten::<Source>(),
        rewritten::<Forgotten>(),
        rewritten::<Proof>(),
        rewritten::<Torture>(),
        rewritten::<Mutants>(),
    ];
    assert_eq!(files.len(), BENCHES.len());
    for (name, text) in files {
        let path = root().join(FOLDER).join(name).with_extension("json");
        let committed = fs::read_to_string(path).expect("committed");
        let mut lines = committed.lines().zip(text.lines());
        assert_eq!(lines.find(|(is, would_be)| is != would_be), None, "{name}");
        assert_eq!(committed.len(), text.len(), "{name}");
    }
}

#[test]
fn a_missing_file_is_an_error_that_names_its_bench() {
    for bench in &BENCHES {
        let copy = copied("file");
        fs::remove_file(copy.join(FOLDER).join(format!("{}.json", bench.name))).expect("removed");
        let refused = refused(&copy);
        assert!(refused.contains(&format!("`{}`", bench.command)), "{refused}");
    }
}

#[test]
fn a_missing_field_is_an_error_that_names_its_bench() {
    for bench in &BENCHES {
        let copy = copied("field");
        let file = format!("{FOLDER}/{}.json", bench.name);
        edit(&copy, &file, |text| {
            let mut record: Value = serde_json::from_str(&text).expect("JSON");
            let environment = record["environment"].as_object_mut().expect("an environment");
            environment.remove("commit");
            record.to_string()
        });
        let refused = refused(&copy);
        assert!(refused.contains("missing field `commit`"), "{refused}");
        assert!(refused.contains(&format!("`{}`", bench.command)), "{refused}");
    }
}

/// The first object of a result.
fn first_object(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    match value {
        Value::Array(values) => first_object(values.first_mut().expect("something was measured")),
        value => value.as_object_mut().expect("an object"),
    }
}

#[test]
fn a_field_that_is_lacking_or_misnamed_is_an_error_that_names_its_bench() {
    for bench in &BENCHES {
        for misnamed in [false, true] {
            let copy = copied("misnamed");
            let file = format!("{FOLDER}/{}.json", bench.name);
            edit(&copy, &file, |text| {
                let mut record: Value = serde_json::from_str(&text).expect("JSON");
                let fields = first_object(&mut record["results"]);
                if misnamed {
                    fields.insert("opinion".to_owned(), 1.into());
                } else {
                    let name = fields.keys().next().expect("a field").clone();
                    fields.remove(&name);
                }
                record.to_string()
            });
            let refused = refused(&copy);
            let why = if misnamed { "unknown field `opinion`" } else { "missing field `" };
            assert!(refused.contains(why), "{refused}");
            assert!(refused.contains(&format!("`{}`", bench.command)), "{refused}");
        }
    }
}

#[test]
fn counts_of_other_code_than_the_fence_s_are_not_published() {
    let copy = copied("stale");
    let file = "tests/fence/baseline.json";
    edit(&copy, file, |text| {
        let mut fence: Value = serde_json::from_str(&text).expect("JSON");
        fence["plays"]["text hit, ready: async-await"]["allocations"] = 1.into();
        fence.to_string()
    });
    assert!(refused(&copy).contains("async-await has"), "{}", refused(&copy));
}

#[test]
fn times_against_another_baseline_are_not_published() {
    let copy = copied("baseline");
    edit(&copy, &format!("{FOLDER}/compare.json"), |text| {
        text.replacen("straight line", "async-await", 1).replacen("straight line", "async-await", 1)
    });
    assert!(refused(&copy).contains("is async-await"), "{}", refused(&copy));
}

#[test]
fn what_the_readme_says_in_words_is_what_the_code_says() {
    assert_eq!(LAYERS.len(), 9);
    let readme = fs::read_to_string(root().join("README.md")).expect("committed");
    assert!(readme.contains("pipeline of nine layers"));
    for scenarios in RANDOM {
        let words = format!(" {} random scenarios", grouped(&scenarios.to_string()));
        assert!(readme.contains(&words), "the README does not say{words}");
    }
}

#[test]
fn the_readme_says_how_long_each_bench_measures() {
    let readme = fs::read_to_string(root().join("README.md")).expect("committed");
    let named = [("source -- --builds", budget::BUILDS), ("source -- --forget", budget::FORGET)];
    for (bench, time) in budget::DEFAULT.into_iter().chain(named) {
        let command = format!("cargo bench --bench {bench} ");
        let says = readme.lines().find_map(|line| line.strip_prefix(&command));
        let minutes = time.as_secs().div_ceil(60);
        let should = format!("# about {minutes} min");
        assert!(
            says.is_some_and(|says| says.trim_start().starts_with(&should)),
            "{bench}: {should}"
        );
    }
}

#[test]
fn thousands_are_grouped_and_fractions_are_not() {
    let numbers = ["1234567.12345", "999", "1024 at once", "380–4400", "-61179"];
    let shown = ["1,234,567.12345", "999", "1,024 at once", "380–4,400", "-61,179"];
    assert_eq!(numbers.map(grouped), shown);
}
