//! The turns of one user: requests on several threads begin, end, and are dropped while they wait.

use std::time::Duration;

use pipeline::exchanges::Limits;
use pipeline::{Answer, Begun, Exchange, ExchangeKey, Failure, LeaseId, Record, Session};
use shuttle::sync::Arc;
use shuttle::thread;
use wechat::{Message, Reply};

use super::source::turns::Turns;
use crate::explore::models;
use crate::waits::{Captured, Told, wait_for};

models![
    each_request_gets_its_turn,
    a_turn_whose_request_is_gone_goes_to_the_next,
    a_request_that_is_gone_leaves_its_place_in_the_queue,
    a_callback_that_gets_its_turn_may_call_the_host_again,
];

const NOW: Duration = Duration::ZERO;

fn exchange(id: usize) -> Exchange {
    let xml = format!(
        "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
         <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
    );
    let message = Message::parse(xml.as_bytes()).expect("a message").key();
    let key = ExchangeKey { account: "demo".into(), user: "a".into(), message };
    Exchange { key, binding: None }
}

fn lease(begun: Result<Begun, Failure>) -> LeaseId {
    match begun {
        Ok(Begun::Fresh { lease, .. }) => lease,
        other => panic!("no turn: {other:?}"),
    }
}

fn begin(turns: &Turns, id: usize) -> LeaseId {
    lease(wait_for(turns.begin(exchange(id), NOW)))
}

fn commit(turns: &Turns, lease: LeaseId) {
    let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
    let session = Session { exchanges: 1, ..Session::default() };
    let record = Record { kind: "text", answer, session };
    assert_eq!(wait_for(turns.commit(lease, record, NOW)), Ok(()));
}

fn each_request_gets_its_turn() {
    let turns = Arc::new(Turns::default());
    let requests = [1, 2].map(|id| {
        let turns = Arc::clone(&turns);
        thread::spawn(move || turns.release(begin(&turns, id)))
    });
    commit(&turns, begin(&turns, 3));
    requests.into_iter().for_each(|request| request.join().expect("no panic"));
}

fn a_turn_whose_request_is_gone_goes_to_the_next() {
    let turns = Arc::new(Turns::default());
    let first = begin(&turns, 1);
    let (second, third) = (turns.begin(exchange(2), NOW), turns.begin(exchange(3), NOW));
    let other = Arc::clone(&turns);
    let client = thread::spawn(move || drop(second));
    let request = thread::spawn(move || other.release(first));
    turns.release(lease(wait_for(third)));
    client.join().expect("no panic");
    request.join().expect("no panic");
}

fn a_request_that_is_gone_leaves_its_place_in_the_queue() {
    let turns = Arc::new(Turns::new(Limits { waiting: 1, ..Limits::default() }));
    let first = begin(&turns, 1);
    let second = turns.begin(exchange(2), NOW);
    let client = thread::spawn(move || drop(second));
    client.join().expect("no panic");
    let other = Arc::clone(&turns);
    let request = thread::spawn(move || other.release(first));
    turns.release(begin(&turns, 3));
    request.join().expect("no panic");
}

fn a_callback_that_gets_its_turn_may_call_the_host_again() {
    let turns = Arc::new(Turns::default());
    let first = begin(&turns, 1);
    let told = Told::default();
    let (again, tell, captured) = (Arc::clone(&turns), told.clone(), Captured);
    drop(turns.begin(exchange(2), NOW).subscribe(move |begun| {
        let _captured = captured;
        again.release(lease(begun));
        tell.tell(());
    }));
    let other = Arc::clone(&turns);
    let request = thread::spawn(move || other.release(first));
    turns.release(begin(&turns, 3));
    assert_eq!(told.wait(1).len(), 1);
    request.join().expect("no panic");
}
