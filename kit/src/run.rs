//! Plays a scenario through a style under a schedule.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::FutureExt;
use futures::future::BoxFuture;
use pipeline::exchanges::Entry;
use pipeline::{Event, Response, Session, User};

use crate::host::{Action, Facade, Sent, Sim};
use crate::scenario::{Injected, Scenario, Script};

use crate::style::Style;

/// Chooses one of the enabled actions. Asked only when there are two or more.
pub trait Schedule {
    /// A number below `arity`.
    fn choose(&mut self, arity: usize) -> usize;
}

/// The order of the clock: operations at once, arrivals and timers when they are due.
pub struct Natural;

impl Schedule for Natural {
    fn choose(&mut self, _arity: usize) -> usize {
        0
    }
}

/// A recorded schedule: the choices, and the number of actions at each choice.
pub struct Replay<'a>(pub std::slice::Iter<'a, (usize, usize)>);

impl Schedule for Replay<'_> {
    /// If a style offers another number of actions, it already behaves differently, and its report
    /// shows it.
    fn choose(&mut self, arity: usize) -> usize {
        self.0.next().map_or(0, |(choice, _)| *choice).min(arity - 1)
    }
}

/// SplitMix64. A seed determines a schedule.
pub struct Random(pub u64);

impl Random {
    /// The next sixty-four bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        // The remainder is below `bound`, so it fits.
        usize::try_from(self.bits() % bound as u64).unwrap_or(0)
    }
}

impl Schedule for Random {
    fn choose(&mut self, arity: usize) -> usize {
        self.below(arity)
    }
}

/// The result of a run. It contains everything in which styles are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The reply to each request; `None` if the request was cancelled or never ends.
    pub replies: Vec<Option<Response>>,
    /// Everything that happened, in order, and to which request.
    pub trace: Vec<(usize, Event)>,
    /// The sessions at the end, by account and user.
    pub sessions: Vec<((String, String), Session)>,
    /// What was committed, in order.
    pub journal: Vec<Entry>,
    /// The choices of the schedule, and the number of actions at each choice.
    pub choices: Vec<(usize, usize)>,
    /// The faults that did happen: request, operation, kind.
    pub fired: Vec<(usize, usize, Injected)>,
    /// The requests whose connection WeChat has closed, in order.
    pub hung_up: Vec<usize>,
    /// The operations that go on when their request is cancelled: request, operation.
    pub shared: Vec<(usize, usize)>,
    /// What services were asked, by request and operation.
    pub calls: Vec<Sent>,
    /// Whose record was created, in order.
    pub created: Vec<User>,
    /// Requests that something still held, or of which an operation was still waited for, when
    /// nothing could happen any more. Those are right whose operation was made never to end.
    pub alive: Vec<usize>,
    /// Requests that something still held after everything was dropped.
    pub leaked: Vec<usize>,
    /// Whether the run was cut off because it did not end.
    pub endless: bool,
}

/// How many actions a run may take, and how often its tasks may be polled. So a style that loops
/// for ever is reported, and does not block the other tests.
const FUEL: usize = 20_000;

/// Plays `scenario` through `style`.
pub fn run(style: &Style, scenario: &Scenario, schedule: &mut dyn Schedule) -> Report {
    play(style, &scenario.script(), schedule)
}

/// Plays `script` through `style`.
pub fn play(style: &Style, script: &Script, schedule: &mut dyn Schedule) -> Report {
    let style = style.open();
    let sim = Sim::new(script);
    let hosts: Vec<Arc<Facade>> =
        (0..script.deliveries.len()).map(|request| sim.facade(request)).collect();
    let mut tasks = Tasks::default();
    let mut arrived = 0;
    let mut choices = Vec::new();
    let mut steps = 0;
    loop {
        let next = script.deliveries.get(arrived);
        let again = next.and_then(|delivery| sim.is_tried_again(delivery.try_after?));
        if again == Some(false) {
            sim.skip(arrived);
            arrived += 1;
            continue;
        }
        let comes = next.filter(|delivery| delivery.try_after.is_none() || again.is_some());
        let enabled = sim.enabled(comes.map(|delivery| delivery.at), script.timers_last);
        let action = match enabled.len() {
            0 => break,
            1 => enabled[0],
            arity => {
                let choice = schedule.choose(arity);
                choices.push((choice, arity));
                enabled[choice]
            }
        };
        let before = sim.world().trace.len();
        match action {
            Action::Arrive => {
                if let Some(delivery) = next {
                    sim.arrive(arrived, delivery);
                    let host = Arc::clone(&hosts[arrived]);
                    tasks.start(arrived, style.start(host, delivery.request.clone()));
                }
                arrived += 1;
            }
            Action::Complete(at) => sim.complete(at),
            Action::Tidy(time) => sim.tidy(time),
            Action::HangUp(request, time) => {
                sim.hang_up(request, time);
                tasks.cancel(request);
                sim.discard(request);
            }
            Action::Cancel(at) => {
                let request = sim.cancel(at);
                tasks.cancel(request);
                sim.discard(request);
            }
        }
        tasks.settle(&sim);
        sim.order(before);
        steps += 1;
        if steps > FUEL || tasks.polls > FUEL {
            break;
        }
    }
    let endless = steps > FUEL || tasks.polls > FUEL;
    // A callback that waits for an operation may hold nothing of its request.
    let held = |request: &usize| hosts[*request].is_held() || sim.is_waited_for(*request);
    let requests = 0..hosts.len();
    let alive = requests.clone().filter(held).collect::<Vec<usize>>();
    // What is dropped after this is dropped by the kit and not by the style.
    let trace = sim.world().trace.clone();
    for request in requests.clone() {
        tasks.cancel(request);
        sim.discard(request);
    }
    let replies = std::mem::take(&mut tasks.replies);
    drop(tasks);
    let spawned = std::mem::take(&mut sim.world().spawned);
    drop(spawned);
    drop(style);
    sim.clear();
    let leaked = requests.filter(held).collect();
    let world = sim.world();
    let mut calls = world.calls.clone();
    calls.sort_by_key(|sent| (sent.request, sent.number));
    let sessions = world
        .exchanges
        .sessions()
        .map(|((account, user), session)| ((account.to_owned(), user.to_owned()), session.clone()));
    Report {
        replies: (0..script.deliveries.len())
            .map(|at| replies.get(at).cloned().flatten())
            .collect(),
        trace,
        sessions: sessions.collect(),
        journal: world.exchanges.journal().to_vec(),
        choices,
        fired: world.fired.clone(),
        hung_up: world.hung_up.clone(),
        shared: world.shared.clone(),
        calls,
        created: world.created.clone(),
        alive,
        leaked,
        endless,
    }
}

/// The tasks of a run: one for each request, and what they spawn. Woken tasks are polled in the
/// order in which they were woken, until none is left.
#[derive(Default)]
struct Tasks {
    tasks: Vec<Option<Task>>,
    woken: Arc<Mutex<VecDeque<usize>>>,
    replies: Vec<Option<Response>>,
    polls: usize,
}

struct Task {
    request: usize,
    root: bool,
    work: BoxFuture<'static, Option<Response>>,
    waker: Waker,
}

struct Alarm {
    task: usize,
    woken: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.task);
    }
}

impl Tasks {
    fn start(&mut self, request: usize, reply: BoxFuture<'static, Response>) {
        self.replies.resize(self.replies.len().max(request + 1), None);
        self.add(request, true, reply.map(Some).boxed());
    }

    fn add(&mut self, request: usize, root: bool, work: BoxFuture<'static, Option<Response>>) {
        let alarm = Alarm { task: self.tasks.len(), woken: Arc::clone(&self.woken) };
        let waker = Waker::from(Arc::new(alarm));
        waker.wake_by_ref();
        self.tasks.push(Some(Task { request, root, work, waker }));
    }

    fn settle(&mut self, sim: &Sim) {
        loop {
            for (request, work) in std::mem::take(&mut sim.world().spawned) {
                self.add(request, false, work.map(|()| None).boxed());
            }
            let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(at) = woken else { return };
            let Some(mut task) = self.tasks[at].take() else { continue };
            self.polls += 1;
            if self.polls > FUEL {
                return;
            }
            let waker = task.waker.clone();
            let mut context = Context::from_waker(&waker);
            // A task that panics ends; the other tasks go on. This is the host's task boundary.
            match catch_unwind(AssertUnwindSafe(|| task.work.as_mut().poll(&mut context))) {
                Ok(Poll::Pending) => self.tasks[at] = Some(task),
                Ok(Poll::Ready(Some(response))) => {
                    sim.replied(task.request);
                    self.replies[task.request] = Some(response);
                }
                Ok(Poll::Ready(None)) | Err(_) => {}
            }
        }
    }

    fn cancel(&mut self, request: usize) {
        for task in &mut self.tasks {
            if task.as_ref().is_some_and(|task| task.root && task.request == request) {
                *task = None;
            }
        }
    }
}
