//! How a template shows a number. What was not measured is a dash; what is not there, an error.
//!
//! | filter | shows |
//! |---|---|
//! | `exact` | a count, or a mean with one digit behind the point |
//! | `more` | the same, beyond the baseline's |
//! | `whole` | nothing behind the point |
//! | `per_cent` | a share; with a sign, `change` |
//! | `shown(band)` | a ratio, `≈ 1` inside the band |
//! | `apart(uncertainty)` | a difference, `≈ 0` inside the uncertainty |
//! | `rounded(uncertainty)` | a value with the digits that are certain |
//! | `grouped` | a text, with commas between the thousands of its numbers |
//! | `told` | the first line of a text |
//!
//! `find(style="promises")` takes the one entry of a list that has this style; `flatten` makes one
//! list of several; `spent("moving")` is what a reply of the fence's play spends on that.

use four_ways::measure::results::fence::{REPLIES, Spent};
use four_ways::measure::rounds::{apart, rounded, shown};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as Unknown;

/// Gives the filters to all templates.
pub fn add(templates: &mut Environment<'_>) {
    templates.add_filter("exact", |count: Value| figure(&count, exact));
    templates.add_filter("more", |count: Value| figure(&count, more));
    templates.add_filter("whole", |value: Value| figure(&value, whole));
    templates.add_filter("per_cent", |share: Value| {
        figure(&share, |share| format!("{:.1} %", 100.0 * share))
    });
    templates.add_filter("change", |share: Value| {
        figure(&share, |share| format!("{:+.1} %", 100.0 * share))
    });
    templates
        .add_filter("shown", |ratio: Value, band: f64| figure(&ratio, |ratio| shown(ratio, band)));
    templates.add_filter("apart", |difference: Value, uncertainty: f64| {
        figure(&difference, |difference| grouped(&apart(difference, uncertainty)))
    });
    templates.add_filter("rounded", |value: Value, uncertainty: f64| {
        figure(&value, |value| grouped(&rounded(value, uncertainty)))
    });
    templates.add_filter("grouped", |text: &str| grouped(text));
    templates.add_filter("told", told);
    templates.add_filter("find", find);
    templates.add_filter("flatten", flatten);
    templates.add_filter("spent", spent);
}

/// What stands where there is nothing to say.
const NONE: &str = "–";

fn figure(value: &Value, show: impl FnOnce(f64) -> String) -> Result<String, Error> {
    if value.is_none() {
        return Ok(NONE.to_owned());
    }
    f64::try_from(value.clone()).map(show)
}

/// An exact count, which may be a mean: one digit after the point, unless it is whole.
fn exact(count: f64) -> String {
    let shown = format!("{count:.1}");
    grouped(shown.strip_suffix(".0").unwrap_or(&shown))
}

fn more(count: f64) -> String {
    format!("{}{}", if count > 0.0 { "+" } else { "" }, exact(count))
}

fn whole(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

fn told(text: &Value) -> Result<String, Error> {
    match text.as_str() {
        Some(text) => Ok(text.lines().next().unwrap_or(NONE).to_owned()),
        None if text.is_none() => Ok(NONE.to_owned()),
        None => Err(refused(format!("{text:?} is no text"))),
    }
}

fn find(list: &Value, by: Kwargs) -> Result<Value, Error> {
    let is_it = |entry: &Value| by.args().all(|key| entry.get_attr(key).ok() == by.get(key).ok());
    if let Some(found) = list.try_iter()?.find(is_it) {
        return Ok(found);
    }
    let asked = by.args().map(|key| Ok(format!("{key} `{}`", by.get::<Value>(key)?)));
    let asked = asked.collect::<Result<Vec<_>, Error>>()?;
    Err(refused(format!("there is no {}", asked.join(", "))))
}

fn flatten(lists: &Value) -> Result<Value, Error> {
    let lists = lists.try_iter()?.map(|list| list.try_iter());
    Ok(lists.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn spent(play: &Value, on: &str) -> Result<f64, Error> {
    let known: Result<Spent, Unknown> = Spent::deserialize(on.into_deserializer());
    known.map_err(|why| refused(why.to_string()))?;
    let spent = play.get_attr("spent")?;
    if spent.is_none() {
        return Err(refused("no instructions were counted".to_owned()));
    }
    let spent = spent.get_attr(on)?;
    // On what nothing is spent is not there.
    let spent = if spent.is_undefined() { 0.0 } else { f64::try_from(spent)? };
    Ok(spent / REPLIES as f64)
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// The same text with commas between the thousands of its numbers.
#[must_use]
pub fn grouped(text: &str) -> String {
    let mut shown = String::new();
    let mut fraction = false;
    for (at, each) in text.char_indices() {
        let rest = text[at..].chars().take_while(char::is_ascii_digit).count();
        let inside = shown.ends_with(|last: char| last.is_ascii_digit());
        fraction = each == '.' || fraction && each.is_ascii_digit();
        if !fraction && inside && rest > 0 && rest % 3 == 0 {
            shown.push(',');
        }
        shown.push(each);
    }
    shown
}
