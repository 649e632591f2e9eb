//! One function with two waits, written in three ways: as a generator, as a state machine by hand,
//! and as an `async fn`. docs/story.md shows it between generators and async/await.
#![forbid(unsafe_code)]

use std::mem::size_of_val;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use futures::executor::block_on;
use generators::ask::future;
use generators::{Routine, co, go, yield_};
use pipeline::{Failure, Operation, Pending};

/// An operation that another thread completes.
fn operation<T: Send + 'static>(answer: T) -> Pending<T> {
    let (completer, pending) = Pending::new(Operation::Account);
    thread::spawn(move || completer.complete(Ok(answer)));
    pending
}

fn find_name() -> Pending<&'static str> {
    operation("alice")
}

fn find_count(name: &str) -> Pending<usize> {
    operation(name.len())
}

// ANCHOR: generator
fn generator() -> Routine<Result<String, Failure>> {
    go!(co => {
        let name = yield_!(co, future(find_name()))?;
        let count = yield_!(co, future(find_count(name)))?;
        Ok(format!("{name}, message {count}"))
    })
}
// ANCHOR_END: generator

// ANCHOR: byhand
enum ByHand {
    Start,
    Name(Pending<&'static str>),
    Count(&'static str, Pending<usize>),
    End,
}

impl Future for ByHand {
    type Output = Result<String, Failure>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match &mut *self {
                Self::Start => *self = Self::Name(find_name()),
                Self::Name(pending) => {
                    let name = ready!(Pin::new(pending).poll(task))?;
                    *self = Self::Count(name, find_count(name));
                }
                Self::Count(name, pending) => {
                    let count = ready!(Pin::new(pending).poll(task))?;
                    let greeting = format!("{name}, message {count}");
                    *self = Self::End;
                    return Poll::Ready(Ok(greeting));
                }
                Self::End => panic!("it was polled after its end"),
            }
        }
    }
}
// ANCHOR_END: byhand

// ANCHOR: async
async fn async_function() -> Result<String, Failure> {
    let name = find_name().await?;
    let count = find_count(name).await?;
    Ok(format!("{name}, message {count}"))
}
// ANCHOR_END: async

fn main() -> Result<(), Failure> {
    println!("generator with co: {}", block_on(co(generator()))?);
    println!("by hand: {} bytes: {}", size_of_val(&ByHand::Start), block_on(ByHand::Start)?);
    let future = async_function();
    println!("async fn: {} bytes: {}", size_of_val(&future), block_on(future)?);
    Ok(())
}
