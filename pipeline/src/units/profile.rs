//! A unit that knows in which language a user wants to be answered. It finds the user's record; if
//! there is none, it asks WeChat and creates one. It replies to no message.

use std::sync::Arc;

use serde::Deserialize;

use super::rule::Verdict;
use crate::api::{Caller, SERVICE, Trouble};
use crate::call::Call;
use crate::context::Context;
use crate::operation::Failure;
use crate::profile::{Language, Profile, User};

/// The unit's name.
pub const NAME: &str = "profile";

#[derive(Deserialize)]
struct Info {
    /// Empty when the user has told none, as often today.
    #[serde(default)]
    language: String,
}

/// Whether the message is for this unit.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    ctx.account.as_ref().is_some_and(|account| account.has_unit(NAME))
}

/// Who has sent the message.
#[must_use]
pub fn user(ctx: &Context) -> User {
    let open_id = ctx.message.as_ref().map(|message| Arc::clone(message.key().user()));
    User { account: Caller::of(ctx).name(), open_id: open_id.unwrap_or_else(|| "".into()) }
}

/// Asks WeChat about the user (获取用户基本信息).
#[must_use]
pub fn info(user: &User) -> Call {
    Call::get(SERVICE, "/cgi-bin/user/info").with("openid", &*user.open_id).with("lang", "zh_CN")
}

/// The record to create, from what WeChat has answered. `None` if it has not: then there is nothing
/// to record, and the next message asks again.
#[must_use]
pub fn profile(user: &User, answered: Result<Vec<u8>, Trouble>) -> Option<Profile> {
    let Info { language } = serde_json::from_slice(&answered.ok()?).ok()?;
    let language = if language.is_empty() || language.starts_with("zh") {
        Language::Chinese
    } else {
        Language::English
    };
    Some(Profile { user: user.clone(), language })
}

/// Takes the record, if there is one. Without it the units after this one answer in both languages.
pub fn take(ctx: &mut Context, found: Result<Option<Profile>, Failure>) -> Verdict {
    ctx.language = found.ok().flatten().map(|profile| profile.language);
    Verdict::Pass
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn it_is_for_every_message_of_an_account_that_has_it_on() {
        assert!(wants(&testing::said("hello")));
        let mut ctx = testing::said("hello");
        ctx.account = Some(Arc::new(crate::Account { units: vec![], ..testing::account() }));
        assert!(!wants(&ctx));
    }

    #[test]
    fn what_wechat_tells_becomes_a_record_and_a_failure_becomes_none() {
        let user = user(&testing::said("hello"));
        assert_eq!((&*user.account, &*user.open_id), ("demo", "alice"));
        assert_eq!(info(&user).query[0], ("openid", "alice".to_owned()));
        let language = |body: &str| {
            profile(&user, Ok(body.as_bytes().to_vec())).map(|profile| profile.language)
        };
        assert_eq!(language(r#"{"subscribe":1,"language":"zh_CN"}"#), Some(Language::Chinese));
        assert_eq!(language(r#"{"subscribe":1,"language":""}"#), Some(Language::Chinese));
        assert_eq!(language(r#"{"subscribe":1,"language":"en"}"#), Some(Language::English));
        assert_eq!(language("<html>"), None);
        assert_eq!(profile(&user, Err(Trouble::NoCredentials)), None);
    }

    #[test]
    fn it_replies_to_nothing_and_sets_the_language() {
        let mut ctx = testing::said("hello");
        let user = user(&ctx);
        let record = Profile { user, language: Language::English };
        assert_eq!(take(&mut ctx, Ok(Some(record))), Verdict::Pass);
        assert_eq!(ctx.language, Some(Language::English));
        assert_eq!(take(&mut ctx, Ok(None)), Verdict::Pass);
        assert_eq!(ctx.language, None);
    }
}
