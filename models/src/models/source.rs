//! The copies of the sources as they are.

include!(concat!(env!("OUT_DIR"), "/unchanged.rs"));

pub use unchanged::*;
