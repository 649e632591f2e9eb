//! Who may be connected, for how long, and how each connection ends.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use four_ways::server::Caps;
use four_ways::styles;

use crate::client::{Running, ask, connect, read, request, short, signed, text};
use crate::in_every_style;

/// A request that is answered at once, by 404.
fn nowhere() -> String {
    request("GET", "/", "")
}

/// Waits until so many connections ended for this reason.
fn until_ended(server: &Running, why: &str, count: u32) {
    let sample = format!("four_ways_connections_ended_total{{why=\"{why}\"}} {count}\n");
    let begin = Instant::now();
    loop {
        let metrics = ask(server.admin, "GET", "/metrics", "").body;
        if metrics.contains(&sample) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{sample} is not in {metrics}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until so many connections are open.
fn until_open(server: &Running, count: u32) {
    let sample = format!("four_ways_connections_open {count}\n");
    let begin = Instant::now();
    while !ask(server.admin, "GET", "/metrics", "").body.contains(&sample) {
        assert!(begin.elapsed() < Duration::from_secs(30), "not {count} are open");
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_ended(stream: &mut TcpStream) {
    assert_eq!(stream.read(&mut [0; 64]).map_err(|error| error.kind()), Ok(0));
}

/// Patient enough that only what a test is about happens.
fn patient() -> Caps {
    let minute = Duration::from_secs(60);
    Caps { idle: minute, head: minute, shutdown: minute, ..short() }
}

/// Which of two is idle longer cannot be told from outside, because a client has its answer before
/// the server notes the time. The tests of `places` have a clock of their own.
#[test]
fn when_all_places_are_taken_one_connection_that_is_idle_gives_way() {
    in_every_style(Caps { connections: 2, ..patient() }, |server| {
        let mut buffer = Vec::new();
        let mut idle = [0; 2].map(|_| connect(server.address, nowhere().as_bytes()));
        for stream in &mut idle {
            assert_eq!(read(stream, &mut buffer).map(|answer| answer.status), Some(404));
        }
        let mut third = connect(server.address, nowhere().as_bytes());
        assert_eq!(read(&mut third, &mut buffer).map(|answer| answer.status), Some(404));
        until_ended(server, "GaveWay", 1);
        let answered = idle.each_mut().map(|stream| {
            // Whether it can still be written depends on when the system learns of the end.
            drop(stream.write_all(nowhere().as_bytes()));
            read(stream, &mut buffer).is_some()
        });
        assert_ne!(answered[0], answered[1]);
    });
}

#[test]
fn while_no_connection_is_idle_one_more_waits_until_another_leaves() {
    in_every_style(Caps { connections: 1, ..patient() }, |server| {
        let busy = connect(server.address, b"GET / HT");
        until_open(server, 1);
        // The head is seen at once, or a moment later; the second is answered in neither case.
        thread::sleep(Duration::from_millis(100));
        let mut second = connect(server.address, nowhere().as_bytes());
        second.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
        assert!(second.read(&mut [0]).is_err(), "it was answered beside the first");
        drop(busy);
        second.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        assert_eq!(read(&mut second, &mut Vec::new()).map(|answer| answer.status), Some(404));
        until_ended(server, "Broken", 1);
    });
}

#[test]
fn an_address_that_has_all_its_places_gets_no_other_and_others_do() {
    in_every_style(Caps { per_address: 2, ..patient() }, |server| {
        let busy = [connect(server.address, b"GET / HT"), connect(server.address, b"GET / HT")];
        until_open(server, 2);
        thread::sleep(Duration::from_millis(100));
        let mut third = TcpStream::connect(server.address).expect("the server listens");
        is_ended(&mut third);
        until_ended(server, "Crowded", 1);
        drop(busy);
        until_open(server, 0);
        assert_eq!(ask(server.address, "GET", "/", "").status, 404);
    });
}

#[test]
fn every_connection_is_counted_by_why_it_ended() {
    in_every_style(short(), |server| {
        let mut closed = connect(server.address, nowhere().as_bytes());
        assert!(read(&mut closed, &mut Vec::new()).is_some());
        drop(closed);
        until_ended(server, "Closed", 1);
        is_ended(&mut connect(server.address, b""));
        until_ended(server, "Idle", 1);
        let mut late = connect(server.address, b"GET / HT");
        drop(late.read_to_end(&mut Vec::new()));
        until_ended(server, "Head", 1);
        let mut malformed = connect(server.address, b"what?\r\n\r\n");
        assert_eq!(read(&mut malformed, &mut Vec::new()).map(|answer| answer.status), Some(400));
        drop(malformed);
        until_ended(server, "Malformed", 1);
        let half = format!("POST {} HTTP/1.1\r\nHost: x\r\nConte", signed("demo", "1"));
        drop(connect(server.address, half.as_bytes()));
        until_ended(server, "Broken", 1);
        until_open(server, 0);
    });
}

/// A client that pipelines and never reads.
fn never_reading(server: &Running) -> TcpStream {
    // Long answers, because the system keeps some megabytes for a client.
    let target = format!("{}&echostr={}", signed("demo", "1"), "e".repeat(30_000));
    let asked = request("GET", &target, "");
    let mut stream = connect(server.address, b"");
    stream.set_write_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    while stream.write_all(asked.as_bytes()).is_ok() {}
    stream
}

#[test]
fn a_client_that_does_not_read_its_answers_is_sent_away() {
    in_every_style(Caps { idle: Duration::from_secs(60), ..short() }, |server| {
        let stream = never_reading(server);
        until_ended(server, "Unread", 1);
        drop(stream);
    });
}

/// Its shutdown would take a minute if it waited for the client.
#[test]
fn a_client_that_does_not_read_does_not_hold_up_a_shutdown() {
    thread::scope(|scope| {
        for style in styles::all() {
            scope.spawn(move || {
                let minute = Duration::from_secs(60);
                let caps = Caps { shutdown: minute, write: Duration::from_secs(1), ..short() };
                let server = Running::start(style, caps);
                let stream = never_reading(&server);
                let begin = Instant::now();
                assert!(server.stop().complete);
                assert!(begin.elapsed() < minute);
                drop(stream);
            });
        }
    });
}

#[test]
fn at_a_shutdown_a_request_that_has_begun_or_begins_in_the_grace_is_answered() {
    thread::scope(|scope| {
        for style in styles::all() {
            scope.spawn(move || {
                let caps = Caps { grace: Duration::from_secs(30), ..patient() };
                let server = Running::start(style, caps);
                let hello = request("POST", &signed("demo", "1"), &text("alice", 1, "hello"));
                let (first, rest) = hello.split_at(10);
                let mut begun = connect(server.address, first.as_bytes());
                let mut kept = connect(server.address, nowhere().as_bytes());
                let mut buffer = Vec::new();
                assert!(read(&mut kept, &mut buffer).is_some());
                until_open(&server, 2);
                thread::scope(|scope| {
                    let address = server.address;
                    let ending = scope.spawn(move || {
                        let begin = Instant::now();
                        while TcpStream::connect(address).is_ok() {
                            assert!(begin.elapsed() < Duration::from_secs(30), "it goes on");
                            thread::sleep(Duration::from_millis(5));
                        }
                        begun.write_all(rest.as_bytes()).expect("sent");
                        kept.write_all(nowhere().as_bytes()).expect("sent");
                        for (stream, status) in [(&mut begun, 200), (&mut kept, 404)] {
                            let answer = read(stream, &mut Vec::new()).expect("an answer");
                            assert_eq!(answer.status, status);
                            assert_eq!(answer.header("connection"), ["close"]);
                            is_ended(stream);
                            stream.shutdown(Shutdown::Both).expect("connected");
                        }
                    });
                    assert!(server.stop().complete);
                    ending.join().expect("answered");
                });
            });
        }
    });
}

/// Each client sends one request after the other, until an answer says that it is the last. None is
/// left without an answer.
#[test]
fn no_request_is_lost_by_a_shutdown_under_load() {
    for style in styles::all() {
        let caps = Caps { grace: Duration::from_secs(30), ..patient() };
        let server = Running::start(style, caps);
        let address = server.address;
        let answered = AtomicUsize::new(0);
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for client in 0..16_u64 {
                let (answered, over) = (&answered, &over);
                scope.spawn(move || {
                    let mut stream = connect(address, b"");
                    let mut buffer = Vec::new();
                    for id in client * 100_000.. {
                        let target = signed("demo", &format!("s{id}"));
                        let body = text(&format!("user{client}"), id, "hello");
                        let sent = stream.write_all(request("POST", &target, &body).as_bytes());
                        assert!(sent.is_ok(), "{sent:?}");
                        let answer = read(&mut stream, &mut buffer).expect("an answer");
                        assert!(answer.body.contains("Hello yourself."), "{answer:?}");
                        answered.fetch_add(1, Ordering::Relaxed);
                        if answer.header("connection") == ["close"] {
                            break;
                        }
                    }
                    assert!(over.load(Ordering::Acquire), "the server hung up before the end");
                });
            }
            while answered.load(Ordering::Relaxed) < 500 {
                thread::yield_now();
            }
            over.store(true, Ordering::Release);
            let served = server.stop();
            assert!(served.complete);
            assert!(served.requests >= 500);
        });
    }
}
