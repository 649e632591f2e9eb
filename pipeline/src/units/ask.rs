//! A unit that asks a language model, by the chat API that OpenAI has made common. There are two
//! providers. The second is asked when the first has not answered for a while, and the first good
//! answer counts.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use wechat::Reply;

use super::rule::{Verdict, tell, text};
use super::service::read;
use crate::call::{Call, Called};
use crate::context::Context;
use crate::operation::Failure;

/// The unit's name.
pub const NAME: &str = "ask";

/// How long the first provider has before the second is asked as well.
pub const HEAD_START: Duration = Duration::from_millis(800);

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

/// Whether the message is for this unit.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    ctx.account.as_ref().is_some_and(|account| account.has_unit(NAME)) && question(ctx).is_some()
}

/// What the user asks, as in `ask Why is the sky blue?` and `问 天空为什么是蓝的？`.
fn question(ctx: &Context) -> Option<&str> {
    let (word, question) = text(ctx)?.split_once(char::is_whitespace)?;
    matches!(word, "ask" | "问").then(|| question.trim())
}

/// Asks the first provider.
#[must_use]
pub fn first(ctx: &Context) -> Call {
    ask(ctx, "ask-first", 0)
}

/// Asks the second provider.
#[must_use]
pub fn second(ctx: &Context) -> Call {
    ask(ctx, "ask-second", 1)
}

fn ask(ctx: &Context, service: &'static str, provider: usize) -> Call {
    let model = ctx.account.as_ref().map(|account| &*account.models[provider]);
    let question = question(ctx).unwrap_or_default();
    let json = json!({ "model": model, "messages": [{ "role": "user", "content": question }] });
    Call::post(service, "/v1/chat/completions", json.to_string())
}

/// The words of a good answer; `None` when it is not one.
#[must_use]
pub fn words(answered: Result<Called, Failure>) -> Option<String> {
    let Completion { choices } = read(answered)?;
    let words = choices.into_iter().next()?.message.content;
    (!words.trim().is_empty()).then_some(words)
}

/// What it says: the words, cut to the length of one reply, or an apology.
#[must_use]
pub fn verdict(ctx: &Context, words: Option<String>) -> Verdict {
    let first = words.and_then(|words| Reply::split(words.trim()).into_iter().next());
    first.map_or_else(|| sorry(ctx), Verdict::Reply)
}

fn sorry(ctx: &Context) -> Verdict {
    tell(ctx, "我现在答不上来，请稍后再问。", "I cannot answer now.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Fault, Operation};
    use crate::testing;

    fn completion(content: &str) -> Result<Called, Failure> {
        let body =
            json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] });
        Ok(Called { status: 200, body: body.to_string().into() })
    }

    #[test]
    fn it_is_for_a_word_and_a_question_and_for_accounts_that_have_it_on() {
        for text in ["ask why?", "问 为什么？"] {
            assert!(wants(&testing::said(text)), "{text}");
        }
        for text in ["ask", "问", "asking why?", "问为什么"] {
            assert!(!wants(&testing::said(text)), "{text}");
        }
        let mut ctx = testing::said("ask why?");
        ctx.account =
            Some(std::sync::Arc::new(crate::Account { units: vec![], ..testing::account() }));
        assert!(!wants(&ctx));
    }

    #[test]
    fn each_provider_is_asked_with_its_model() {
        let ctx = testing::said("ask \"why?\"");
        for (call, service, model) in
            [(first(&ctx), "ask-first", "small"), (second(&ctx), "ask-second", "large")]
        {
            let json: serde_json::Value =
                serde_json::from_str(call.json.as_deref().expect("a body")).expect("JSON");
            assert_eq!((call.service, &json["model"]), (service, &json!(model)));
            assert_eq!(json["messages"][0]["content"], "\"why?\"");
        }
    }

    #[test]
    fn an_answer_is_good_if_it_has_words() {
        assert_eq!(words(completion("because")).as_deref(), Some("because"));
        let failure = Failure { operation: Operation::Call, fault: Fault::Transient };
        let busy = Called { status: 429, body: br#"{"error":{}}"#.to_vec() };
        let none = Called { status: 200, body: br#"{"choices":[]}"#.to_vec() };
        for bad in [Err(failure), Ok(busy), Ok(none), completion(" \n")] {
            assert_eq!(words(bad), None);
        }
    }

    #[test]
    fn a_long_answer_is_cut_and_no_answer_is_an_apology() {
        let ctx = testing::said("ask why?");
        let Verdict::Reply(Reply::Text(text)) = verdict(&ctx, Some("长".repeat(2_000))) else {
            panic!("a text")
        };
        assert!(text.as_str().len() > 2_000 && text.as_str().starts_with('长'));
        assert_eq!(verdict(&ctx, None), sorry(&ctx));
    }
}
