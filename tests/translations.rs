//! A Chinese page, `NAME.zh.md`, goes with the English page `NAME.md` as it is now: its last line
//! holds a hash of the English words.
//!
//! `TRANSLATED=1 cargo test --test translations` notes that all Chinese pages say what the English
//! ones say now: to be set by whoever has compared them.

use std::path::{Path, PathBuf};
use std::{env, fs};

use sha1::{Digest, Sha1};

/// All Chinese pages of the repository.
fn chinese_pages() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder is readable").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(".zh.md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_chinese_page_follows_the_english_page_as_it_is_now() {
    let pages = chinese_pages();
    assert!(pages.len() > 18, "{} pages were found", pages.len());
    for chinese in pages {
        let english = PathBuf::from(chinese.to_string_lossy().replace(".zh.md", ".md"));
        let name = english.file_name().and_then(|name| name.to_str()).expect("a name");
        let mark = format!("<!-- follows {name}: {} -->\n", hash(&read(&english)));
        let page = read(&chinese);
        if page.ends_with(&mark) {
            continue;
        }
        assert!(
            env::var_os("TRANSLATED").is_some(),
            "{english:?} has changed: see whether {chinese:?} says the same, and then \
             TRANSLATED=1 cargo test --test translations"
        );
        let (text, _) = page.split_once("<!-- follows").unwrap_or((&page, ""));
        fs::write(&chinese, format!("{}\n\n{mark}", text.trim_end())).expect("it can be written");
    }
}

/// The hash of a page's words. Code is the same in both languages, and measured figures change
/// without the words.
fn hash(page: &str) -> String {
    let words: String = page.split("```").step_by(2).collect();
    let words = match words.split_once("<!-- results -->") {
        Some((before, after)) => {
            let (_, after) = after.split_once("<!-- /results -->").expect("the results end");
            format!("{before}{after}")
        }
        None => words,
    };
    let digest = Sha1::digest(words.as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
