//! The thunk of Toa: a function that takes a callback. It is a step from callbacks to promises. It
//! is lazy: nothing happens before it is called. It runs once: later callers get the stored result.
//! Thunks are chained by [`Thunk::then`] and put together by [`seq`], [`all`], [`race`] and [`any`].
//!
//! A Rust future is more like a thunk than like a promise, because it does not start by itself
//! either.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::{Failure, Fault, Operation, Pending};

/// The result of a thunk.
pub type Ending<T> = Result<T, Failure>;

type Callback<T> = Box<dyn FnOnce(Ending<T>) + Send>;

type Cancel = Box<dyn FnOnce() + Send>;

/// A computation that runs when it is first called.
pub struct Thunk<T: Send + 'static>(Arc<Cell<T>>);

struct Cell<T: Send + 'static>(Mutex<State<T>>);

enum State<T: Send + 'static> {
    /// Not called yet.
    Idle(Box<dyn FnOnce(Fill<T>) + Send>),
    /// Under way, with the callbacks that wait for the result, and with the way to cancel the
    /// operation of the host, if it is one.
    Running(Vec<Callback<T>>, Option<Cancel>),
    /// Over; the result is kept.
    Kept(Ending<T>),
    /// Cancelled, or about to be dropped.
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
        Self::reading(submit, |ending| ending)
    }

    /// The same with a result that is read from the operation's.
    pub fn reading<O: Send + 'static>(
        submit: impl FnOnce() -> Pending<O> + Send + 'static,
        read: impl FnOnce(Ending<O>) -> Ending<T> + Send + 'static,
    ) -> Self {
        Self::new(|fill| {
            let cell = Arc::clone(&fill.0);
            let relay = Relay(Some(fill));
            let operation = submit().subscribe(|ending| relay.fill(read(ending)));
            cell.keep(Box::new(|| operation.cancel()));
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
            State::Running(waiting, _) => waiting.push(Box::new(callback)),
            State::Gone => {}
            State::Idle(_) => {
                let running = State::Running(vec![Box::new(callback)], None);
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
            let relay = Relay(Some(fill));
            self.call(move |ending| next(ending).call(move |ending| relay.fill(ending)));
        })
    }

    /// A thunk that does not fail: the error of this one becomes a value.
    pub fn settled(self) -> Thunk<Ending<T>> {
        self.then(|ending| Thunk::filled(Ok(ending)))
    }
}

/// A thunk that is cancelled when this is dropped: its operation, and all callbacks that wait for
/// its result.
#[must_use = "it is cancelled at once"]
pub struct Cancelled<T: Send + 'static>(Thunk<T>);

impl<T: Clone + Send + 'static> Cancelled<T> {
    /// Cancels this thunk when it is dropped.
    pub fn new(thunk: Thunk<T>) -> Self {
        Self(thunk)
    }

    /// The thunk.
    #[must_use]
    pub fn thunk(&self) -> Thunk<T> {
        self.0.clone()
    }
}

impl<T: Send + 'static> Drop for Cancelled<T> {
    fn drop(&mut self) {
        self.0.0.cancel();
    }
}

impl<T: Clone + Send + 'static> Fill<T> {
    /// Keeps the result and calls the waiting callbacks, in their order.
    pub fn fill(self, ending: Ending<T>) {
        let kept = State::Kept(ending.clone());
        let was = mem::replace(&mut *self.0.state(), kept);
        if let State::Running(waiting, _) = was {
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
        if !matches!(*state, State::Running(..)) {
            return;
        }
        let failure = Failure { operation: Operation::Sleep, fault: Fault::Abandoned };
        let was = mem::replace(&mut *state, State::Kept(Err(failure)));
        drop(state);
        if let State::Running(waiting, _) = was {
            waiting.into_iter().for_each(|callback| later(move || callback(Err(failure))));
        }
    }
}

/// Passes a result on to a thunk. If it is dropped instead, what it waited for was cancelled, so
/// the thunk is cancelled too: nobody hears of it.
struct Relay<T: Send + 'static>(Option<Fill<T>>);

impl<T: Clone + Send + 'static> Relay<T> {
    fn fill(mut self, ending: Ending<T>) {
        if let Some(fill) = self.0.take() {
            fill.fill(ending);
        }
    }
}

impl<T: Send + 'static> Drop for Relay<T> {
    fn drop(&mut self) {
        if let Some(fill) = self.0.take() {
            fill.0.cancel();
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
        let gathering =
            Gathering { values: vec![None; count], missing: count, fill: Some(Relay(Some(fill))) };
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
    fill: Option<Relay<Vec<T>>>,
}

/// Calls all thunks at once. The first end is the result, be it a value or an error. The others run
/// on. Without thunks it never ends.
pub fn race<T: Clone + Send + 'static>(thunks: Vec<Thunk<T>>) -> Thunk<T> {
    first(thunks, |_| true)
}

/// Calls all thunks at once. The first value is the result, or the last error if there is no value.
/// The others run on. Without thunks it never ends.
pub fn any<T: Clone + Send + 'static>(thunks: Vec<Thunk<T>>) -> Thunk<T> {
    first(thunks, Result::is_ok)
}

/// The first end that counts, or the last end if none does.
fn first<T: Clone + Send + 'static>(
    thunks: Vec<Thunk<T>>,
    counts: fn(&Ending<T>) -> bool,
) -> Thunk<T> {
    Thunk::new(move |fill| {
        let under_way = Arc::new(Mutex::new((thunks.len(), Some(Relay(Some(fill))))));
        for thunk in thunks {
            let under_way = Arc::clone(&under_way);
            thunk.call(move |ending| {
                let counts = counts(&ending);
                let mut state = under_way.lock().unwrap_or_else(PoisonError::into_inner);
                state.0 -= 1;
                if (state.0 == 0 || counts)
                    && let Some(fill) = state.1.take()
                {
                    drop(state);
                    fill.fill(ending);
                }
            });
        }
    })
}

impl<T: Send + 'static> Cell<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the way to cancel the operation that this waits for, unless it is over.
    fn keep(&self, cancel: Cancel) {
        if let State::Running(_, operation) = &mut *self.state() {
            *operation = Some(cancel);
        }
    }

    /// Drops what waits and what it waits for, unless there is a result.
    fn cancel(&self) {
        let mut state = self.state();
        if let State::Kept(_) = &*state {
            return;
        }
        let was = mem::replace(&mut *state, State::Gone);
        drop(state);
        // Those who wait may be the last to hold the next thunk of a chain, and so on.
        later(move || {
            if let State::Running(waiting, operation) = was {
                if let Some(cancel) = operation {
                    cancel();
                }
                drop(waiting);
            }
        });
    }
}

impl<T: Send + 'static> Drop for Cell<T> {
    /// A chain owns its first part, so dropping a long chain directly would recurse. Therefore the
    /// trampoline drops the next link.
    fn drop(&mut self) {
        let state = mem::replace(&mut *self.state(), State::Gone);
        if matches!(state, State::Idle(_) | State::Running(..)) {
            later(move || drop(state));
        }
    }
}

type Job = Box<dyn FnOnce()>;

thread_local! {
    /// The jobs of the turn that this thread is running, if there is one.
    static TURN: RefCell<Option<VecDeque<Job>>> = const { RefCell::new(None) };
}

/// Runs `job` in this turn: at once if no other job is running, otherwise after the jobs that are.
/// So a hundred thousand thunks that answer at once need no more stack than one.
///
/// A panic of one job does not stop the other jobs of its turn: they run, and then the panic goes on.
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
    let over = Over;
    let mut ended = catch_unwind(AssertUnwindSafe(first));
    while let Some(job) = TURN.with_borrow_mut(|turn| turn.as_mut()?.pop_front()) {
        let next = catch_unwind(AssertUnwindSafe(job));
        ended = ended.and(next);
    }
    drop(over);
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
}

/// Ends the turn, whatever happens.
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

    fn operation() -> (::pipeline::Completer<u8>, Thunk<u8>) {
        let (end, pending) = Pending::new(Operation::Call);
        (end, Thunk::operation(|| pending))
    }

    #[test]
    fn a_race_ends_with_the_first_end_and_any_with_the_first_value() {
        for (of, failed) in [(race as fn(_) -> _, true), (any, false)] {
            let ((one_end, one), (two_end, two)) = (operation(), operation());
            let first = of(vec![one, two]);
            assert_eq!(result(&first), None);
            assert!(two_end.complete(Err(FAILURE)));
            assert_eq!(result(&first), failed.then_some(Err(FAILURE)));
            assert!(one_end.complete(Ok(1)), "the other one runs on");
            assert_eq!(result(&first), Some(if failed { Err(FAILURE) } else { Ok(1) }));
        }
    }

    #[test]
    fn any_without_a_value_ends_with_the_last_failure() {
        let last = Failure { operation: Operation::Call, fault: Fault::Permanent };
        let none = any(vec![Thunk::<u8>::filled(Err(FAILURE)), Thunk::filled(Err(last))]);
        assert_eq!(result(&none), Some(Err(last)));
        assert_eq!(result(&race::<u8>(Vec::new())), None);
        assert_eq!(result(&any::<u8>(Vec::new())), None);
    }

    #[test]
    fn what_is_settled_does_not_fail() {
        let settled = Thunk::<u8>::filled(Err(FAILURE)).settled();
        assert_eq!(result(&settled), Some(Ok(Err(FAILURE))));
        let both = all(vec![settled, Thunk::filled(Ok(1)).settled()]);
        assert_eq!(result(&both), Some(Ok(vec![Err(FAILURE), Ok(1)])));
    }

    #[test]
    fn a_result_is_read_from_that_of_the_operation() {
        let (end, pending) = Pending::new(Operation::Call);
        let length = Thunk::reading(|| pending, |ended: Ending<&str>| ended.map(str::len));
        assert_eq!(result(&length), None);
        assert!(end.complete(Ok("four")));
        assert_eq!(result(&length), Some(Ok(4)));
    }

    #[test]
    fn what_is_cancelled_ends_its_operation_and_calls_nobody() {
        let (end, thunk) = operation();
        let cancelled = Cancelled::new(thunk);
        let heard = Arc::new(AtomicUsize::new(0));
        let hear = Arc::clone(&heard);
        cancelled.thunk().call(move |_| hear.store(1, Ordering::Relaxed));
        assert!(end.is_wanted());
        let thunk = cancelled.thunk();
        drop(cancelled);
        assert!(!end.is_wanted());
        assert!(!end.complete(Ok(1)));
        assert_eq!((heard.load(Ordering::Relaxed), result(&thunk)), (0, None));
        assert_eq!(Arc::strong_count(&heard), 1, "the callback is dropped");
    }

    #[test]
    fn what_has_ended_is_kept_when_it_is_cancelled() {
        let cancelled = Cancelled::new(Thunk::filled(Ok(1)));
        let thunk = cancelled.thunk();
        drop(cancelled);
        assert_eq!(result(&thunk), Some(Ok(1)));
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

    type Log = Arc<Mutex<Vec<u32>>>;

    fn note(log: &Log, number: u32) {
        log.lock().expect("not poisoned").push(number);
    }

    fn noted(log: &Log) -> Vec<u32> {
        log.lock().expect("not poisoned").clone()
    }

    fn waits() -> (::pipeline::Completer<u32>, Thunk<u32>) {
        let (end, pending) = Pending::new(Operation::Sleep);
        (end, Thunk::operation(|| pending))
    }

    /// Notes whether a thunk's lock is free: 1, or 0. It does not wait for the lock, because a test
    /// that hangs tells little.
    fn look<T: Send>(thunk: &std::sync::Weak<Cell<T>>, log: &Log) {
        let free = thunk.upgrade().is_none_or(|cell| cell.0.try_lock().is_ok());
        note(log, u32::from(free));
    }

    #[test]
    fn th_18_all_who_call_before_the_result_is_there_get_it_in_their_order() {
        let (end, thunk) = waits();
        let log = Log::default();
        for number in 1..=3 {
            let log = Arc::clone(&log);
            thunk.clone().call(move |ending| note(&log, 10 * number + ending.expect("a value")));
        }
        assert!(noted(&log).is_empty());
        assert!(end.complete(Ok(7)));
        assert_eq!(noted(&log), [17, 27, 37]);
        assert_eq!(result(&thunk), Some(Ok(7)), "it is kept");
        assert_eq!(noted(&log), [17, 27, 37]);
    }

    #[test]
    fn no_code_of_others_runs_under_the_lock_of_a_thunk() {
        let log = Log::default();
        // Who waits for it, and calls it again.
        let (end, thunk) = waits();
        let (cell, inside) = (Arc::downgrade(&thunk.0), Arc::clone(&log));
        thunk.call(move |_| look(&cell, &inside));
        assert!(end.complete(Ok(7)));
        assert_eq!(noted(&log), [1]);
        // Who comes when the result is there.
        let (cell, inside) = (Arc::downgrade(&thunk.0), Arc::clone(&log));
        thunk.call(move |_| look(&cell, &inside));
        assert_eq!(noted(&log), [1, 1]);
        // What starts it, and who hears that it was given up.
        let slot = Arc::new(Mutex::new(std::sync::Weak::new()));
        let (cell, inside) = (Arc::clone(&slot), Arc::clone(&log));
        let given_up = Thunk::<u32>::new(move |fill| {
            look(&cell.lock().expect("not poisoned"), &inside);
            drop(fill);
        });
        *slot.lock().expect("not poisoned") = Arc::downgrade(&given_up.0);
        let (cell, inside) = (Arc::downgrade(&given_up.0), Arc::clone(&log));
        given_up.call(move |_| look(&cell, &inside));
        assert_eq!(noted(&log), [1, 1, 1, 1]);
        // The same, when it is given up outside of a turn.
        let fills = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&fills);
        let thunk = Thunk::<u32>::new(move |fill| {
            *keep.lock().expect("not poisoned") = Some(fill);
        });
        let (cell, inside) = (Arc::downgrade(&thunk.0), Arc::clone(&log));
        thunk.call(move |_| look(&cell, &inside));
        let fill = fills.lock().expect("not poisoned").take();
        drop(fill);
        assert_eq!(noted(&log), [1, 1, 1, 1, 1]);
    }

    #[test]
    fn th_31_a_callback_may_call_its_thunk_again_and_is_answered_after_it() {
        let (end, thunk) = waits();
        let log = Log::default();
        let (again, inside) = (thunk.clone(), Arc::clone(&log));
        thunk.call(move |ending| {
            let later = Arc::clone(&inside);
            if again.0.0.try_lock().is_ok() {
                again.call(move |ending| note(&later, 10 + ending.expect("a value")));
            }
            note(&inside, ending.expect("a value"));
        });
        assert!(end.complete(Ok(7)));
        assert_eq!(noted(&log), [7, 17]);
    }

    #[test]
    fn a_thunk_that_is_given_up_ends_as_abandoned_for_all_who_wait() {
        let (end, thunk) = waits();
        let log = Log::default();
        for number in 1..=2 {
            let log = Arc::clone(&log);
            thunk.call(move |ending| {
                assert_eq!(ending.map_err(|failure| failure.fault), Err(Fault::Abandoned));
                note(&log, number);
            });
        }
        drop(end);
        assert_eq!(noted(&log), [1, 2]);
    }

    fn panics(run: impl FnOnce()) -> bool {
        catch_unwind(AssertUnwindSafe(run)).is_err()
    }

    fn panic_quietly() {
        resume_unwind(Box::new("injected"));
    }

    #[test]
    fn after_a_panic_the_trampoline_of_the_thread_runs_again() {
        for _ in 0..3 {
            let thunk = Thunk::<u32>::new(|_fill| panic_quietly());
            assert!(panics(|| thunk.call(drop)), "it reaches who has called");
            assert_eq!(result(&Thunk::filled(Ok(7))), Some(Ok(7)));
            let (end, thunk) = waits();
            thunk.call(|_| panic_quietly());
            assert!(panics(|| assert!(end.complete(Ok(7)))));
            assert_eq!(result(&thunk), Some(Ok(7)));
        }
    }

    #[test]
    fn a_panic_of_one_job_does_not_take_the_others_of_its_turn_along() {
        let log = Log::default();
        let (end, thunk) = waits();
        for number in 1..=4 {
            let log = Arc::clone(&log);
            thunk.call(move |_| {
                if number % 2 == 1 {
                    panic_quietly();
                }
                note(&log, number);
            });
        }
        // All four are told in one turn.
        assert!(panics(|| later(move || assert!(end.complete(Ok(7))))));
        assert_eq!(noted(&log), [2, 4]);
        // Who waits for a thunk whose beginning panics hears that it was abandoned.
        let inside = Arc::clone(&log);
        let thunk = Thunk::<u32>::new(|_fill| panic_quietly());
        assert!(panics(|| thunk.call(move |ending| {
            assert_eq!(ending.map_err(|failure| failure.fault), Err(Fault::Abandoned));
            note(&inside, 9);
        })));
        assert_eq!(noted(&log), [2, 4, 9]);
    }

    #[test]
    fn a_turn_inside_a_turn_runs_after_it_and_turns_run_in_their_order() {
        let log = Log::default();
        let (first, second, third) = (Arc::clone(&log), Arc::clone(&log), Arc::clone(&log));
        later(move || {
            later(move || {
                later(move || note(&third, 4));
                note(&second, 2);
            });
            let log = Arc::clone(&first);
            later(move || note(&log, 3));
            note(&first, 1);
        });
        assert_eq!(noted(&log), [1, 2, 3, 4]);
    }

    #[test]
    fn what_a_thunk_that_was_never_called_holds_is_dropped_uncalled() {
        let runs = Arc::default();
        drop(counted(&runs).then(|_| Thunk::filled(Ok(1))));
        assert_eq!((runs.load(Ordering::Relaxed), Arc::strong_count(&runs)), (0, 1));
    }
}
