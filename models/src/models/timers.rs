//! The timers: their task looks and waits, while other threads arm timers and drop them.

use std::time::Duration;

use pipeline::{Failure, Fault, Operation};
use shuttle::sync::Arc;
use shuttle::thread;

use super::source::timers::Timers;
use crate::explore::models;
use crate::tokio::time::advance;
use crate::waits::{Captured, Told, wait_for};

models![
    timers_that_two_threads_arm_fire_when_they_are_due,
    a_callback_of_a_timer_may_arm_the_next,
    who_sleeps_when_the_timers_end_hears_of_it,
];

const SECOND: Duration = Duration::from_secs(1);

fn timers_that_two_threads_arm_fire_when_they_are_due() {
    let timers = Arc::new(Timers::start());
    let other = Arc::clone(&timers);
    let long = thread::spawn(move || other.sleep(5 * SECOND));
    let short = timers.sleep(SECOND);
    let long = long.join().expect("no panic");
    advance(SECOND);
    assert_eq!(wait_for(short), Ok(()));
    let long = long.try_take().expect_err("it is not due");
    advance(4 * SECOND);
    assert_eq!(wait_for(long), Ok(()));
}

fn a_callback_of_a_timer_may_arm_the_next() {
    let timers = Arc::new(Timers::start());
    let told = Told::default();
    let (again, tell, captured) = (Arc::clone(&timers), told.clone(), Captured);
    drop(timers.sleep(SECOND).subscribe(move |_| {
        let _captured = captured;
        tell.tell(again.sleep(SECOND));
    }));
    advance(SECOND);
    let next = told.wait(1).pop().expect("one was told");
    advance(SECOND);
    assert_eq!(wait_for(next), Ok(()));
}

fn who_sleeps_when_the_timers_end_hears_of_it() {
    let timers = Timers::start();
    let sleeps = timers.sleep(SECOND);
    let host = thread::spawn(move || drop(timers));
    let failure = Failure { operation: Operation::Sleep, fault: Fault::Abandoned };
    assert_eq!(wait_for(sleeps), Err(failure));
    host.join().expect("no panic");
}
