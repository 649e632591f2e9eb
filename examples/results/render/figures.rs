//! What the placeholders of a template stand for. A style is named as in the tables, a situation
//! by its title.
//!
//! Numbers:
//! `{{ratio: STYLE, SITUATION}}`, `{{span: SITUATION}}` (the least and the greatest ratio),
//! `{{resolution: SITUATION}}`, `{{allocations beyond: STYLE, SITUATION}}` (the straight line's),
//! `{{bytes beyond: STYLE, SITUATION}}`, `{{polls: STYLE, SITUATION}}`,
//! `{{instructions: STYLE, PLAY}}`, `{{instructions beyond: STYLE, PLAY}}` (per cent; a play is a
//! situation of the fence), `{{spent beyond: STYLE, ON, PLAY}}` (instructions; on allocating, moving,
//! style, library or work), `{{layer: STYLE, DEPTH}}` (nanoseconds), `{{future: STYLE}}`,
//! `{{stack: STYLE}}`, `{{stack of a layer: STYLE}}` (bytes), `{{peer: PEER}}` (a ratio),
//! `{{tokens: STYLE}}`, `{{error sites: STYLE}}`, `{{commit: compare}}`, `{{commit: source}}`.
//!
//! Tables:
//! `{{ratios}}`, `{{compare table: SITUATION}}`, `{{compare tables}}` (one for each situation),
//! `{{empty layers}}`, `{{beyond: COUNT}}` and `{{counts: COUNT}}` (allocations, bytes or polls, in
//! all situations), `{{instructions}}`, `{{spent: PLAY}}`, `{{sizes}}`, `{{peers}}`,
//! `{{users}}`, `{{runtimes}}`, `{{http}}`, `{{source}}`, `{{files}}`, `{{builds}}`, `{{forgotten by style}}`, `{{forgotten by kind}}`, `{{forgotten unseen}}`, `{{environments}}`,
//! `{{summary}}` (a row for each style).
//!
//! How far they can be trusted: `{{trust: empty layers}}`, `{{trust: peers}}`, `{{trust: http}}`,
//! `{{fence's maker}}`.

use super::compare::Count;
use super::environment::environments;
use super::forgotten;
use super::markdown::{NONE, exact, more, per_cent, table, whole};
use super::published::Published;
use super::runtimes;

/// The situation of the summary: what nearly every message is.
const USUAL: &str = "text hit, ready";

/// The text that stands for `{{name: argument}}`.
///
/// # Errors
/// What is wrong with the placeholder.
pub fn figure(published: &Published, name: &str, argument: &str) -> Result<String, String> {
    let compare = &published.compare.results;
    let source = &published.source.results;
    let fence = &published.fence;
    let forgot = &published.forgotten.results;
    let pair = || argument.split_once(", ").ok_or_else(|| "it takes two arguments".to_owned());
    let beyond = |count: Count| {
        let (style, situation) = pair()?;
        compare.situation(situation)?.beyond(style, count)
    };
    let bytes = |size: Option<usize>| size.map_or(NONE.to_owned(), |size| whole(size as f64));
    match name {
        "ratio" => pair().and_then(|(style, situation)| compare.situation(situation)?.ratio(style)),
        "span" => Ok(compare.situation(argument)?.span()),
        "resolution" => Ok(per_cent(compare.situation(argument)?.resolution)),
        "allocations beyond" => beyond(|cost| cost.allocations).map(exact),
        "bytes beyond" => beyond(|cost| cost.bytes).map(exact),
        "polls" => pair().and_then(|(style, situation)| {
            Ok(exact(compare.situation(situation)?.of(style)?.polls))
        }),
        "instructions" if argument.is_empty() => Ok(fence.instructions_table(styles(published))),
        "instructions" => {
            pair().and_then(|(style, play)| fence.instructions(style, play)).map(whole)
        }
        "instructions beyond" => {
            pair().and_then(|(style, play)| fence.instructions_beyond(style, play))
        }
        "spent" => fence.spent_table(styles(published), argument),
        "spent beyond" => {
            let (style, rest) = pair()?;
            let (on, play) = rest.split_once(", ").ok_or("it takes three arguments")?;
            fence.spent_beyond(style, on, play)
        }
        "layer" => pair().and_then(|(style, depth)| compare.layer(style, depth)),
        "future" => Ok(bytes(compare.size(argument)?.future)),
        "stack" => Ok(whole(compare.size(argument)?.stack as f64)),
        "stack of a layer" => Ok(bytes(compare.size(argument)?.layer)),
        "peer" => published.peers.results.of(argument),
        "tokens" => source.tokens(argument),
        "error sites" => source.sites(argument),
        "commit" => match argument {
            "compare" => Ok(published.compare.environment.commit()),
            "source" => Ok(published.source.environment.commit()),
            other => Err(format!("`{other}` is not compare or source")),
        },
        "ratios" => Ok(compare.ratios()),
        "compare table" => Ok(compare.situation(argument)?.table()),
        "compare tables" => Ok(compare.tables()),
        "empty layers" => Ok(compare.layers()),
        "beyond" => count(argument).map(|count| compare.beyond(count)),
        "counts" => count(argument).map(|count| compare.counts(count)),
        "sizes" => Ok(compare.sizes()),
        "peers" => Ok(published.peers.results.table(&published.peers_allocations.results)),
        "users" => Ok(published.users.results.table()),
        "runtimes" => Ok(runtimes::tables(&published.runtimes.results)),
        "http" => Ok(published.http.results.table()),
        "source" => Ok(source.table()),
        "forgotten unseen" => Ok(forgotten::unseen(forgot)),
        "forgotten by style" => Ok(forgotten::by_style(forgot)),
        "forgotten by kind" => Ok(forgotten::by_kind(forgot)),
        "files" => Ok(source.files()),
        "builds" => Ok(source.builds()),
        "environments" => Ok(environments(published)),
        "summary" => summary(published),
        "trust" => match argument {
            "empty layers" => Ok(compare.layers_trust()),
            "peers" => Ok(published.peers.results.trust()),
            "http" => Ok(published.http.results.trust()),
            other => Err(format!("`{other}` is not empty layers, peers or http")),
        },
        "fence's maker" => Ok(fence.made_by.clone()),
        _ => Err("it is not one of those that examples/results/render/figures.rs lists".to_owned()),
    }
}

fn count(name: &str) -> Result<Count, String> {
    match name {
        "allocations" => Ok(|cost| cost.allocations),
        "bytes" => Ok(|cost| cost.bytes),
        "polls" => Ok(|cost| cost.polls),
        other => Err(format!("`{other}` is not allocations, bytes or polls")),
    }
}

fn styles(published: &Published) -> impl Iterator<Item = &str> + Clone {
    published.compare.results.styles().collect::<Vec<_>>().into_iter()
}

/// A row for each style: what a reader asks first.
fn summary(published: &Published) -> Result<String, String> {
    let compare = &published.compare.results;
    let usual = compare.situation(USUAL)?;
    let rows = compare.styles().skip(1).map(|style| {
        Ok(vec![
            style.to_owned(),
            usual.ratio(style)?,
            more(usual.beyond(style, |cost| cost.allocations)?),
            compare.layer(style, "64")?,
            published.source.results.tokens(style)?,
        ])
    });
    let rows: Vec<_> = rows.collect::<Result<_, String>>()?;
    let header = ["", "time of a reply", "allocations", "an empty layer, ns", "tokens"];
    Ok(table(&header, &rows))
}
