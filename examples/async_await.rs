//! The smallest bot in async/await. It repeats what the user says.
#![forbid(unsafe_code)]

mod words;

use four_ways::async_await::layers::{account, envelope, verify};
use four_ways::async_await::{Layer, Next, compose};
use futures::executor::block_on;
use pipeline::{Context, Outcome};

/// The innermost layer. It does not await `next`, because there are no layers further in.
async fn echo(ctx: &mut Context, _next: Next<'_>) -> Outcome {
    words::answer(ctx);
    Ok(())
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
