//! Depth needs no native stack: a hundred thousand units and ten thousand layers run and are
//! dropped on 2 MiB, the stack of a tokio worker. Run it in release mode, too.

mod styles;

use std::thread;

use styles::desk::Desk;
use styles::script::{Script, Step::*};
use styles::{Onion, Style, Unit, cancel, finish, poll, request};

const LAYERS: usize = 10_000;
const UNITS: usize = 100_000;

clauses! {
    fn kc_24_ten_thousand_layers_of_which_none_waits_finish(style) {
        layers_finish(style, &[Note(1), Next, Note(2)]);
    }

    fn kc_24_ten_thousand_layers_of_which_all_wait_finish(style) {
        layers_finish(style, &[Wait, Note(1), Next, Wait, Note(2)]);
    }

    fn kc_24_ten_thousand_layers_that_pass_an_error_on_finish(style) {
        on_a_small_stack(style, |style| {
            let mut layers = vec![&[Note(1), Next, Note(9)] as Script; LAYERS];
            layers.push(&[Wait, Fail]);
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                assert_eq!(finish(&style.compose(&layers), &desk).status, 404);
                assert_eq!(desk.log(), vec![1; LAYERS]);
            }
        });
    }

    fn kc_24_ten_thousand_layers_of_which_none_waits_are_dropped(style) {
        layers_are_dropped(style, &[Note(1), Guard(3), Next, Note(2)]);
    }

    fn kc_24_ten_thousand_layers_of_which_all_wait_are_dropped(style) {
        layers_are_dropped(style, &[Wait, Note(1), Guard(3), Next, Wait, Note(2)]);
    }

    fn kc_24_ten_thousand_layers_that_contain_finish(style) {
        layers_finish(style, &[Note(1), Contain, Note(2)]);
    }

    fn kc_24_ten_thousand_layers_that_contain_are_dropped(style) {
        layers_are_dropped(style, &[Note(1), Guard(3), Contain, Note(2)]);
    }

    fn kc_24_a_panic_goes_through_ten_thousand_layers(style) {
        on_a_small_stack(style, |style| {
            let mut layers = vec![&[Guard(3), Next, Note(9)] as Script; LAYERS];
            layers.insert(0, &[Contain, Catch(1), Reply(200)]);
            layers.push(&[Wait, Panic]);
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                assert_eq!(finish(&style.compose(&layers), &desk).status, 200);
                assert_eq!(desk.log(), [vec![3; LAYERS], vec![1]].concat());
            }
        });
    }

    fn a_panic_is_contained_by_each_of_ten_thousand_layers(style) {
        on_a_small_stack(style, |style| {
            let layers = vec![&[Contain, Catch(1), Panic] as Script; LAYERS];
            for desk in [Desk::holding(..), Desk::tracing(..)] {
                assert_eq!(finish(&style.compose(&layers), &desk).status, 500);
                assert_eq!(desk.log(), vec![1; LAYERS - 1]);
            }
        });
    }

    fn a_hundred_thousand_units_that_pass_at_once_finish(style) {
        units_finish(style, Unit::Rule);
    }

    fn a_hundred_thousand_units_that_are_answered_at_once_finish(style) {
        units_finish(style, Unit::Waits);
    }

    fn a_hundred_thousand_units_that_pass_at_once_are_dropped(style) {
        units_are_dropped(style, Unit::Rule, 0);
    }

    fn a_hundred_thousand_units_that_are_answered_at_once_are_dropped(style) {
        units_are_dropped(style, Unit::Waits, UNITS / 2);
    }
}

/// The innermost layer waits, with and without a trace. Its operation is held, and all others are
/// answered at once: the cost of a wait under ten thousand layers is not tested here.
fn layers_finish(style: &'static dyn Style, script: Script) {
    on_a_small_stack(style, move |style| {
        let (onion, innermost) = deep_onion(style, script);
        for desk in [Desk::holding(innermost..=innermost), Desk::tracing(innermost..=innermost)] {
            finish(&onion, &desk);
            assert_eq!(desk.log(), [vec![1; LAYERS], vec![2; LAYERS]].concat());
        }
    });
}

/// The innermost layer waits when the request is dropped.
fn layers_are_dropped(style: &'static dyn Style, script: Script) {
    on_a_small_stack(style, move |style| {
        let (onion, innermost) = deep_onion(style, script);
        for desk in [Desk::holding(innermost..), Desk::tracing(innermost..)] {
            let mut call = onion(desk.clone(), request());
            assert_eq!(poll(&mut call), None);
            assert_eq!(desk.log(), vec![1; LAYERS]);
            cancel(call, &desk);
            assert_eq!(desk.log(), [vec![1; LAYERS], vec![3; LAYERS]].concat());
        }
    });
}

/// Ten thousand layers around one that waits, and how many operations come before its own.
fn deep_onion(style: &dyn Style, script: Script) -> (Onion, usize) {
    let mut layers = vec![script; LAYERS];
    layers.push(&[Wait]);
    let waits = matches!(script.first(), Some(Wait));
    (style.compose(&layers), if waits { LAYERS } else { 0 })
}

fn units_finish(style: &'static dyn Style, unit: Unit) {
    on_a_small_stack(style, move |style| {
        let desk = Desk::holding(0..0);
        let onion = style.onion(&[&[Next, Reply(200)]], &vec![unit; UNITS]);
        assert_eq!(finish(&onion, &desk).status, 200);
        assert_eq!(desk.log(), vec![1; UNITS]);
    });
}

/// Half of the units have passed when the next one waits and the request is dropped.
fn units_are_dropped(style: &'static dyn Style, unit: Unit, answered: usize) {
    on_a_small_stack(style, move |style| {
        let desk = Desk::holding(answered..);
        let mut units = vec![unit; UNITS];
        units[UNITS / 2] = Unit::Waits;
        let onion = style.onion(&[&[Guard(3), Next]], &units);
        let mut call = onion(desk.clone(), request());
        assert_eq!(poll(&mut call), None);
        cancel(call, &desk);
        assert_eq!(desk.log(), [vec![1; UNITS / 2], vec![3]].concat());
    });
}

fn on_a_small_stack(style: &'static dyn Style, run: impl FnOnce(&dyn Style) + Send + 'static) {
    let small = thread::Builder::new().stack_size(2 * 1024 * 1024);
    small.spawn(move || run(style)).expect("a thread").join().expect("a rule was broken");
}
