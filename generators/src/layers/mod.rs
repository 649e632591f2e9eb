//! The layers, outermost first. Each calls the rule of the same name and adds the control flow.

mod account;
mod deadline;
mod envelope;
mod exchange;
mod handshake;
mod log;
mod recover;
mod verify;

pub use account::account;
pub use deadline::deadline;
pub use envelope::envelope;
pub use exchange::exchange;
pub use handshake::handshake;
pub use log::log;
pub use recover::recover;
pub use verify::verify;
