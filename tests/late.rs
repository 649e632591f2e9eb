//! What a user sees of an answer that is late, and when: in each style and under each policy, with
//! the platform as WeChat and with the live host. The clock is virtual, so nothing is waited for.

use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use four_ways::hosts::{Directory, Live as Memory};
use four_ways::platform::{
    Account, Act, Answer, Call as ApiCall, Entry, Event, Live, Order, Platform, Request as Try,
    Trouble, api,
};
use four_ways::server::config::{self, Configuration};
use four_ways::styles;
use kit::Style;
use pipeline::exchanges::Limits;
use pipeline::rules::exchange::NOTICE;
use pipeline::{
    Around, Call, Called, Failure, Fault, Host, Method, Operation, Pending, Pushed, Request,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::task::TaskTracker;

const TOKEN: &str = "token-late";

/// When the platform's clock begins.
const EPOCH: Duration = Duration::from_secs(1_700_000_000);

/// What the user asks, and what the first provider answers.
const ASKED: &str = "问 为什么？";
const ANSWER: &str = "small: 为什么？";

/// How many milliseconds the providers take: less than the deadline, or until the first, the second
/// and the third try, or longer than all of them.
const QUICK: u64 = 100;
const IN_TIME: u64 = 4_000;
const SECOND_TRY: u64 = 6_000;
const THIRD_TRY: u64 = 12_000;
const TOO_LATE: u64 = 30_000;

/// The live host, whose services are the platform's, in the same process.
struct Stage {
    memory: Memory,
    live: Arc<Live>,
}

impl Around for Stage {
    fn inner(&self) -> &dyn Host {
        &self.memory
    }

    fn call(&self, call: Call) -> Pending<Called> {
        let (completer, pending) = Pending::new(Operation::Call);
        let live = Arc::clone(&self.live);
        let base = match call.service {
            "wechat" => String::new(),
            other => format!("/{other}"),
        };
        let query = call.query.iter().map(|(name, value)| format!("{name}={value}"));
        let call = ApiCall {
            method: if call.json.is_some() { api::Method::Post } else { api::Method::Get },
            path: format!("{base}{}", call.path),
            query: query.collect::<Vec<_>>().join("&"),
            body: call.json.unwrap_or_default().into_bytes(),
        };
        tokio::spawn(async move {
            let called =
                live.call(&call).await.map(|body| Called { status: 200, body: body.into() });
            let broken = Failure { operation: Operation::Call, fault: Fault::Transient };
            completer.complete(called.ok_or(broken));
        });
        pending
    }
}

/// A server in a style, and the platform that calls it and that it calls.
struct World {
    account: Account,
    live: Arc<Live>,
    journal: UnboundedReceiver<Entry>,
    pushed: Arc<Mutex<Vec<Pushed>>>,
}

impl World {
    fn start(style: &Style, late: &str) -> Self {
        let account = Account::new("http://127.0.0.1/wechat/shop".to_owned(), TOKEN);
        let Configuration { accounts, .. } = configuration(late, &account);
        let (style, stage) = (style.open(), Arc::new(OnceLock::<Arc<Stage>>::new()));
        let server = Arc::clone(&stage);
        let send = move |request: Try| {
            let stage = Arc::clone(server.get().expect("it is set before anybody acts"));
            let answered = style.start(stage, translated(request));
            async {
                let response = answered.await;
                let body = response.body.into_owned().into_bytes();
                Ok::<_, String>(Answer { status: response.status, body })
            }
        };
        let (live, journal) = Live::start(Platform::new([account.clone()], 0), EPOCH, send);
        let pushed = Arc::<Mutex<Vec<Pushed>>>::default();
        let (clock, seen) = (Arc::clone(&live), Arc::clone(&pushed));
        let memory = Memory::new(
            accounts,
            Directory::new(),
            Limits::default(),
            TaskTracker::new(),
            Box::new(|_, _| {}),
        )
        .with_pushes(Box::new(move |pushed| seen.lock().expect("whole").push(pushed)))
        .with_clock(Box::new(move || clock.now()));
        assert!(stage.set(Arc::new(Stage { memory, live: Arc::clone(&live) })).is_ok());
        Self { account, live, journal, pushed }
    }

    /// Both providers take so long.
    fn delay(&self, milliseconds: u64) {
        for provider in ["/ask-first", "/ask-second"] {
            let path = format!("{provider}/v1/chat/completions");
            self.order(&path, Trouble::Delay(milliseconds), 1);
        }
    }

    fn order(&self, path: &str, trouble: Trouble, times: u32) {
        let path = Some(path.to_owned());
        self.live.with(|platform, _| platform.orders().add(Order { path, trouble, times }));
    }

    /// The user writes when the platform has run for so many seconds.
    fn writes(&self, second: u64, words: &'static str) -> impl Future<Output = ()> + use<> {
        let (live, app_id) = (Arc::clone(&self.live), self.account.app_id.clone());
        async move {
            tokio::time::sleep(Duration::from_secs(second)).await;
            live.act(&app_id, "alice", &Act::Text(words.to_owned())).await.expect("the user may");
        }
    }

    /// What the user has seen, and after how many milliseconds.
    fn seen(mut self) -> Vec<(u128, String)> {
        let mut seen = Vec::new();
        while let Ok(Entry { at, event, .. }) = self.journal.try_recv() {
            if let Event::Sees(shown) = event {
                seen.push(((at - EPOCH).as_millis(), shown.to_string()));
            }
        }
        seen
    }
}

fn configuration(late: &str, account: &Account) -> Configuration {
    let (app_id, secret) = (&account.app_id, account.secret.expose());
    let text = format!(
        "[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\nlate = \"{late}\"\n\
         app_id = \"{app_id}\"\napp_secret = \"{secret}\"\n\
         units = [\"ask\"]\nmodels = [\"small\", \"large\"]\n\
         [service.ask-first]\nurl = \"http://127.0.0.1/\"\n\
         [service.ask-second]\nurl = \"http://127.0.0.1/\"\n"
    );
    config::config(Path::new("late.toml"), &text).unwrap_or_else(|error| panic!("{error}"))
}

/// What the platform sends, as the server reads it.
fn translated(request: Try) -> Request {
    let (_, query) = request.url.split_once('?').expect("it is signed");
    Request {
        method: Method::Post,
        account: "shop".to_owned(),
        query: query.to_owned(),
        body: request.body.into_bytes(),
    }
}

/// Plays something in each style; all see the same.
fn in_each_style<P: Future<Output = World>>(
    late: &str,
    play: impl Fn(World) -> P,
    expected: &[(u128, &str)],
) {
    for style in styles::all() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let world = runtime.block_on(async { play(World::start(&style, late)).await });
        let seen = world.seen();
        let seen: Vec<_> = seen.iter().map(|(at, what)| (*at, &**what)).collect();
        assert_eq!(seen, expected, "{}, {late}", style.name);
    }
}

/// A provider that takes so long, and a message that the user sends a minute later.
fn asked(late: &str, milliseconds: u64, expected: &[(u128, &str)]) {
    let play = |world: World| async move {
        world.delay(milliseconds);
        tokio::join!(world.writes(0, ASKED), world.writes(60, "hello"));
        tokio::time::sleep(Duration::from_secs(60)).await;
        world
    };
    in_each_style(late, play, expected);
}

#[test]
fn an_answer_within_the_deadline_is_the_reply_under_each_policy() {
    for late in ["success", "push", "retry"] {
        asked(late, QUICK, &[(100, ANSWER)]);
        asked(late, IN_TIME, &[(4_000, ANSWER)]);
    }
}

#[test]
fn under_success_a_late_answer_is_lost() {
    for milliseconds in [SECOND_TRY, THIRD_TRY, TOO_LATE] {
        asked("success", milliseconds, &[]);
    }
}

#[test]
fn under_push_a_late_answer_comes_as_a_message_of_its_own_when_it_is_ready() {
    for milliseconds in [SECOND_TRY, THIRD_TRY, TOO_LATE] {
        asked("push", milliseconds, &[(milliseconds.into(), ANSWER)]);
    }
}

#[test]
fn under_retry_the_try_that_is_open_gets_the_answer() {
    for milliseconds in [SECOND_TRY, THIRD_TRY] {
        asked("retry", milliseconds, &[(milliseconds.into(), ANSWER)]);
    }
}

#[test]
fn under_retry_the_last_try_says_that_it_takes_longer_and_the_next_message_fetches_the_answer() {
    asked("retry", TOO_LATE, &[(14_500, NOTICE), (60_000, ANSWER)]);
}

#[test]
fn under_retry_a_message_that_comes_before_the_answer_waits_for_it() {
    let play = |world: World| async move {
        world.delay(TOO_LATE);
        tokio::join!(world.writes(0, ASKED), world.writes(20, "hello"), world.writes(60, "hello"));
        world
    };
    in_each_style("retry", play, &[(14_500, NOTICE), (30_000, ANSWER)]);
}

#[test]
fn a_push_is_tried_again_as_every_call_of_the_api() {
    let play = |world: World| async move {
        world.delay(SECOND_TRY);
        world.order("/cgi-bin/message/custom/send", Trouble::Busy, 2);
        world.writes(0, ASKED).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let pushed: Vec<_> = world.pushed.lock().expect("whole").drain(..).collect();
        assert_eq!(pushed.iter().map(|pushed| &pushed.failed).collect::<Vec<_>>(), [&None]);
        world
    };
    in_each_style("push", play, &[(6_800, ANSWER)]);
}

#[test]
fn a_push_that_fails_is_told_and_not_called_sent() {
    let play = |world: World| async move {
        world.delay(SECOND_TRY);
        world.order("/cgi-bin/message/custom/send", Trouble::Code(45047), 1);
        world.writes(0, ASKED).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let pushed: Vec<_> = world.pushed.lock().expect("whole").drain(..).collect();
        assert_eq!(pushed.iter().map(|pushed| pushed.failed.is_some()).collect::<Vec<_>>(), [true]);
        world
    };
    in_each_style("push", play, &[]);
}
