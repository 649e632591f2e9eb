//! wip
#![forbid(unsafe_code)]
pub mod hosts;
pub mod kit;
pub mod onion;
pub mod style;

pub use style::Style;
