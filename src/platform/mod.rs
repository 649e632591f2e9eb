//! WeChat itself, offline: what the platform does with a server and its users. Facts are from the
//! official pages (消息推送, 被动回复用户消息, 发送客服消息, 获取 access_token); what no page says is marked as
//! our choice where it is made, and listed in docs/PLATFORM.md.
//!
//! [`Platform`] is a state machine without clock and connection; [`Live`] gives it both. Each module
//! uses only those that stand before it:
//!
//! * [`account`]: what the platform knows of an account.
//! * [`act`]: what a user does, as XML.
//! * [`push`]: a signed and encrypted request.
//! * [`shown`]: what a user sees, and why it may be the notice of a failure.
//! * [`answer`]: how an answer is read.
//! * [`chain`]: the tries of one message.
//! * [`journal`]: what happened.
//! * [`tokens`]: access tokens.
//! * [`windows`]: when an account may write to a user.
//! * [`quotas`]: how often the API may be called.
//! * [`orders`]: failures of the API that somebody ordered.
//! * [`machine`]: all of this as a state machine.
//! * [`api`]: the calls under `/cgi-bin/`.
//! * [`http`]: a small client.
//! * [`live`]: the platform with a clock and a way to the servers.
//! * [`serve`]: the API over HTTP.
//!
//! A bot in the same process, and what its user sees:
//!
//! ```
//! use std::time::Duration;
//! use four_ways::platform::{Account, Act, Answer, Event, Live, Platform};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let account = Account::new("http://127.0.0.1/wechat", "a token");
//! let app_id = account.app_id.clone();
//! let bot = |_request| async {
//!     let body = br#"{"text": "WeChat does not read JSON"}"#.to_vec();
//!     Ok::<_, String>(Answer { status: 200, body })
//! };
//! let epoch = Duration::from_secs(1_700_000_000);
//! let (live, mut journal) = Live::start(Platform::new([account], 0), epoch, bot);
//! live.act(&app_id, "alice", &Act::Text("hello".to_owned())).await?;
//! drop(live);
//! while let Some(entry) = journal.recv().await {
//!     if let Event::Sees(shown) = entry.event {
//!         assert_eq!(shown.to_string(), "该公众号提供的服务出现故障，请稍后再试");
//!     }
//! }
//! # Ok::<(), four_ways::platform::ActError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod account;
pub mod act;
pub mod answer;
pub mod api;
pub mod chain;
pub mod http;
pub mod journal;
pub mod live;
pub mod machine;
pub mod orders;
pub mod push;
pub mod quotas;
pub mod serve;
pub mod shown;
pub mod tokens;
pub mod windows;

pub use account::{Account, Mode};
pub use act::Act;
pub use api::Call;
pub use chain::Outcome;
pub use journal::{Entry, Event};
pub use live::Live;
pub use machine::{ActError, Platform};
pub use orders::{Order, Trouble};
pub use push::{Answer, Request};
pub use shown::{Fault, NOTICE, Shown};
