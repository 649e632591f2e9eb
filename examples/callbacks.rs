//! The smallest bot in callbacks. It repeats what the user says.
#![forbid(unsafe_code)]

mod words;

use callbacks::layers::{account, envelope, verify};
use callbacks::{Bounce, Done, Layer, Next, compose};
use pipeline::Context;

/// The innermost layer. It does not run `next`, because there are no layers further in.
fn echo(mut ctx: Box<Context>, _next: Next, done: Done) -> Bounce {
    words::answer(&mut ctx);
    done.call(None, ctx)
}

fn main() {
    let bot = compose(vec![
        Layer::new("account", account),
        Layer::new("verify", verify),
        Layer::new("envelope", envelope),
        Layer::new("echo", echo),
    ]);
    let (host, request) = words::asked();
    bot.handle(host, request, |response| println!("{}", response.body));
}
