//! One WeChat auto-reply pipeline, written four ways and proven equal.
//!
//! * [`async_await`]: style 4, async/await; styles 1 to 3 are the crates `callbacks`, `promises` and
//!   `generators`.
//! * [`straight`]: the same pipeline as one plain function: what every measurement is relative to.
//! * [`Style`]: a style as the kit and the server see it: a name and one function.
//! * [`hosts`]: what stands behind a pipeline.
//! * [`kit`]: the proof that the four are equal.
//! * [`measure`]: what they cost.
//! * [`server`]: a style behind HTTP.
//! * [`conversation`]: real request XML, from a handshake to a forgery.
#![forbid(unsafe_code)]

pub mod async_await;
pub mod conversation;
pub mod hosts;
pub mod kit;
pub mod measure;
pub mod server;
pub mod straight;
pub mod style;

pub use style::Style;
