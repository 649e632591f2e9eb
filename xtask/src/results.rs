//! The documents, from what is published and from their templates.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use four_ways::measure::Environment as Made;
use four_ways::measure::results::Results;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context, path_loader};

use crate::document::Document;
use crate::error::{BLOCK, Error, FOLDER};
use crate::published::{BENCHES, Published, file, variable};
use crate::{filters, terminal};

use crate::plots::plots;

/// The repository that this program is of.
///
/// # Panics
/// When a member of a workspace has no folder around it.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member has a workspace")
}

/// The documents of the repository at `root`, and the plots in them.
///
/// # Errors
/// The first file that is missing or has another shape, or the first mistake in a template.
pub fn documents(root: &Path) -> Result<Vec<Document>, Error> {
    let published = Published::read(root)?;
    let templates = templates(root)?;
    let render = |name: &str| -> Result<String, Error> {
        Ok(templates.get_template(name)?.render(published.0.clone())?)
    };
    let whole = |path, template| render(template).map(|text| Document { path, text });
    let block = |path, template| match renewed(&read(root, path)?, &render(template)?) {
        Some(text) => Ok(Document { path, text }),
        None => Err(Error::NoBlock(path)),
    };
    let mut documents = vec![
        whole("docs/RESULTS.md", "RESULTS.template.md")?,
        whole("docs/RESULTS-FULL.md", "RESULTS-FULL.template.md")?,
        block("docs/METHODOLOGY.md", "METHODOLOGY.template.md")?,
        block("README.md", "README.template.md")?,
        block("README.zh.md", "README.zh.template.md")?,
    ];
    documents.extend(plots(root)?);
    Ok(documents)
}

fn templates(root: &Path) -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_loader(path_loader(root.join(FOLDER)));
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    // A line that holds nothing but a block is no line of the document.
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    templates.set_syntax(syntax.build()?);
    filters::add(&mut templates);
    Ok(templates)
}

/// The part of `docs/RESULTS-FULL.md` that says these results.
///
/// # Errors
/// The first mistake in its template.
pub fn part<R: Results>(results: &R) -> Result<String, Error> {
    let templates = templates(root())?;
    let template = templates.get_template(&format!("parts/{}.md", R::NAME))?;
    let record = context! { results => Serde(results) };
    Ok(template.render(BTreeMap::from([(variable(R::NAME), record)]))?)
}

/// What every bench ends with: writes what it has measured, as [`Made::write`] says, and prints
/// its part of the document.
///
/// # Errors
/// When the file cannot be written, or as [`part`].
pub fn report<R: Results>(
    made: Made,
    results: &R,
    is_trial: bool,
    temporary: &str,
) -> Result<(), Error> {
    let written = made.write(results, is_trial, temporary);
    let written = written.map_err(|why| Error::File(file::<R>(), why))?;
    println!("\n{}\nwritten: {written}", terminal::shown(&part(results)?));
    Ok(())
}

/// Writes the documents, and tells their paths.
///
/// # Errors
/// As [`documents`], or when one cannot be written.
pub fn write(root: &Path) -> Result<Vec<String>, Error> {
    let write = |Document { path, text }| {
        fs::write(root.join(path), text).map_err(|why| Error::File(path.to_owned(), why))?;
        Ok(path.to_owned())
    };
    documents(root)?.into_iter().map(write).collect()
}

/// Copies what the benches wrote, and tells the paths.
///
/// # Errors
/// When a file cannot be copied.
pub fn publish(root: &Path) -> Result<Vec<String>, Error> {
    // The benches write beside the folder of the profile, in which this program stands.
    let program = env::current_exe().unwrap_or_default();
    let results = program.ancestors().nth(2).unwrap_or(&program).join("results");
    let names = BENCHES.iter().map(|bench| format!("{}.json", bench.name));
    let copy = |name: String| {
        let path = format!("{FOLDER}/{name}");
        match fs::copy(results.join(name), root.join(&path)) {
            Ok(_) => Ok(path),
            Err(why) => Err(Error::File(path, why)),
        }
    };
    names.filter(|name| results.join(name).exists()).map(copy).collect()
}

fn read(root: &Path, path: &str) -> Result<String, Error> {
    fs::read_to_string(root.join(path)).map_err(|why| Error::File(path.to_owned(), why))
}

/// A document with this block, if it has one.
fn renewed(document: &str, block: &str) -> Option<String> {
    let [begin, end] = BLOCK;
    let (before, rest) = document.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, begin, block, end, after].concat())
}
