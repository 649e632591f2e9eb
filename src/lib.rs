//! One WeChat auto-reply pipeline, written four ways and proven equal.
//!
//! * [`async_await`]: style 4, async/await; styles 1 to 3 are the crates `callbacks`, `promises` and
//!   `generators`.
//! * [`straight`]: the same pipeline as one plain function: what every measurement is relative to.
//! * [`styles`]: all four, as the kit and the server see them.
//! * [`hosts`]: what stands behind a pipeline.
//! * [`conversation`]: real request XML, from a handshake to a forgery.
//! * [`measure`]: what they cost.
//! * [`server`]: a style behind HTTP.
//!
//! The proof that the four are equal is the crate `kit`. Each module uses only those that stand
//! before it.
#![forbid(unsafe_code)]

pub mod async_await;
pub mod conversation;
pub mod hosts;
pub mod measure;
pub mod server;
pub mod straight;
pub mod styles;
