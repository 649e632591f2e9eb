//! The host of the server: everything in memory, real time, the runtime's tasks.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use pipeline::exchanges::Limits;
use pipeline::{Account, Begun, Exchange, Host, LeaseId, LogLine, Pending, Record, Work};
use tokio_util::task::TaskTracker;

use super::timers::Timers;
use super::turns::Turns;

/// Where the host's log lines go, and whether their account is one of the host's.
pub type Log = Box<dyn Fn(LogLine, bool) + Send + Sync>;

/// Tells the time since 1970.
pub type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

/// The host.
pub struct Live {
    accounts: RwLock<BTreeMap<String, Arc<Account>>>,
    turns: Turns,
    timers: Timers,
    tasks: TaskTracker,
    log: Log,
    clock: Clock,
}

impl Live {
    /// A host of these accounts. Work that goes on after its request runs on `tasks`.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(accounts: Vec<Account>, limits: Limits, tasks: TaskTracker, log: Log) -> Self {
        Self {
            accounts: RwLock::new(named(accounts)),
            turns: Turns::new(limits),
            timers: Timers::start(),
            tasks,
            log,
            // A clock before 1970 refuses every timestamp, which is right.
            clock: Box::new(|| {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            }),
        }
    }

    /// The same host with another clock than the system's.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Changes the accounts. Requests under way keep the one that they began with.
    pub fn reload(&self, accounts: Vec<Account>) {
        *self.accounts.write().unwrap_or_else(PoisonError::into_inner) = named(accounts);
    }

    /// Whether there is an account of this name.
    fn knows(&self, name: &str) -> bool {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }
}

fn named(accounts: Vec<Account>) -> BTreeMap<String, Arc<Account>> {
    accounts.into_iter().map(|account| (account.name.to_string(), Arc::new(account))).collect()
}

impl Host for Live {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        Pending::ready(accounts.get(name).cloned())
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.turns.begin(exchange, self.now())
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.turns.commit(lease, record, self.now())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.turns.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.timers.sleep(duration)
    }

    fn spawn(&self, work: Work) {
        self.tasks.spawn(work);
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }

    /// From the operating system; should it have none, from the standard library's hash keys.
    fn random(&self) -> u64 {
        getrandom::u64().unwrap_or_else(|_| RandomState::new().build_hasher().finish())
    }

    fn log(&self, line: LogLine) {
        let known = self.knows(&line.account);
        (self.log)(line, known);
    }

    fn release(&self, lease: LeaseId) {
        self.turns.release(lease);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, OnceLock, Weak};

    use futures::future::BoxFuture;
    use kit::corpus::{Conversation, Expected, corpus};
    use kit::run::{Natural, run};
    use kit::scenario::{EPOCH, Said, What, accounts};
    use pipeline::Response;
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    use super::*;
    use crate::styles;

    fn paused(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(test);
    }

    /// A host whose clock is the runtime's, which stands still until nothing else can happen.
    fn live(log: Log) -> Live {
        let begin = Instant::now();
        let clock = Box::new(move || EPOCH + begin.elapsed());
        Live::new(accounts(), Limits::default(), TaskTracker::new(), log).with_clock(clock)
    }

    fn quiet() -> Log {
        Box::new(|_, _| {})
    }

    /// The live host as one request of the kit sees it: with the request's own random number.
    struct Seat(Arc<Live>, u64);

    impl Host for Seat {
        fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
            self.0.account(name)
        }

        fn begin(&self, exchange: Exchange) -> Pending<Begun> {
            self.0.begin(exchange)
        }

        fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
            self.0.commit(lease, record)
        }

        fn abort(&self, lease: LeaseId) -> Pending<()> {
            self.0.abort(lease)
        }

        fn sleep(&self, duration: Duration) -> Pending<()> {
            self.0.sleep(duration)
        }

        fn spawn(&self, work: Work) {
            self.0.spawn(work);
        }

        fn now(&self) -> Duration {
            self.0.now()
        }

        fn random(&self) -> u64 {
            self.1
        }

        fn log(&self, line: LogLine) {
            self.0.log(line);
        }

        fn release(&self, lease: LeaseId) {
            self.0.release(lease);
        }
    }

    /// Games, slow units, edges of the window, several at once: all that no fault is planned for.
    #[test]
    fn the_corpus_gets_the_replies_of_the_simulated_host_byte_for_byte() {
        let without_faults: Vec<Conversation> = corpus()
            .into_iter()
            .filter(|talk| talk.scenario.arrivals.iter().all(|arrival| arrival.faults.is_empty()))
            .collect();
        assert!(without_faults.len() > 100, "{}", without_faults.len());
        for style in styles::all() {
            for Conversation { scenario, expected, .. } in &without_faults {
                let simulated = run(&style, scenario, &mut Natural).replies;
                paused(async {
                    let lines = Arc::new(Mutex::new(0));
                    let counted = Arc::clone(&lines);
                    let live = Arc::new(live(Box::new(move |_, _| {
                        *counted.lock().expect("whole") += 1;
                    })));
                    let begin = Instant::now();
                    let mut replies: Vec<JoinHandle<Response>> = Vec::new();
                    for arrival in &scenario.arrivals {
                        tokio::time::sleep_until(begin + arrival.at).await;
                        let seat = Arc::new(Seat(Arc::clone(&live), arrival.dice));
                        replies.push(tokio::spawn(style.start(seat, arrival.said.request())));
                        tokio::task::yield_now().await;
                    }
                    for ((reply, simulated), expected) in
                        replies.into_iter().zip(&simulated).zip(expected)
                    {
                        let reply = reply.await.expect("no panic");
                        assert!(expected.is(Some(&reply)), "{}: {scenario}", style.name);
                        assert_eq!(Some(&reply), simulated.as_ref(), "{}: {scenario}", style.name);
                    }
                    // What the deadline has left behind ends, too, and nothing is held.
                    live.tasks.close();
                    live.tasks.wait().await;
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    assert_eq!(*lines.lock().expect("whole"), scenario.arrivals.len());
                    assert_eq!(Arc::strong_count(&live), 1, "{}: {scenario}", style.name);
                });
            }
        }
    }

    fn hello(id: u64) -> Said {
        Said::new("alice", id, What::Text("hello".to_owned()))
    }

    fn is_hello(reply: &Response) -> bool {
        Expected::Text("Hello yourself.").is(Some(reply))
    }

    fn poll(call: &mut BoxFuture<'static, Response>) -> Option<Response> {
        futures::FutureExt::now_or_never(call)
    }

    /// With the limits of the server. Callbacks are left out: who holds them is the host, and
    /// dropping the future of a request does not cancel it (see the next test).
    #[test]
    fn requests_that_are_dropped_while_they_wait_make_no_crowd() {
        for style in styles::all().into_iter().filter(|style| style.name != "callbacks") {
            paused(async {
                let live = Arc::new(live(quiet()));
                let slow = Said::new("alice", 1, What::Text("later".to_owned()));
                let mut slow = style.start(Arc::clone(&live) as _, slow.request());
                assert_eq!(poll(&mut slow), None);
                for id in 0..3 * Limits::default().waiting as u64 {
                    let mut gone = style.start(Arc::clone(&live) as _, hello(100 + id).request());
                    assert_eq!(poll(&mut gone), None, "{}", style.name);
                }
                let next = tokio::spawn(style.start(Arc::clone(&live) as _, hello(2).request()));
                tokio::task::yield_now().await;
                drop(slow); // so its turn ends
                let begin = Instant::now();
                let reply = next.await.expect("no panic");
                assert!(is_hello(&reply), "{}: {reply:?}", style.name);
                assert_eq!(begin.elapsed(), Duration::ZERO, "{}", style.name);
            });
        }
    }

    #[test]
    fn callbacks_whose_future_is_dropped_go_on_to_their_commit() {
        let style = styles::named("callbacks").expect("one of the four");
        paused(async {
            let live = Arc::new(live(quiet()));
            let slow = Said::new("alice", 1, What::Text("later".to_owned()));
            let mut slow = style.start(Arc::clone(&live) as _, slow.request());
            assert_eq!(poll(&mut slow), None);
            let mut gone = style.start(Arc::clone(&live) as _, hello(2).request());
            assert_eq!(poll(&mut gone), None);
            drop((slow, gone));
            tokio::time::sleep(Duration::from_secs(60)).await;
            let repeat = hello(2).request();
            let reply = poll(&mut style.start(Arc::clone(&live) as _, repeat)).expect("stored");
            assert!(is_hello(&reply), "{reply:?}");
            assert!(reply.body.contains(&format!("<CreateTime>{}<", EPOCH.as_secs() + 6)));
        });
    }

    #[test]
    fn the_deadline_of_a_request_fires_in_time_behind_a_slow_unit() {
        for style in styles::all() {
            paused(async {
                let live = Arc::new(live(quiet()));
                // A sleep that is longer than all deadlines comes first.
                let long = live.sleep(Duration::from_secs(3600));
                let begin = Instant::now();
                for id in 1..=3 {
                    tokio::time::sleep(Duration::from_millis(700)).await;
                    let user = format!("user{id}");
                    let slow = Said::new(&user, id, What::Text("later".to_owned()));
                    let begin = Instant::now();
                    let reply = style.start(Arc::clone(&live) as _, slow.request()).await;
                    assert_eq!((reply.status, &*reply.body), (200, "success"), "{}", style.name);
                    assert_eq!(begin.elapsed(), Duration::from_millis(4500), "{}", style.name);
                }
                assert!(begin.elapsed() < Duration::from_secs(3600));
                drop(long);
            });
        }
    }

    #[test]
    fn a_random_number_is_not_the_one_before() {
        paused(async {
            let live = live(quiet());
            assert_ne!(live.random(), live.random());
        });
    }

    #[test]
    fn the_log_is_written_without_a_lock_and_knows_its_accounts() {
        paused(async {
            let host = Arc::new(OnceLock::<Weak<Live>>::new());
            let (inside, lines) = (Arc::clone(&host), Arc::new(Mutex::new(Vec::new())));
            let written = Arc::clone(&lines);
            let live = Arc::new(live(Box::new(move |line, known| {
                let live = inside.get().and_then(Weak::upgrade).expect("it is there");
                let free = live.accounts.try_write().is_ok();
                written.lock().expect("whole").push((line.account, known, free));
            })));
            host.set(Arc::downgrade(&live)).expect("once");
            for account in ["demo", "nobody"] {
                live.log(LogLine {
                    account: account.to_owned(),
                    kind: "-",
                    unit: "-",
                    repeat: false,
                    status: 200,
                    elapsed: Duration::ZERO,
                });
            }
            let lines = lines.lock().expect("whole");
            let demo = ("demo".to_owned(), true, true);
            assert_eq!(*lines, [demo, ("nobody".to_owned(), false, true)]);
        });
    }

    #[test]
    fn a_reload_changes_the_accounts_and_not_one_that_is_in_use() {
        paused(async {
            let live = live(quiet());
            let before = live.account("demo").await.expect("at once").expect("known");
            live.reload(Vec::new());
            assert!(live.account("demo").await.expect("at once").is_none());
            assert_eq!(&*before.name, "demo");
            live.reload(accounts());
            assert!(live.account("demo").await.expect("at once").is_some());
        });
    }
}
