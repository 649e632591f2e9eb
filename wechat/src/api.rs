//! The requests to WeChat's service API and its answers, without the network: access tokens (获取
//! access_token, 获取稳定版接口调用凭据), error codes (全局返回码) and customer-service messages (发送客服消息).
//!
//! * [`error`]: what a failure means and what to do about it.
//! * [`token`]: the request for an access token, and the answer.
//! * [`customer`]: messages that are sent after the passive reply.
//! * [`quota`]: how often an API may still be called.
//!
//! All URLs begin with `https://api.weixin.qq.com`. Requests and answers are JSON in UTF-8.

pub mod customer;
pub mod error;
pub mod quota;
pub mod token;

pub use customer::{CustomerMessage, Outgoing, Typing};
pub use error::{ApiError, Code, Remedy, check, read};
pub use token::{AccessToken, StableTokenRequest};
