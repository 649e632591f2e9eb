//! A body of the usual form is read in one pass: exactly as quick-xml's tokens are, or not at all.

use proptest::prelude::*;
use proptest::sample::Index;

use super::read_tokens;
use crate::flat;
use crate::tree::Tree;

/// Whether the one pass takes `body`. If so, it is well-formed, and the trees are equal.
fn is_taken(body: &str) -> bool {
    let mut one_pass = Tree::new();
    if flat::read(body, &mut one_pass).is_none() {
        return false;
    }
    let mut tokens = Tree::new();
    assert_eq!(read_tokens(body.as_bytes(), &mut tokens), Ok(()), "{body:?}");
    assert_eq!(one_pass.nodes, tokens.nodes, "{body:?}");
    assert_eq!(one_pass.depth(), tokens.depth());
    true
}

/// What means something in XML, or nearly does.
const PIECES: [&str; 31] = [
    "<",
    ">",
    "/",
    "/>",
    "</",
    "&",
    "&amp;",
    "&#9;",
    "]",
    "]]",
    "]]>",
    "<![CDATA[",
    "<![CDATA",
    "<!--",
    "-->",
    "<?x?>",
    "<a>",
    "</a>",
    "<a/>",
    "<xml>",
    "</xml>",
    "<a b='1'>",
    " ",
    "\r\n",
    "\u{0}",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "\u{feff}",
    "你",
    "x",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = (0..PIECES.len()).prop_map(|at| PIECES[at]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn blanks() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("\n"), Just(""), Just("\r\n  "), Just("\t\u{c} ")]
}

/// A name, and whether it is of the usual form.
fn name() -> impl Strategy<Value = (String, bool)> {
    let usual = "[A-Za-z_][A-Za-z0-9_]{0,12}".prop_map(|name| (name, true));
    let other = "[-.:0-9 ä][a-z]{0,2}".prop_map(|name| (name, false));
    prop_oneof![8 => usual, 1 => other]
}

/// A field, and whether the one pass must take it.
fn field() -> impl Strategy<Value = (String, bool)> {
    let text = || prop_oneof![pieces(), ".{0,20}", " ?[你 a-z0-9\r\n]{0,20}"];
    let section = (name(), text(), blanks()).prop_map(|((name, usual), text, blank)| {
        let usual = usual && !text.contains("]]>") && !text.ends_with(']');
        (format!("<{name}><![CDATA[{text}]]></{name}>{blank}"), usual)
    });
    let plain = (name(), text(), blanks()).prop_map(|((name, usual), text, blank)| {
        let usual = usual && !text.contains(['<', '&', ']']);
        (format!("<{name}>{text}</{name}>{blank}"), usual)
    });
    prop_oneof![section, plain]
}

/// A body of such fields, and whether the one pass must take it.
fn body() -> impl Strategy<Value = (String, bool)> {
    let fields = prop::collection::vec(field(), 0..8);
    (blanks(), blanks(), fields).prop_map(|(before, behind, fields)| {
        let inside: String = fields.iter().map(|(field, _)| &**field).collect();
        let usual = fields.iter().all(|(_, usual)| *usual);
        (format!("{before}<xml>{behind}{inside}</xml>{behind}"), usual)
    })
}

/// Bodies in WeChat's own layouts (接收普通消息, 接收事件推送).
const REAL: [&str; 5] = [
    "<xml>\n  <ToUserName><![CDATA[toUser]]></ToUserName>\n  \
     <FromUserName><![CDATA[fromUser]]></FromUserName>\n  <CreateTime>1348831860</CreateTime>\n  \
     <MsgType><![CDATA[text]]></MsgType>\n  <Content><![CDATA[this is a test]]></Content>\n  \
     <MsgId>1234567890123456</MsgId>\n  <MsgDataId>xxxx</MsgDataId>\n  <Idx>xxxx</Idx>\n</xml>",
    "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n\
     <FromUserName><![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName>\n\
     <CreateTime>1700000000</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n\
     <Event><![CDATA[subscribe]]></Event>\n<EventKey><![CDATA[]]></EventKey>\n</xml>",
    "<xml><ToUserName><![CDATA[toUser]]></ToUserName>\r\n<FromUserName>o1</FromUserName>\r\n\
     <CreateTime>123456789</CreateTime><MsgType>event</MsgType><Event>LOCATION</Event>\
     <Latitude>23.137466</Latitude><Label><![CDATA[广州市海珠区 客村]]></Label></xml>",
    "<xml><ToUserName><![CDATA[gh]]></ToUserName><MsgType>event</MsgType>\
     <Event>pic_sysphoto</Event><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>\
     <![CDATA[1b5f]]></PicMd5Sum></item></PicList></SendPicsInfo></xml>",
    "<xml>\n<ToUserName><![CDATA[gh]]></ToUserName>\n<Encrypt><![CDATA[ZGF0YQ==]]></Encrypt>\n</xml>",
];

/// The text after some edits: each puts a piece in place of up to three characters.
fn edited(text: &str, edits: &[(Index, usize, Index)]) -> String {
    let mut text = text.to_owned();
    for (at, removed, piece) in edits {
        let from = text.floor_char_boundary(at.index(text.len() + 1));
        let to = text.floor_char_boundary((from + removed).min(text.len())).max(from);
        text.replace_range(from..to, PIECES[piece.index(PIECES.len())]);
    }
    text
}

fn edits() -> impl Strategy<Value = Vec<(Index, usize, Index)>> {
    prop::collection::vec((any::<Index>(), 0..4_usize, any::<Index>()), 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn of_the_usual_form_is_taken_and_no_body_is_read_otherwise((body, usual) in body()) {
        assert!(is_taken(&body) || !usual, "{body:?}");
    }

    #[test]
    fn nearly_of_the_usual_form_is_not_read_otherwise((body, _) in body(), edits in edits()) {
        is_taken(&edited(&body, &edits));
    }

    #[test]
    fn a_real_body_that_was_changed_is_not_read_otherwise(
        body in any::<Index>(),
        edits in edits(),
    ) {
        is_taken(&edited(REAL[body.index(REAL.len())], &edits));
    }

    #[test]
    fn any_markup_is_not_read_otherwise(inside in pieces(), behind in pieces()) {
        is_taken(&format!("<xml>{inside}</xml>{behind}"));
        is_taken(&inside);
    }
}

#[test]
fn real_bodies_are_taken_unless_their_fields_are_nested() {
    assert_eq!(REAL.map(is_taken), [true, true, true, false, true]);
}
