//! From bytes to a message, and from an answer to bytes.

use wechat::{Opened, Reply};

use crate::context::Context;
use crate::error::{Error, Outcome};
use crate::exchange::Answer;
use crate::request::Response;
use crate::rules::verify::in_time;

/// On the way in: verifies and decrypts where the account's mode encrypts, and parses.
///
/// # Errors
/// 413, 400 and 403.
pub fn open(ctx: &mut Context) -> Outcome {
    let envelope = &ctx.account()?.envelope;
    let body = &ctx.request().body;
    let Opened { message, seal, verified } = if envelope.encrypts() {
        let query = ctx.query()?;
        let opened = envelope.open(query, body)?;
        // Only now it is known that the sender can sign. In plain mode `verify` has checked this.
        in_time(ctx, query.seconds())?;
        opened
    } else {
        envelope.open_verified(ctx.verified()?.clone(), body)?
    };
    ctx.kind = message.kind_name();
    ctx.message = Some(message);
    ctx.seal = Some(seal);
    ctx.verified = Some(verified);
    Ok(())
}

/// On the way out: renders the answer, and encrypts it in the account's mode. Time and random bytes
/// are those of the stored answer and not new ones, so a repeat gets the same bytes.
///
/// # Errors
/// When the layers below left no answer.
pub fn seal(ctx: &mut Context) -> Outcome {
    let Answer { reply, created, salt, .. } =
        ctx.answer.as_ref().ok_or(Error::Missing("answer"))?;
    ctx.response = Some(match reply {
        Reply::Success => Response::success(),
        Reply::Empty => Response::text(200, ""),
        reply => {
            let seal = ctx.seal.as_ref().ok_or(Error::Missing("seal"))?;
            let envelope = &ctx.account()?.envelope;
            Response::xml(envelope.close(seal, ctx.message()?, reply, *created, *salt))
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wechat::{AesKey, Envelope, Keys, Mode, Rotation, Token, signature};

    use super::*;
    use crate::account::Account;
    use crate::request::Method;
    use crate::rules::verify::verify;
    use crate::testing::{self, NOW};

    fn answered(reply: Reply) -> Context {
        let mut ctx = testing::said("hello");
        assert_eq!(verify(&mut ctx).and_then(|()| open(&mut ctx)), Ok(()));
        ctx.answer = Some(Answer { reply, created: 12, unit: "keyword", salt: [0; 16] });
        ctx
    }

    #[test]
    fn a_body_is_read_or_refused_with_its_status() {
        let refused = |body: &str| {
            let mut ctx = testing::context(Method::Post, testing::query(testing::NOW), body);
            assert_eq!(verify(&mut ctx), Ok(()));
            open(&mut ctx).map_err(|error| error.status())
        };
        assert_eq!(refused(&testing::body("text", "<Content>a</Content>")), Ok(()));
        assert_eq!(refused("<html/>"), Err(400));
        assert_eq!(refused(&" ".repeat(64 * 1024)), Err(400));
        assert_eq!(refused(&" ".repeat(64 * 1024 + 1)), Err(413));
    }

    #[test]
    fn a_body_whose_signature_nobody_has_verified_is_not_opened() {
        let mut ctx = testing::said("hello");
        assert_eq!(open(&mut ctx), Err(Error::Missing("verified")));
        let forged = testing::query(NOW).replace("nonce=42", "nonce=43");
        let mut ctx = testing::context(Method::Post, forged, &testing::body("text", ""));
        assert_eq!(verify(&mut ctx), Err(Error::Signature));
        assert_eq!(open(&mut ctx), Err(Error::Missing("verified")));
    }

    #[test]
    fn what_one_account_has_verified_opens_nothing_of_another() {
        let mut ctx = testing::said("hello");
        assert_eq!(verify(&mut ctx), Ok(()));
        let envelope = Envelope::new(Token::new("other"), Mode::Plain);
        ctx.account = Some(Arc::new(Account { envelope, ..testing::account() }));
        assert_eq!(open(&mut ctx), Err(Error::Signature));
    }

    #[test]
    fn who_cannot_sign_the_message_learns_nothing_of_the_window() {
        let (token, other) = (Token::new("token"), Token::new("other"));
        let key = AesKey::parse(&"k".repeat(43)).expect("43 letters");
        for mode in [Mode::Compat, Mode::Safe] {
            let keys = Keys { app_id: "wx1".to_owned(), keys: Rotation::new(key.clone()) };
            let envelope = Envelope::new(token.clone(), mode(keys));
            let account = Arc::new(Account { envelope, ..testing::account() });
            let asked = |seconds: u64, signer: &Token| {
                let encrypted = key.encrypt(&testing::body("text", ""), "wx1", [7; 16]);
                let timestamp = seconds.to_string();
                let signature = signature::sign_message(signer, &timestamp, "42", &encrypted);
                let query = format!("{}&msg_signature={signature}", testing::query(seconds));
                let body = format!("<xml><Encrypt>{encrypted}</Encrypt></xml>");
                let mut ctx = testing::context(Method::Post, query, &body);
                ctx.account = Some(Arc::clone(&account));
                verify(&mut ctx).and_then(|()| open(&mut ctx))
            };
            for seconds in [NOW - 301, NOW, NOW + 301] {
                assert_eq!(asked(seconds, &other), Err(Error::Signature), "{seconds}");
            }
            assert_eq!(asked(NOW - 301, &token), Err(Error::Stale));
            assert_eq!(asked(NOW, &token), Ok(()));
        }
    }

    #[test]
    fn a_rendered_reply_bears_the_time_of_its_answer_and_not_the_present_one() {
        let mut ctx = answered(Reply::text("hi").expect("short"));
        assert_eq!(seal(&mut ctx), Ok(()));
        let response = ctx.response.expect("sealed");
        assert_eq!((response.status, response.content_type), (200, "text/xml; charset=utf-8"));
        assert!(response.body.contains("<CreateTime>12</CreateTime>"), "{}", response.body);
    }

    #[test]
    fn success_is_a_word_and_no_xml() {
        let mut ctx = answered(Reply::Success);
        assert_eq!(seal(&mut ctx), Ok(()));
        assert_eq!(ctx.response, Some(Response::text(200, "success")));
    }
}
