//! What to do after each attempt of a call of the API.

use std::time::Duration;

use thiserror::Error as ThisError;
use wechat::api::{ApiError, Remedy, check};

use crate::call::{Call, Called};
use crate::operation::{Failure, Fault};
use crate::ticket::Ticket;

/// The pauses before a call is tried again, when WeChat is busy or does not answer.
pub const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// Why a call of the API brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Trouble {
    /// The account cannot call the API.
    #[error("the account has no AppSecret: set `app_id` and `app_secret`")]
    NoCredentials,
    /// There was no answer, or an operation of the host failed.
    #[error("{0}")]
    Failed(#[from] Failure),
    /// WeChat refused, or its answer cannot be read.
    #[error("{0}")]
    Refused(#[from] ApiError),
    /// The code that fetches the ticket panicked.
    #[error("the ticket was given up after a panic")]
    Panicked,
}

/// One call of the API, and how often it was tried.
#[derive(Debug)]
pub struct Attempts {
    call: Call,
    paused: usize,
    failed: Option<Ticket>,
}

/// What to do after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Advice {
    /// It is over: the body of the answer, or why there is none.
    Over(Result<Vec<u8>, Trouble>),
    /// Try again after this pause.
    Pause(Duration),
    /// Try again with another ticket; [`Attempts::failed`] is the one that no longer serves.
    Renew,
}

impl Attempts {
    /// A call that was not tried yet.
    #[must_use]
    pub fn new(call: Call) -> Self {
        Self { call, paused: 0, failed: None }
    }

    /// The call, with a ticket if it needs one.
    #[must_use]
    pub fn call(&self, ticket: Option<&Ticket>) -> Call {
        match ticket {
            Some(ticket) => self.call.clone().with("access_token", ticket.token.expose()),
            None => self.call.clone(),
        }
    }

    /// The ticket with which an attempt failed.
    #[must_use]
    pub fn failed(&self) -> Option<&Ticket> {
        self.failed.as_ref()
    }

    /// What to do after an attempt with this ticket that ended so. A busy service and a missing
    /// answer get two more attempts, and a ticket that has ended gets one more with another ticket.
    pub fn advise(&mut self, ticket: Option<Ticket>, ended: Result<Called, Failure>) -> Advice {
        let called = match ended {
            Ok(called) => called,
            Err(failure) if failure.fault == Fault::Transient => return self.pause(failure.into()),
            Err(failure) => return Advice::Over(Err(failure.into())),
        };
        let Err(error) = check(&called.body) else { return Advice::Over(Ok(called.body)) };
        match (error.remedy(), ticket) {
            (Remedy::BackOff, _) => self.pause(error.into()),
            (Remedy::RefreshAndRetryOnce, Some(ticket)) if self.failed.is_none() => {
                self.failed = Some(ticket);
                Advice::Renew
            }
            _ => Advice::Over(Err(error.into())),
        }
    }

    fn pause(&mut self, trouble: Trouble) -> Advice {
        match PAUSES.get(self.paused) {
            None => Advice::Over(Err(trouble)),
            Some(pause) => {
                self.paused += 1;
                Advice::Pause(*pause)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wechat::Secret;

    use super::*;
    use crate::operation::Operation;

    fn ticket() -> Ticket {
        Ticket { token: Secret::new("hush"), expires: Duration::ZERO }
    }

    fn attempts() -> Attempts {
        Attempts::new(Call::get("wechat", "/cgi-bin/user/info"))
    }

    fn code(number: i64) -> Result<Called, Failure> {
        let body = format!("{{\"errcode\":{number},\"errmsg\":\"\"}}");
        Ok(Called { status: 200, body: body.into_bytes() })
    }

    fn failed(fault: Fault) -> Result<Called, Failure> {
        Err(Failure { operation: Operation::Call, fault })
    }

    #[test]
    fn what_may_pass_gets_two_more_attempts_after_growing_pauses() {
        for ended in [code(-1), failed(Fault::Transient), Ok(Called { status: 502, body: vec![] })]
        {
            let mut attempts = attempts();
            for pause in PAUSES {
                assert_eq!(attempts.advise(Some(ticket()), ended.clone()), Advice::Pause(pause));
            }
            let last = attempts.advise(Some(ticket()), ended);
            assert!(matches!(last, Advice::Over(Err(_))), "{last:?}");
        }
    }

    #[test]
    fn a_ticket_that_has_ended_gets_one_more_attempt_with_another() {
        for number in [40001, 40014, 42001] {
            let mut attempts = attempts();
            assert_eq!(attempts.advise(Some(ticket()), code(number)), Advice::Renew);
            assert_eq!(attempts.failed(), Some(&ticket()));
            let last = attempts.advise(Some(ticket()), code(number));
            assert!(matches!(last, Advice::Over(Err(Trouble::Refused(_)))), "{last:?}");
            // Who asks for a ticket has none to renew.
            let mut asks = self::attempts();
            assert!(matches!(asks.advise(None, code(number)), Advice::Over(Err(_))));
        }
    }

    #[test]
    fn everything_else_is_over_at_once() {
        for ended in [code(40164), code(45009), failed(Fault::Permanent), failed(Fault::Abandoned)]
        {
            let over = attempts().advise(Some(ticket()), ended);
            assert!(matches!(over, Advice::Over(Err(_))), "{over:?}");
        }
        let good = Ok(Called { status: 200, body: b"{\"openid\":\"a\"}".to_vec() });
        let over = attempts().advise(Some(ticket()), good);
        assert_eq!(over, Advice::Over(Ok(b"{\"openid\":\"a\"}".to_vec())));
    }

    #[test]
    fn a_call_carries_the_ticket_and_does_not_print_it() {
        let call = attempts().call(Some(&ticket()));
        assert_eq!(call.query, [("access_token", "hush".to_owned())]);
        assert!(!format!("{:?}", attempts()).contains("hush"));
        assert!(attempts().call(None).query.is_empty());
    }
}
