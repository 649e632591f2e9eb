//! The services that a scenario's requests call: a pure function of what is asked.

use pipeline::{Call, Called};
use serde_json::{Value, json};

use crate::scenario::Injected;

/// What the service answers.
#[must_use]
pub fn answer(call: &Call) -> Called {
    let asked = |name| {
        let mut query = call.query.iter();
        query.find(|(of, _)| *of == name).map_or("", |(_, value)| value.as_str())
    };
    let json = match call.service {
        "geocoding" if asked("name") == "nowhere" => json!({ "generationtime_ms": 0.5 }),
        "geocoding" => {
            let place = json!({ "name": asked("name"), "latitude": 39.9, "longitude": 116.4 });
            json!({ "results": [place] })
        }
        "forecast" if asked("latitude") == "39.9" => {
            json!({ "current": { "temperature_2m": 13.5 } })
        }
        "air-quality" if asked("longitude") == "116.4" => json!({ "current": { "us_aqi": 42 } }),
        "ask-first" | "ask-second" => completion(call),
        _ => return Called { status: 404, body: Vec::new() },
    };
    Called { status: 200, body: json.to_string().into_bytes() }
}

/// The model repeats the question.
fn completion(call: &Call) -> Value {
    let asked: Value = call
        .json
        .as_deref()
        .map_or(Value::Null, |json| serde_json::from_str(json).unwrap_or_default());
    let (model, question) = (&asked["model"], &asked["messages"][0]["content"]);
    let words = format!("{}: {}", text(model), text(question));
    json!({ "choices": [{ "message": { "role": "assistant", "content": words } }] })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The answer when the service misbehaves in this way.
#[must_use]
pub fn spoilt(fault: Injected, called: Called) -> Called {
    match fault {
        Injected::Status => Called { status: 500, ..called },
        Injected::Corrupt => Called { body: b"<html>".to_vec(), ..called },
        Injected::ErrorCode => {
            let json = json!({ "errcode": -1, "errmsg": "system error" });
            Called { body: json.to_string().into_bytes(), ..called }
        }
        _ => called,
    }
}
