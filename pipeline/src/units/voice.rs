use wechat::Kind;

use super::rule::{Rule, Verdict};
use crate::context::Context;

/// Makes a text message of recognised speech and passes it on.
///
/// WeChat's recognition closes what was said with punctuation (`喵！`), which nobody spoke and no
/// keyword holds: it is taken away. Speech that is nothing else was not recognised.
#[derive(Debug)]
pub struct Voice;

/// What closes a sentence or a part of it, in Chinese and in English.
const CLOSING: &[char] = &[
    '。', '．', '｡', '！', '？', '，', '、', '；', '：', '…', '～', '.', '!', '?', ',', ';', ':',
    '~',
];

/// What was said, without the punctuation and the blanks at its end.
fn spoken(speech: &str) -> &str {
    speech.trim_end_matches(|each: char| each.is_whitespace() || CLOSING.contains(&each))
}

impl Rule for Voice {
    fn name(&self) -> &'static str {
        "voice"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        if let Some(message) = &ctx.message
            && let Kind::Voice { recognition: Some(speech), .. } = &message.kind
            && let content = spoken(speech)
            && !content.is_empty()
        {
            let kind = Kind::Text { content: content.to_owned() };
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

    fn heard(speech: &str) -> Context {
        let fields = format!("<MediaId>m</MediaId><Recognition>{speech}</Recognition>");
        let mut ctx = testing::asked("voice", &fields);
        assert_eq!(Voice.decide(&mut ctx), Verdict::Pass);
        ctx
    }

    #[test]
    fn recognised_speech_becomes_a_text_and_passes_on() {
        let ctx = heard("hello");
        assert_eq!((super::super::rule::text(&ctx), ctx.revision), (Some("hello"), 1));
    }

    #[test]
    fn closing_punctuation_was_not_spoken() {
        for (speech, text) in [
            ("喵！", "喵"),
            ("你好。", "你好"),
            ("What? Really?!", "What? Really"),
            ("3.5.", "3.5"),
            ("等等……", "等等"),
            ("hello ！ 。 ", "hello"),
            ("（好）", "（好）"),
        ] {
            assert_eq!(super::super::rule::text(&heard(speech)), Some(text));
        }
        for &closing in CLOSING {
            assert_eq!(super::super::rule::text(&heard(&format!("50{closing}"))), Some("50"));
        }
    }

    #[test]
    fn speech_that_was_not_recognised_is_left_as_it_is() {
        for speech in ["", "。", "…… ?!"] {
            let ctx = heard(speech);
            assert_eq!((super::super::rule::text(&ctx), ctx.revision), (None, 0), "{speech}");
        }
    }
}
