//! What the documents show of the code is the code. Between `<!-- excerpt: FILE ANCHOR -->` and
//! `<!-- /excerpt -->` stands what stands in FILE between `// ANCHOR: ANCHOR` and
//! `// ANCHOR_END: ANCHOR`; `UPDATE=1 cargo test --test excerpts` writes it there. And every link
//! to a file leads to one, every link to a heading too.

use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 17] = [
    "README.md",
    "README.zh.md",
    "CONTRIBUTING.md",
    "docs/ARCHITECTURE.md",
    "docs/CONFIGURATION.md",
    "docs/GLOSSARY.md",
    "docs/PITFALLS.md",
    "docs/PITFALLS.zh.md",
    "docs/SPEC.md",
    "docs/SPEC-TESTS.md",
    "docs/story.md",
    "docs/story.zh.md",
    "docs/RESULTS.md",
    "docs/RESULTS-FULL.md",
    "docs/METHODOLOGY.md",
    "examples/README.md",
    "models/README.md",
];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(root("").join(path)).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The lines between the anchors of this name.
fn anchored(file: &str, anchor: &str) -> String {
    let source = read(Path::new(file));
    let begin = format!("// ANCHOR: {anchor}");
    let end = format!("// ANCHOR_END: {anchor}");
    let mut lines = source.lines().skip_while(|line| line.trim() != begin);
    assert!(lines.next().is_some(), "{file} has no anchor `{anchor}`");
    let mut excerpt = String::new();
    for line in lines {
        if line.trim() == end {
            return excerpt;
        }
        excerpt.push_str(line);
        excerpt.push('\n');
    }
    panic!("the anchor `{anchor}` of {file} has no end");
}

/// The document with every excerpt as the code has it now, and how many there are.
fn renewed(document: &str) -> (String, usize) {
    let mut renewed = String::new();
    let mut count = 0;
    let text = read(Path::new(document));
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        renewed.push_str(line);
        renewed.push('\n');
        let marker = line.strip_prefix("<!-- excerpt: ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(marker) = marker else { continue };
        let (file, anchor) = marker.split_once(' ').expect("a file and an anchor");
        let language = if file.ends_with(".mjs") { "js" } else { "rust" };
        renewed.push_str(&format!("```{language}\n"));
        renewed.push_str(&anchored(file, anchor));
        renewed.push_str("```\n<!-- /excerpt -->\n");
        assert!(lines.any(|line| line == "<!-- /excerpt -->"), "`{line}` has no end");
        count += 1;
    }
    (renewed, count)
}

#[test]
fn excerpts_are_the_codes_current_text() {
    let mut shown = Vec::new();
    for document in DOCUMENTS {
        let (renewed, count) = renewed(document);
        shown.push(count);
        if read(Path::new(document)) == renewed {
            continue;
        }
        assert!(
            std::env::var_os("UPDATE").is_some(),
            "an excerpt in {document} is not what the code says; \
             `UPDATE=1 cargo test --test excerpts` renews it"
        );
        fs::write(root(document), renewed).expect("the document can be written");
    }
    // One layer in four styles and koa 2 in the README, in both languages. In the story, in both languages: five layers in four
    // styles, JavaScript beside Rust, two common mistakes, seven for the state machine, and the six shapes of waiting.
    assert_eq!(shown, [5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 67, 67, 0, 0, 0, 0, 0]);
}

/// The targets of the links in a document, without those in code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        for after in line.split("](").skip(1) {
            links.extend(after.split(')').next().map(str::to_owned));
        }
    }
    links
}

/// What GitHub makes of a heading.
fn slug(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    heading
        .chars()
        .filter_map(|each| match each {
            ' ' => Some('-'),
            '-' | '_' => Some(each),
            each => each.is_alphanumeric().then_some(each),
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for document in DOCUMENTS {
        let text = read(Path::new(document));
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => PathBuf::from(document),
                file => Path::new(document).parent().expect("a file has a folder").join(file),
            };
            assert!(root("").join(&target).exists(), "{document} links to {link}");
            if !heading.is_empty() {
                let found = read(&target)
                    .lines()
                    .any(|line| line.starts_with('#') && slug(line) == heading);
                assert!(found, "{document} links to {link}, which has no such heading");
            }
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links were found");
}

#[test]
fn every_file_that_is_named_in_backticks_exists() {
    let mut found = 0;
    for document in DOCUMENTS {
        for name in read(Path::new(document)).split('`').skip(1).step_by(2) {
            let is_path = name.contains('/')
                && name.ends_with(".rs")
                && !name.contains([' ', '*', '{', '<', '\n', '…']);
            if is_path {
                assert!(root(name).is_file(), "{document} names {name}");
                found += 1;
            }
        }
    }
    assert!(found > 20, "only {found} names were found");
}
