//! The three modes: what is opened, what is refused and with which error, what is closed.

use proptest::prelude::*;
use wechat::{
    AesKey, Envelope, Keys, Kind, Message, Mode, OpenError, ParseError, Query, QueryError, Reply,
    Rotation, Token, signature, xml,
};

const TIMESTAMP: &str = "1700000000";
const NONCE: &str = "42";
const APP: &str = "wx1";

fn token(name: &str) -> Token {
    Token::new(format!("token {name}"))
}

/// Its last two bits are set, as those of real keys are.
fn key(letter: &str) -> AesKey {
    AesKey::parse(&format!("{}9", letter.repeat(42))).expect("43 letters")
}

fn keys() -> Keys {
    Keys { app_id: APP.into(), keys: Rotation::new(key("k")).with_previous(key("p")) }
}

fn envelope(mode: Mode) -> Envelope {
    let tokens = Rotation::new(token("current")).with_previous(token("previous"));
    Envelope::new(tokens, mode).with_original_id("gh_1")
}

fn plain_body(to: &str) -> String {
    format!(
        "<xml><ToUserName>{to}</ToUserName><FromUserName>o1</FromUserName>\
         <CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>hi</Content>\
         <MsgId>7</MsgId></xml>"
    )
}

/// A signed safe-mode request: its query and its body.
fn sealed(token: &Token, key: &AesKey, app: &str, outer: &str, inner: &str) -> (String, String) {
    let encrypted = key.encrypt(inner, app, [7; 16]);
    let body = format!(
        "<xml><ToUserName>{outer}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    );
    (query(token, &encrypted), body)
}

fn query(token: &Token, encrypted: &str) -> String {
    let signature = signature::sign(token, TIMESTAMP, NONCE);
    let message = signature::sign_message(token, TIMESTAMP, NONCE, encrypted);
    format!(
        "signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}&openid=o1&encrypt_type=aes\
         &msg_signature={message}"
    )
}

fn open(envelope: &Envelope, query: &str, body: &str) -> Result<Message, OpenError> {
    let query = Query::parse(query).expect("strict");
    envelope.open(&query, body.as_bytes()).map(|opened| opened.message)
}

#[test]
fn a_handshake_returns_echostr_to_whoever_knows_a_token() {
    for mode in [Mode::Plain, Mode::Compat(keys()), Mode::Safe(keys())] {
        let envelope = envelope(mode);
        let ask = |token: &Token, rest: &str| {
            let signature = signature::sign(token, TIMESTAMP, NONCE);
            let query = format!("signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}{rest}");
            envelope.handshake(&Query::parse(&query).expect("strict")).map(str::to_owned)
        };
        assert_eq!(ask(&token("current"), "&echostr=a%2Bb"), Ok("a+b".into()));
        assert_eq!(ask(&token("previous"), "&echostr=5"), Ok("5".into()));
        assert_eq!(ask(&token("other"), "&echostr=5"), Err(OpenError::Signature));
        let missing = OpenError::Query(QueryError::Missing("echostr"));
        assert_eq!(ask(&token("current"), ""), Err(missing.clone()));
        assert_eq!(ask(&token("current"), "&echostr="), Err(missing));
    }
}

#[test]
fn a_wecom_handshake_returns_the_decrypted_echostr() {
    let envelope = envelope(Mode::Safe(keys()));
    let ask = |encrypted: &str, signed: &str| {
        let signature = signature::sign_message(&token("current"), TIMESTAMP, NONCE, signed);
        // Sent without percent-encoding, so that every `+` becomes a space.
        let query = format!(
            "msg_signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}&echostr={encrypted}"
        );
        envelope.handshake_wecom(&Query::parse_wecom(&query).expect("strict"))
    };
    for random in 0..32 {
        let encrypted = key("k").encrypt("1234", APP, [random; 16]);
        assert_eq!(ask(&encrypted, &encrypted), Ok("1234".into()));
        assert_eq!(ask(&encrypted, "other"), Err(OpenError::Signature));
    }
    let foreign = key("k").encrypt("1234", "wx2", [7; 16]);
    assert_eq!(ask(&foreign, &foreign), Err(OpenError::Refused));
}

#[test]
fn a_plain_message_is_opened_and_answered_plainly() {
    let envelope = envelope(Mode::Plain);
    let signature = signature::sign(&token("previous"), TIMESTAMP, NONCE);
    let text = format!("signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}");
    let query = Query::parse(&text).expect("strict");
    let opened = envelope.open(&query, plain_body("gh_1").as_bytes()).expect("ours");
    let reply = Reply::text("hello").expect("short");
    let body = envelope.close(&opened.seal, &opened.message, &reply, 1_700_000_001, [0; 16]);
    assert_eq!(body, reply.render(&opened.message, 1_700_000_001));
    assert_eq!(open(&envelope, &text, &plain_body("gh_2")), Err(OpenError::Refused));
    let large = open(&envelope, &text, &" ".repeat(xml::LIMIT + 1)).map_err(|error| error.status());
    assert_eq!(large, Err(413));
    let wrong = text.replace(&signature, &signature[1..]);
    assert_eq!(open(&envelope, &wrong, &plain_body("gh_1")), Err(OpenError::Signature));
}

#[test]
fn a_plain_body_is_opened_only_with_a_signature_that_a_token_of_the_account_verified() {
    let signature = signature::sign(&token("previous"), TIMESTAMP, NONCE);
    let text = format!("signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}");
    let query = Query::parse(&text).expect("strict");
    let body = plain_body("gh_1");
    let verified = envelope(Mode::Plain).verify(&query).expect("signed");
    let opened = |envelope: Envelope| envelope.open_verified(verified.clone(), body.as_bytes());
    assert_eq!(opened(envelope(Mode::Plain)), envelope(Mode::Plain).open(&query, body.as_bytes()));
    assert!(opened(Envelope::new(token("previous"), Mode::Plain)).is_ok());
    assert_eq!(opened(Envelope::new(token("other"), Mode::Plain)), Err(OpenError::Signature));
    assert_eq!(opened(envelope(Mode::Compat(keys()))), Err(OpenError::Signature));
    assert_eq!(opened(envelope(Mode::Safe(keys()))), Err(OpenError::Signature));
}

#[test]
fn what_was_opened_tells_the_signature_that_counted() {
    let (query, body) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain_body("gh_1"));
    for (mode, body, name) in [
        (Mode::Plain, plain_body("gh_1"), "signature="),
        (Mode::Safe(keys()), body, "&msg_signature="),
    ] {
        let parsed = Query::parse(&query).expect("strict");
        let opened = envelope(mode).open(&parsed, body.as_bytes()).expect("ours");
        let (_, sent) = query.split_once(name).expect("sent");
        assert_eq!(opened.verified.signature().to_string(), sent[..40]);
    }
}

#[test]
fn the_answer_comes_in_the_token_and_the_key_that_fitted() {
    for mode in [Mode::Compat(keys()), Mode::Safe(keys())] {
        let envelope = envelope(mode);
        for (token, key) in [
            (token("current"), key("k")),
            (token("previous"), key("k")),
            (token("current"), key("p")),
            (token("previous"), key("p")),
        ] {
            let (query, body) = sealed(&token, &key, APP, "gh_1", &plain_body("gh_1"));
            let query = Query::parse(&query).expect("strict");
            let opened = envelope.open(&query, body.as_bytes()).expect("ours");
            assert_eq!(opened.message.kind, Kind::Text { content: "hi".into() });
            let reply = Reply::text("hello").expect("short");
            let closed =
                envelope.close(&opened.seal, &opened.message, &reply, 1_700_000_001, [9; 16]);
            let root = xml::parse(closed.as_bytes()).expect("well-formed");
            let field = |name| root.text_of(name).expect("once").expect("there").to_owned();
            let encrypted = field("Encrypt");
            assert_eq!(
                (field("TimeStamp").as_str(), field("Nonce").as_str()),
                ("1700000001", NONCE)
            );
            let signature = signature::sign_message(&token, "1700000001", NONCE, &encrypted);
            assert_eq!(field("MsgSignature"), signature);
            let plain = reply.render(&opened.message, 1_700_000_001);
            assert_eq!(key.decrypt(&encrypted, APP), Ok(plain));
            // WeChat reads these two as they are.
            for (reply, body) in [(Reply::Success, "success"), (Reply::Empty, "")] {
                let closed = envelope.close(&opened.seal, &opened.message, &reply, 1, [9; 16]);
                assert_eq!(closed, body);
            }
        }
    }
}

#[test]
fn compat_mode_trusts_the_encrypted_part_only() {
    let envelope = envelope(Mode::Compat(keys()));
    let (query, body) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain_body("gh_1"));
    let forged = body.replace(
        "<Encrypt>",
        "<FromUserName>o2</FromUserName><Content>pay</Content><MsgId>8</MsgId><Encrypt>",
    );
    let message = open(&envelope, &query, &forged).expect("ours");
    assert_eq!((message.from.as_str(), message.id.as_deref()), ("o1", Some("7")));
    assert_eq!(message.kind, Kind::Text { content: "hi".into() });
}

#[test]
fn nothing_in_a_request_turns_the_encryption_off() {
    let signature = signature::sign(&token("current"), TIMESTAMP, NONCE);
    let plain = format!("signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}");
    let missing = OpenError::Query(QueryError::Missing("msg_signature"));
    for mode in [Mode::Compat(keys()), Mode::Safe(keys())] {
        let envelope = envelope(mode);
        for query in [plain.clone(), format!("{plain}&encrypt_type=raw")] {
            let (_, body) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain_body("gh_1"));
            assert_eq!(open(&envelope, &query, &body), Err(missing.clone()));
        }
        let (query, _) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain_body("gh_1"));
        let error = OpenError::Body(ParseError::Missing("Encrypt", 0));
        assert_eq!(open(&envelope, &query, &plain_body("gh_1")), Err(error));
    }
}

#[test]
fn what_was_signed_but_is_not_ours_gives_the_one_error() {
    let envelope = envelope(Mode::Safe(keys()));
    let token = token("current");
    let sealed = |key: &AesKey, app, outer, inner| {
        let (query, body) = sealed(&token, key, app, outer, &plain_body(inner));
        open(&envelope, &query, &body)
    };
    assert!(sealed(&key("k"), APP, "gh_1", "gh_1").is_ok());
    assert_eq!(sealed(&key("x"), APP, "gh_1", "gh_1"), Err(OpenError::Refused));
    assert_eq!(sealed(&key("k"), "wx2", "gh_1", "gh_1"), Err(OpenError::Refused));
    assert_eq!(sealed(&key("k"), APP, "gh_2", "gh_1"), Err(OpenError::Refused));
    assert_eq!(sealed(&key("k"), APP, "gh_2", "gh_2"), Err(OpenError::Refused));
    for encrypted in ["AAAA", "*", &"A".repeat(64)] {
        let body = format!("<xml><Encrypt>{encrypted}</Encrypt></xml>");
        let refused = open(&envelope, &query(&token, encrypted), &body);
        assert_eq!(refused, Err(OpenError::Refused), "{encrypted}");
    }
    assert_eq!((OpenError::Refused.status(), OpenError::Signature.status()), (403, 403));
}

#[test]
fn a_decrypted_body_is_read_as_strictly_as_a_plain_one() {
    let envelope = envelope(Mode::Safe(keys()));
    for (inner, error) in [
        ("<xml></xml>", ParseError::Missing("MsgType", 0)),
        ("<!DOCTYPE xml><xml/>", ParseError::DocType(0)),
        ("", ParseError::WrongRoot(0)),
    ] {
        let (query, body) = sealed(&token("current"), &key("k"), APP, "gh_1", inner);
        let error = OpenError::Body(error);
        assert_eq!(error.status(), 400);
        assert_eq!(open(&envelope, &query, &body), Err(error));
    }
}

#[test]
fn a_text_may_hold_the_end_of_its_section_in_every_mode() {
    let text = "a]]><a><![CDATA[b]]></a>";
    let plain = plain_body("gh_1").replace("hi", &format!("<![CDATA[{text}]]>"));
    let signature = signature::sign(&token("current"), TIMESTAMP, NONCE);
    let unsealed = format!("signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}");
    let (sealed, body) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain);
    let encrypt = body.split_once("<Encrypt>").expect("there").1;
    // Compat mode sends the plain fields as well.
    let both = plain.replace("</xml>", &format!("<Encrypt>{encrypt}"));
    for (mode, query, body) in [
        (Mode::Plain, unsealed, plain),
        (Mode::Compat(keys()), sealed.clone(), both),
        (Mode::Safe(keys()), sealed, body),
    ] {
        let message = open(&envelope(mode), &query, &body).expect("ours");
        assert_eq!(message.kind, Kind::Text { content: text.into() });
    }
}

/// The vector of WxJava's WxCryptUtilTest. What only decrypts cannot tell a wrong initialisation
/// vector: it spoils the random bytes alone, and nobody reads them.
#[test]
fn encryption_gives_the_bytes_that_another_implementation_gives() {
    let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").expect("43 letters");
    let encrypted = key.encrypt("我是中文abcd123", "wxb11529c136998cb6", *b"aaaabbbbccccdddd");
    assert_eq!(
        encrypted,
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    );
}

#[test]
fn messages_are_encrypted_in_compat_and_safe_mode_only() {
    for (mode, encrypts) in
        [(Mode::Plain, false), (Mode::Compat(keys()), true), (Mode::Safe(keys()), true)]
    {
        assert_eq!(envelope(mode).encrypts(), encrypts);
    }
}

#[test]
fn an_encrypted_message_may_be_json() {
    let envelope = envelope(Mode::Safe(keys()));
    let inner = r#"{"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1700000000,
        "MsgType": "text", "Content": "hi", "MsgId": 7}"#;
    let encrypted = key("k").encrypt(inner, APP, [7; 16]);
    let body = format!(r#"{{"ToUserName": "gh_1", "Encrypt": "{encrypted}"}}"#);
    let message = open(&envelope, &query(&token("current"), &encrypted), &body);
    assert_eq!(message, Ok(Message::parse(plain_body("gh_1").as_bytes()).expect("ours")));
}

#[test]
fn blanks_and_lost_pluses_are_repaired_before_the_signature_is_refused() {
    let envelope = envelope(Mode::Safe(keys()));
    let encrypted = (0..)
        .map(|random| key("k").encrypt(&plain_body("gh_1"), APP, [random; 16]))
        .find(|encrypted| encrypted.contains('+'))
        .expect("one of many");
    let query = query(&token("current"), &encrypted);
    for damaged in
        [encrypted.replace('+', " "), format!("\n {}\n {}", &encrypted[..8], &encrypted[8..])]
    {
        let body = format!("<xml><Encrypt>{damaged}</Encrypt></xml>");
        assert!(open(&envelope, &query, &body).is_ok(), "{damaged}");
    }
}

#[test]
fn nothing_secret_prints() {
    let envelope = envelope(Mode::Safe(keys()));
    let printed = format!("{envelope:?}");
    assert!(!printed.contains("token current") && !printed.contains("kkk"), "{printed}");
}

#[test]
fn flipping_any_bit_of_an_encrypted_message_gives_the_one_error() {
    let envelope = envelope(Mode::Safe(keys()));
    let (query, body) = sealed(&token("current"), &key("k"), APP, "gh_1", &plain_body("gh_1"));
    let start = body.find("[CDATA[").expect("there") + "[CDATA[".len();
    let end = body.find("]]>").expect("there");
    for byte in start..end {
        for bit in 0..7 {
            let mut flipped = body.clone().into_bytes();
            flipped[byte] ^= 1 << bit;
            let flipped = String::from_utf8(flipped).expect("ASCII");
            match open(&envelope, &query, &flipped) {
                Err(OpenError::Signature) => {}
                // A `]` more moves the end of the section; then it is no XML any more.
                other => panic!("bit {bit} of byte {byte}: {other:?}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn decryption_undoes_encryption(
        message in ".*", app in "[a-z0-9]{0,20}", random: [u8; 16], letters in "[A-Za-z0-9]{43}",
    ) {
        let key = AesKey::parse(&letters).expect("43 letters");
        let encrypted = key.encrypt(&message, &app, random);
        prop_assert_eq!(key.decrypt(&encrypted, &app), Ok(message));
        let other = app + "x";
        prop_assert!(key.decrypt(&encrypted, &other).is_err());
    }

    #[test]
    fn no_text_makes_decryption_panic(encrypted in "[A-Za-z0-9+/= \n]*", app in ".*") {
        prop_assert!(key("k").decrypt(&encrypted, &app).is_err());
    }

    #[test]
    fn no_query_makes_the_reader_panic(query in ".*") {
        if let Ok(query) = Query::parse(&query) {
            prop_assert_eq!(query.timestamp.len(), 10);
        }
    }

    #[test]
    fn a_digit_moved_over_a_field_boundary_is_refused(
        timestamp in "[0-9]{10}", nonce in "[0-9]{2,20}",
    ) {
        let signature = signature::sign(&token("current"), &timestamp, &nonce);
        let query = |timestamp: &str, nonce: &str| {
            let query = format!("signature={signature}&timestamp={timestamp}&nonce={nonce}");
            Query::parse(&query).map(drop)
        };
        prop_assert_eq!(query(&timestamp, &nonce), Ok(()));
        let moved = format!("{timestamp}{}", &nonce[..1]);
        prop_assert_eq!(query(&moved, &nonce[1..]), Err(QueryError::Malformed("timestamp")));
        let moved = format!("{}{nonce}", &timestamp[9..]);
        prop_assert_eq!(query(&timestamp[..9], &moved), Err(QueryError::Malformed("timestamp")));
    }
}
