use wechat::Kind;

use super::{Rule, Verdict};
use crate::context::Context;

/// Makes a text message of recognised speech and passes it on.
#[derive(Debug)]
pub struct Voice;

impl Rule for Voice {
    fn name(&self) -> &'static str {
        "voice"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        if let Some(message) = &ctx.message
            && let Kind::Voice { recognition: Some(speech), .. } = &message.kind
        {
            let kind = Kind::Text { content: speech.clone() };
            let message = wechat::Message { kind, ..message.clone() };
            ctx.pass_on(message);
        }
        Verdict::Pass
    }
}
