//! A unit that asks three services: where a place is, and then its forecast and its air quality at
//! the same time. The services have the shape of Open-Meteo's API.

use serde::Deserialize;

use super::rule::{Verdict, tell, text};
use super::service::read;
use crate::call::{Call, Called};
use crate::context::Context;
use crate::operation::Failure;

/// The unit's name.
pub const NAME: &str = "weather";

/// A place on earth, as the geocoding service knows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Place {
    name: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
struct Places {
    /// Left out when no place has the name.
    #[serde(default)]
    results: Vec<Place>,
}

#[derive(Deserialize)]
struct Now<T> {
    current: T,
}

#[derive(Deserialize)]
struct Forecast {
    temperature_2m: f64,
}

#[derive(Deserialize)]
struct Air {
    us_aqi: f64,
}

/// Whether the message is for this unit.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    ctx.account.as_ref().is_some_and(|account| account.has_unit(NAME)) && named(ctx).is_some()
}

/// The place that the user names, as in `weather Paris` and `天气 北京`.
fn named(ctx: &Context) -> Option<&str> {
    let (word, place) = text(ctx)?.split_once(char::is_whitespace)?;
    matches!(word, "weather" | "天气").then(|| place.trim())
}

/// Asks where the place is.
#[must_use]
pub fn search(ctx: &Context) -> Call {
    let name = named(ctx).unwrap_or_default();
    Call::get("geocoding", "/v1/search")
        .with("name", name)
        .with("count", "1")
        .with("language", "zh")
}

/// The place.
///
/// # Errors
/// What to say when there is none, or when the service does not answer.
pub fn place(ctx: &Context, searched: Result<Called, Failure>) -> Result<Place, Verdict> {
    match read(searched) {
        None => Err(sorry(ctx)),
        Some(Places { results }) => results
            .into_iter()
            .next()
            .ok_or_else(|| tell(ctx, "没有找到这个地方。", "No place has this name.")),
    }
}

/// Asks for the forecast.
#[must_use]
pub fn forecast(place: &Place) -> Call {
    at(place, Call::get("forecast", "/v1/forecast")).with("current", "temperature_2m")
}

/// Asks for the air quality.
#[must_use]
pub fn air(place: &Place) -> Call {
    at(place, Call::get("air-quality", "/v1/air-quality")).with("current", "us_aqi")
}

fn at(place: &Place, call: Call) -> Call {
    call.with("latitude", place.latitude.to_string()).with("longitude", place.longitude.to_string())
}

/// What it says. If one of the two is missing, it says so; if both are, it apologises.
#[must_use]
pub fn verdict(
    ctx: &Context,
    place: &Place,
    forecast: Result<Called, Failure>,
    air: Result<Called, Failure>,
) -> Verdict {
    let forecast = read(forecast).map(|now: Now<Forecast>| now.current.temperature_2m);
    let air = read(air).map(|now: Now<Air>| now.current.us_aqi);
    let name = &place.name;
    let (chinese, english) = match (forecast, air) {
        (Some(degrees), Some(air)) => {
            (format!("{degrees} °C，空气质量 {air}。"), format!("{degrees} °C, air quality {air}."))
        }
        (Some(degrees), None) => (
            format!("{degrees} °C，空气质量暂缺。"),
            format!("{degrees} °C, the air quality is missing."),
        ),
        (None, Some(air)) => (
            format!("空气质量 {air}，气温暂缺。"),
            format!("air quality {air}, the temperature is missing."),
        ),
        (None, None) => return sorry(ctx),
    };
    tell(ctx, &format!("{name}：{chinese}"), &format!("{name}: {english}"))
}

fn sorry(ctx: &Context) -> Verdict {
    tell(ctx, "天气服务暂时没有回答，请稍后再试。", "The weather service does not answer.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Fault, Operation};
    use crate::profile::Language;
    use crate::testing;

    const FAILED: Result<Called, Failure> =
        Err(Failure { operation: Operation::Call, fault: Fault::Transient });

    fn called(body: &str) -> Result<Called, Failure> {
        Ok(Called { status: 200, body: body.into() })
    }

    fn paris() -> Place {
        Place { name: "巴黎".to_owned(), latitude: 48.85, longitude: 2.35 }
    }

    #[test]
    fn it_is_for_a_word_and_a_place_and_for_accounts_that_have_it_on() {
        for text in ["weather Paris", "天气 北京", "天气　北京"] {
            assert!(wants(&testing::said(text)), "{text}");
        }
        for text in ["weather", "天气", "sunny weather", "天气北京"] {
            assert!(!wants(&testing::said(text)), "{text}");
        }
        let mut ctx = testing::said("weather Paris");
        ctx.account =
            Some(std::sync::Arc::new(crate::Account { units: vec![], ..testing::account() }));
        assert!(!wants(&ctx));
    }

    #[test]
    fn it_asks_for_the_place_and_then_for_its_coordinates() {
        let call = search(&testing::said("weather  Notre Dame "));
        assert_eq!(call.query[0], ("name", "Notre Dame".to_owned()));
        let found = place(
            &testing::said("weather Paris"),
            called(r#"{"results":[{"name":"巴黎","latitude":48.85,"longitude":2.35}]}"#),
        );
        assert_eq!(found, Ok(paris()));
        for call in [forecast(&paris()), air(&paris())] {
            let asked = [("latitude", "48.85".to_owned()), ("longitude", "2.35".to_owned())];
            assert_eq!(call.query[..2], asked);
        }
    }

    #[test]
    fn an_unknown_place_and_a_service_that_fails_have_their_own_words() {
        let ctx = testing::said("weather Paris");
        let unknown = tell(&ctx, "没有找到这个地方。", "No place has this name.");
        assert_eq!(place(&ctx, called(r#"{"generationtime_ms":0.5}"#)), Err(unknown));
        for searched in [FAILED, called("<html>"), Ok(Called { status: 500, body: b"{}".to_vec() })]
        {
            assert_eq!(place(&ctx, searched), Err(sorry(&ctx)));
        }
    }

    #[test]
    fn it_says_what_is_missing_and_apologises_when_all_is() {
        let forecast = || called(r#"{"current":{"temperature_2m":13.5}}"#);
        let air = || called(r#"{"current":{"us_aqi":42}}"#);
        let says = |language, forecast, air| {
            let mut ctx = testing::said("weather Paris");
            ctx.language = language;
            match verdict(&ctx, &paris(), forecast, air) {
                Verdict::Reply(wechat::Reply::Text(text)) => text.as_str().to_owned(),
                other => panic!("{other:?}"),
            }
        };
        let (chinese, english) = (Some(Language::Chinese), Some(Language::English));
        assert_eq!(says(chinese, forecast(), air()), "巴黎：13.5 °C，空气质量 42。");
        assert_eq!(says(english, forecast(), air()), "巴黎: 13.5 °C, air quality 42.");
        assert_eq!(
            says(None, forecast(), air()),
            "巴黎：13.5 °C，空气质量 42。巴黎: 13.5 °C, air quality 42."
        );
        assert_eq!(says(chinese, forecast(), FAILED), "巴黎：13.5 °C，空气质量暂缺。");
        assert_eq!(says(chinese, FAILED, air()), "巴黎：空气质量 42，气温暂缺。");
        let ctx = testing::said("weather Paris");
        assert_eq!(verdict(&ctx, &paris(), FAILED, FAILED), sorry(&ctx));
    }
}
