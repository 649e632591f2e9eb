//! A million users who come, write once each, and go: how long anybody waits for the table of
//! exchanges, and how much memory a user takes. `cargo bench --bench crowd`
//!
//! Two threads write, as fast as they can, and a third tidies, as the server does every second. The
//! time of the host is not the real one: the crowd takes ten minutes to come. A call is timed from
//! outside, with its wait for a lock. What the machine itself makes wait is in it too; so the same
//! threads also time as many calls that do nothing.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use four_ways::hosts::shards::Shards;
use pipeline::exchange::Binding;
use pipeline::exchanges::{Kept, Limits};
use pipeline::{Answer, Begun, Exchange, ExchangeKey, Record, Session};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use wechat::{Message, Reply};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const USERS: u64 = 1_000_000;
const WRITERS: u64 = 2;
/// How long the crowd takes to come.
const CROWD: Duration = Duration::from_secs(600);

fn main() {
    println!("{USERS} users, one message each");
    let room = Limits { bytes: usize::MAX, ..Limits::default() };
    crowd("with room for all, and answers of 24 bytes", room, true);
    crowd("with room for all, and nothing to answer again", room, false);
    crowd("with the server's limits", Limits::default(), true);
}

fn crowd(title: &str, limits: Limits, identified: bool) {
    let before = in_use();
    let shards = Arc::new(Shards::new(limits));
    let (sent, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let now = || CROWD.mul_f64(sent.load(Ordering::Relaxed) as f64 / USERS as f64);
    let mut longest = Longest::default();
    thread::scope(|scope| {
        let tidies = scope.spawn(|| {
            let mut longest = Longest::default();
            while !over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
                shards.tables().iter().for_each(|table| longest.time(|| table.tidy(now())));
            }
            longest
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (shards, sent) = (&shards, &sent);
                scope.spawn(move || {
                    let mut longest = Longest::default();
                    for user in (writer..USERS).step_by(WRITERS as usize) {
                        say(shards, user, identified, now(), &mut longest);
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                    longest
                })
            })
            .collect();
        for writer in writers {
            longest.add(writer.join().expect("no panic"));
        }
        over.store(true, Ordering::Relaxed);
        longest.add(tidies.join().expect("no panic"));
    });
    let (kept, taken) = (shards.kept(), in_use() - before);
    // All leave; the server tidies on.
    let mut leaving = Vec::new();
    for when in [CROWD + limits.kept_for, CROWD + 2 * limits.kept_for, 3 * limits.sessions_for] {
        for table in shards.tables() {
            let begun = Instant::now();
            table.tidy(when);
            leaving.push(begun.elapsed());
        }
    }
    leaving.sort_unstable_by(|one, other| other.cmp(one));
    let Kept { answers, sessions, signatures, bytes, .. } = kept;
    println!("\n{title}:");
    println!("  kept: {sessions} sessions, {answers} answers, {signatures} signatures");
    println!("  memory: {} MiB, {} counted", taken >> 20, bytes >> 20);
    println!("  a user: {} bytes", taken / sessions.max(1));
    println!("  longest call while they come: {longest}");
    // Each table ends three generations, and one of them holds most: a few of these calls are what
    // the machine made of them, their median is what they cost.
    let typical = leaving[shards.tables().len() / 2];
    println!(
        "  longest call while they go: {:.1?}, of the long ones half take {typical:.1?}",
        leaving[0]
    );
    println!("  left: {} KiB", in_use().saturating_sub(before) >> 10);
}

fn say(shards: &Shards, user: u64, identified: bool, now: Duration, longest: &mut Longest) {
    // As long as an OpenID and an original id.
    let id = if identified { format!("<MsgId>{user:017}</MsgId>") } else { String::new() };
    let xml = format!(
        "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>{user:028}</FromUserName>\
         <CreateTime>1</CreateTime><MsgType>text</MsgType>{id}</xml>"
    );
    let message = Message::parse(xml.as_bytes()).expect("a message").key();
    let key = ExchangeKey { account: "demo".into(), user: message.user().clone(), message };
    let mut signature = [0; 20];
    signature[..8].copy_from_slice(&user.to_le_bytes());
    let exchange = Exchange { key, binding: Some(Binding { signature, body: [1; 20] }) };
    let answer = Answer {
        reply: Reply::text("twenty-four bytes of it.").expect("short"),
        created: 1,
        unit: "keyword",
        salt: [0; 16],
    };
    let record = Record { kind: "text", answer, session: Session::default() };
    let begun = longest.time(|| shards.begin(exchange, now)).try_take().expect("at once");
    let Ok(Begun::Fresh { lease, .. }) = begun else { panic!("not fresh: {begun:?}") };
    drop(longest.time(|| shards.commit(lease, record, now)));
}

/// The longest calls, and the longest that did nothing.
#[derive(Default)]
struct Longest {
    call: Duration,
    nothing: Duration,
    /// Calls of more than a millisecond.
    long: usize,
}

impl Longest {
    fn time<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let value = call();
        let ended = Instant::now();
        self.call = self.call.max(ended - begun);
        self.long += usize::from(ended - begun > Duration::from_millis(1));
        self.nothing = self.nothing.max(ended.elapsed());
        value
    }

    fn add(&mut self, other: Self) {
        self.call = self.call.max(other.call);
        self.nothing = self.nothing.max(other.nothing);
        self.long += other.long;
    }
}

impl std::fmt::Display for Longest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { call, nothing, long } = self;
        write!(formatter, "{call:.1?} ({long} over 1 ms; doing nothing: {nothing:.1?})")
    }
}

fn in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}
