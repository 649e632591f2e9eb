//! An exam for any server of an Official Account, in any language: what h2spec is for HTTP/2. It
//! plays WeChat's part and looks only at the answers. docs/EXAM.md lists the checks.
//!
//! Each module uses only those that stand before it. Those in brackets are not public:
//!
//! * [`exchange`]: a request with its answer, and what can be said about it.
//! * [`candidate`]: the server that is examined.
//! * [`check`]: a rule, who demands it, how it is examined.
//! * (`handshake`), (`query`), (`body`), (`kinds`), (`replies`), (`repeats`), (`load`), (`encrypted`):
//!   the checks.
//! * [`list`]: all checks with their numbers.
//! * [`report`]: what was found, as a table and as JSON.
//! * [`page`]: the text of docs/EXAM.md.

mod body;
pub mod candidate;
pub mod check;
mod encrypted;
pub mod exchange;
mod handshake;
mod kinds;
pub mod list;
mod load;
pub mod page;
mod query;
mod repeats;
mod replies;
pub mod report;

pub use candidate::Candidate;
pub use check::{Check, Level};
pub use exchange::{Failure, Stop};
pub use list::{Finding, GONE, examine};
