//! Compares what the bench `source` counts with counts by hand.
#![forbid(unsafe_code)]

#[path = "../benches/source/forgotten.rs"]
mod forgotten;
#[path = "../benches/source/named.rs"]
mod named;
#[path = "../benches/source/nesting.rs"]
mod nesting;
#[path = "../benches/source/reached.rs"]
mod reached;
#[path = "../benches/source/read.rs"]
mod read;
#[path = "../benches/source/sites.rs"]
mod sites;
#[path = "../benches/source/styles.rs"]
#[allow(dead_code)] // what is only built
mod styles;
#[path = "../benches/source/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nesting::{Nesting, nesting};

fn tokens(text: &str) -> usize {
    tokens::count(tokens::shipped(text.parse().expect("it is Rust")))
}

#[test]
fn a_token_is_a_word_a_literal_an_operator_or_a_delimiter() {
    assert_eq!(tokens("fn name(a: &'x mut T) -> u8 { a }"), 15);
    assert_eq!(tokens("a::<Vec<u8>>() == \"two words\""), 12);
    assert_eq!(tokens("move || a..=b && c"), 7);
}

#[test]
fn comments_tests_and_the_commas_of_a_broken_line_are_no_tokens() {
    let plain = tokens("struct A { b: u8 } fn c() { d(e, f) }");
    let with = "//! Docs.\n/// Docs.\nstruct A { /** Docs. */ b: u8, } // comment\n\
                fn c() { d(e, f,) /* comment */ }\n\
                #[cfg(test)] use x;\n#[cfg(test)] mod tests { fn g() {} }\n";
    assert_eq!(tokens(with), plain);
    assert_eq!(tokens("#[must_use] fn c() { d(e, f) }"), tokens("fn c() { d(e, f) }") + 4);
    assert_eq!(tokens("#[cfg(test)] mod tests { fn g() {} } fn h() {}"), tokens("fn h() {}"));
}

fn nested(text: &str) -> Nesting {
    nesting(&read::read(text).expect("it is Rust"))
}

#[test]
fn nesting_is_counted_within_a_function_and_weighs_what_is_deep() {
    let found = |deepest, weight| Nesting { deepest, weight };
    assert_eq!(nested("fn flat() { a; b()?; c }"), found(0, 0));
    // 1 for the `match`, 2 for the `if` in it, 2 for the `if` behind the `else`
    let arms = "fn f() { match a { B => if c { d }, E => if f { g } else { h } } }";
    assert_eq!(nested(arms), found(2, 1 + 2 + 2));
    // An `else if` stands beside its `if`; conditions and scrutinees stand outside.
    let beside = "fn f() { if a { b } else if c { d } else { e } match if f { g } { H => i } }";
    assert_eq!(nested(beside), found(1, 4));
    // for 1, while 2, loop 3, closure 4, async 5, let … else 6; the function inside begins anew.
    let deep = "fn f() { for a in b { while c { loop { d(|e| async { let F = g else { h }; }) } } }
                fn inner() { if i { j } } }";
    assert_eq!(nested(deep), found(6, 1 + 2 + 3 + 4 + 5 + 6 + 1));
}

#[test]
fn every_file_of_every_style_can_be_read() {
    for style in &styles::STYLES {
        let texts = style.texts().expect("they are in the repository");
        assert!(!texts.is_empty(), "{}", style.name);
        for (path, text) in texts {
            let read = read::read(&text);
            assert!(read.is_ok(), "{}/{}: {:?}", style.sources, path.display(), read.err());
        }
    }
}

/// What is reached of files with these texts.
fn left<const FILES: usize>(files: [(&str, &str); FILES]) -> BTreeMap<PathBuf, String> {
    let files = files.map(|(path, text)| (PathBuf::from(path), text.to_owned()));
    reached::reached(files.into()).expect("it is Rust")
}

#[test]
fn what_the_pipeline_reaches_is_counted_and_nothing_else() {
    let pipeline = ("pipeline.rs", "use crate::a::b; fn pipeline() { b() } fn layers() {}");
    let helped =
        "pub fn b() { C::new() }\n/// 中文\nfn never() {\n}\nstruct C;\nimpl C { fn new() {} }";
    let traits = "trait D {}\nimpl D for C {}\nstruct E; impl E {} call! { F }";
    let found =
        left([pipeline, ("a.rs", helped), ("d.rs", "pub fn d() { b() }"), ("e.rs", traits)]);
    assert_eq!(found[Path::new("pipeline.rs")], pipeline.1);
    let helped = &found[Path::new("a.rs")];
    let code: Vec<&str> = helped.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(code, ["pub fn b() { C::new() }", "struct C;", "impl C { fn new() {} }"]);
    assert_eq!(helped.lines().count(), 6, "lines keep their numbers");
    assert!(!found.contains_key(Path::new("d.rs")), "nobody calls it");
    // What the call of a macro makes is not known, so it is counted.
    assert_eq!(found[Path::new("e.rs")].trim(), "call! { F }");
}

#[test]
fn every_file_is_reached_and_every_layer_and_unit_is_reached_whole() {
    for style in &styles::STYLES {
        let texts = style.texts().expect("they are in the repository");
        let reached = reached::reached(texts.clone()).expect("it is Rust");
        for (path, text) in texts {
            let counted = reached.get(&path);
            let whole = counted == Some(&text);
            let enough = if styles::is_written_again(&path) { whole } else { counted.is_some() };
            assert!(enough, "{}: {} has what no pipeline needs", style.name, path.display());
        }
    }
}

#[test]
fn macro_calls_are_looked_into() {
    let go = "fn f() { go!(co => { if yield_!(co, a(|b| c)) { d } }) }";
    assert_eq!(nested(go), Nesting { deepest: 2, weight: 1 + 2 + 2 });
    assert_eq!(nested("fn f() { vec![0; a(|b| c)]; vec![|b| c, d] }").weight, 2);
    assert_eq!(nested("fn f() { if !(a) { stream! { for b in c { yield d; } } } }").deepest, 2);
}

/// The lines of the sites, with their kinds.
fn found(text: &str, chains: bool) -> Vec<(usize, &'static str)> {
    let file = read::read(text).expect("it is Rust");
    sites::sites(&file, chains).iter().map(|site| (site.line, site.kind)).collect()
}

#[test]
fn an_error_site_is_a_question_mark_a_failing_pattern_a_call_or_an_error_handed_on() {
    let text = "fn f() {
        a()?.b()?;
        if let Err(error) = c() { return done.call(Some(error), ctx) }
        match d { Some(error) => done.call(Some(error), ctx), None => done.call(None, ctx) }
        match e { Either::Right((Err(_), rest)) | Other(rest) => rest, Ok(()) => Err(now) }
        abort(|| done.call(Some(error), ctx));
        if g.map_err(Error::from).is_ok() { h.map_or(Ok(()), Err) }
    }";
    let expected = [
        (2, "?"),
        (2, "?"),
        (3, "pattern"),
        (4, "pattern"),
        (5, "pattern"),
        (5, "error"),
        (6, "error"),
        (7, "call"),
        (7, "call"),
        (7, "error"),
    ];
    assert_eq!(found(text, false), expected);
}

#[test]
fn what_is_no_failure_is_no_error_site() {
    let text = "fn f() {
        match a.try_take() { Ok(b) => b, Err(pending) => pending.subscribe(c) }
        match d { Some(lease) => lease, None => Ok(()) }
        done.call(None, ctx);
        (ctx, outcome)
    }";
    assert_eq!(found(text, false), []);
    assert_eq!(found("fn f() { a.and_then(|b| c) }", true), []);
    assert_eq!(found("fn f() { a.and_then(|b| c) }", false), [(1, "call")]);
    assert_eq!(found("fn f() { attempt(ctx, |ctx| a?) }", true), [(1, "?"), (1, "call")]);
}

/// The texts that come out: each way to forget, in each of its forms.
fn forgotten(text: &str, chains: bool) -> Vec<(&'static str, Vec<String>)> {
    let file = read::read(text).expect("it is Rust");
    let ways = forgotten::ways(&file, text, chains);
    ways.iter().map(|way| (way.kind, way.forget(text).collect())).collect()
}

#[test]
fn one_thing_is_left_out_at_a_time() {
    let one = |kind, text: &str| vec![(kind, vec![text.to_owned()])];
    assert_eq!(forgotten("fn f() { a()?; }", false), one("?", "fn f() { a(); }"));
    assert_eq!(
        forgotten("fn f() { match a { Err(b) => c, Ok(d) => d } }", false),
        one("arm", "fn f() { match a {  Ok(d) => d } }")
    );
    assert_eq!(
        forgotten("fn f() { if let Err(b) = a() { c } else { d } }", false),
        one("arm", "fn f() { { d } }")
    );
    assert_eq!(
        forgotten("fn f() { if let Err(b) = a() { c } }", false),
        one("arm", "fn f() { a(); }")
    );
    assert_eq!(forgotten("fn f() { a.map_err(b).c() }", false), one("call", "fn f() { a.c() }"));
    assert_eq!(
        forgotten("fn f() { if a.is_ok() { b } }", false),
        one("call", "fn f() { if true { b } }")
    );
    assert_eq!(
        forgotten("fn f() { done.call(Some(error), ctx) }", false),
        one("success", "fn f() { done.call(None, ctx) }")
    );
    assert_eq!(
        forgotten("fn f() { a.map_or(b, Err) }", false),
        one("success", "fn f() { a.map_or(b, |_| Ok(())) }")
    );
}

#[test]
fn an_error_that_is_handed_on_is_success_in_some_form() {
    let text = "fn f() { go!(co => { (ctx, Err(yield_!(co, a))) }) } // 中文";
    let [(kind, forms)] = &forgotten(text, false)[..] else { panic!("one way") };
    assert_eq!(*kind, "success");
    assert_eq!(forms[0], "fn f() { go!(co => { (ctx, Ok(())) }) } // 中文");
    assert!(forms.len() > 1);
}

#[test]
fn what_is_no_failure_cannot_be_forgotten() {
    assert_eq!(forgotten("fn f() { match a.try_take() { Err(b) => b, Ok(c) => c } }", false), []);
    assert_eq!(forgotten("fn f() { match a { Some(b) => b, None => c } }", false), []);
    assert_eq!(forgotten("fn f() { a.and_then(|b| c) }", true), []);
}
