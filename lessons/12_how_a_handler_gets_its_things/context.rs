//! The context: what every handler is given with its request.

use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::prelude::*;
use pipeline::{Failure, Pending};
use serde::{Deserialize, Serialize};

use super::issues::later;
use crate::stage::log;

/// Private to this file: handlers can call the methods below, and cannot read it.
const SECRET: &[u8] = b"thirty-two bytes or more, known here only";

/// A request.
pub struct Context {
    pub asked: (&'static str, &'static str),
    token: String,
    body: &'static str,
}

/// Who has signed in.
#[derive(Serialize, Deserialize)]
pub struct User {
    pub id: String,
    right: i8,
}

impl User {
    /// `if (this.token.hasRight < 0) this.throw(401)`
    pub fn with_right(self) -> Result<Self, Thrown> {
        if self.right < 0 { Err(Thrown(401)) } else { Ok(self) }
    }
}

/// `this.throw(status)`: an error that knows its status.
pub struct Thrown(pub u16);

impl From<Failure> for Thrown {
    fn from(_: Failure) -> Self {
        Self(500)
    }
}

/// The body of the response, or why there is none.
pub type Answer = Result<String, Thrown>;

impl Context {
    /// `this.token`: who has signed in, if the signature is right.
    pub fn token(&self) -> Result<User, Thrown> {
        let untrusted = UntrustedToken::new(&self.token).map_err(|_| Thrown(401))?;
        let token = Hs256.validator(&Hs256Key::new(SECRET)).validate(&untrusted);
        token.map(|token| token.into_parts().1.custom).map_err(|_| Thrown(401))
    }

    /// `this.parseBody()`: reads the body.
    pub fn body(&self) -> Pending<String> {
        later(self.body)
    }
}

/// `app.signToken(user)`
fn sign_token(user: User) -> String {
    let token = Hs256.token(&Header::empty(), &Claims::new(user), &Hs256Key::new(SECRET));
    token.unwrap_or_default()
}

/// For callbacks: calls back with what was waited for.
pub fn wait(pending: Pending<String>, callback: impl FnOnce(Answer) + Send + 'static) {
    pending.subscribe(|ended| callback(ended.map_err(Thrown::from)));
}

/// Sends what a handler has answered.
pub fn respond((method, path): (&str, &str), answer: Answer) {
    match answer {
        Ok(body) => log!("{method} {path}: 200 {body}"),
        Err(Thrown(status)) => log!("{method} {path}: {status}"),
    }
}

/// What is asked, by whom.
pub fn requests() -> [Context; 6] {
    let ann = sign_token(User { id: "ann".to_owned(), right: 1 });
    log!("ann has {ann}");
    let bob = sign_token(User { id: "bob".to_owned(), right: -1 });
    let (post, body) = (("POST", "/issues"), r#"{"title":"Help","content":"It is slow."}"#);
    let forged = format!("{ann}x");
    [
        Context { asked: ("GET", "/favicon.ico"), token: String::new(), body: "" },
        Context { asked: ("PUT", "/favicon.ico"), token: String::new(), body: "" },
        Context { asked: post, token: bob, body },
        Context { asked: post, token: forged, body },
        Context { asked: post, token: ann.clone(), body: r#"{"title":"Help"}"# },
        Context { asked: post, token: ann, body },
    ]
}
