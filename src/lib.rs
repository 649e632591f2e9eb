//! wip
#![forbid(unsafe_code)]
pub mod hosts;
pub mod kit;
pub mod onion;
pub mod server;
pub mod style;

pub use style::Style;
