//! docs/EXAM.md, from the checks' own table.

use std::fmt::Write as _;

use super::check::{Check, Modes};
use super::list::{Section, sections};

const HEAD: &str = "\
# The exam

`four-ways exam --url URL --token TOKEN` examines any server of an Official Account from outside, in any language. It plays WeChat's part over plain HTTP and looks only at the answers. ✔ is a rule that is kept, ✘ one that is broken, – one of which nothing can be said. A broken rule comes with the reason and with the bytes of the request and the answer. `--json` writes the same as JSON. The exit code is 1 when a MUST is broken.

MUST: WeChat demands it. Without it the user sees a failure, a message is lost, or a stranger is believed. SHOULD: good practice. WeChat prescribes no status for a refusal; 4xx is the usual one.

What the exam has to know of a server:

- `--say TEXT`: a text to which it replies; `hello`, if nothing is said. If the usual reply shows the user a failure, the rule that is broken says so once, and the other rules are examined as if it were right.
- `--slow TEXT`: a text for which it needs more than 5 s, if there is one.
- `--mode`, `--app-id`, `--key`: how messages travel. `--original-id`, if the server compares it.
- Whether it repeats its users' words is found out: if it does, what becomes of them is examined.

The server's clock must be right within five minutes. Each check writes as users who are new to the server. A server that ends during the exam may come back within 5 s, as one does that has a supervisor; otherwise the other checks are not made, and the exit code is 2, as when it is not there.

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
