//! The services: `[service.NAME]`.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use wechat::Secret;

use super::wrong::{Wrong, number, wrong};
use crate::hosts::{Directory, Service};

/// A field for each name, so that an unknown name is refused like any unknown key.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sections {
    wechat: Option<Section>,
    geocoding: Option<Section>,
    forecast: Option<Section>,
    air_quality: Option<Section>,
    ask_first: Option<Section>,
    ask_second: Option<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    url: Spanned<String>,
    key: Option<Spanned<String>>,
    timeout: Option<Spanned<String>>,
}

/// The services of the file, and those that are public.
pub(super) fn directory(sections: Sections) -> Result<Directory, Wrong> {
    let Sections { wechat, geocoding, forecast, air_quality, ask_first, ask_second } = sections;
    let all = [
        ("wechat", wechat, Some("https://api.weixin.qq.com")),
        ("geocoding", geocoding, Some("https://geocoding-api.open-meteo.com")),
        ("forecast", forecast, Some("https://api.open-meteo.com")),
        ("air-quality", air_quality, Some("https://air-quality-api.open-meteo.com")),
        ("ask-first", ask_first, None),
        ("ask-second", ask_second, None),
    ];
    let mut directory = Directory::new();
    for (name, section, public) in all {
        let service = match section {
            Some(section) => Some(service(section)?),
            None => public.and_then(|address| Service::at(address).ok()),
        };
        directory.extend(service.map(|service| (name, service)));
    }
    Ok(directory)
}

fn service(section: Section) -> Result<Service, Wrong> {
    let Section { url, key, timeout } = section;
    let mut service =
        Service::at(url.get_ref()).or_else(|error| wrong(url.span(), error.to_string()))?;
    service.key = key.map(self::key).transpose()?;
    service.timeout = timeout.map(self::timeout).transpose()?.unwrap_or(service.timeout);
    Ok(service)
}

/// A key that can stand in a header.
fn key(value: Spanned<String>) -> Result<Secret, Wrong> {
    let key = value.get_ref();
    if key.is_empty() || !key.bytes().all(|each| each.is_ascii_graphic()) {
        return wrong(value.span(), "a key is letters, digits and signs, without blanks");
    }
    Ok(Secret::new(value.into_inner()))
}

fn timeout(value: Spanned<String>) -> Result<Duration, Wrong> {
    match number(value.get_ref(), "s") {
        Some(seconds @ 1..=60) => Ok(Duration::from_secs(seconds)),
        _ => wrong(value.span(), "`timeout` is seconds like \"3s\" (1 to 60)"),
    }
}
