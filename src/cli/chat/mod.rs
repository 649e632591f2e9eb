//! `chat`: somebody, or a script, writes to a server as a user of WeChat. Each module uses only
//! those that stand before it:
//!
//! * (`line`): what a line means.
//! * (`terminal`): where lines come from and where text goes.
//! * (`wording`): what is printed.
//! * (`conversation`): a conversation, line by line.

mod conversation;
mod line;
mod terminal;
mod wording;

use std::future::pending;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::sync::Arc;

use clap::Args;
use four_ways::conversation as demo;
use four_ways::platform::answer::is_echo;
use four_ways::platform::chain::PATIENCE;
use four_ways::platform::http::{self, SendError};
use four_ways::platform::{self, Account, ActError, Live, Platform};
use four_ways::server::{Caps, Listeners, Server, sign};
use pipeline::exchanges::Limits;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::time::timeout;
use wechat::{AesKey, Envelope, Keys, Rotation};

use super::account::{AccountError, Settings, server_url};
use super::lesson::Language;
use super::named::Named;
use conversation::{Conversation, Ended};
use wording::Wording;

const MORE: &str = "\
Examples:
  four-ways chat                                  talk to the demo bot / 和演示机器人聊天
  four-ways chat --url http://127.0.0.1:3000/wechat --token T     your own server / 自己的服务器
  printf 'hello\\n/voice 天气\\n' | four-ways chat   a script / 脚本
  four-ways chat --show --mode safe               all that travels, encrypted / 显示加密的全部收发内容

Lines go out as messages; /help in the chat lists the commands.
每行文字作为一条消息发出；聊天时输入 /help 查看全部命令。
The platform's API for the server is at http://127.0.0.1:PORT/cgi-bin/ (see --api-port).
A script ends with exit code 1 at an unknown command, or when the server does not answer.";

/// The key of the built-in account where none is given. It is no secret.
const KEY: &str = "four0ways0four0ways0four0ways0four0ways0abc";

/// Who the user is at first.
const USER: &str = "alice";

/// Which server, and how messages travel.
#[derive(Debug, Args)]
#[command(after_help = MORE)]
pub struct Chat {
    /// The server's URL; without it the built-in server answers
    #[arg(long, requires = "token", value_parser = server_url)]
    url: Option<String>,
    /// The token that the server knows
    #[arg(long, requires = "url")]
    token: Option<String>,
    /// The style of the built-in server
    #[arg(long, value_enum, conflicts_with = "url", default_value_t = Named::AsyncAwait)]
    style: Named,
    #[command(flatten)]
    settings: Settings,
    /// Print each try, answer, cut, repeat and call of the API, with its time and its XML
    #[arg(long)]
    show: bool,
    /// The port of the platform's API on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    api_port: u16,
    /// The language [default: the terminal's]
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// Why there is no conversation, or why it ended early.
#[derive(Debug, Error)]
pub enum ChatError {
    /// The options do not fit together.
    #[error(transparent)]
    Options(#[from] AccountError),
    /// Nobody is there.
    #[error("the server does not answer / 服务器没有响应: {0}")]
    NoServer(SendError),
    /// The API has no place.
    #[error("cannot serve the API on 127.0.0.1:{port}: {error}; choose another with --api-port")]
    Api {
        /// The port.
        port: u16,
        /// What the system says.
        error: io::Error,
    },
    /// The platform does not have the account.
    #[error(transparent)]
    Account(#[from] ActError),
    /// It ended early.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// There is no runtime, or no port for the built-in server.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Chat {
    /// Talks until there are no more lines, or Ctrl-C is pressed.
    ///
    /// # Errors
    /// See [`ChatError`].
    pub fn chat(self, out: &mut dyn Write) -> Result<(), ChatError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let ended = runtime.block_on(self.talk(out));
        // A thread may still wait for a line.
        runtime.shutdown_background();
        match ended {
            // The reader of a pipe has stopped, as `head` does: that is not a failure.
            Err(ChatError::Ended(Ended::Output(error)) | ChatError::Io(error))
                if error.kind() == io::ErrorKind::BrokenPipe =>
            {
                Ok(())
            }
            ended => ended,
        }
    }

    async fn talk(self, out: &mut dyn Write) -> Result<(), ChatError> {
        let account = self.account().await?;
        let (app_id, secret) = (account.app_id.clone(), account.secret.expose().to_owned());
        let epoch = sign::now();
        let wording = Wording {
            language: self.lang.unwrap_or_else(Language::detect),
            account: name(&account.url),
            epoch,
            show: self.show,
            encrypted: account.mode.key().is_some(),
        };
        let (answers, tries) = match &self.url {
            Some(url) => (url.clone(), None),
            None => {
                let words = wording.say("the built-in server, style", "内置服务器，写法");
                let tries = wording
                    .say("Try: hello, weather, guess, later.", "试试：你好、天气、猜数字、稍后。");
                (format!("{words} {}", self.style.name()), Some(tries))
            }
        };
        // So that a server that has been running does not take new messages for repeats.
        let serial = u64::try_from(epoch.as_micros()).unwrap_or_default();
        let (live, journal) = Live::start(Platform::new([account], serial), epoch, http::send);
        let api = self.serve_api(&live).await?;
        let doubt = check(&live, &app_id).await?;

        let (input, mut output) = terminal::open(out);
        if output.is_terminal() {
            output.print(wording.greeting(USER, &answers, tries))?;
        }
        if self.show {
            // The secret of a simulator is none: a server that calls the API needs it.
            let words = wording.say("the platform's API is at ", "平台接口地址：");
            output
                .print(wording.aside(&format!("{words}{api}, AppID {app_id}, secret {secret}")))?;
        }
        if let Some(why) = doubt {
            let words = wording.say(
                "WeChat would not accept this URL, its check fails: ",
                "微信不会接受这个 URL，接入验证没有通过：",
            );
            output.print(wording.aside(&format!("{words}{why}")))?;
        }
        let terminal = output.is_terminal();
        let talk = Conversation::new((live, journal), (app_id, USER.into()), wording, output);
        let interrupted = async {
            // Ctrl-C ends a script as it ends any program.
            if terminal { drop(tokio::signal::ctrl_c().await) } else { pending().await }
        };
        tokio::select! {
            ended = talk.hold(input) => Ok(ended?),
            () = interrupted => Ok(()),
        }
    }

    /// The account, whose server runs.
    async fn account(&self) -> Result<Account, ChatError> {
        let mut settings = self.settings.clone();
        let token = self.token.as_deref().unwrap_or(demo::TOKEN);
        let account = Account::new(self.url.as_deref().unwrap_or_default(), token);
        let built_in = self.url.is_none();
        if built_in {
            // Its server is told both; a server of one's own has its own.
            settings.app_id.get_or_insert(account.app_id.clone());
            settings.key.get_or_insert(KEY.to_owned());
        }
        let mut account = settings.account(account)?;
        if built_in {
            account.url = self.serve_demo(&account).await?;
        }
        Ok(account)
    }

    /// Serves the demo account, with the token and the key of `account`; returns its URL.
    async fn serve_demo(&self, account: &Account) -> io::Result<String> {
        let keys = |key: &AesKey| Keys {
            app_id: account.app_id.clone(),
            keys: Rotation::new(key.clone()),
        };
        let mode = match &account.mode {
            platform::Mode::Plain => wechat::Mode::Plain,
            platform::Mode::Compat(key) => wechat::Mode::Compat(keys(key)),
            platform::Mode::Safe(key) => wechat::Mode::Safe(keys(key)),
        };
        let envelope = Envelope::new(account.token.clone(), mode);
        let accounts = vec![::pipeline::Account { envelope, ..demo::account() }];
        let server = Server::new(self.style.style()?, accounts, Limits::default(), Caps::default());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/wechat/{}", listener.local_addr()?, demo::NAME);
        tokio::spawn(async move {
            server.run(Listeners { accounts: listener, admin: None }, pending(), pending()).await
        });
        Ok(url)
    }

    /// Serves the platform's API; returns its address.
    async fn serve_api(&self, live: &Arc<Live>) -> Result<String, ChatError> {
        let port = self.api_port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|error| ChatError::Api { port, error })?;
        let address = format!("http://{}/cgi-bin/", listener.local_addr()?);
        tokio::spawn(platform::serve::serve(Arc::clone(live), listener));
        Ok(address)
    }
}

/// Whether the server is there; inside, why WeChat would not accept it.
async fn check(live: &Live, app_id: &str) -> Result<Option<String>, ChatError> {
    let (request, echo) = live.with(|platform, now| platform.handshake(now, app_id))?;
    Ok(match timeout(PATIENCE, http::send(request)).await {
        Ok(Ok(answer)) if is_echo(&answer, &echo) => None,
        Ok(Ok(answer)) => Some(format!("status {}, and not the echostr alone", answer.status)),
        Ok(Err(error @ (SendError::Url(_) | SendError::Connect(..)))) => {
            return Err(ChatError::NoServer(error));
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    })
}

/// What an account is called: the end of its server's path, or else its host.
fn name(url: &str) -> String {
    let path = url.split('?').next().unwrap_or_default();
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_called_after_its_path() {
        assert_eq!(name("http://127.0.0.1:1/wechat/demo?a=/b"), "demo");
        assert_eq!(name("http://127.0.0.1:1/"), "127.0.0.1:1");
    }
}
