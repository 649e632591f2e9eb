//! The event loop on which the lessons' programs run. It is like Node's, but its clock jumps to the
//! next timer. So a program ends at once, and its output is always the same.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Arguments;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use futures::executor::{LocalPool, LocalSpawner};
use futures::task::LocalSpawnExt;
use pipeline::{Failure, Fault, Operation, Pending};

/// How long a file or a request takes, in milliseconds.
const LATENCY: u64 = 10;

#[derive(Default)]
struct Stage {
    now: u64,
    set: u64,
    timers: BTreeMap<(u64, u64), Box<dyn FnOnce()>>,
    tasks: Option<LocalSpawner>,
    printed: String,
}

thread_local! {
    static STAGE: RefCell<Stage> = RefCell::default();
}

/// Runs a program, and everything that it starts, to the end. Returns what it prints. A panic that
/// is not caught ends the program, as an uncaught exception ends Node.
#[must_use]
pub fn run(program: fn()) -> String {
    silence();
    let mut pool = LocalPool::new();
    STAGE.set(Stage { tasks: Some(pool.spawner()), ..Stage::default() });
    let mut turn: Box<dyn FnOnce()> = Box::new(program);
    loop {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| {
            turn();
            pool.run_until_stalled();
        }));
        if let Err(panic) = ended {
            print(format_args!("uncaught: {}", message(&*panic)));
            break;
        }
        match STAGE.with_borrow_mut(Stage::next) {
            Some(timer) => turn = timer,
            None => break,
        }
    }
    // Code that runs when these are dropped may still print.
    let timers = STAGE.with_borrow_mut(|stage| std::mem::take(&mut stage.timers));
    drop((pool, timers));
    STAGE.take().printed
}

impl Stage {
    /// The timer that is due first; the clock jumps to it.
    fn next(&mut self) -> Option<Box<dyn FnOnce()>> {
        let ((due, _), timer) = self.timers.pop_first()?;
        self.now = due;
        Some(timer)
    }
}

/// `console.log`: prints a line.
#[macro_export]
macro_rules! log {
    ($($text:tt)*) => {
        $crate::stage::print(format_args!($($text)*))
    };
}

pub use crate::log;

/// The other half of [`log!`].
pub fn print(text: Arguments<'_>) {
    let line = format!("{text}\n"); // before the borrow, because formatting may print too
    STAGE.with_borrow_mut(|stage| stage.printed.push_str(&line));
}

/// `Date.now()`: milliseconds since the program began.
#[must_use]
pub fn now() -> u64 {
    STAGE.with_borrow(|stage| stage.now)
}

/// `setTimeout`: calls back after so many milliseconds, in a turn of its own.
pub fn set_timeout(milliseconds: u64, callback: impl FnOnce() + 'static) {
    STAGE.with_borrow_mut(|stage| {
        stage.set += 1;
        let due = (stage.now + milliseconds, stage.set);
        stage.timers.insert(due, Box::new(callback));
    });
}

/// Runs a future in parallel with everything else. In JavaScript, calling an async function already
/// does this.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    STAGE.with_borrow(|stage| {
        let tasks = stage.tasks.as_ref();
        // If the pool is gone, the task is dropped, as at the end of Node.
        let _ = tasks.map(|tasks| tasks.spawn_local(task));
    });
}

/// The operations in the form that Node had first: each takes a callback.
pub mod callback {
    use super::{Failure, Fault, LATENCY, failed, set_timeout};

    /// Fetches a page. A host called `down` does not answer.
    pub fn request(url: &str, callback: impl FnOnce(Result<String, Failure>) + 'static) {
        let answer = match url.starts_with("http://down") {
            true => Err(failed(Fault::Transient)),
            false => Ok(format!("page of {url}")),
        };
        set_timeout(LATENCY, move || callback(answer));
    }

    /// Writes a file. Writing into the folder `full` fails.
    pub fn write_file(
        path: &str,
        _data: &str,
        callback: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        let answer = if path.starts_with("full/") { Err(failed(Fault::Permanent)) } else { Ok(()) };
        set_timeout(LATENCY, move || callback(answer));
    }
}

/// Fetches a page. The request starts at once, as with a promise.
pub fn request(url: &str) -> Pending<String> {
    let (completer, pending) = Pending::new(Operation::Sleep);
    callback::request(url, move |ended| {
        completer.complete(ended);
    });
    pending
}

/// Writes a file. The writing starts at once, as with a promise.
pub fn write_file(path: &str, data: &str) -> Pending<()> {
    let (completer, pending) = Pending::new(Operation::Sleep);
    callback::write_file(path, data, move |ended| {
        completer.complete(ended);
    });
    pending
}

/// Ends after so many milliseconds.
pub fn sleep(milliseconds: u64) -> Pending<()> {
    let (completer, pending) = Pending::new(Operation::Sleep);
    set_timeout(milliseconds, move || {
        completer.complete(Ok(()));
    });
    pending
}

/// A failure: `failure.fault` says whether another try may help.
#[must_use]
pub fn failed(fault: Fault) -> Failure {
    Failure { operation: Operation::Sleep, fault }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

/// A panic on the stage is part of the output, so the panic hook must not print it.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let on_stage =
                STAGE.try_with(|stage| stage.try_borrow().is_ok_and(|stage| stage.tasks.is_some()));
            if !on_stage.unwrap_or(false) {
                hook(panic);
            }
        }));
    });
}

/// `function*`: a generator that is resumed by hand, `generator!(co => { … co.yield_(value) … })`.
/// The macro `go!` does the same for generators that a driver resumes.
#[macro_export]
macro_rules! generator {
    ($co:ident => $body:block) => {
        ::genawaiter::sync::GenBoxed::new_boxed(move |$co| async move $body)
    };
}

pub use crate::generator;
