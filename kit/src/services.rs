//! The services that a scenario's requests call: a pure state machine.

use std::collections::BTreeMap;
use std::time::Duration;

use pipeline::{Call, Called};
use serde_json::{Value, json};
use wechat::api::customer::SEND_PATH;

use crate::scenario::Injected;

/// How long a token is good, in seconds, as in WeChat.
pub const LIFETIME: u64 = 7_200;

/// The titles of the published articles, the newest first.
pub const TITLES: [&str; 7] = ["Rust 一", "Go", "Rust 二", "Java", "C", "Rust 三", "Zig"];

/// All services.
#[derive(Default)]
pub struct Services {
    /// By AppID: the number of the token that is good now, and until when.
    tokens: BTreeMap<String, (u64, Duration)>,
    /// How many tokens were issued.
    issued: u64,
}

impl Services {
    /// What the service answers at this time, and if it misbehaves in this way.
    pub fn answer(&mut self, call: &Call, fault: Option<Injected>, now: Duration) -> Called {
        if fault == Some(Injected::Revoked) {
            self.tokens.clear();
        }
        let json = self.json(call, now);
        let body = json.to_string().into_bytes();
        match fault {
            Some(Injected::Status) => Called { status: 500, body: b"<html>".to_vec() },
            Some(Injected::Corrupt) => Called { status: 200, body: b"<html>".to_vec() },
            Some(Injected::ErrorCode) => {
                Called { status: 200, body: refused(-1).to_string().into_bytes() }
            }
            _ => Called { status: 200, body },
        }
    }

    fn json(&mut self, call: &Call, now: Duration) -> Value {
        let asked = |name| {
            let mut query = call.query.iter();
            query.find(|(of, _)| *of == name).map_or("", |(_, value)| value.as_str())
        };
        let body = call.json.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let body: Value = body.unwrap_or_default();
        match (call.service, call.path) {
            ("geocoding", _) if asked("name") == "nowhere" => json!({ "generationtime_ms": 0.5 }),
            ("geocoding", _) => {
                let place = json!({ "name": asked("name"), "latitude": 40, "longitude": 116 });
                json!({ "results": [place] })
            }
            ("forecast", _) if asked("latitude") == "40" => {
                json!({ "current": { "temperature_2m": 13.5 } })
            }
            ("air-quality", _) if asked("longitude") == "116" => {
                json!({ "current": { "us_aqi": 42 } })
            }
            // The model repeats the question.
            ("ask-first" | "ask-second", _) => {
                let question = text(&body["messages"][0]["content"]);
                let words = format!("{}: {question}", text(&body["model"]));
                json!({ "choices": [{ "message": { "role": "assistant", "content": words } }] })
            }
            ("wechat", "/cgi-bin/stable_token") => self.token(&body, now),
            ("wechat", path) => match self
                .tokens
                .values()
                .any(|(number, ends)| asked("access_token") == token(*number) && now < *ends)
            {
                false => refused(40001),
                true if path == "/cgi-bin/user/info" => info(asked("openid")),
                true if path == SEND_PATH => sent(text(&body["touser"])),
                true => page(&body),
            },
            _ => Value::Null,
        }
    }

    /// The account's token, or a new one if that is asked for.
    fn token(&mut self, body: &Value, now: Duration) -> Value {
        let app_id = text(&body["appid"]).to_owned();
        let known = self.tokens.get(&app_id).copied();
        // WeChat gives the next one five minutes before the end.
        let early = Duration::from_secs(300);
        let known = known.filter(|(_, ends)| *ends > now + early && body["force_refresh"] != true);
        let (number, ends) = known.unwrap_or_else(|| {
            self.issued += 1;
            (self.issued, now + Duration::from_secs(LIFETIME))
        });
        self.tokens.insert(app_id, (number, ends));
        json!({ "access_token": token(number), "expires_in": (ends - now).as_secs() })
    }
}

/// Whether WeChat did not take the ticket of a call.
#[must_use]
pub fn is_refused(called: &Called) -> bool {
    called.body == refused(40001).to_string().into_bytes()
}

/// Whether WeChat took a customer-service message.
#[must_use]
pub fn is_taken(called: &Called) -> bool {
    called.body == taken().to_string().into_bytes()
}

fn token(number: u64) -> String {
    format!("ticket-{number}")
}

fn refused(code: i64) -> Value {
    json!({ "errcode": code, "errmsg": "refused" })
}

/// Carol has got all messages that may be sent to her.
fn sent(user: &str) -> Value {
    if user == "carol" { refused(45047) } else { taken() }
}

fn taken() -> Value {
    json!({ "errcode": 0, "errmsg": "ok" })
}

/// Bob reads English, everybody else Chinese.
fn info(user: &str) -> Value {
    let language = if user == "bob" { "en" } else { "zh_CN" };
    json!({ "subscribe": 1, "openid": user, "language": language })
}

fn page(body: &Value) -> Value {
    let number = |name: &str| usize::try_from(body[name].as_u64().unwrap_or_default()).unwrap_or(0);
    let titles = TITLES.iter().skip(number("offset")).take(number("count"));
    let item = |title: &&str| {
        let url = format!("https://example.com/{title}");
        json!({ "article_id": title, "content": { "news_item": [{ "title": title, "url": url }] } })
    };
    let items: Vec<Value> = titles.map(item).collect();
    json!({ "total_count": TITLES.len(), "item_count": items.len(), "item": items })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
