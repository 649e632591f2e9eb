//! What is yielded in parallel: a part is polled once at first, and then once each time it is woken.
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Wake, Waker};
use std::thread;

use generators::all::all;
use generators::ask::future;
use generators::co::co;
use generators::{go, yield_};

/// Counts how often it is polled, and ends when it is told to.
#[derive(Clone, Default)]
struct Probe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    polls: usize,
    ended: bool,
    waker: Option<Waker>,
}

impl Probe {
    fn polls(&self) -> usize {
        self.0.lock().expect("not poisoned").polls
    }

    fn waker(&self) -> Waker {
        self.0.lock().expect("not poisoned").waker.clone().expect("it was polled")
    }

    fn end(&self) {
        self.0.lock().expect("not poisoned").ended = true;
        self.waker().wake();
    }
}

impl Future for Probe {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<()> {
        let mut state = self.0.lock().expect("not poisoned");
        state.polls += 1;
        state.waker = Some(task.waker().clone());
        if state.ended { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn probes(count: usize) -> Vec<Probe> {
    (0..count).map(|_| Probe::default()).collect()
}

fn polls(probes: &[Probe]) -> Vec<usize> {
    probes.iter().map(Probe::polls).collect()
}

/// Counts how often a task is woken.
#[derive(Default)]
struct Alarm(AtomicUsize);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Alarm {
    fn rung(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn poll<F: Future + Unpin>(future: &mut F, alarm: &Arc<Alarm>) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Task::from_waker(&alarm.clone().into()))
}

#[test]
fn forty_thousand_parts_that_end_one_at_a_time_are_polled_twice_each() {
    let (probes, alarm) = (probes(40_000), Arc::default());
    let parts: Vec<_> = probes.iter().cloned().map(future).collect();
    let mut drive = co(go!(co => { yield_!(co, parts).len() }));
    for probe in &probes {
        assert_eq!(poll(&mut drive, &alarm), Poll::Pending);
        probe.end();
    }
    assert_eq!(poll(&mut drive, &alarm), Poll::Ready(40_000));
    assert!(probes.iter().all(|probe| probe.polls() == 2));
    assert_eq!(alarm.rung(), 40_000);
}

#[test]
fn a_poll_for_another_reason_polls_no_part() {
    let (probes, alarm) = (probes(3), Arc::default());
    let mut parts = all(probes.clone());
    for _ in 0..5 {
        assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    }
    assert_eq!(polls(&probes), [1, 1, 1]);
}

#[test]
fn parts_that_are_woken_many_times_wake_the_task_once_and_are_polled_once() {
    let (probes, alarm) = (probes(3), Arc::default());
    let mut parts = all(probes.clone());
    assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    for waker in [&probes[0], &probes[2], &probes[0], &probes[0]].map(Probe::waker) {
        waker.wake();
    }
    assert_eq!(alarm.rung(), 1);
    assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    assert_eq!(polls(&probes), [2, 1, 2]);
}

/// Wakes itself during its own poll, so often.
struct Impatient(usize);

impl Future for Impatient {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn a_part_that_is_woken_during_its_own_poll_is_polled_again() {
    let alarm = Arc::default();
    let mut parts = all(vec![Impatient(1), Impatient(3), Impatient(0)]);
    for polls in 1..=3 {
        assert!(poll(&mut parts, &alarm).is_pending());
        assert_eq!(alarm.rung(), polls, "the task hears of it");
    }
    assert!(poll(&mut parts, &alarm).is_ready());
}

#[test]
fn the_task_that_polled_last_is_woken() {
    let (probes, first, second) = (probes(2), Arc::default(), Arc::default());
    let mut parts = all(probes.clone());
    assert_eq!(poll(&mut parts, &first), Poll::Pending);
    assert_eq!(poll(&mut parts, &second), Poll::Pending);
    probes[0].end();
    assert_eq!((first.rung(), second.rung()), (0, 1));
    assert_eq!(poll(&mut parts, &first), Poll::Pending);
    probes[1].end();
    assert_eq!((first.rung(), second.rung()), (1, 1));
    assert_eq!(poll(&mut parts, &first), Poll::Ready(vec![(), ()]));
}

#[test]
fn a_part_that_is_over_and_is_woken_is_not_polled() {
    let (probes, alarm) = (probes(2), Arc::default());
    let mut parts = all(probes.clone());
    assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    let waker = probes[0].waker();
    probes[0].end();
    assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    waker.wake_by_ref();
    assert_eq!(poll(&mut parts, &alarm), Poll::Pending);
    probes[1].end();
    assert_eq!(poll(&mut parts, &alarm), Poll::Ready(vec![(), ()]));
    waker.wake();
    assert_eq!(polls(&probes), [2, 2]);
}

/// Unparks the thread that polls.
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn parts_that_other_threads_end_are_all_heard_of() {
    for _ in 0..100 {
        let probes = probes(64);
        let mut parts = all(probes.clone());
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut task = Task::from_waker(&waker);
        assert!(Pin::new(&mut parts).poll(&mut task).is_pending());
        thread::scope(|scope| {
            for some in probes.chunks(16) {
                scope.spawn(|| some.iter().for_each(Probe::end));
            }
            while Pin::new(&mut parts).poll(&mut task).is_pending() {
                thread::park();
            }
        });
        assert!(probes.iter().all(|probe| (2..=3).contains(&probe.polls())));
    }
}
