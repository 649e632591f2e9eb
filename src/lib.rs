//! One WeChat (微信公众号) auto-reply pipeline, written four times and proven equal by tests.
//!
//! A request goes through nine layers, and each sees it on the way in and on the way out. The
//! innermost layer asks units one after the other until one replies. Read a layer in four styles:
//!
//! | | `log`, the smallest | `exchange`, the one with the most control flow |
//! |---|---|---|
//! | callbacks | [`callbacks::layers::log()`] | [`callbacks::layers::exchange()`] |
//! | promises | [`promises::layers::log()`] | [`promises::layers::exchange()`] |
//! | generators | [`generators::layers::log()`] | [`generators::layers::exchange()`] |
//! | async/await | [`async_await::layers::log()`] | [`async_await::layers::exchange()`] |
//!
//! Each style's own page says what it is in Node and what becomes of it in Rust: [`callbacks`],
//! [`promises`], [`generators`], [`async_await`]. Then read, in this order:
//!
//! 1. [`pipeline`], the contract: what a style is given, and every decision that is the same in all.
//! 2. [`kit`], the proof: a simulated host, judges, campaigns. A style of your own needs only this.
//! 3. [`wechat`], the protocol, useful on its own.
//! 4. [`lessons`], small steps from the callback to all of this.
//!
//! The modules here, each of which uses only those that stand before it:
//!
//! * [`async_await`]: style 4; styles 1 to 3 are crates of their own.
//! * [`straight`]: the same pipeline as one plain function: what every measurement is relative to.
//! * [`styles`]: all four, as the kit and the server see them.
//! * [`hosts`]: what stands behind a pipeline.
//! * [`conversation`]: real request XML, from a handshake to a forgery.
//! * [`server`]: a style behind HTTP.
//! * [`platform`]: WeChat itself, offline: what calls a server, and what its users see.
//! * [`exam`]: a server of anybody, examined from outside.
//! * [`measure`]: what the styles cost, and what their servers keep.
//!
//! One request, answered in a style of your choice:
//!
//! ```
//! use four_ways::{conversation, styles};
//! use futures::executor::block_on;
//!
//! let style = styles::named("async-await").expect("one of the four");
//! let request = conversation::text("hello").request;
//! let response = block_on(style.start(conversation::memory(), request));
//! assert_eq!(conversation::answer(&response), "Hello, nice to meet you.");
//! ```
#![forbid(unsafe_code)]

pub mod async_await;
pub mod conversation;
pub mod exam;
pub mod hosts;
pub mod measure;
pub mod platform;
pub mod server;
pub mod straight;
pub mod styles;
