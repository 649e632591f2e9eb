//! The smallest bot in promises. It repeats what the user says.
#![forbid(unsafe_code)]

mod words;

use futures::executor::block_on;
use pipeline::Context;
use promises::layers::{account, envelope, verify};
use promises::{Layer, Next, Promise, compose};

/// The innermost layer. It does not run `next`, because there are no layers further in.
fn echo(mut ctx: Box<Context>, _next: Next) -> Promise {
    words::answer(&mut ctx);
    Promise::resolve(ctx)
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
