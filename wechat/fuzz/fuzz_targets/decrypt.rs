//! Any text as `Encrypt`, and any plaintext before encryption. Nothing panics, and a message that
//! is accepted is for this account.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::{AesKey, Envelope, Keys, Mode, OpenError, Query, Token, signature};

const APP: &str = "wx0123456789abcdef";

fuzz_target!(|data: &[u8]| {
    let key = AesKey::parse("fourWaysDemoKeyfourWaysDemoKeyfourWaysDemoK").expect("a key");
    let token = Token::new("four-ways-demo");
    let mode = Mode::Safe(Keys { app_id: APP.into(), keys: key.clone().into() });
    let envelope = Envelope::new(token.clone(), mode).with_original_id("gh_1");
    let text = String::from_utf8_lossy(data);
    // The text is used as the ciphertext itself, and as the message inside a correct ciphertext.
    let inside = key.encrypt(&text, APP, [7; 16]);
    assert_eq!(key.decrypt(&inside, APP).as_deref(), Ok(&*text));
    for encrypted in [&*text, &inside] {
        let open = |signed: &str| {
            let message = signature::sign_message(&token, "1700000000", "42", signed);
            let query =
                format!("signature=0&timestamp=1700000000&nonce=42&msg_signature={message}");
            let query = Query::parse(&query).expect("strict");
            let body = format!("<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
            envelope.open(&query, body.as_bytes())
        };
        if let Ok(opened) = open(encrypted) {
            assert_eq!(opened.message.to, "gh_1");
        }
        let other = format!("{encrypted}x");
        assert!(matches!(open(&other), Err(OpenError::Signature | OpenError::Body(_))));
    }
    let _ = AesKey::parse(&text);
});
