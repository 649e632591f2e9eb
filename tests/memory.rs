//! What a host counts as kept is what the allocator gave for it: of small entries and of large
//! ones, while there is room and when there is none. One test, because all threads are counted.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::time::Duration;

use four_ways::hosts::shards::Shards;
use pipeline::exchange::Binding;
use pipeline::exchanges::Limits;
use pipeline::{Answer, Begun, Exchange, ExchangeKey, Record, Session};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use wechat::{Message, Reply};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// One message of a user and its answer, with ids and a text of about this many bytes.
fn answered(shards: &Shards, user: usize, length: usize, now: Duration) {
    let id = format!("{user}{}", "x".repeat(length.min(50)));
    let xml = format!(
        "<xml><ToUserName>{id}</ToUserName><FromUserName>{id}</FromUserName>\
         <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
    );
    let message = Message::parse(xml.as_bytes()).expect("a message").key();
    let key = ExchangeKey { account: "demo".into(), user: message.user().clone(), message };
    let mut signature = [0; 20];
    signature[..8].copy_from_slice(&user.to_le_bytes());
    let binding = Some(Binding { signature, body: [1; 20] });
    let begun = shards.begin(Exchange { key, binding }, now).try_take().expect("at once");
    let Ok(Begun::Fresh { lease, .. }) = begun else { panic!("not fresh: {begun:?}") };
    let reply = Reply::text("x".repeat(length.max(1))).expect("short");
    let answer = Answer { reply, created: 1, unit: "-", salt: [0; 16] };
    let record = Record { kind: "text", answer, session: Session::default() };
    assert_eq!(shards.commit(lease, record, now).try_take().ok(), Some(Ok(())));
}

#[test]
fn what_is_counted_is_what_is_allocated() {
    for (bytes, users, length) in [
        (usize::MAX, 2_000, 0),
        (usize::MAX, 4_000, 10),
        (usize::MAX, 1_000, 2_000),
        (8 * 1024 * 1024, 8_000, 10),
        (8 * 1024 * 1024, 3_000, 2_000),
    ] {
        let shards = Shards::new(Limits { bytes, ..Limits::default() });
        // Empty tables take little, and always the same.
        let before = in_use();
        for user in 0..users {
            answered(&shards, user, length, Duration::from_secs(1));
        }
        let (counted, allocated) = (shards.kept().bytes, in_use() - before);
        let case = format!("{users} users, {length}: {counted} counted, {allocated} allocated");
        assert!(allocated < counted + counted / 5, "too little is counted: {case}");
        assert!(counted < allocated + allocated / 2, "too much is counted: {case}");
        assert!(counted <= bytes && (bytes == usize::MAX || counted > bytes / 4), "{case}");
        // The crowd has gone.
        let later = Duration::from_secs(1) + 2 * Limits::default().sessions_for;
        shards.tables().iter().for_each(|table| table.tidy(later));
        assert_eq!(shards.kept().bytes, 0);
        assert!(in_use() - before < 1_000_000, "{} bytes are left", in_use() - before);
    }
}
