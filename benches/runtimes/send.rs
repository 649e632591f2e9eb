//! What `Send` costs. Each piece is the same code twice: with types that another thread may get, as
//! the styles have them, and with those that stay on one thread.

use std::cell::{RefCell, RefMut};
use std::hint::black_box;
use std::io;
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use four_ways::measure::results::runtimes::Pair;
use four_ways::measure::{balanced, compare, median};
use futures::FutureExt;
use genawaiter::GeneratorState;

/// How often a piece is played for one time.
const PLAYS: u64 = 2_000;

/// A piece, with both kinds of types. Each returns the successor of the number that it gets.
struct Piece {
    name: &'static str,
    local: fn(u64) -> u64,
    send: fn(u64) -> u64,
}

const PIECES: [Piece; 2] = [
    Piece {
        name: "an operation that is waited for",
        local: local::operation,
        send: sendable::operation,
    },
    Piece {
        name: "a generator that yields once",
        local: local::generator,
        send: sendable::generator,
    },
];

/// What is left at the slot of an operation by the end that comes first, as `pipeline::Pending` has
/// it.
enum Meeting {
    Empty,
    Task(Waker),
    Result(u64),
    Over,
}

/// Measures each piece for `patience`.
///
/// # Errors
/// When a piece does not return what it must.
pub fn measure(patience: Duration) -> io::Result<Vec<Pair>> {
    PIECES.iter().map(|piece| piece.measure(patience)).collect()
}

impl Piece {
    fn measure(&self, patience: Duration) -> io::Result<Pair> {
        let played = [self.local, self.local, self.send];
        if let Some(wrong) = played.iter().find(|play| play(41) != 42) {
            let what = format!("{} returns {}, and not 42", self.name, wrong(41));
            return Err(io::Error::other(what));
        }
        let mut nanoseconds = [const { Vec::new() }; 3];
        let time = |entry: usize| {
            let play = played[entry];
            let started = Instant::now();
            for number in 0..PLAYS {
                black_box(play(black_box(number)));
            }
            let time = started.elapsed();
            nanoseconds[entry].push(1e9 * time.as_secs_f64() / PLAYS as f64);
            time
        };
        let times = compare(played.len(), time, balanced(played.len(), patience));
        let [local, _, send] = nanoseconds.map(|times| median(&times));
        Ok(Pair {
            piece: self.name.to_owned(),
            local,
            send,
            ratio: times.ratios[2],
            interval: times.intervals[2],
            resolution: times.band,
            rounds: times.rounds,
        })
    }
}

macro_rules! pieces {
    ($genawaiter:ident, $shared:ident, $cell:ident, $open:ident, $boxed:ident) => {
        use super::*;

        /// A task finds no result and waits, the host completes the operation, the task takes the
        /// result.
        pub fn operation(number: u64) -> u64 {
            let slot = black_box($shared::new($cell::new(Meeting::Empty)));
            let completer = $shared::clone(&slot);
            *$open(&slot) = Meeting::Task(Waker::noop().clone());
            let met = mem::replace(&mut *$open(&completer), Meeting::Result(number + 1));
            drop(completer);
            if let Meeting::Task(waker) = met {
                waker.wake();
            }
            match mem::replace(&mut *$open(&slot), Meeting::Over) {
                Meeting::Result(result) => result,
                Meeting::Empty | Meeting::Task(_) | Meeting::Over => number,
            }
        }

        /// What an empty layer of the generators is: it yields, gets an answer, and ends.
        pub fn generator(number: u64) -> u64 {
            use genawaiter::$genawaiter::{Co, Gen};
            let mut layer = Gen::new(move |co: Co<u64, u64>| {
                async move { co.yield_(number).await + 1 }.$boxed()
            });
            let question = match layer.resume_with(0) {
                GeneratorState::Yielded(question) => question,
                GeneratorState::Complete(_) => return number,
            };
            match layer.resume_with(question) {
                GeneratorState::Complete(result) => result,
                GeneratorState::Yielded(_) => number,
            }
        }
    };
}

fn lock<T>(cell: &Mutex<T>) -> MutexGuard<'_, T> {
    cell.lock().unwrap_or_else(PoisonError::into_inner)
}

fn borrow<T>(cell: &RefCell<T>) -> RefMut<'_, T> {
    cell.borrow_mut()
}

mod sendable {
    pieces!(sync, Arc, Mutex, lock, boxed);
}

mod local {
    pieces!(rc, Rc, RefCell, borrow, boxed_local);
}
