//! The runtimes: a small adapter for each, and the queue that callbacks need instead.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Instant;

use futures::executor::{self, LocalPool, ThreadPool};
use futures::future::{BoxFuture, LocalBoxFuture};
use futures::task::{LocalSpawnExt, SpawnExt};
use pipeline::{Request, Response};
use tokio::runtime::{Builder, Runtime as Tokio};

use crate::host::{Timers, World};

/// One request on its way.
pub type Task = BoxFuture<'static, Response>;

/// The same for a runtime that keeps a task on the thread which spawned it: the compiler is not told
/// that the task is `Send`, so such a runtime cannot demand it.
pub type LocalTask = LocalBoxFuture<'static, Response>;

/// Tasks that are started one after the other.
pub type Tasks<'t> = &'t mut dyn Iterator<Item = Task>;

/// Something that runs tasks.
pub trait Runtime {
    /// Keeps `timers` going, unless `all` does that itself.
    fn drive(&self, timers: Arc<Timers>);

    /// Spawns all tasks and waits for their responses, in the order of the tasks.
    fn all(&self, timers: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>>;
}

/// A runtime and its name.
pub type Named = (&'static str, Rc<dyn Runtime>);

/// The runtimes that every system has. The one that needs no crate comes first.
pub fn runtimes() -> io::Result<Vec<Named>> {
    let current_thread = Builder::new_current_thread().enable_time().build()?;
    let multi_thread = Builder::new_multi_thread().enable_time().build()?;
    Ok(vec![
        ("bare poll loop", Rc::new(PollLoop)),
        ("tokio current-thread", Rc::new(current_thread)),
        ("tokio multi-thread", Rc::new(multi_thread)),
        ("futures LocalPool", Rc::new(RefCell::new(LocalPool::new()))),
        ("futures ThreadPool", Rc::new(ThreadPool::new()?)),
        ("smol", Rc::new(Smol)),
    ])
}

/// Waits for the tasks, in their order.
pub async fn in_order<T: Future>(tasks: Vec<T>) -> Vec<T::Output> {
    let mut responses = Vec::with_capacity(tasks.len());
    for task in tasks {
        responses.push(task.await);
    }
    responses
}

impl Runtime for Tokio {
    fn drive(&self, timers: Arc<Timers>) {
        self.spawn(timers.run(|due| tokio::time::sleep_until(due.into())));
    }

    fn all(&self, _: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        let tasks = tasks.map(|task| self.spawn(task)).collect();
        self.block_on(in_order(tasks)).into_iter().map(|joined| Ok(joined?)).collect()
    }
}

/// The global executor of `smol`. `SMOL_THREADS` sets the number of its threads; without it there
/// is one.
struct Smol;

impl Runtime for Smol {
    fn drive(&self, timers: Arc<Timers>) {
        smol::spawn(timers.run(async |due| {
            smol::Timer::at(due).await;
        }))
        .detach();
    }

    fn all(&self, _: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        Ok(smol::block_on(in_order(tasks.map(smol::spawn).collect())))
    }
}

/// The executors of `futures` have no timer, so a thread sleeps instead.
fn drive_on_a_thread(timers: Arc<Timers>) {
    thread::spawn(|| executor::block_on(timers.run(async |due| sleep_until(due))));
}

fn sleep_until(due: Instant) {
    thread::sleep(due.saturating_duration_since(Instant::now()));
}

impl Runtime for RefCell<LocalPool> {
    fn drive(&self, timers: Arc<Timers>) {
        drive_on_a_thread(timers);
    }

    fn all(&self, _: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        let mut pool = self.borrow_mut();
        let spawner = pool.spawner();
        let tasks = tasks.map(|task| spawner.spawn_local_with_handle(task as LocalTask));
        let tasks = tasks.collect::<Result<_, _>>().map_err(io::Error::other)?;
        Ok(pool.run_until(in_order(tasks)))
    }
}

impl Runtime for ThreadPool {
    fn drive(&self, timers: Arc<Timers>) {
        drive_on_a_thread(timers);
    }

    fn all(&self, _: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        let tasks = tasks.map(|task| self.spawn_with_handle(task));
        let tasks = tasks.collect::<Result<_, _>>().map_err(io::Error::other)?;
        Ok(executor::block_on(in_order(tasks)))
    }
}

/// The standard library alone: it polls the tasks that were woken, fires the timers, and waits
/// until either has something to do.
struct PollLoop;

/// The waker of one task. It sends the task's number: with a flag in each task, all ten thousand
/// tasks would have to be searched.
struct Alarm {
    task: usize,
    woken: mpsc::Sender<usize>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        // After the last response the receiver may be gone, and then this does not matter.
        let _ = self.woken.send(self.task);
    }
}

impl Runtime for PollLoop {
    fn drive(&self, _: Arc<Timers>) {}

    fn all(&self, timers: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        let (woken, queue) = mpsc::channel();
        let alarmed = |(at, task)| {
            let waker = Waker::from(Arc::new(Alarm { task: at, woken: woken.clone() }));
            waker.wake_by_ref(); // asks for the first poll
            (waker, Some(task))
        };
        let mut tasks: Vec<_> = tasks.enumerate().map(alarmed).collect();
        let mut responses = vec![None; tasks.len()];
        let mut left = tasks.len();
        while left > 0 {
            let first = match timers.first() {
                Some(due) => queue.recv_timeout(due.saturating_duration_since(Instant::now())).ok(),
                None => queue.recv().ok(),
            };
            for at in first.into_iter().chain(queue.try_iter()) {
                let (waker, slot) = &mut tasks[at];
                let Some(task) = slot else { continue };
                if let Poll::Ready(response) = task.as_mut().poll(&mut Context::from_waker(waker)) {
                    responses[at] = Some(response);
                    *slot = None;
                    left -= 1;
                }
            }
            timers.fire();
        }
        Ok(responses.into_iter().flatten().collect())
    }
}

/// Callbacks on their own queue. Only the timers have to be run. This thread fires them until there
/// are none left, as Node's loop does.
pub fn own_queue(onion: &callbacks::Onion, world: &World, requests: Vec<Request>) -> Vec<Response> {
    let (replied, replies) = mpsc::channel();
    for (at, request) in requests.into_iter().enumerate() {
        let replied = replied.clone();
        onion.handle(Arc::clone(&world.host), request, move |response| {
            // The receiver is below, so it still exists.
            let _ = replied.send((at, response));
        });
    }
    while let Some(due) = world.timers.first() {
        sleep_until(due);
        world.timers.fire();
    }
    let mut replies: Vec<_> = replies.try_iter().collect();
    replies.sort_unstable_by_key(|(at, _)| *at);
    replies.into_iter().map(|(_, response)| response).collect()
}
