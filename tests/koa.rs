//! The test cases of koa-compose that can be translated, for all four compositions. `kc_12` is case
//! 12 of `koajs/compose:test/test.js`, counted from the top. Those from 20b on have no counterpart
//! there. The logs are compared in order; upstream sorts them first.
//!
//! The other cases need no test here, because of the types: only a list of layers is accepted
//! (KC-05, KC-06), `next` runs once (KC-19, KC-22), and a `next` that is not awaited does not
//! compile (KC-20a, KC-23), see `misuse.rs`. KC-24 is in `depth.rs`. There is no onion inside an
//! onion (KC-13, KC-14, KC-15, KC-18), only a longer list.

mod styles;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use generators::{co, go, yield_};
use pipeline::Class;
use styles::desk::{Desk, Told};
use styles::script::{Script, Step::*};
use styles::{cancel, finish, poll, request};

const TRIPLE: [Script; 3] = [
    &[Note(1), Wait, Next, Wait, Note(6)],
    &[Note(2), Wait, Next, Wait, Note(5)],
    &[Note(3), Wait, Next, Wait, Note(4)],
];

clauses! {
    fn kc_01_layers_run_inward_and_then_outward(style) {
        let desk = Desk::holding(..);
        finish(&style.compose(&TRIPLE), &desk);
        assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
    }

    fn kc_02_one_composition_serves_many_requests(style) {
        let onion = style.compose(&TRIPLE);
        for _ in 0..2 {
            let desk = Desk::holding(..);
            finish(&onion, &desk);
            assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
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

    fn kc_03_next_gives_the_result_of_a_layer_that_waits_for_nothing(style) {
        let desk = Desk::holding(..);
        let onion = style.compose(&[&[Next, See, Note(1)], &[Reply(200)]]);
        assert_eq!(finish(&onion, &desk).status, 200);
        assert_eq!(desk.log(), [200, 1]);
    }

    fn kc_04_no_layers_end_at_once(style) {
        let desk = Desk::tracing(..);
        let mut call = style.compose(&[])(desk.clone(), request());
        assert_eq!(poll(&mut call).map(|response| response.status), Some(500));
        assert_eq!(desk.events(), 1, "the reply");
    }

    fn kc_07_the_last_layer_may_run_next(style) {
        let desk = Desk::holding(..);
        let onion = style.compose(&[&[Next, Note(2)], &[Next, Note(1), Reply(200)]]);
        assert_eq!(finish(&onion, &desk).status, 200);
        assert_eq!(desk.log(), [1, 2]);
    }

    fn kc_09_the_error_of_a_layer_is_the_error_of_the_chain(style) {
        for inner in [&[Fail] as Script, &[Wait, Fail]] {
            let desk = Desk::holding(..);
            let onion = style.compose(&[&[Note(1), Next, Note(9)], inner]);
            assert_eq!(finish(&onion, &desk).status, 404);
            assert_eq!(desk.log(), [1]);
        }
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

    fn kc_11_all_layers_see_the_same_context(style) {
        let desk = Desk::holding(..);
        let onion = style.compose(&[&[Count, Next, Count], &[Count, Wait, Next], &[Count]]);
        finish(&onion, &desk);
        assert_eq!(desk.log(), [1, 2, 3, 4]);
    }

    fn kc_12_an_outer_layer_catches_a_downstream_error(style) {
        for inner in [&[Note(4), Fail] as Script, &[Note(4), Wait, Fail]] {
            let desk = Desk::holding(..);
            let outer: Script = &[Note(1), Note(6), Next, Note(7), Catch(2), Note(3), Reply(200)];
            assert_eq!(finish(&style.compose(&[outer, inner]), &desk).status, 200);
            assert_eq!(desk.log(), [1, 6, 4, 2, 3]);
        }
    }

    fn kc_13_an_outer_next_runs_after_an_empty_list(style) {
        let desk = Desk::holding(..);
        let (none, outer): ([Script; 0], [Script; 1]) = ([], [&[Note(1), Reply(200)]]);
        let onion = style.compose(&[&none[..], &outer].concat());
        assert_eq!(finish(&onion, &desk).status, 200);
        assert_eq!(desk.log(), [1]);
    }

    fn kc_14_a_composition_runs_between_other_layers(style) {
        let desk = Desk::holding(..);
        let inner: [Script; 2] = [&[Note(1), Next], &[Note(2), Next]];
        finish(&style.compose(&[&inner[..], &[&[Note(3)]]].concat()), &desk);
        assert_eq!(desk.log(), [1, 2, 3]);
    }

    fn kc_15_the_after_code_of_a_composition_runs_too(style) {
        let desk = Desk::holding(..);
        let inner: [Script; 2] = [&[Count, Next, Note(5)], &[Count, Next, Note(4)]];
        finish(&style.compose(&[&inner[..], &[&[Next, Count]]].concat()), &desk);
        assert_eq!(desk.log(), [1, 2, 3, 4, 5]);
    }

    fn kc_16_values_travel_outward(style) {
        let desk = Desk::holding(..);
        let onion =
            style.compose(&[&[Next, See, Reply(201)], &[Next, See, Reply(202)], &[Reply(200)]]);
        assert_eq!(finish(&onion, &desk).status, 201);
        assert_eq!(desk.log(), [200, 202]);
    }

    fn kc_17_a_composition_leaves_its_list_as_it_was(style) {
        let desk = Desk::holding(..);
        drop(style.compose(&TRIPLE));
        finish(&style.compose(&TRIPLE), &desk);
        assert_eq!(desk.log(), [1, 2, 3, 4, 5, 6]);
    }

    fn kc_18_an_outer_next_that_runs_its_own_next_ends(style) {
        let desk = Desk::holding(..);
        let inner: [Script; 1] = [&[Note(1), Next, Note(4)]];
        let outer: [Script; 1] = [&[Note(2), Next, Note(3), Reply(200)]];
        assert_eq!(finish(&style.compose(&[inner, outer].concat()), &desk).status, 200);
        assert_eq!(desk.log(), [1, 2, 3, 4]);
    }

    fn kc_20b_a_next_that_is_made_and_not_run_runs_nothing(style) {
        for desk in [Desk::holding(..), Desk::tracing(..)] {
            let onion = style.compose(&[&[Note(1), Forget], &[Note(2)]]);
            drop(poll(&mut onion(desk.clone(), request())));
            assert_eq!(desk.log(), [1]);
        }
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
