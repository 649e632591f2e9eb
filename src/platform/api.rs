//! The platform's API under `/cgi-bin/`: what a server may ask of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wechat::Secret;
use wechat::api::customer::{CustomerMessage, SEND_PATH, TYPING_PATH};
use wechat::api::quota::ClearQuota;
use wechat::api::token::STABLE_TOKEN_PATH;
use wechat::api::{Code, Outgoing};
use wechat::reply::TEXT_LIMIT;

use super::journal::Event;
use super::machine::{Office, Platform};
use super::orders::{Served, Trouble};
use super::quotas::day;
use super::shown::Shown;
use super::tokens::Kind;

/// `GET`, with `grant_type`, `appid` and `secret` in the query.
pub const TOKEN_PATH: &str = "/cgi-bin/token";
/// `GET`, with `openid` in the query.
pub const USER_PATH: &str = "/cgi-bin/user/info";
/// `POST` a scene.
pub const CODE_PATH: &str = "/cgi-bin/qrcode/create";
/// `POST` an AppID.
pub const CLEAR_PATH: &str = "/cgi-bin/clear_quota";

/// How long after the user did something the account may show that it is typing (客服输入状态).
const TYPING: Duration = Duration::from_secs(30);
/// How long a QR code is good if nobody says.
const CODE: u64 = 30;

/// A call of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The query, without its `?`.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The methods of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

/// `errcode` and `errmsg`.
#[derive(Debug)]
struct Refusal {
    code: i64,
    message: &'static str,
}

type Answered = Result<Value, Refusal>;

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        let message = match code {
            Code::Busy => "system error",
            Code::InvalidCredential => "invalid credential, access_token is invalid or not latest",
            Code::InvalidGrantType => "invalid grant_type",
            Code::InvalidAppId => "invalid appid",
            Code::InvalidToken => "invalid access_token",
            Code::InvalidSecret => "invalid appsecret",
            Code::MissingToken => "access_token missing",
            Code::MissingAppId => "appid missing",
            Code::MissingSecret => "appsecret missing",
            Code::ExpiredToken => "access_token expired",
            Code::ContentTooLong => "content size out of limit",
            Code::TooManyArticles => "article size out of limit",
            Code::DailyQuota => "reach max api daily quota limit",
            Code::MinuteQuota => "api minute-quota reach limit, must slower, retry next minute",
            Code::WindowClosed => "response out of time limit or subscription is canceled",
            Code::TooManyMessages => "out of response count limit",
            Code::Other(48006) => "forbid to clear quota because of reaching the limit",
            _ => "refused",
        };
        Self { code: code.number(), message }
    }
}

fn refusal(code: i64, message: &'static str) -> Refusal {
    Refusal { code, message }
}

#[derive(Deserialize)]
struct StableToken {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    force_refresh: bool,
}

/// Not [`wechat::api::Typing`], because an unknown command has an error of its own.
#[derive(Deserialize)]
struct Typing {
    touser: String,
    command: String,
}

#[derive(Deserialize)]
struct QrCode {
    expire_seconds: Option<u64>,
    action_name: String,
    action_info: ActionInfo,
}

#[derive(Deserialize)]
struct ActionInfo {
    scene: Scene,
}

#[derive(Deserialize)]
struct Scene {
    scene_id: Option<u64>,
    scene_str: Option<String>,
}

impl Platform {
    /// Answers a call of the API. The HTTP status is always 200.
    pub fn call(&mut self, now: Duration, call: &Call) -> Served {
        let trouble = self.orders.take(&call.path);
        let (mut app_id, mut user) = (String::new(), String::new());
        let answered = match trouble {
            Some(Trouble::Busy) => Err(Code::Busy.into()),
            Some(Trouble::Code(code)) => Err(refusal(code, "ordered")),
            _ => self.answer(now, call, &mut app_id, &mut user),
        };
        let code = answered.as_ref().map_or_else(|refusal| refusal.code, |_| 0);
        self.note(now, &app_id, &user, Event::Called { path: call.path.clone(), code });
        let body = answered.unwrap_or_else(
            |Refusal { code, message }| json!({ "errcode": code, "errmsg": message }),
        );
        Served::troubled(body.to_string(), trouble)
    }

    /// Also tells which account and which user the call is about, once this is known.
    fn answer(
        &mut self,
        now: Duration,
        call: &Call,
        app_id: &mut String,
        user: &mut String,
    ) -> Answered {
        let query: BTreeMap<String, String> =
            form_urlencoded::parse(call.query.as_bytes()).into_owned().collect();
        let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        match (call.method, &*call.path) {
            (Method::Get, TOKEN_PATH) => {
                let asked = StableToken {
                    grant_type: of("grant_type").to_owned(),
                    appid: of("appid").to_owned(),
                    secret: of("secret").to_owned(),
                    force_refresh: false,
                };
                return self.token(now, asked, Kind::Plain, app_id);
            }
            (Method::Post, STABLE_TOKEN_PATH) => {
                return self.token(now, read(&call.body)?, Kind::Stable, app_id);
            }
            _ => {}
        }
        let token = Secret::new(of("access_token"));
        if token.expose().is_empty() {
            return Err(Code::MissingToken.into());
        }
        let known = self.offices.iter().find(|(_, office)| office.tokens.knows(&token));
        *app_id = known.map(|(app_id, _)| app_id.clone()).ok_or(Code::InvalidToken)?;
        let serial = self.serial();
        let office = self.offices.get_mut(app_id).ok_or(Code::InvalidToken)?;
        office.tokens.check(&token, now)?;
        office.quotas.count(&call.path, now)?;
        match (call.method, &*call.path) {
            (Method::Post, SEND_PATH) => {
                let outgoing: Outgoing = read(&literal(&call.body))?;
                user.clone_from(&outgoing.to);
                let shown = office.send(now, outgoing)?;
                self.show(now, app_id, user, shown);
                Ok(done())
            }
            (Method::Post, TYPING_PATH) => {
                let typing: Typing = read(&call.body)?;
                user.clone_from(&typing.touser);
                let shown = office.typing(now, &typing)?;
                self.note(now, app_id, user, Event::Typing(shown));
                Ok(done())
            }
            (Method::Get, USER_PATH) => {
                of("openid").clone_into(user);
                office.user(user)
            }
            (Method::Post, CODE_PATH) => office.code(read(&call.body)?, serial),
            (Method::Post, CLEAR_PATH) => {
                let clear: ClearQuota = read(&call.body)?;
                if clear.app_id != *app_id {
                    return Err(Code::InvalidAppId.into());
                }
                office.quotas.clear(now)?;
                Ok(done())
            }
            (_, SEND_PATH | TYPING_PATH | CODE_PATH | CLEAR_PATH) => {
                Err(refusal(43002, "require POST method"))
            }
            (_, USER_PATH) => Err(refusal(43001, "require GET method")),
            _ => Err(refusal(40066, "invalid url")),
        }
    }

    fn token(
        &mut self,
        now: Duration,
        asked: StableToken,
        kind: Kind,
        app_id: &mut String,
    ) -> Answered {
        let serial = self.serial();
        if asked.grant_type != "client_credential" {
            return Err(Code::InvalidGrantType.into());
        }
        if asked.appid.is_empty() {
            return Err(Code::MissingAppId.into());
        }
        if asked.secret.is_empty() {
            return Err(Code::MissingSecret.into());
        }
        let office = self.offices.get_mut(&asked.appid).ok_or(Code::InvalidAppId)?;
        app_id.clone_from(&asked.appid);
        if office.account.secret != Secret::new(asked.secret) {
            return Err(Code::InvalidSecret.into());
        }
        let path = if kind == Kind::Plain { TOKEN_PATH } else { STABLE_TOKEN_PATH };
        office.quotas.count(path, now)?;
        // As long as the real ones can be, so that a server has room for them.
        let fresh = format!("{serial:0>64}_{}", "x".repeat(512 - 65));
        let (token, life) = match kind {
            Kind::Plain => office.tokens.renew(kind, now, fresh),
            Kind::Stable => office.tokens.stable(now, day(now), asked.force_refresh, fresh)?,
        };
        let expires_in = life.as_secs();
        self.note(now, app_id, "", Event::Token { stable: kind == Kind::Stable, expires_in });
        Ok(json!({ "access_token": token.expose(), "expires_in": expires_in }))
    }
}

impl Office {
    fn send(&mut self, now: Duration, outgoing: Outgoing) -> Result<Shown, Refusal> {
        let shown = shown(outgoing.message)?;
        let user = self.users.get_mut(&outgoing.to).ok_or(refusal(40003, "invalid openid"))?;
        // Who has left cannot be reached, whatever the windows say.
        user.follows.ok_or(Code::WindowClosed)?;
        user.windows.spend(now)?;
        user.typing = false;
        Ok(shown)
    }

    /// Whether the user now sees that the account is typing.
    fn typing(&mut self, now: Duration, typing: &Typing) -> Result<bool, Refusal> {
        let begins = match &*typing.command {
            "Typing" => true,
            "CancelTyping" => false,
            _ => return Err(refusal(45072, "invalid command")),
        };
        let user = self.users.get_mut(&typing.touser).ok_or(refusal(40003, "invalid openid"))?;
        if user.follows.is_none() || now >= user.active + TYPING {
            return Err(refusal(45080, "no message from this user in the last 30 seconds"));
        }
        if begins && user.typing {
            return Err(refusal(45081, "already typing"));
        }
        user.typing = begins;
        Ok(begins)
    }

    fn user(&self, open_id: &str) -> Answered {
        let user = self.users.get(open_id).ok_or(refusal(40003, "invalid openid"))?;
        Ok(match user.follows {
            None => json!({ "subscribe": 0, "openid": open_id }),
            Some(since) => json!({
                "subscribe": 1,
                "openid": open_id,
                "language": "zh_CN",
                "subscribe_time": since.as_secs(),
                "remark": "",
                "groupid": 0,
                "tagid_list": [],
            }),
        })
    }

    fn code(&mut self, code: QrCode, serial: u64) -> Answered {
        let Scene { scene_id, scene_str } = code.action_info.scene;
        let scene = match &*code.action_name {
            "QR_SCENE" | "QR_LIMIT_SCENE" => scene_id.map(|id| id.to_string()),
            "QR_STR_SCENE" | "QR_LIMIT_STR_SCENE" => scene_str,
            _ => return Err(refusal(40052, "invalid action name")),
        };
        let scene = scene.filter(|scene| !scene.is_empty());
        let scene = scene.ok_or(refusal(40053, "invalid action info"))?;
        let ticket = format!("ticket-{serial}");
        let url = format!("http://weixin.qq.com/q/{serial}");
        self.tickets.insert(ticket.clone(), scene);
        let mut answer = json!({ "ticket": ticket, "url": url });
        if !code.action_name.starts_with("QR_LIMIT") {
            answer["expire_seconds"] = code.expire_seconds.unwrap_or(CODE).into();
        }
        Ok(answer)
    }
}

/// What the user sees of a customer-service message.
fn shown(message: CustomerMessage) -> Result<Shown, Refusal> {
    let media = |kind, media: String| match &*media {
        "" => Err(refusal(40007, "invalid media_id")),
        _ => Ok(Shown::Media { kind, media }),
    };
    match message {
        CustomerMessage::Text(text) => match text.content.len() {
            0 => Err(refusal(44004, "empty content")),
            1..=TEXT_LIMIT => Ok(Shown::Text(text.content)),
            _ => Err(Code::ContentTooLong.into()),
        },
        CustomerMessage::Image(image) => media("image", image.media_id),
        CustomerMessage::Voice(voice) => media("voice", voice.media_id),
        CustomerMessage::Video(video) => media("video", video.media_id),
        CustomerMessage::MpNews(news) => media("mpnews", news.media_id),
        CustomerMessage::MpNewsArticle(article) => media("mpnewsarticle", article.article_id),
        CustomerMessage::WxCard(card) => media("wxcard", card.card_id),
        CustomerMessage::MiniProgramPage(page) => media("miniprogrampage", page.path),
        CustomerMessage::Music(music) => {
            Ok(Shown::Music { title: music.title.unwrap_or_default(), url: music.url })
        }
        CustomerMessage::News(news) => match news.articles.len() {
            0 => Err(refusal(44003, "empty news data")),
            1 => Ok(Shown::News(news.articles.into_iter().map(|each| each.title).collect())),
            _ => Err(Code::TooManyArticles.into()),
        },
        CustomerMessage::MsgMenu(menu) => Ok(Shown::Menu {
            head: menu.head,
            items: menu.list.into_iter().map(|item| item.content).collect(),
        }),
    }
}

fn done() -> Value {
    json!({ "errcode": 0, "errmsg": "ok" })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| refusal(47001, "data format error"))
}

/// The body with each `\uXXXX` as these six characters, because the user sees them literally: WeChat
/// does not decode this escape (客服消息: send UTF-8).
fn literal(body: &[u8]) -> Vec<u8> {
    let mut literal = Vec::with_capacity(body.len());
    let mut escaped = false;
    for &byte in body {
        if escaped && byte == b'u' {
            literal.push(b'\\');
        }
        escaped = byte == b'\\' && !escaped;
        literal.push(byte);
    }
    literal
}
