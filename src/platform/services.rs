//! What is not WeChat, and what a server calls all the same: geocoding, forecast, air quality and two
//! language models, each under its name. The kit plays them.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::services::Services;
use serde_json::Value;

/// The services, and what is called of each: `/geocoding/v1/search`.
pub const SERVICES: [(&str, &str); 5] = [
    ("geocoding", "/v1/search"),
    ("forecast", "/v1/forecast"),
    ("air-quality", "/v1/air-quality"),
    ("ask-first", "/v1/chat/completions"),
    ("ask-second", "/v1/chat/completions"),
];

/// The parameters that make a difference.
const PARAMETERS: [&str; 3] = ["name", "latitude", "longitude"];

/// The answer of the service that has this path; `None` if there is none.
#[must_use]
pub fn answer(path: &str, query: &BTreeMap<String, String>, body: &[u8]) -> Option<Value> {
    let (name, rest) = path.strip_prefix('/')?.split_once('/')?;
    let found = SERVICES.iter().find(|(service, path)| *service == name && path[1..] == *rest);
    let (service, path) = found?;
    let given = |name| query.get(name).map(|value| (name, value.clone()));
    let call = pipeline::Call {
        service,
        path,
        query: PARAMETERS.into_iter().filter_map(given).collect(),
        json: Some(String::from_utf8_lossy(body).into_owned()),
    };
    let called = Services::default().answer(&call, None, Duration::ZERO);
    serde_json::from_slice(&called.body).ok()
}
