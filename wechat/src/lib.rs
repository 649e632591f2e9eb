//! The WeChat Official Account (微信公众号) message protocol: pure functions and values, no I/O.
//!
//! Each module uses only those that come before it. Those in brackets are not public:
//!
//! * (`secret`): a text that cannot be printed.
//! * [`signature`]: is this request from WeChat?
//! * [`query`]: the signed query string, read strictly.
//! * [`rotation`]: a token or key that changes.
//! * [`padding`]: PKCS#7, to 32 bytes.
//! * [`cipher`]: the encryption.
//! * (`limits`): how large a body may be.
//! * (`error`): why a body was refused.
//! * (`element`): a field as it was sent.
//! * (`tree`): the elements of one body.
//! * (`fields`): how the fields of an element become a value.
//! * (`cdata`): the sections in which texts are sent.
//! * (`flat`): the usual form of a body, also if a user's text contains `]]>`.
//! * [`xml`]: the strict reader, for code that needs the bare fields.
//! * [`json`]: the same for the JSON data format.
//! * (`key`): how a repeat is recognised.
//! * (`place`): a place on the map.
//! * [`event`]: what happened, as a typed value.
//! * [`message`]: what a user sent, or the event.
//! * [`reply`]: the answer, rendered as WeChat expects it.
//! * [`envelope`]: the handshake and the three modes; opens what comes in, closes what goes out.
//! * [`api`]: requests to WeChat's service API, and their answers.
//!
//! ```
//! use wechat::{Message, Reply, Token};
//!
//! let token = Token::new("four-ways-demo");
//! let signature = wechat::signature::sign(&token, "1700000000", "42");
//! assert!(wechat::signature::verify(&token, "1700000000", "42", &signature));
//!
//! let message = Message::parse(
//!     b"<xml><ToUserName>gh_1</ToUserName><FromUserName>alice</FromUserName>\
//!       <CreateTime>1700000000</CreateTime><MsgType>text</MsgType>\
//!       <Content>hello</Content><MsgId>1</MsgId></xml>",
//! )?;
//! let body = Reply::text("hi")?.render(&message, 1_700_000_001);
//! assert!(body.contains("<![CDATA[hi]]>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The README has more examples, and a table of all kinds with the page that describes each of
//! them.
#![forbid(unsafe_code)]

pub mod api;
mod cdata;
pub mod cipher;
mod element;
pub mod envelope;
mod error;
pub mod event;
mod fields;
mod flat;
pub mod json;
mod key;
mod limits;
pub mod message;
pub mod padding;
mod place;
pub mod query;
pub mod reply;
pub mod rotation;
mod secret;
pub mod signature;
mod tree;
pub mod xml;

pub use cipher::AesKey;
pub use envelope::{Envelope, Keys, Mode, OpenError, Opened, Seal, Verified};
pub use error::ParseError;
pub use message::{Event, Kind, Message, MessageKey};
pub use query::{Query, QueryError};
pub use reply::{Reply, ReplyError};
pub use rotation::{Rotation, Which};
pub use secret::Secret;
pub use signature::{Claim, Signature, Token};

/// Runs the README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
