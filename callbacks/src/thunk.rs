//! The thunk of Toa: a function that takes a callback. It is a step from callbacks to promises. It
//! is lazy: nothing happens before it is called. It runs once: later callers get the stored result.
//! Thunks are chained by [`Thunk::then`] and put together by [`seq`] and [`all`].
//!
//! A Rust future is more like a thunk than like a promise, because it does not start by itself
//! either.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::{Failure, Fault, Operation, Pending};

/// The result of a thunk.
pub type Ending<T> = Result<T, Failure>;

type Callback<T> = Box<dyn FnOnce(Ending<T>) + Send>;

/// A computation that runs when it is first called.
pub struct Thunk<T: Send + 'static>(Arc<Cell<T>>);

struct Cell<T: Send + 'static>(Mutex<State<T>>);

enum State<T: Send + 'static> {
    /// Not called yet.
    Idle(Box<dyn FnOnce(Fill<T>) + Send>),
    /// Under way, with the callbacks that wait for the result.
    Running(Vec<Callback<T>>),
    /// Over; the result is kept.
    Kept(Ending<T>),
    /// About to be dropped.
    Gone,
}

/// Fills a thunk with its result. Filling consumes it, so a second result does not compile. If it
/// is dropped instead, the thunk gets the failure `abandoned`.
pub struct Fill<T: Send + 'static>(Arc<Cell<T>>);

impl<T: Send + 'static> Clone for Thunk<T> {
    /// A clone is the same computation: all clones share one run and one result.
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone + Send + 'static> Thunk<T> {
    /// A thunk that begins with `start`.
    pub fn new(start: impl FnOnce(Fill<T>) + Send + 'static) -> Self {
        Self(Arc::new(Cell(Mutex::new(State::Idle(Box::new(start))))))
    }

    /// A thunk that is already filled.
    pub fn filled(ending: Ending<T>) -> Self {
        Self(Arc::new(Cell(Mutex::new(State::Kept(ending)))))
    }

    /// A thunk that submits an operation of the host when it is called.
    pub fn operation(submit: impl FnOnce() -> Pending<T> + Send + 'static) -> Self {
        Self::new(|fill| {
            submit().subscribe(|ending| fill.fill(ending));
        })
    }

    /// Starts the computation if it has not been started, and calls `callback` with the result.
    pub fn call(&self, callback: impl FnOnce(Ending<T>) + Send + 'static) {
        let mut state = self.0.state();
        match &mut *state {
            State::Kept(ending) => {
                let ending = ending.clone();
                drop(state);
                later(move || callback(ending));
            }
            State::Running(waiting) => waiting.push(Box::new(callback)),
            State::Gone => {}
            State::Idle(_) => {
                let running = State::Running(vec![Box::new(callback)]);
                if let State::Idle(start) = mem::replace(&mut *state, running) {
                    drop(state);
                    let fill = Fill(Arc::clone(&self.0));
                    later(move || start(fill));
                }
            }
        }
    }

    /// A thunk that continues with `next`, which gets the result or the error.
    pub fn then<U: Clone + Send + 'static>(
        self,
        next: impl FnOnce(Ending<T>) -> Thunk<U> + Send + 'static,
    ) -> Thunk<U> {
        Thunk::new(move |fill| {
            self.call(move |ending| next(ending).call(move |ending| fill.fill(ending)));
        })
    }
}

impl<T: Clone + Send + 'static> Fill<T> {
    /// Keeps the result and calls the waiting callbacks, in their order.
    pub fn fill(self, ending: Ending<T>) {
        let was = mem::replace(&mut *self.0.state(), State::Kept(ending.clone()));
        if let State::Running(waiting) = was {
            for callback in waiting {
                let ending = ending.clone();
                later(move || callback(ending));
            }
        }
    }
}

impl<T: Send + 'static> Drop for Fill<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if !matches!(*state, State::Running(_)) {
            return;
        }
        let failure = Failure { operation: Operation::Sleep, fault: Fault::Abandoned };
        let was = mem::replace(&mut *state, State::Kept(Err(failure)));
        drop(state);
        if let State::Running(waiting) = was {
            waiting.into_iter().for_each(|callback| later(move || callback(Err(failure))));
        }
    }
}

/// Calls the thunks one after the other. The first error ends it.
pub fn seq<T: Clone + Send + 'static>(thunks: Vec<Thunk<T>>) -> Thunk<Vec<T>> {
    let empty = Thunk::filled(Ok(Vec::with_capacity(thunks.len())));
    thunks.into_iter().fold(empty, |before, thunk| {
        before.then(|values| match values {
            Err(failure) => Thunk::filled(Err(failure)),
            Ok(mut values) => thunk.then(|ending| {
                Thunk::filled(ending.map(|value| {
                    values.push(value);
                    values
                }))
            }),
        })
    })
}

/// Calls all thunks at once. The results are in the order of the thunks. If one fails, its error is
/// the result, and the others run on.
pub fn all<T: Clone + Send + 'static>(thunks: Vec<Thunk<T>>) -> Thunk<Vec<T>> {
    if thunks.is_empty() {
        return Thunk::filled(Ok(Vec::new()));
    }
    Thunk::new(move |fill| {
        let count = thunks.len();
        let gathering = Gathering { values: vec![None; count], missing: count, fill: Some(fill) };
        let gathering = Arc::new(Mutex::new(gathering));
        for (at, thunk) in thunks.into_iter().enumerate() {
            let gathering = Arc::clone(&gathering);
            thunk.call(move |ending| {
                let mut gathering = gathering.lock().unwrap_or_else(PoisonError::into_inner);
                let over = match ending {
                    Err(failure) => Some(Err(failure)),
                    Ok(value) => {
                        gathering.values[at] = Some(value);
                        gathering.missing -= 1;
                        (gathering.missing == 0).then(|| Ok(mem::take(&mut gathering.values)))
                    }
                };
                if let Some(over) = over
                    && let Some(fill) = gathering.fill.take()
                {
                    drop(gathering);
                    fill.fill(over.map(|values| values.into_iter().flatten().collect()));
                }
            });
        }
    })
}

struct Gathering<T: Send + 'static> {
    values: Vec<Option<T>>,
    /// How many values are missing. It is counted, because searching all values each time would
    /// take `n²` steps for `n` thunks.
    missing: usize,
    fill: Option<Fill<Vec<T>>>,
}

impl<T: Send + 'static> Cell<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + 'static> Drop for Cell<T> {
    /// A chain owns its first part, so dropping a long chain directly would recurse. Therefore the
    /// trampoline drops the next link.
    fn drop(&mut self) {
        let state = mem::replace(&mut *self.state(), State::Gone);
        if matches!(state, State::Idle(_) | State::Running(_)) {
            later(move || drop(state));
        }
    }
}

type Job = Box<dyn FnOnce()>;

thread_local! {
    /// The jobs of the turn that this thread is running, if there is one.
    static TURN: RefCell<Option<VecDeque<Job>>> = const { RefCell::new(None) };
}

/// Runs `job` in this turn: at once if no other job is running, otherwise after the other jobs. So
/// a hundred thousand thunks that answer at once need no more stack than one.
pub(crate) fn later(job: impl FnOnce() + 'static) {
    let outermost = TURN.with_borrow_mut(|turn| match turn {
        Some(jobs) => {
            jobs.push_back(Box::new(job));
            None
        }
        None => {
            *turn = Some(VecDeque::new());
            Some(job)
        }
    });
    let Some(first) = outermost else { return };
    let _over = Over;
    first();
    while let Some(job) = TURN.with_borrow_mut(|turn| turn.as_mut()?.pop_front()) {
        job();
    }
}

/// Ends the turn, also after a panic.
struct Over;

impl Drop for Over {
    fn drop(&mut self) {
        let left = TURN.with_borrow_mut(Option::take);
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const FAILURE: Failure = Failure { operation: Operation::Sleep, fault: Fault::Transient };

    fn result<T: Clone + Send + 'static>(thunk: &Thunk<T>) -> Option<Ending<T>> {
        let heard = Arc::new(Mutex::new(None));
        let hear = Arc::clone(&heard);
        thunk.call(move |ending| *hear.lock().expect("not poisoned") = Some(ending));
        heard.lock().expect("not poisoned").take()
    }

    fn counted(runs: &Arc<AtomicUsize>) -> Thunk<usize> {
        let runs = Arc::clone(runs);
        Thunk::new(move |fill| fill.fill(Ok(runs.fetch_add(1, Ordering::Relaxed))))
    }

    #[test]
    fn th_01_nothing_runs_until_a_callback_is_attached() {
        let runs = Arc::default();
        let thunk = counted(&runs);
        assert_eq!(runs.load(Ordering::Relaxed), 0);
        assert_eq!(result(&thunk), Some(Ok(0)));
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn th_18_many_consumers_share_one_run_and_its_result() {
        let runs = Arc::default();
        let thunk = counted(&runs);
        assert_eq!(result(&thunk), Some(Ok(0)));
        assert_eq!(result(&thunk.clone()), Some(Ok(0)));
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn th_25_an_error_is_offered_to_the_next_link_which_may_recover() {
        let failed = Thunk::<u8>::filled(Err(FAILURE));
        let recovered = failed.then(|ending| Thunk::filled(Ok(ending.unwrap_or(7))));
        assert_eq!(result(&recovered), Some(Ok(7)));
    }

    #[test]
    fn a_thunk_whose_task_gives_up_ends_as_abandoned() {
        let given_up = Thunk::<u8>::new(drop);
        let ending = result(&given_up).expect("an end");
        assert_eq!(ending.map_err(|failure| failure.fault), Err(Fault::Abandoned));
    }

    #[test]
    fn th_14_seq_runs_in_turn_and_stops_at_the_first_error() {
        let runs = Arc::default();
        let links = || vec![counted(&runs), counted(&runs)];
        assert_eq!(result(&seq(links())), Some(Ok(vec![0, 1])));
        let mut links = links();
        links.insert(0, Thunk::filled(Err(FAILURE)));
        assert_eq!(result(&seq(links)), Some(Err(FAILURE)));
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        assert_eq!(result(&seq::<u8>(Vec::new())), Some(Ok(Vec::new())));
    }

    #[test]
    fn th_13_all_keeps_the_order_of_the_thunks_not_of_their_ends() {
        let (first_end, first) = Pending::new(Operation::Sleep);
        let (second_end, second) = Pending::new(Operation::Sleep);
        let both = all(vec![Thunk::operation(|| first), Thunk::operation(|| second)]);
        assert_eq!(result(&both), None);
        assert!(second_end.complete(Ok(2)));
        assert!(first_end.complete(Ok(1)));
        assert_eq!(result(&both), Some(Ok(vec![1, 2])));
        let one_fails = all(vec![Thunk::filled(Ok(1)), Thunk::filled(Err(FAILURE))]);
        assert_eq!(result(&one_fails), Some(Err(FAILURE)));
        assert_eq!(result(&all::<u8>(Vec::new())), Some(Ok(Vec::new())));
    }

    #[test]
    fn all_of_forty_thousand_that_end_one_at_a_time_end_with_the_last() {
        let (ends, thunks): (Vec<_>, Vec<_>) = (0..40_000)
            .map(|_| {
                let (end, pending) = Pending::new(Operation::Sleep);
                (end, Thunk::operation(|| pending))
            })
            .unzip();
        let heard = Arc::new(AtomicUsize::new(0));
        let hear = Arc::clone(&heard);
        all(thunks).call(move |ending| {
            hear.store(ending.expect("no failure").len(), Ordering::Relaxed);
        });
        for end in ends {
            assert_eq!(heard.load(Ordering::Relaxed), 0);
            assert!(end.complete(Ok(())));
        }
        assert_eq!(heard.load(Ordering::Relaxed), 40_000);
    }

    #[test]
    fn th_21_a_hundred_thousand_links_that_answer_at_once_do_not_overflow() {
        let chain = |links| {
            (0..links).fold(Thunk::filled(Ok(0_u32)), |thunk, _| {
                thunk.then(|ending| Thunk::filled(ending.map(|count| count + 1)))
            })
        };
        assert_eq!(result(&chain(100_000)), Some(Ok(100_000)));
        drop(chain(100_000)); // and a chain that is never called needs no deep stack either
    }
}
