//! docs/EXAM.md, from the checks' own table.

use std::fmt::Write as _;

use super::check::{Check, Modes};
use super::list::{Section, sections};

const HEAD: &str = "\
# The exam

`four-ways exam --url URL --token TOKEN` examines any server of an Official Account from outside: it plays WeChat's part on 127.0.0.1 or wherever the server is, and looks only at the answers. A line begins with ✔ when the rule is kept, ✘ when it is broken, – when nothing can be said. A broken rule comes with the reason and with the bytes of the request and the answer. `--json` writes the same as JSON. The exit code is 1 when a MUST is broken.

MUST: WeChat demands it. Without it the user sees a failure, a message is lost, or a stranger is believed. SHOULD: good practice. WeChat prescribes no status for a refusal; 4xx is the usual one.

The server must reply to the text of `--say` (`hello`), and may be told a text for which it needs more than 5 s (`--slow`). What it makes of its users' words is examined if it repeats them. In compat and safe mode (`--mode`) it needs the AppID and the key (`--app-id`, `--key`). The server must take `gh_466f75725761` for its original id, or be told which one (`--original-id`). It must count its messages within 5 minutes of the present, and take every user for a follower.

This page is made of the checks: `UPDATE=1 cargo test --test exam`.
";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for (section, Section { title, checks }) in (1..).zip(sections()) {
        // Writing into a `String` cannot fail.
        let _ =
            write!(page, "\n## {section} {title}\n\n| | | rule | source |\n|---|---|---|---|\n");
        for (at, Check { level, modes, rule, source, .. }) in (1..).zip(checks) {
            let modes = match modes {
                Modes::All => "",
                Modes::Plain => " (plain mode)",
                Modes::Encrypted => " (compat and safe mode)",
                Modes::Compat => " (compat mode)",
                Modes::Safe => " (safe mode)",
            };
            let level = level.name();
            let _ = writeln!(page, "| {section}.{at} | {level} | {rule}{modes} | {source} |");
        }
    }
    page
}
