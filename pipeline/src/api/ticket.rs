//! The access token of an account: whether it is good, and how a new one is asked for.

use std::time::Duration;

use wechat::api::{AccessToken, StableTokenRequest};

use super::SERVICE;
use super::attempts::Trouble;
use super::caller::Caller;
use crate::account::Credentials;
use crate::call::Call;
use crate::ticket::Ticket;

/// How long before its end a ticket is renewed. `stable_token` gives a new one five minutes before
/// the end of the old one; asked earlier, it would give the old one again.
pub const MARGIN: Duration = Duration::from_secs(200);

/// The stored ticket, if it is there, does not end soon, and is not the one that has just failed.
#[must_use]
pub fn good(stored: Option<&Ticket>, failed: Option<&Ticket>, now: Duration) -> Option<Ticket> {
    stored.filter(|ticket| ticket.expires > now + MARGIN && Some(*ticket) != failed).cloned()
}

/// Asks for a ticket. If the old one has failed, it asks for another one.
///
/// # Errors
/// When the account has no AppSecret.
pub fn request(caller: &Caller, failed: bool) -> Result<Call, Trouble> {
    let credentials = caller.account().and_then(|account| account.credentials.as_ref());
    let Some(Credentials { app_id, secret }) = credentials else {
        return Err(Trouble::NoCredentials);
    };
    let request = StableTokenRequest {
        app_id: app_id.clone(),
        secret: secret.clone(),
        force_refresh: failed,
    };
    let json = serde_json::to_string(&request).map_err(|_| Trouble::NoCredentials)?;
    Ok(Call::post(SERVICE, "/cgi-bin/stable_token", json))
}

/// Reads the ticket of an answer.
///
/// # Errors
/// When it is none.
pub fn read(body: &[u8], now: Duration) -> Result<Ticket, Trouble> {
    let AccessToken { token, expires_in } = AccessToken::read(body)?;
    Ok(Ticket { token, expires: now + Duration::from_secs(expires_in) })
}

#[cfg(test)]
mod tests {
    use wechat::Secret;

    use super::*;
    use crate::testing;

    fn ticket(token: &str, expires: u64) -> Ticket {
        Ticket { token: Secret::new(token), expires: Duration::from_secs(expires) }
    }

    #[test]
    fn a_ticket_is_good_until_shortly_before_its_end_unless_it_has_failed() {
        let stored = ticket("a", 1_000);
        let good = |failed, now| good(Some(&stored), failed, Duration::from_secs(now));
        assert_eq!(good(None, 799), Some(stored.clone()));
        assert_eq!(good(None, 800), None);
        assert_eq!(good(Some(&stored), 0), None);
        assert_eq!(good(Some(&ticket("b", 1_000)), 0), Some(stored.clone()));
        assert_eq!(super::good(None, None, Duration::ZERO), None);
    }

    #[test]
    fn a_ticket_is_asked_for_with_the_secret_and_forced_only_after_a_failure() {
        let mut ctx = testing::said("hello");
        for failed in [false, true] {
            let call = request(&Caller::of(&ctx), failed).expect("it has credentials");
            let json = call.json.expect("a body");
            assert!(json.contains("\"secret\":\"hush\""), "{json}");
            assert!(json.contains(&format!("\"force_refresh\":{failed}")), "{json}");
        }
        let none = crate::Account { credentials: None, ..testing::account() };
        ctx.account = Some(std::sync::Arc::new(none));
        assert_eq!(request(&Caller::of(&ctx), false), Err(Trouble::NoCredentials));
    }

    #[test]
    fn an_answer_is_read_with_the_time_of_its_end() {
        let body = br#"{"access_token":"a","expires_in":7200}"#;
        assert_eq!(read(body, Duration::from_secs(10)), Ok(ticket("a", 7_210)));
        assert!(matches!(read(b"{}", Duration::ZERO), Err(Trouble::Refused(_))));
        assert!(!format!("{:?}", ticket("hush", 1)).contains("hush"));
    }
}
