//! Access tokens of one account (获取 access_token, 获取稳定版接口调用凭据).

use std::time::Duration;

use wechat::Secret;
use wechat::api::Code;

/// How long a token is good.
pub const LIFE: Duration = Duration::from_secs(7200);
/// How long a token is good after a new one of its kind was made, and how long before its end the
/// stable token is renewed.
pub const OVERLAP: Duration = Duration::from_secs(300);
/// The least time between two forced refreshes of the stable token.
const APART: Duration = Duration::from_secs(30);
/// How many of them are allowed in a day.
const FORCED: u32 = 20;

/// The two kinds of token do not make each other invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By `token`: each call makes a new one.
    Plain,
    /// By `stable_token`: calls get the same one until it is renewed.
    Stable,
}

/// The tokens that were given and are not forgotten yet.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    given: Vec<Given>,
    forced: Option<Forced>,
}

#[derive(Debug, Clone)]
struct Given {
    kind: Kind,
    token: Secret,
    until: Duration,
    replaced: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Forced {
    day: u64,
    count: u32,
    last: Duration,
}

impl Tokens {
    /// A new token of this kind, named `fresh`. The one before stays good for [`OVERLAP`].
    pub fn renew(&mut self, kind: Kind, now: Duration, fresh: String) -> (Secret, Duration) {
        for given in &mut self.given {
            if given.kind == kind && given.replaced.is_none() {
                given.replaced = Some(now);
            }
        }
        // Long enough to tell an expired token from one that never was.
        self.given.retain(|given| now < given.until + LIFE);
        let token = Secret::new(fresh);
        self.given.push(Given { kind, token: token.clone(), until: now + LIFE, replaced: None });
        (token, LIFE)
    }

    /// The stable token: the current one, until [`OVERLAP`] before its end.
    ///
    /// # Errors
    /// When `force` comes too soon after the last, or too often in a day. Which numbers WeChat gives
    /// is not documented; these are the ones for too many calls in a minute and in a day.
    pub fn stable(
        &mut self,
        now: Duration,
        day: u64,
        force: bool,
        fresh: String,
    ) -> Result<(Secret, Duration), Code> {
        if force {
            let before = self.forced.filter(|forced| forced.day == day);
            if self.forced.is_some_and(|forced| now < forced.last + APART) {
                return Err(Code::MinuteQuota);
            }
            let count = before.map_or(0, |forced| forced.count);
            if count == FORCED {
                return Err(Code::DailyQuota);
            }
            self.forced = Some(Forced { day, count: count + 1, last: now });
        } else {
            let current = self.given.iter().find(|given| {
                given.kind == Kind::Stable
                    && given.replaced.is_none()
                    && now + OVERLAP < given.until
            });
            if let Some(Given { token, until, .. }) = current {
                return Ok((token.clone(), *until - now));
            }
        }
        Ok(self.renew(Kind::Stable, now, fresh))
    }

    /// Whether this account ever gave `token`.
    #[must_use]
    pub fn knows(&self, token: &Secret) -> bool {
        self.given.iter().any(|given| given.token == *token)
    }

    /// Whether `token` is good now.
    ///
    /// # Errors
    /// 40014 when it was never given, 42001 when it has expired, 40001 when a newer one has replaced
    /// it more than [`OVERLAP`] ago.
    pub fn check(&self, token: &Secret, now: Duration) -> Result<(), Code> {
        let given = self.given.iter().find(|given| given.token == *token);
        let given = given.ok_or(Code::InvalidToken)?;
        if now >= given.until {
            return Err(Code::ExpiredToken);
        }
        match given.replaced {
            Some(replaced) if now >= replaced + OVERLAP => Err(Code::InvalidCredential),
            _ => Ok(()),
        }
    }
}
