//! Tests of the built binary, used as a user uses it.
#![forbid(unsafe_code)]

use std::process::{Command, Output};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_four-ways"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn four_ways(arguments: &[&str]) -> Output {
    command(arguments).output().expect("it is built")
}

/// The standard output of a run that went well.
fn printed(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = four_ways(arguments);
    let stdout = String::from_utf8(stdout).expect("text");
    assert_eq!(status.code(), Some(0), "{stdout}");
    assert_eq!(String::from_utf8_lossy(&stderr), "", "no progress into a pipe");
    stdout
}

#[test]
fn without_an_argument_the_conversation_is_compared_and_measured() {
    let printed = printed(&[]);
    assert!(!printed.contains('\u{1b}'), "no colours into a pipe");
    for expected in [
        "[handshake] 5837104926603871234\n         → 5837104926603871234",
        "alice    你好\n         → 你好，很高兴认识你。",
        "bob      What's the weather like tomorrow?\n         → Sunny tomorrow.",
        "alice    [voice] 明天天气怎么样\n         → 明天晴",
        "bob      [picture]\n         → success (no answer)",
        "alice    [menu] MENU_HELP\n         → 试试",
        "alice    25\n         → 大一点",
        "alice    25  (a repeat, 5 s later)\n         → 大一点",
        "alice    [voice] 42\n         → 猜对了，就是 42",
        "mallory  hello  (forged)\n         → 403 ",
        "bob      [not a message]\n         → 400 ",
    ] {
        assert!(printed.contains(expected), "{expected:?} is not in\n{printed}");
    }
    let (conversation, rest) = printed.split_once("\nidentical: ").expect("the verdict");
    assert!(conversation.ends_with("不客气。\n"), "the verdict ends the conversation:\n{printed}");
    assert!(rest.contains("in 4 styles"));
    let mut events = Vec::new();
    for style in ["callbacks", "promises", "generators", "async-await"] {
        let row = rest.lines().find(|line| line.starts_with(style)).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        events.push(cells[1].parse::<usize>().expect("events"));
        assert!(cells[2].parse::<f64>().expect("allocations") > 1.0, "{row}");
        assert!(cells[3].parse::<f64>().expect("bytes") > 1.0, "{row}");
    }
    events.dedup();
    assert_eq!(events.len(), 1, "all styles record the same events");
    assert!(rest.contains("src/async_await/layers/exchange.rs"));
}

#[test]
fn colours_can_be_forced_and_forbidden() {
    let coloured = |forbidden: &str| {
        let mut command = command(&["trace", "hello"]);
        let command = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", forbidden);
        command.output().expect("it is built").stdout.contains(&0x1b)
    };
    assert!(coloured(""));
    assert!(!coloured("1"));
}

#[test]
fn trace_shows_the_nine_layers_in_order() {
    let layers = kit::clauses::LAYERS;
    for style in ["callbacks", "promises", "generators", "async-await", "all"] {
        let printed = printed(&["trace", "--style", style, "hello"]);
        let marked = |mark: &'static str| -> Vec<&str> {
            printed.lines().filter_map(|line| line.trim_start().strip_prefix(mark)).collect()
        };
        assert_eq!(marked("→ "), layers);
        let mut left = marked("← ");
        left.reverse();
        assert_eq!(left, layers);
        assert!(printed.contains("· begin …"));
        assert!(printed.contains("\n                  · keyword replies\n"), "{printed}");
        assert_eq!(printed.contains("identical in 4 styles"), style == "all");
    }
}

#[test]
fn trace_draws_a_request_that_is_answered_before_it_is_over() {
    let printed = printed(&["trace", "later"]);
    let replied = printed.find("= success").expect("the deadline answers");
    let committed = printed.find("commit done").expect("the rest goes on");
    assert!(replied < committed, "{printed}");
    let units = |mark| printed.lines().find(|line| line.ends_with(mark)).expect("it is there");
    assert_eq!(units("→ units").find('→'), units("← units").find('←'), "{printed}");
}

/// Hidden, but still accepted: the name that the style had before.
#[test]
fn onion_is_still_understood_as_async_await() {
    let [old, new] =
        ["onion", "async-await"].map(|style| printed(&["trace", "--style", style, "hello"]));
    assert_eq!(old, new);
    assert!(!printed(&["trace", "--help"]).contains("onion"));
}

#[test]
fn any_message_can_be_traced() {
    for message in ["]]></Content>", "", "😀", "--", "\u{1}"] {
        let printed = printed(&["trace", "--", message]);
        assert!(printed.contains("identical in 4 styles"), "{message:?}:\n{printed}");
    }
}

#[test]
fn help_and_version_are_there() {
    let help = printed(&["--help"]);
    for expected in ["compare", "trace", "completions", "Examples:", "four-ways trace"] {
        assert!(help.contains(expected), "{help}");
    }
    assert_eq!(printed(&["--version"]), concat!("four-ways ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_names_what_is_possible() {
    let Output { status, stderr, .. } = four_ways(&["trace", "--style", "monads", "hello"]);
    assert_eq!(status.code(), Some(2));
    let stderr = String::from_utf8(stderr).expect("text");
    assert!(stderr.contains("callbacks, promises, generators, async-await, all"), "{stderr}");
    assert_eq!(four_ways(&["trace"]).status.code(), Some(2));
    assert_eq!(four_ways(&["serv"]).status.code(), Some(2));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        assert!(script.contains("trace") && script.contains("async-await"), "{shell}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    for arguments in [&[][..], &["trace", "hello"], &["completions", "bash"], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let closed = command(arguments).stdout(writer).output().expect("it is built");
        assert_eq!(closed.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&closed.stderr), "", "{arguments:?}");
    }
}

#[test]
fn show_prints_a_layer_in_each_style_and_side_by_side_when_asked() {
    let text = |path: &str| {
        let text = std::fs::read_to_string(path).expect("the file is there");
        let lines = text.lines().filter(|line| !line.starts_with("// ANCHOR"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let places = ["callbacks/src", "promises/src", "generators/src", "src/async_await"];
    let paths = places.map(|place| format!("{place}/layers/envelope.rs"));
    let below = printed(&["show", "envelope"]);
    for path in &paths {
        assert!(below.contains(&format!("{path}\n{}\n", text(path))), "{path}:\n{below}");
    }
    let beside = printed(&["show", "envelope", "--columns", "4"]);
    let first = beside.lines().next().expect("a heading");
    assert!(paths.iter().all(|path| first.contains(path.as_str())), "{first}");
    let one = printed(&["show", "envelope", "--style", "promises"]);
    assert_eq!(one, format!("{}\n{}\n", paths[1], text(&paths[1])));
}

#[test]
fn lessons_are_listed_and_one_is_printed_in_the_language_of_the_terminal() {
    let list = printed(&["lesson", "--lang", "en"]);
    for lesson in lessons::LESSONS {
        assert!(list.contains(lesson.name) && list.contains(lesson.title()), "{list}");
    }
    let in_language = |lang: &str| {
        let mut command = command(&["lesson", "1"]);
        let output = command.env("LC_ALL", lang).output().expect("it is built");
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(in_language("zh_CN.UTF-8").starts_with("包装回调\n"));
    assert!(in_language("C").starts_with("Wrap a callback\n"));
    let Output { status, stderr, .. } = four_ways(&["lesson", "monads"]);
    assert_eq!(status.code(), Some(2));
    assert!(String::from_utf8_lossy(&stderr).contains("there is no lesson `monads`"));
}

#[test]
fn a_url_that_is_not_spoken_is_wrong_usage_and_it_is_said_what_to_write() {
    for command in ["chat", "exam", "platform"] {
        for url in ["127.0.0.1:9/", "https://localhost:9/"] {
            let Output { status, stderr, .. } = four_ways(&[command, "--url", url, "--token", "t"]);
            let errors = String::from_utf8(stderr).expect("text");
            assert_eq!(status.code(), Some(2), "{errors}");
            assert!(errors.contains("write http://host:port/path"), "{errors}");
        }
    }
}
