//! The smallest bot in generators. It repeats what the user says.
#![forbid(unsafe_code)]

mod words;

use futures::executor::block_on;
use generators::layers::{account, envelope, verify};
use generators::{Layer, Next, Routine, compose, go};
use pipeline::Context;

/// The innermost layer. It does not yield `next`, because there are no layers further in.
fn echo(mut ctx: Box<Context>, _next: Next) -> Routine {
    go!(_co => {
        words::answer(&mut ctx);
        (ctx, Ok(()))
    })
}

fn main() {
    let bot = compose(vec![
        Layer::new("account", account),
        Layer::new("verify", verify),
        Layer::new("envelope", envelope),
        Layer::new("echo", echo),
    ]);
    let (host, request) = words::asked();
    println!("{}", block_on(bot.handle(host, request)).body);
}
