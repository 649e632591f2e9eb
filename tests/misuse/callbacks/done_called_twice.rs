//@ error: E0382
use callbacks::{Bounce, Done, Next};
use pipeline::{Context, Error};

pub fn layer(ctx: Box<Context>, _next: Next, done: Done) -> Bounce {
    if ctx.account.is_none() {
        let fresh = Box::new(Context::of(ctx.origin()));
        drop(done.call(Some(Error::UnknownAccount), fresh)); // wrong
        // right: return done.call(Some(Error::UnknownAccount), fresh);
    }
    done.call(None, ctx)
}
