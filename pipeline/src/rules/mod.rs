//! The decisions of the layers, one module for each layer that decides something, and `push`, which
//! `deadline` leads to. None of them waits. A style adds the order in which they happen.

pub mod account;
pub mod deadline;
pub mod envelope;
pub mod exchange;
pub mod handshake;
pub mod log;
pub mod push;
pub mod recover;
pub mod verify;
