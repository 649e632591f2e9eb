use wechat::Kind;

use super::rule::{Rule, Verdict};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn recognised_speech_becomes_a_text_and_passes_on() {
        let mut ctx =
            testing::asked("voice", "<MediaId>m</MediaId><Recognition>hello</Recognition>");
        assert_eq!(Voice.decide(&mut ctx), Verdict::Pass);
        assert_eq!((super::super::rule::text(&ctx), ctx.revision), (Some("hello"), 1));
    }

    #[test]
    fn speech_that_was_not_recognised_is_left_as_it_is() {
        let mut ctx = testing::asked("voice", "<MediaId>m</MediaId><Recognition></Recognition>");
        assert_eq!(Voice.decide(&mut ctx), Verdict::Pass);
        assert_eq!((super::super::rule::text(&ctx), ctx.revision), (None, 0));
    }
}
