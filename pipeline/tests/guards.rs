//! What guards a request and what stands around its host: a lease ends its turn once, a span is
//! left once, a host around another does what that one does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pipeline::{
    Account, Answer, Around, Begun, Class, Context, Event, Exchange, ExchangeKey, Host, Lease,
    LeaseId, LogLine, Method, Operation, Overdue, Pending, Pushed, Record, Request, Session, Span,
    Work,
};
use wechat::{Message, Reply};

/// Says by name what it was asked.
#[derive(Default)]
struct Said {
    log: Mutex<Vec<String>>,
    traced: bool,
}

impl Said {
    fn say(&self, what: impl Into<String>) {
        self.log.lock().expect("whole").push(what.into());
    }

    fn said(&self) -> Vec<String> {
        self.log.lock().expect("whole").clone()
    }
}

impl Host for Said {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        self.say(format!("account {name}"));
        Pending::ready(None)
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.say(format!("begin {}", exchange.key.user));
        Pending::ready(Begun::Crowded)
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.say(format!("commit {} {}", lease.0, record.kind));
        Pending::ready(())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.say(format!("abort {}", lease.0));
        Pending::ready(())
    }

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.say(format!("sleep {}", duration.as_secs()));
        Pending::ready(())
    }

    fn spawn(&self, work: Work) {
        drop(work);
        self.say("spawn");
    }

    fn now(&self) -> Duration {
        self.say("now");
        Duration::from_secs(7)
    }

    fn elapsed(&self) -> Duration {
        self.say("elapsed");
        Duration::from_secs(3)
    }

    fn random(&self) -> u64 {
        self.say("random");
        41
    }

    fn log(&self, line: LogLine) {
        self.say(format!("log {}", line.status));
    }

    fn release(&self, lease: LeaseId) {
        self.say(format!("release {}", lease.0));
    }

    fn overdue(&self, key: &ExchangeKey) -> Overdue {
        self.say(format!("overdue {}", key.user));
        Overdue::Hold
    }

    fn pushed(&self, pushed: Pushed) {
        self.say(format!("pushed {}", pushed.unit));
    }

    fn detach(&self) -> (Box<dyn FnOnce() + Send>, Pending<()>) {
        self.say("detach");
        (Box::new(|| {}), Pending::ready(()))
    }

    fn is_traced(&self) -> bool {
        self.traced
    }

    fn record(&self, event: Event) {
        self.say(format!("{event:?}"));
    }
}

fn context(host: &Arc<Said>) -> Context {
    let (account, query) = (String::new(), String::new());
    let request = Request { method: Method::Get, account, query, body: Vec::new() };
    let ctx = Context::new(Arc::clone(host) as Arc<dyn Host>, request);
    host.log.lock().expect("whole").clear();
    ctx
}

#[test]
fn a_lease_that_is_dropped_ends_its_turn_once_and_one_that_is_settled_does_not() {
    let host = Arc::new(Said::default());
    let ctx = context(&host);
    let lease = Lease::new(ctx.origin(), LeaseId(3));
    assert_eq!((lease.id(), host.said()), (LeaseId(3), vec![]));
    drop(lease);
    assert_eq!(host.said(), ["release 3"]);
    Lease::new(ctx.origin(), LeaseId(4)).settle();
    assert_eq!(host.said(), ["release 3"]);
}

#[test]
fn a_span_is_left_once_with_its_class_or_as_dropped() {
    let host = Arc::new(Said { traced: true, ..Said::default() });
    let ctx = context(&host);
    let enter = || Span::enter(ctx.origin(), "layer").expect("it is traced");
    enter().leave(Class::Refused(404));
    drop(enter());
    assert_eq!(
        host.said(),
        [
            r#"Entered("layer")"#,
            r#"Left("layer", Refused(404))"#,
            r#"Entered("layer")"#,
            r#"Left("layer", Dropped)"#,
        ]
    );
}

#[test]
fn without_a_trace_there_is_no_span() {
    let host = Arc::new(Said::default());
    let ctx = context(&host);
    assert!(Span::enter(ctx.origin(), "layer").is_none());
    assert!(host.said().is_empty());
}

struct Shell(Arc<Said>);

impl Around for Shell {
    fn inner(&self) -> &dyn Host {
        &*self.0
    }
}

/// A host that forgot to hand on `release` would block a user.
#[test]
fn a_host_around_another_hands_everything_on() {
    let inner = Arc::new(Said { traced: true, ..Said::default() });
    let host: &dyn Host = &Shell(Arc::clone(&inner));
    let xml = "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
               <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>";
    let message = Message::parse(xml.as_bytes()).expect("a message").key();
    let key = ExchangeKey { account: "demo".into(), user: "alice".into(), message };
    let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
    let record = Record { kind: "text", answer, session: Session::default() };
    let line = LogLine {
        account: String::new(),
        kind: "-",
        unit: "-",
        repeat: false,
        status: 200,
        elapsed: Duration::ZERO,
    };
    drop(host.account("demo"));
    assert_eq!(host.overdue(&key), Overdue::Hold);
    let (account, kind, unit) = ("demo".into(), "text", "later");
    host.pushed(Pushed { account, kind, unit, failed: None });
    drop(host.detach());
    drop(host.begin(Exchange { key, binding: None }));
    drop(host.commit(LeaseId(1), record));
    drop(host.abort(LeaseId(2)));
    drop(host.sleep(Duration::from_secs(5)));
    host.spawn(Box::pin(std::future::ready(())));
    assert_eq!((host.now().as_secs(), host.elapsed().as_secs()), (7, 3));
    assert_eq!((host.random(), host.is_traced()), (41, true));
    host.log(line);
    host.release(LeaseId(3));
    host.record(Event::Submitted(Operation::Begin));
    assert_eq!(
        inner.said(),
        [
            "account demo",
            "overdue alice",
            "pushed later",
            "detach",
            "begin alice",
            "commit 1 text",
            "abort 2",
            "sleep 5",
            "spawn",
            "now",
            "elapsed",
            "random",
            "log 200",
            "release 3",
            "Submitted(Begin)",
        ]
    );
}
