//! Runtimes that own one thread each and reach the kernel by io_uring. They are built on Linux only.

use std::cell::RefCell;
use std::io;
use std::panic::catch_unwind;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use compio::runtime::Runtime as Compio;
use four_ways::measure::results::runtimes::LeftOut;
use futures::future::{Either, select};
use glommio::{LocalExecutor as Glommio, LocalExecutorBuilder};
use monoio::time::TimeDriver;
use monoio::{IoUringDriver, RuntimeBuilder};
use pipeline::Response;

use crate::host::Timers;
use crate::runtime::{LocalTask, Named, Runtime, Tasks, in_order};

type Monoio = monoio::Runtime<TimeDriver<IoUringDriver>>;

/// Those that the kernel permits, and those that it refuses: io_uring may be switched off, and
/// locked memory may be limited.
pub fn runtimes() -> (Vec<Named>, Vec<LeftOut>) {
    let (mut permitted, mut refused) = (Vec::new(), Vec::new());
    for (name, open) in [("monoio", monoio as Open), ("compio", compio), ("glommio", glommio)] {
        match open() {
            Ok(runtime) => permitted.push((name, runtime)),
            Err(why) => {
                refused.push(LeftOut { runtime: name.to_owned(), why: why.to_string() });
            }
        }
    }
    (permitted, refused)
}

type Open = fn() -> io::Result<Rc<dyn Runtime>>;

fn monoio() -> io::Result<Rc<dyn Runtime>> {
    let runtime = RuntimeBuilder::<IoUringDriver>::new().enable_timer().build()?;
    Ok(Rc::new(RefCell::new(runtime)))
}

fn compio() -> io::Result<Rc<dyn Runtime>> {
    Ok(Rc::new(Compio::new()?))
}

fn glommio() -> io::Result<Rc<dyn Runtime>> {
    // Where io_uring is refused it panics, and the others return an error.
    let made = catch_unwind(|| LocalExecutorBuilder::default().make());
    Ok(Rc::new(made.map_err(|_| io::Error::other("it panics without io_uring"))??))
}

/// Waits for the tasks, and runs the timers meanwhile. A task of their own would be woken when the
/// world is dropped, and then no runtime of this kind is running.
async fn beside<T: Future, S: Future<Output = ()>>(
    timers: &Arc<Timers>,
    sleep: impl Fn(Instant) -> S,
    tasks: Vec<T>,
) -> Vec<T::Output> {
    let timers = pin!(Arc::clone(timers).run(sleep));
    match select(pin!(in_order(tasks)), timers).await {
        Either::Left((responses, _)) => responses,
        Either::Right((_, responses)) => responses.await,
    }
}

impl Runtime for RefCell<Monoio> {
    fn drive(&self, _: Arc<Timers>) {}

    fn all(&self, timers: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        Ok(self.borrow_mut().block_on(async {
            let tasks = tasks.map(|task| monoio::spawn(task as LocalTask)).collect();
            beside(timers, |due| monoio::time::sleep_until(due.into()), tasks).await
        }))
    }
}

impl Runtime for Compio {
    fn drive(&self, _: Arc<Timers>) {}

    fn all(&self, timers: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        let tasks = tasks.map(|task| self.spawn(task as LocalTask)).collect();
        let joined = self.block_on(beside(timers, compio::time::sleep_until, tasks));
        joined
            .into_iter()
            .map(|joined| joined.map_err(|panic| io::Error::other(panic.to_string())))
            .collect()
    }
}

impl Runtime for Glommio {
    fn drive(&self, _: Arc<Timers>) {}

    fn all(&self, timers: &Arc<Timers>, tasks: Tasks) -> io::Result<Vec<Response>> {
        Ok(self.run(async {
            let tasks = tasks.map(|task| glommio::spawn_local(task as LocalTask)).collect();
            let sleep =
                |due: Instant| glommio::timer::sleep(due.saturating_duration_since(Instant::now()));
            beside(timers, sleep, tasks).await
        }))
    }
}
