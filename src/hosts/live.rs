//! The host of the server: everything in memory, real time, the runtime's tasks.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};

use pipeline::exchanges::{Kept, Limits};
use pipeline::{
    Account, Begun, Call, Called, Created, Exchange, ExchangeKey, Host, LeaseId, LogLine, Overdue,
    Pending, Profile, Pushed, Record, Ticket, User, Work,
};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::records::{ROOM, Records};
use super::services::{Directory, Services};
use super::shards::Shards;
use super::tickets::Tickets;
use super::timers::Timers;

/// Where the host's log lines go, and whether their account is one of the host's.
pub type Log = Box<dyn Fn(LogLine, bool) + Send + Sync>;

/// Hears what became of each late answer that was to be sent.
pub type Pushes = Box<dyn Fn(Pushed) + Send + Sync>;

/// Tells the time since 1970.
pub type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

/// The host.
pub struct Live {
    accounts: RwLock<BTreeMap<String, Arc<Account>>>,
    exchanges: Arc<Shards>,
    timers: Timers,
    services: Services,
    tickets: Tickets,
    records: Records,
    tasks: TaskTracker,
    log: Log,
    pushes: Pushes,
    clock: Clock,
    started: Instant,
}

impl Live {
    /// A host of these accounts and services. Calls, and work that goes on after its request, run
    /// on `tasks`.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(
        accounts: Vec<Account>,
        services: Directory,
        limits: Limits,
        tasks: TaskTracker,
        log: Log,
    ) -> Self {
        let (exchanges, started) = (Arc::new(Shards::new(limits)), Instant::now());
        tokio::spawn(tidy(Arc::downgrade(&exchanges), started));
        Self {
            accounts: RwLock::new(named(accounts)),
            exchanges,
            timers: Timers::start(),
            services: Services::new(services, tasks.clone()),
            tickets: Tickets::default(),
            records: Records::new(ROOM),
            tasks,
            log,
            pushes: Box::new(|_| {}),
            started,
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

    /// The same host that tells what became of late answers.
    #[must_use]
    pub fn with_pushes(self, pushes: Pushes) -> Self {
        Self { pushes, ..self }
    }

    /// Changes the accounts and the services. Requests under way keep the account that they began
    /// with.
    pub fn reload(&self, accounts: Vec<Account>, services: Directory) {
        self.services.reload(services);
        *self.accounts.write().unwrap_or_else(PoisonError::into_inner) = named(accounts);
        self.tickets.clear();
    }

    /// How much is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.exchanges.kept()
    }

    /// Whether there is an account of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }
}

/// Tidies the tables every second, as long as the host is there. After one that had much to forget,
/// the requests of this thread come first.
async fn tidy(exchanges: Weak<Shards>, started: Instant) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let Some(exchanges) = exchanges.upgrade() else { return };
        for table in exchanges.tables() {
            let began = std::time::Instant::now();
            table.tidy(started.elapsed());
            if began.elapsed() > Duration::from_micros(100) {
                tokio::task::yield_now().await;
            }
        }
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
        self.exchanges.begin(exchange, self.elapsed())
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.exchanges.commit(lease, record, self.elapsed())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.exchanges.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.timers.sleep(duration)
    }

    fn call(&self, call: Call) -> Pending<Called> {
        self.services.call(call)
    }

    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        Pending::ready(self.tickets.get(account))
    }

    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        self.tickets.replace(account, before.as_ref(), ticket);
        Pending::ready(())
    }

    fn find(&self, user: User) -> Pending<Option<Profile>> {
        Pending::ready(self.records.find(user))
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        Pending::ready(self.records.create(profile))
    }

    fn spawn(&self, work: Work) {
        self.tasks.spawn(work);
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
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
        self.exchanges.release(lease);
    }

    fn overdue(&self, key: &ExchangeKey) -> Overdue {
        self.exchanges.overdue(key)
    }

    fn pushed(&self, pushed: Pushed) {
        (self.pushes)(pushed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, OnceLock};

    use futures::future::BoxFuture;
    use kit::corpus::{Conversation, Expected, corpus};
    use kit::run::{Natural, run};
    use kit::scenario::{EPOCH, Said, What, accounts};
    use kit::services::Services;
    use pipeline::account::valid_for;
    use pipeline::{Request, Response};
    use tokio::task::JoinHandle;
    use wechat::Message;

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
        Live::new(accounts(), Directory::new(), Limits::default(), TaskTracker::new(), log)
            .with_clock(clock)
    }

    fn quiet() -> Log {
        Box::new(|_, _| {})
    }

    /// The live host as one request of the kit sees it: with the request's own random number, and
    /// with the kit's services.
    struct Seat(Arc<Live>, u64, Arc<Mutex<Services>>);

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

        fn call(&self, call: Call) -> Pending<Called> {
            let mut services = self.2.lock().expect("whole");
            Pending::ready(services.answer(&call, None, self.now()))
        }

        fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
            self.0.ticket(account)
        }

        fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
            self.0.replace(account, before, ticket)
        }

        fn find(&self, user: User) -> Pending<Option<Profile>> {
            self.0.find(user)
        }

        fn create(&self, profile: Profile) -> Pending<Created> {
            self.0.create(profile)
        }

        fn spawn(&self, work: Work) {
            self.0.spawn(work);
        }

        fn now(&self) -> Duration {
            self.0.now()
        }

        fn elapsed(&self) -> Duration {
            self.0.elapsed()
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

        fn overdue(&self, key: &ExchangeKey) -> Overdue {
            self.0.overdue(key)
        }

        fn pushed(&self, pushed: Pushed) {
            self.0.pushed(pushed);
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
                    let services = Arc::new(Mutex::new(Services::default()));
                    let begin = Instant::now();
                    let mut replies: Vec<JoinHandle<Response>> = Vec::new();
                    for arrival in &scenario.arrivals {
                        tokio::time::sleep_until(begin + arrival.at).await;
                        let seat = Seat(Arc::clone(&live), arrival.dice, Arc::clone(&services));
                        let seat = Arc::new(seat);
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
                    tokio::time::sleep(Duration::from_secs(10)).await;
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

    const WAITED: Expected = Expected::Text("久等了。Thank you for waiting.");

    /// WeChat closes the connection of the first try after 5 s, and sends the second.
    #[test]
    fn a_try_whose_connection_is_closed_leaves_its_answer_to_the_next_one() {
        for style in styles::all() {
            paused(async {
                let live = Arc::new(live(quiet()));
                let slow = Said::new("alice", 1, What::Text("later".to_owned()));
                let slow = Said { account: "retry".to_owned(), ..slow };
                let (ask, begin) = (
                    || tokio::spawn(style.start(Arc::clone(&live) as _, slow.request())),
                    Instant::now(),
                );
                let first = ask();
                tokio::time::sleep(Duration::from_secs(5)).await;
                assert!(!first.is_finished(), "{}", style.name);
                first.abort();
                let reply = ask().await.expect("no panic");
                assert!(WAITED.is(Some(&reply)), "{}: {reply:?}", style.name);
                assert_eq!(begin.elapsed(), Duration::from_secs(6), "{}", style.name);
                assert_eq!((live.kept().turns, live.kept().waiting), (0, 0), "{}", style.name);
                tokio::time::sleep(Duration::from_secs(10)).await;
                assert_eq!(Arc::strong_count(&live), 1, "{}", style.name);
            });
        }
    }

    #[test]
    fn a_late_answer_is_pushed_after_its_request_and_told_once() {
        for style in styles::all() {
            paused(async {
                let told = Arc::new(Mutex::new(Vec::new()));
                let tell = Arc::clone(&told);
                let pushes = Box::new(move |pushed| tell.lock().expect("whole").push(pushed));
                let live = Arc::new(live(quiet()).with_pushes(pushes));
                let services = Arc::new(Mutex::new(Services::default()));
                let slow = Said::new("alice", 1, What::Text("later".to_owned()));
                let slow = Said { account: "push".to_owned(), ..slow };
                let seat = Arc::new(Seat(Arc::clone(&live), 0, services));
                let reply = style.start(seat, slow.request()).await;
                assert_eq!(&*reply.body, "success", "{}", style.name);
                assert!(told.lock().expect("whole").is_empty(), "{}", style.name);
                tokio::time::sleep(Duration::from_secs(10)).await;
                let (account, kind, unit) = ("push".into(), "text", "later");
                let sent = Pushed { account, kind, unit, failed: None };
                assert_eq!(*told.lock().expect("whole"), [sent], "{}", style.name);
                assert_eq!(Arc::strong_count(&live), 1, "{}", style.name);
            });
        }
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

    /// A signature is good from the window before its timestamp to the last moment of the second
    /// that lies the window after it. In plain mode, in which it does not cover the body.
    #[test]
    fn a_message_does_not_run_twice_and_its_signature_takes_no_other_body_while_it_is_good() {
        let (moment, window) = (Duration::from_millis(1), Duration::from_secs(20));
        let limits = Limits { kept_for: valid_for(window), ..Limits::default() };
        let accounts = || {
            let with = |account| Account { window: Some(window), ..account };
            accounts().into_iter().map(with).collect()
        };
        for style in styles::all() {
            // How long the host has been there: what it keeps has generations, which end.
            for up in [0, 39_999, 40_999, 41_000].map(Duration::from_millis) {
                paused(async {
                    let repeats = Arc::new(Mutex::new(Vec::new()));
                    let seen = Arc::clone(&repeats);
                    let log = Box::new(move |line: LogLine, _| {
                        seen.lock().expect("whole").push((line.status, line.repeat));
                    });
                    let begin = Instant::now();
                    let clock = Box::new(move || EPOCH + begin.elapsed() - up);
                    let live =
                        Live::new(accounts(), Directory::new(), limits, TaskTracker::new(), log);
                    let live = Arc::new(live.with_clock(clock));
                    let ask = |request| style.start(Arc::clone(&live) as _, request);
                    tokio::time::sleep_until(begin + up).await;
                    let early = hello(1).request_at(EPOCH + window + Duration::from_secs(1));
                    assert_eq!(ask(early).await.status, 403);
                    let signed = hello(1).request_at(EPOCH + window);
                    let first = ask(signed.clone()).await;
                    assert!(is_hello(&first));
                    let end = begin + up + 2 * window + Duration::from_secs(1);
                    for at in [Duration::ZERO, Duration::from_secs(1)] {
                        tokio::time::sleep_until(end - moment - at).await;
                        let replay = Request { body: hello(2).request().body, ..signed.clone() };
                        assert_eq!(ask(replay).await.status, 403, "{} {up:?}", style.name);
                        assert_eq!(ask(signed.clone()).await, first, "{} {up:?}", style.name);
                    }
                    tokio::time::sleep_until(end).await;
                    assert_eq!(ask(signed.clone()).await.status, 403);
                    let good = [(403, false), (200, true)];
                    let all = [vec![(403, false), (200, false)], good.to_vec(), good.to_vec()];
                    let all = [all.concat(), vec![(403, false)]].concat();
                    assert_eq!(*repeats.lock().expect("whole"), all, "{} {up:?}", style.name);
                });
            }
        }
    }

    #[test]
    fn what_nobody_asks_for_any_more_is_given_back_while_nobody_writes() {
        paused(async {
            let limits = Limits {
                kept_for: Duration::from_secs(10),
                sessions_for: Duration::from_secs(40),
                ..Limits::default()
            };
            let live = Live::new(accounts(), Directory::new(), limits, TaskTracker::new(), quiet());
            let live = Arc::new(live.with_clock(Box::new(|| EPOCH)));
            let style = styles::named("async-await").expect("one of the four");
            assert!(is_hello(&style.start(Arc::clone(&live) as _, hello(1).request()).await));
            let kept = live.kept();
            assert_eq!((kept.answers, kept.sessions, kept.signatures), (1, 1, 1));
            tokio::time::sleep(2 * limits.kept_for + Duration::from_secs(2)).await;
            let kept = live.kept();
            assert_eq!((kept.answers, kept.sessions, kept.signatures), (0, 1, 0));
            tokio::time::sleep(2 * limits.sessions_for).await;
            assert_eq!(live.kept(), Kept::default());
        });
    }

    /// As many as may wait, and each would take six seconds.
    #[test]
    fn one_user_with_slow_messages_is_held_up_for_seconds_and_holds_few_places() {
        for style in styles::all() {
            paused(async {
                let live = Arc::new(live(quiet()));
                let slow = |id| Said::new("alice", id, What::Text("later".to_owned())).request();
                let ask = |request| tokio::spawn(style.start(Arc::clone(&live) as _, request));
                let all: Vec<_> = (1..=65).map(|id| ask(slow(id))).collect();
                tokio::time::sleep(Duration::from_secs(1)).await;
                let Limits { waiting, waiting_for, .. } = Limits::default();
                assert_eq!(live.kept().waiting, waiting, "{}", style.name);
                let ended = all.iter().filter(|one| one.is_finished()).count();
                assert_eq!(ended, 65 - waiting - 1, "{}", style.name);
                tokio::time::sleep(waiting_for + Duration::from_secs(6)).await;
                assert_eq!(live.kept().turns, 0, "{}", style.name);
                assert!(is_hello(&ask(hello(100).request()).await.expect("no panic")));
            });
        }
    }

    /// What SPEC 7.19 says about a burst: a callback goes on inside the call that gives it its turn,
    /// and a task has to be polled first.
    #[test]
    fn the_end_of_a_turn_runs_all_callbacks_that_wait_and_wakes_one_task() {
        for style in styles::all() {
            paused(async {
                let answered = Arc::new(Mutex::new(0));
                let counted = Arc::clone(&answered);
                let log = Box::new(move |_, _| *counted.lock().expect("whole") += 1);
                let live = Arc::new(live(log));
                let request = Request { query: String::new(), ..hello(1).request() };
                let message = Message::parse(&request.body).expect("a message").key();
                let user = Arc::clone(message.user());
                let key = ExchangeKey { account: "demo".into(), user, message };
                let begun = live.begin(Exchange { key, binding: None }).await;
                let Ok(Begun::Fresh { lease, .. }) = begun else { panic!("{begun:?}") };
                let mut waiting: Vec<_> = (2..=11)
                    .map(|id| style.start(Arc::clone(&live) as _, hello(id).request()))
                    .collect();
                assert!(waiting.iter_mut().all(|one| poll(one).is_none()));
                live.release(lease);
                let inside = if style.name == "callbacks" { 10 } else { 0 };
                assert_eq!(*answered.lock().expect("whole"), inside, "{}", style.name);
                for (number, one) in waiting.iter_mut().enumerate() {
                    let kept = live.kept();
                    let left = if inside == 0 { 9 - number } else { 0 };
                    assert_eq!(kept.waiting, left, "{}", style.name);
                    assert!(is_hello(&poll(one).expect("its turn")), "{}", style.name);
                }
            });
        }
    }

    /// The system's clock is set an hour forward and back while a message is under way, and again
    /// before its repeat and before a replay of its signature.
    #[test]
    fn a_step_of_the_wall_clock_changes_no_span_and_lets_no_replay_pass() {
        const HOUR: Duration = Duration::from_secs(3_600);
        for style in styles::all() {
            paused(async {
                let (wall, lines) = (Arc::new(Mutex::new(EPOCH)), Arc::new(Mutex::new(Vec::new())));
                let (clock, written) = (Arc::clone(&wall), Arc::clone(&lines));
                let log = Box::new(move |line: LogLine, _| {
                    written.lock().expect("whole").push((line.status, line.repeat, line.elapsed));
                });
                let live = live(log).with_clock(Box::new(move || *clock.lock().expect("whole")));
                let live = Arc::new(live);
                let set = |now| *wall.lock().expect("whole") = now;
                let ask = |request| style.start(Arc::clone(&live) as _, request);

                let mut slow = ask(Said::new("alice", 1, What::Text("later".to_owned())).request());
                assert_eq!(poll(&mut slow), None);
                set(EPOCH + HOUR);
                assert_eq!(&*slow.await.body, "success");
                tokio::time::sleep(Duration::from_secs(10)).await;
                set(EPOCH);
                assert!(is_hello(&ask(hello(2).request()).await), "{}", style.name);
                // Whatever happens while the clock is wrong, for others too.
                set(EPOCH + HOUR);
                let other = Said::new("bob", 3, What::Text("hello".to_owned()));
                assert!(is_hello(&ask(other.request_at(EPOCH + HOUR)).await));
                set(EPOCH);
                assert!(is_hello(&ask(hello(2).request()).await), "{}", style.name);
                let mut replay = hello(2).request();
                replay.body = hello(4).request().body;
                assert_eq!(ask(replay).await.status, 403, "{}", style.name);
                let at_once = |status, repeat| (status, repeat, Duration::ZERO);
                assert_eq!(
                    *lines.lock().expect("whole"),
                    [
                        (200, false, Duration::from_millis(4_500)),
                        at_once(200, false),
                        at_once(200, false),
                        at_once(200, true),
                        at_once(403, false),
                    ],
                    "{}",
                    style.name
                );
            });
        }
    }

    #[test]
    fn a_reload_forgets_the_tickets_because_the_app_id_may_be_another() {
        paused(async {
            let live = live(quiet());
            let ticket = Ticket { token: wechat::Secret::new("a"), expires: EPOCH };
            live.replace("demo", None, ticket.clone()).await.expect("at once");
            assert_eq!(live.ticket("demo").await, Ok(Some(ticket)));
            live.reload(accounts(), Directory::new());
            assert_eq!(live.ticket("demo").await, Ok(None));
        });
    }

    #[test]
    fn a_reload_changes_the_accounts_and_not_one_that_is_in_use() {
        paused(async {
            let live = live(quiet());
            let before = live.account("demo").await.expect("at once").expect("known");
            live.reload(Vec::new(), Directory::new());
            assert!(live.account("demo").await.expect("at once").is_none());
            assert_eq!(&*before.name, "demo");
            live.reload(accounts(), Directory::new());
            assert!(live.account("demo").await.expect("at once").is_some());
        });
    }
}
