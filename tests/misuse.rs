//! What happens with misuse in each style. rustc must reject every file in `misuse/` with exactly
//! the codes in its first line. Without the lines that end with `// wrong`, and with those behind
//! `// right:`, the file must compile, so only the mistake is rejected. The codes are compared and
//! not the texts, which change with each rustc. If an error has no code, a part of its text is
//! compared.
//!
//! Mistakes that the compiler accepts are shown at run time below.

mod styles;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, mpsc};

use ::pipeline::Response;
use callbacks::compose::{Bounce, Layer, compose};
use callbacks::layers::deadline;
use serde_json::Value;
use styles::desk::Desk;
use styles::script::Step::*;
use styles::{Style, finish, request};

#[test]
fn a_continuation_that_is_not_called_hangs_until_the_deadline_answers() {
    let (desk, (reply, replies)) = (Desk::holding(..), mpsc::channel());
    let silent = Layer::new("silent", |_ctx, _next, _done| Bounce::Rest);
    let onion = compose(vec![
        Layer::new("deadline", |ctx, next, done| {
            deadline(ctx, next, done, std::sync::Arc::default())
        }),
        silent,
    ]);
    onion.handle(desk.clone(), request(), move |response| reply.send(response).expect("heard"));
    assert_eq!(replies.try_recv(), Err(mpsc::TryRecvError::Empty));
    assert!(desk.complete(), "the timer");
    assert_eq!(replies.try_recv(), Ok(Response::success()));
}

#[test]
fn a_continuation_that_is_not_called_is_never_answered_without_a_deadline() {
    let (reply, replies) = mpsc::channel();
    let silent = Layer::new("silent", |_ctx, _next, _done| Bounce::Rest);
    let reply = move |response| reply.send(response).expect("heard");
    compose(vec![silent]).handle(Desk::holding(..), request(), reply);
    assert_eq!(replies.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}

#[test]
fn a_promise_that_is_dropped_never_happens() {
    nothing_below_runs(&styles::promises::Promises);
}

#[test]
fn a_generator_that_does_not_yield_its_next_runs_nothing_below() {
    nothing_below_runs(&styles::generators::Generators);
}

#[test]
fn a_next_that_is_dropped_and_not_awaited_runs_nothing_below() {
    nothing_below_runs(&styles::async_await::AsyncAwait);
}

/// No lint finds `drop`.
fn nothing_below_runs(style: &dyn Style) {
    let desk = Desk::holding(..);
    let onion = style.compose(&[&[Note(1), Forget, Note(2), Reply(200)], &[Note(3)]]);
    assert_eq!(finish(&onion, &desk).status, 200);
    assert_eq!(desk.log(), [1, 2]);
}

#[test]
fn misuse_of_callbacks_is_rejected() {
    all_are_rejected(
        "callbacks",
        &[
            "borrow_in_continuation",
            "capture_not_send",
            "context_used_after_it_was_handed_on",
            "done_called_twice",
            "list_changed_after_composing",
            "next_not_returned",
            "next_twice",
            "state_in_a_layer",
            "two_callbacks_hold_done",
        ],
    );
}

#[test]
fn misuse_of_promises_is_rejected() {
    all_are_rejected(
        "promises",
        &[
            "capture_not_send",
            "chain_borrows_its_argument",
            "chain_returns_a_borrow",
            "context_used_after_it_was_handed_on",
            "list_changed_after_composing",
            "next_not_returned",
            "next_twice",
            "promise_in_a_promise",
            "two_links_borrow_the_context",
        ],
    );
}

#[test]
fn misuse_of_generators_is_rejected() {
    all_are_rejected(
        "generators",
        &[
            "capture_not_send",
            "context_used_after_it_was_handed_on",
            "list_changed_after_composing",
            "next_not_yielded",
            "next_twice",
            "outcome_ignored",
            "yield_in_a_closure",
            "yield_of_a_foreign_future",
            "yield_of_a_number",
        ],
    );
}

#[test]
fn misuse_of_async_await_is_rejected() {
    all_are_rejected(
        "async_await",
        &[
            "await_in_a_closure",
            "capture_not_send",
            "context_used_while_it_is_lent",
            "list_changed_after_composing",
            "lock_held_over_await",
            "next_not_awaited",
            "next_outlives_the_request",
            "next_twice",
            "outcome_ignored",
        ],
    );
}

#[test]
fn misuse_of_the_contract_is_rejected() {
    all_are_rejected("pipeline", &["commit_as_a_statement", "completed_twice"]);
}

/// The mistakes are listed here, so that a file that is lost, or lies there unheard of, is seen.
fn all_are_rejected(folder: &str, mistakes: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misuse").join(folder);
    let files = fs::read_dir(&folder).expect("the folder is there");
    let files = files.map(|file| file.expect("the folder is readable").file_name());
    let mut found: Vec<_> = files.map(|name| name.into_string().expect("text")).collect();
    found.sort();
    let listed: Vec<_> = mistakes.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(found, listed, "{}", folder.display());
    let (mut all_right, mut said) = (String::new(), BTreeMap::new());
    for path in listed.iter().map(|name| folder.join(name)) {
        let wrong = fs::read_to_string(&path).expect("the file is text");
        let expected = wrong.lines().next().and_then(|first| first.strip_prefix("//@ error: "));
        let expected = expected.expect("the first line names the codes");
        let errors = errors(&wrong);
        assert!(is_expected(&errors, expected), "{}: {errors:#?}", path.display());
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let mut messages: Vec<_> = errors.iter().map(quoted).collect();
        messages.dedup();
        said.insert(name.to_owned(), messages.concat());
        all_right += &format!("pub mod {name} {{\n{}}}\n", right(&wrong));
    }
    let errors = errors(&all_right);
    assert!(errors.is_empty(), "{errors:#?}");
    are_quoted(&folder, &said);
}

/// `docs/PITFALLS.md` quotes what rustc says from `docs/pitfalls/rustc`, where the first line names
/// the version of rustc. Another version may use other words, so nothing is compared then.
/// `UPDATE=1 cargo test --test misuse` writes what the present version says.
fn are_quoted(folder: &Path, said: &BTreeMap<String, String>) {
    let version = Command::new(rustc()).arg("--version").output().expect("rustc can be run");
    let mut present = String::from_utf8(version.stdout).expect("a version is text");
    let (version, name) = (present.clone(), folder.file_name().expect("a name"));
    for (file, messages) in said {
        present += &format!("\n{file}\n{messages}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pitfalls/rustc").join(name);
    let path = path.with_extension("txt");
    let quoted = fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, present).expect("the file can be written");
    } else if quoted.starts_with(&version) {
        assert_eq!(quoted, present, "UPDATE=1 cargo test --test misuse");
    }
}

/// An error in one line, nearly as rustc prints it.
fn quoted((code, message): &Diagnostic) -> String {
    match code.as_deref() {
        Some(code) if code.starts_with('E') => format!("error[{code}]: {message}\n"),
        Some(lint) => format!("error: {message} ({lint})\n"),
        None => format!("error: {message}\n"),
    }
}

/// The same file without its mistake.
fn right(wrong: &str) -> String {
    let lines = wrong.lines().filter(|line| !line.ends_with("// wrong"));
    lines.map(|line| line.replace("// right: ", "") + "\n").collect()
}

/// The code of an error, if it has one, and its message.
type Diagnostic = (Option<String>, String);

fn is_expected(errors: &[Diagnostic], expected: &str) -> bool {
    if let Some(text) = expected.strip_prefix("none ") {
        let text = text.trim_matches('"');
        return !errors.is_empty()
            && errors.iter().all(|(code, message)| code.is_none() && message.contains(text));
    }
    let codes: BTreeSet<_> = errors.iter().map(|(code, _)| code.as_deref()).collect();
    codes == expected.split_whitespace().map(Some).collect()
}

/// The errors that rustc finds in a library with this text.
fn errors(source: &str) -> Vec<Diagnostic> {
    let mut command = Command::new(rustc());
    command.current_dir(env!("CARGO_TARGET_TMPDIR")); // where it may leave long messages
    command.args(["-", "--crate-name=misuse", "--crate-type=lib", "--edition=2024"]);
    command.args(["--error-format=json", "--deny=unused_must_use", "--emit=metadata=-"]);
    for (name, library) in &*LIBRARIES {
        let folder = library.parent().expect("libraries lie in a folder");
        command.arg(format!("--extern={name}={}", library.display()));
        command.arg(format!("-Ldependency={}", folder.display()));
    }
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut rustc = command.spawn().expect("rustc can be run");
    let mut input = rustc.stdin.take().expect("it is piped");
    input.write_all(source.as_bytes()).expect("rustc reads it");
    drop(input);
    let output = rustc.wait_with_output().expect("rustc ends");
    let diagnostics = String::from_utf8(output.stderr).expect("JSON is text");
    let diagnostics = diagnostics.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let errors = diagnostics.filter(|found: &Value| found["level"] == "error").map(|found| {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (text(&found["code"]["code"]), text(&found["message"]).unwrap_or_default())
    });
    let errors: Vec<_> = errors.filter(|(_, text)| !text.starts_with("aborting due to")).collect();
    assert_eq!(output.status.success(), errors.is_empty(), "rustc fails for what it lists");
    errors
}

fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// The libraries that the files use, by name. They are built already, so this only asks where.
static LIBRARIES: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(|| {
    let mut cargo = Command::new(std::env::var_os("CARGO").expect("cargo runs the tests"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit());
    cargo.args(["test", "--no-run", "--test=misuse", "--offline", "--message-format=json"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo can be run");
    assert!(output.status.success(), "the libraries are built");
    let messages = String::from_utf8(output.stdout).expect("JSON is text");
    let messages = messages.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let libraries = messages.filter_map(|message: Value| {
        let name = message["target"]["name"].as_str()?.replace('-', "_");
        let mut files = message["filenames"].as_array()?.iter().filter_map(Value::as_str);
        let library = files.find(|file| file.ends_with(".rmeta"))?.into();
        Some((name, library))
    });
    let used = ["callbacks", "four_ways", "futures", "generators", "pipeline", "promises"];
    libraries.filter(|(name, _)| used.contains(&name.as_str())).collect()
});
