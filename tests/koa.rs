//! The test cases of koa-compose that can be translated, for all four compositions. `kc_12` is case
//! 12 of `koajs/compose:test/test.js`, counted from the top. Those from 20b on have no counterpart
//! there. The logs are compared in order; upstream sorts them first.
//!
//! Where the order alone says it all, koa-compose itself is the judge: a scenario of
//! `koa/recorded.json` is run here in every style, and by koa-compose on Node. The file holds the
//! logs that koa-compose gave; `peers/node/record.mjs` made it. Where a style is meant to differ,
//! the scenario says how, and why: a `next()` that nobody waits for, and a panic.
//!
//! Three more differences are in no log. A call begins when it is first driven, and in JavaScript
//! when it is made. `next` runs once (KC-19, KC-22) because of its type, where koa-compose rejects
//! the second call. An onion inside an onion (KC-13, KC-14, KC-15, KC-18) is only a longer list.
//!
//! The other cases need no test here, because of the types: only a list of layers is accepted
//! (KC-05, KC-06), and a `next` that is not awaited does not compile (KC-20a, KC-23), see
//! `misuse.rs`. KC-24 is in `depth.rs`.

mod styles;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::{env, fs};

use callbacks::compose::{Bounce, Layer, compose};
use four_ways::measure::node;
use generators::{co, go, yield_};
use pipeline::Class;
use serde::Deserialize;
use styles::desk::{Desk, Told};
use styles::script::{Script, Step, Step::*};
use styles::{cancel, finish, poll, request};

const TRIPLE: [Script; 3] = [
    &[Note(1), Wait, Next, Wait, Note(6)],
    &[Note(2), Wait, Next, Wait, Note(5)],
    &[Note(3), Wait, Next, Wait, Note(4)],
];

/// Where the scenarios are, with the logs that koa-compose gave.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/koa/recorded.json");

/// The file.
#[derive(Deserialize)]
struct Recorded {
    scenarios: Vec<Scenario>,
}

/// Layers, and what koa-compose does with them.
#[derive(Deserialize)]
struct Scenario {
    name: String,
    layers: Vec<Part>,
    log: Vec<u16>,
    /// `None` where nobody replied: koa answers 404 then and this server 500, and neither is the
    /// composition's.
    status: Option<u16>,
    rust: Option<Different>,
}

/// A layer, or a composition in the place of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Layer(Vec<Step>),
    Composition { compose: Vec<Vec<Step>> },
}

/// What the four styles do instead.
#[derive(Deserialize)]
struct Different {
    log: Vec<u16>,
    /// `None` where it is each style's own.
    status: Option<u16>,
    because: String,
}

impl Scenario {
    fn scripts(&self) -> Vec<Script> {
        let layers = self.layers.iter().flat_map(|part| match part {
            Part::Layer(layer) => std::slice::from_ref(layer),
            Part::Composition { compose } => compose,
        });
        // A script lives as long as the test.
        layers.map(|steps| &*steps.clone().leak()).collect()
    }
}

/// Runs a request as far as it comes, and returns the status of its response if there is one.
fn play(onion: &styles::Onion, desk: &Arc<Desk>) -> Option<u16> {
    let mut call = onion(desk.clone(), request());
    loop {
        match poll(&mut call) {
            Some(response) => return Some(response.status),
            None if desk.complete() => {}
            None => return None,
        }
    }
}

fn recorded() -> Recorded {
    let text = fs::read_to_string(RECORDED).expect("it is committed");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{RECORDED}: {error}"))
}

/// Where Node or its packages are not installed, koa-compose is not asked anew; in CI it is.
#[test]
fn the_recorded_logs_are_what_koa_compose_gives() {
    let mut record = match node::command("record.mjs") {
        Ok(record) => record,
        Err(missing) => {
            assert!(env::var_os("CI").is_none(), "CI asks koa-compose: {missing}");
            println!("koa-compose is not asked: {missing}");
            return;
        }
    };
    let output = record.output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let anew = String::from_utf8(output.stdout).expect("text");
    if env::var_os("UPDATE").is_some() {
        fs::write(RECORDED, &anew).expect("the file can be written");
    }
    let committed = fs::read_to_string(RECORDED).expect("it is committed");
    let mut lines = committed.lines().zip(anew.lines());
    let differs = lines.find(|(is, should_be)| is != should_be);
    assert_eq!(differs, None, "{RECORDED} is old: UPDATE=1 cargo test --test koa");
    assert_eq!(committed.len(), anew.len());
}

#[test]
fn a_difference_from_koa_compose_is_one_and_has_its_reason() {
    for Scenario { name, log, rust, .. } in recorded().scenarios {
        let Some(rust) = rust else { continue };
        assert_ne!(rust.log, log, "{name}: the logs do not differ");
        assert!(!rust.because.is_empty(), "{name}");
    }
}

/// The trampoline keeps the onion of its last step, and must not mistake it for this one.
#[test]
fn a_next_of_callbacks_goes_on_in_its_own_onion_wherever_it_is_called() {
    let (kept, log) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(Vec::new())));
    let note = |number: u16| {
        let log = Arc::clone(&log);
        Layer::new("note", move |ctx, _, done| {
            log.lock().expect("whole").push(number);
            done.call(None, ctx)
        })
    };
    let keep = Arc::clone(&kept);
    let keeps = Layer::new("keeps", move |_, next, _| {
        *keep.lock().expect("whole") = Some(next);
        Bounce::Rest
    });
    let runs = Layer::new("runs", move |ctx, _, done| {
        kept.lock().expect("whole").take().expect("kept").run(ctx, done)
    });
    for onion in [compose(vec![keeps, note(1)]), compose(vec![runs, note(2)])] {
        onion.handle(Desk::holding(..), request(), |_| ());
    }
    assert_eq!(*log.lock().expect("whole"), [1]);
}

clauses! {
    fn every_scenario_has_the_log_that_koa_compose_gave(style) {
        for scenario in recorded().scenarios {
            let Scenario { name, log, status, rust, .. } = &scenario;
            let onion = style.compose(&scenario.scripts());
            // One composition serves many requests, whether its host wants events or not.
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                let ended = play(&onion, &desk);
                if let Some(rust) = rust {
                    assert_eq!(desk.log(), rust.log, "{name}");
                    assert!(rust.status.is_none() || rust.status == ended, "{name}: {ended:?}");
                } else {
                    assert_eq!(desk.log(), *log, "{name}");
                    assert_eq!(ended, Some(status.unwrap_or(500)), "{name}");
                }
            }
        }
    }

    fn kc_02_concurrent_requests_do_not_mix(style) {
        let onion = style.compose(&TRIPLE);
        // Every operation of the first takes one tick, of the second two, of the third three.
        let mut calls = [1, 2, 3].map(|delay| {
            let desk = Desk::holding(..);
            (delay, onion(desk.clone(), request()), desk)
        });
        let mut ended = Vec::new();
        for tick in 0..=18 {
            for (delay, call, desk) in &mut calls {
                if tick % *delay == 0 && !ended.contains(&(*delay, 6 * *delay)) {
                    assert_eq!(desk.complete(), tick > 0);
                    if poll(call).is_some() {
                        ended.push((*delay, tick));
                    }
                }
            }
        }
        assert_eq!(ended, [(1, 6), (2, 12), (3, 18)]);
        for (_, _, desk) in calls {
            assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
        }
    }

    fn kc_04_no_layers_end_at_once(style) {
        let desk = Desk::tracing(..);
        let mut call = style.compose(&[])(desk.clone(), request());
        assert_eq!(poll(&mut call).map(|response| response.status), Some(500));
        assert_eq!(desk.events(), 1, "the reply");
    }

    fn kc_10_a_layer_that_fails_before_it_waits_fails_the_chain_and_not_the_call(style) {
        for (first, status) in [(&[Note(1), Fail] as Script, 404), (&[Note(1), Panic], 500)] {
            let desk = Desk::holding(..);
            let mut call = style.compose(&[first])(desk.clone(), request());
            assert!(desk.log().is_empty());
            assert_eq!(poll(&mut call).map(|response| response.status), Some(status));
            assert_eq!(desk.log(), [1]);
        }
    }

    fn kc_10_a_contained_panic_is_an_error(style) {
        for inner in [&[Panic] as Script, &[Wait, Panic], &[Next, Panic]] {
            let desk = Desk::holding(..);
            let onion = style.compose(&[&[Contain, Note(9), Catch(1), Reply(200)], &[Next], inner]);
            assert_eq!(finish(&onion, &desk).status, 200);
            assert_eq!(desk.log(), [1]);
        }
    }

    fn kc_12_an_outer_layer_catches_a_downstream_error(style) {
        for inner in [&[Note(4), Fail] as Script, &[Note(4), Wait, Fail]] {
            let desk = Desk::holding(..);
            let outer: Script = &[Note(1), Note(6), Next, Note(7), Catch(2), Note(3), Reply(200)];
            assert_eq!(finish(&style.compose(&[outer, inner]), &desk).status, 200);
            assert_eq!(desk.log(), [1, 6, 4, 2, 3]);
        }
    }

    fn kc_17_a_composition_leaves_its_list_as_it_was(style) {
        let desk = Desk::holding(..);
        drop(style.compose(&TRIPLE));
        finish(&style.compose(&TRIPLE), &desk);
        assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
    }

    fn kc_21_an_onion_may_be_driven_from_inside_a_generator(style) {
        let desk = Desk::holding(0..0);
        let call = style.compose(&TRIPLE)(desk.clone(), request());
        let mut outer: styles::Call =
            Box::pin(co(go!(co => { yield_!(co, generators::ask::future(call)) })));
        assert_eq!(poll(&mut outer).map(|response| response.status), Some(500));
        assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
    }

    fn kc_25_a_request_that_is_dropped_runs_guards_innermost_first_and_no_after_code(style) {
        for desk in [Desk::holding(..), Desk::tracing(..)] {
            let onion = style.compose(&[
                &[Guard(9), Note(1), Next, Note(6)],
                &[Guard(8), Note(2), Contain, Note(5)],
                &[Guard(7), Note(3), Wait, Note(4)],
            ]);
            let mut call = onion(desk.clone(), request());
            assert_eq!(poll(&mut call), None);
            assert_eq!(desk.log(), [1, 2, 3]);
            cancel(call, &desk);
            assert_eq!(desk.log(), [1, 2, 3, 7, 8, 9]);
        }
    }

    fn kc_10_a_panic_in_the_function_that_makes_a_layer_is_contained(style) {
        let made_by: [&[Script]; 3] =
            [&[&[Unmade]], &[&[Next], &[Unmade]], &[&[Wait, Next], &[Guard(7), Next], &[Unmade]]];
        for inner in made_by {
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                let outer: [Script; 1] = [&[Contain, Note(9), Catch(1), Reply(200)]];
                let onion = style.compose(&[&outer[..], inner].concat());
                assert_eq!(finish(&onion, &desk).status, 200);
                assert_eq!(desk.log().last(), Some(&1));
                // Without one that contains it, it ends the request and nothing else.
                let desk = Desk::holding(..);
                assert_eq!(finish(&style.compose(inner), &desk).status, 500);
            }
        }
    }

    fn kc_26_a_layer_is_left_after_what_it_holds_is_dropped(style) {
        use Told::{Enter, Leave, Note as Noted, Reply as Replied};
        // Below it: a layer that waits, one that does not, one that fails.
        let inner: [(Script, Class); 3] = [
            (&[Guard(4), Note(5), Wait, Note(6)], Class::Done),
            (&[Guard(4), Note(5), Note(6)], Class::Done),
            (&[Guard(4), Note(5), Wait, Note(6), Fail, Note(9)], Class::Refused(404)),
        ];
        for (inner, class) in inner {
            let desk = Desk::tracing(..);
            let outer: Script = &[Guard(1), Note(2), Next, Catch(7), Note(3), Reply(200)];
            assert_eq!(finish(&style.compose(&[outer, inner]), &desk).status, 200);
            let mut order = vec![Enter, Noted(2), Enter, Noted(5), Noted(6), Noted(4), Leave(class)];
            if class != Class::Done {
                order.push(Noted(7));
            }
            order.extend([Noted(3), Noted(1), Leave(Class::Done), Replied(200)]);
            assert_eq!(desk.order(), order);
        }
    }

    fn kc_26_a_layer_that_panics_is_left_after_what_it_holds_is_dropped(style) {
        use Told::{Enter, Leave, Note as Noted, Reply as Replied};
        let dropped = Leave(Class::Dropped);
        for inner in [&[Guard(3), Panic] as Script, &[Guard(3), Wait, Panic]] {
            let desk = Desk::tracing(..);
            let outer: [Script; 2] = [&[Guard(1), Contain, Catch(4), Reply(200)], &[Guard(2), Next]];
            let onion = style.compose(&[&outer[..], &[inner]].concat());
            assert_eq!(finish(&onion, &desk).status, 200);
            let within = [Enter, Enter, Enter, Noted(3), dropped, Noted(2), dropped];
            let rest = [Noted(4), Noted(1), Leave(Class::Done), Replied(200)];
            assert_eq!(desk.order(), [&within[..], &rest].concat());
        }
    }

    fn kc_26_a_layer_that_is_never_made_is_left_before_those_around_it(style) {
        use Told::{Enter, Leave, Note as Noted, Reply as Replied};
        let dropped = Leave(Class::Dropped);
        let desk = Desk::tracing(..);
        let onion = style.compose(&[
            &[Guard(1), Contain, Catch(4), Reply(200)],
            &[Guard(2), Next],
            &[Unmade],
        ]);
        assert_eq!(finish(&onion, &desk).status, 200);
        let within = [Enter, Enter, Enter, dropped, Noted(2), dropped];
        let rest = [Noted(4), Noted(1), Leave(Class::Done), Replied(200)];
        assert_eq!(desk.order(), [&within[..], &rest].concat());
    }

    fn kc_26_a_layer_of_a_dropped_request_is_left_after_what_it_holds_is_dropped(style) {
        use Told::{Enter, Leave, Note as Noted};
        let dropped = Leave(Class::Dropped);
        let desk = Desk::tracing(..);
        let onion = style.compose(&[
            &[Guard(9), Next],
            &[Guard(8), Contain],
            &[Guard(7), Wait, Note(1)],
        ]);
        let mut call = onion(desk.clone(), request());
        assert_eq!(poll(&mut call), None);
        cancel(call, &desk);
        assert_eq!(
            desk.order(),
            [Enter, Enter, Enter, Noted(7), dropped, Noted(8), dropped, Noted(9), dropped]
        );
    }

    fn kc_27_a_destructor_that_panics_is_a_panic_of_its_layer(style) {
        for inner in BURSTS {
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                let onion = style.compose(&[CONTAINS, &[Guard(2), Next, Note(6)], inner]);
                assert_eq!(finish(&onion, &desk).status, 200);
                // What the layer in between holds: see below.
                let log = desk.log().into_iter().filter(|number| *number != 2);
                assert_eq!(log.collect::<Vec<_>>(), [5, 3, 4]);
                // Without one that contains it, it ends the request and nothing else.
                let desk = Desk::holding(..);
                assert_eq!(finish(&style.compose(&[inner]), &desk).status, 500);
            }
        }
    }

    fn kc_27_a_destructor_that_panics_in_a_dropped_request_keeps_no_other_from_running(style) {
        for desk in [Desk::holding(..), Desk::tracing(..)] {
            let onion = style.compose(&[
                &[Guard(9), Next],
                &[Guard(8), Contain],
                &[Bursts(7), Next],
                &[Guard(6), Wait, Note(1)],
            ]);
            let mut call = onion(desk.clone(), request());
            assert_eq!(poll(&mut call), None);
            // It reaches the code that drops the request.
            assert!(catch_unwind(AssertUnwindSafe(|| cancel(call, &desk))).is_err());
            let mut log = desk.log();
            log.sort_unstable(); // the order is undefined
            assert_eq!(log, [6, 7, 8, 9]);
            drop(onion);
            assert_eq!(Arc::strong_count(&desk), 1, "nothing holds the host");
        }
    }
}

/// Layers with a destructor that panics: they end well, at once or later, or they fail.
const BURSTS: [Script; 4] = [
    &[Bursts(3), Note(5)],
    &[Bursts(3), Wait, Note(5)],
    &[Bursts(3), Note(5), Next],
    &[Bursts(3), Note(5), Wait, Fail],
];

const CONTAINS: Script = &[Contain, Note(9), Catch(4), Reply(200)];

/// The one difference: in callbacks a layer returns its continuation, and Rust never drops a value
/// that is being returned when a destructor panics (rust-lang/rust#47949). So what the layers hold
/// up to the one that contains the panic is leaked. The other styles drop it.
#[test]
fn kc_27_callbacks_leak_what_a_layer_returns_when_a_destructor_panics() {
    use styles::Style;

    let seen = |style: &dyn Style| {
        let desk = Desk::holding(..);
        let onion = style.compose(&[CONTAINS, &[Guard(2), Next], BURSTS[0]]);
        assert_eq!(finish(&onion, &desk).status, 200);
        desk.log().contains(&2)
    };
    assert!(!seen(&styles::callbacks::Callbacks));
    assert!(seen(&styles::promises::Promises));
    assert!(seen(&styles::generators::Generators));
    assert!(seen(&styles::async_await::AsyncAwait));
}
