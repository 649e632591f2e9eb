//! Any text as a query string. Nothing panics, an accepted query has the strict form, a signature
//! made for its timestamp and nonce is verified, and a query without encoded characters is read like
//! one that has some.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::{Query, Token, signature};

fuzz_target!(|text: &str| {
    let token = Token::new("four-ways-demo");
    let encoded = format!("{text}&+");
    assert_eq!(Query::parse(text), Query::parse(&encoded));
    assert_eq!(Query::parse_wecom(text), Query::parse_wecom(&encoded));
    for query in [Query::parse(text), Query::parse_wecom(text)].into_iter().flatten() {
        assert!(query.timestamp.len() == 10 && query.timestamp.bytes().all(|b| b.is_ascii_digit()));
        assert!((1..=64).contains(&query.nonce.len()));
        assert!(query.nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(Ok(query.seconds()), query.timestamp.parse());
        let signed = signature::sign(&token, &query.timestamp, &query.nonce);
        assert!(signature::verify(&token, &query.timestamp, &query.nonce, &signed));
    }
});
