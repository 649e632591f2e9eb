//! A program that answers one request. Its build is timed and its size is measured. It is the same
//! for each style, except for `answer`.

mod answer;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use pipeline::{
    Account, Begun, Exchange, Host, Keyword, Late, LeaseId, LogLine, Match, Method, Pending, Record,
    Request, Response, Session, Work,
};
use wechat::{Envelope, Mode, Reply, Token, signature};

/// What the clock shows, in seconds since 1970.
const NOW: u64 = 1_700_000_000;
const TOKEN: &str = "token";

/// Every operation is ready, and nothing is kept.
struct Minimal;

impl Host for Minimal {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::ready(Some(Arc::new(Account {
            name: name.into(),
            envelope: Envelope::new(Token::new(TOKEN), Mode::Plain),
            window: None,
            welcome: None,
            units: vec!["guess".to_owned(), "later".to_owned()],
            credentials: None,
            models: Default::default(),
            keywords: Reply::text("Hello, nice to meet you.").map(keyword).into_iter().collect(),
            late: Late::Success,
        })))
    }

    fn begin(&self, _exchange: Exchange) -> Pending<Begun> {
        Pending::ready(Begun::Fresh { session: Session::default(), lease: LeaseId(1) })
    }

    fn commit(&self, _lease: LeaseId, _record: Record) -> Pending<()> {
        Pending::ready(())
    }

    fn abort(&self, _lease: LeaseId) -> Pending<()> {
        Pending::ready(())
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    fn spawn(&self, work: Work) {
        drop(work);
    }

    fn now(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        41
    }

    fn log(&self, _line: LogLine) {}

    fn release(&self, _lease: LeaseId) {}
}

fn keyword(reply: Reply) -> Keyword {
    Keyword { matches: Match::Exact, pattern: "hello".to_owned(), reply }
}

fn tell(response: Response) {
    println!("{response:?}");
}

fn main() {
    let timestamp = NOW.to_string();
    let signature = signature::sign(&Token::new(TOKEN), &timestamp, "42");
    let request = Request {
        method: Method::Post,
        account: "demo".to_owned(),
        query: format!("signature={signature}&timestamp={timestamp}&nonce=42"),
        body: b"<xml><ToUserName>gh_1</ToUserName><FromUserName>alice</FromUserName>\
            <CreateTime>7</CreateTime><MsgType>text</MsgType><Content>hello</Content>\
            <MsgId>1</MsgId></xml>"
            .to_vec(),
    };
    // `black_box` hides these from the compiler, so that it cannot remove code that they do not
    // need.
    let host: Arc<dyn Host> = black_box(Arc::new(Minimal));
    answer::answer(host, black_box(request), tell);
}
