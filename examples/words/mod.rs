//! The code that the four bots share: the request, and the answer.

use std::env;
use std::sync::Arc;

use four_ways::conversation;
use pipeline::units::nobody;
use pipeline::{Context, Host, Request, Verdict};
use wechat::{Kind, Reply};

/// A message with the words of the command line, signed for the built-in account, and a host that
/// knows the account.
pub fn asked() -> (Arc<dyn Host>, Request) {
    let words = env::args().nth(1).unwrap_or_else(|| "你好".to_owned());
    (conversation::memory(), conversation::text(&words).request)
}

/// Repeats what the user said, if it was a text and can be sent.
pub fn answer(ctx: &mut Context) {
    let reply = match ctx.message.as_ref().map(|message| &message.kind) {
        Some(Kind::Text { content }) => Reply::text(content.as_str()).ok(),
        _ => None,
    };
    if !reply.map_or(Verdict::Pass, Verdict::Reply).settle(ctx, "echo") {
        nobody(ctx);
    }
}
