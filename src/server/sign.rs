//! A signed request as a line for the shell.

use std::time::{Duration, SystemTime};

use wechat::{Token, signature};

/// The line that sends the text `message` to `url`, signed for `token` at `now` (since 1970). It
/// is good for as long as the account's window lasts.
#[must_use]
pub fn curl(url: &str, token: &str, message: &str, now: Duration) -> String {
    let timestamp = format!("{:010}", now.as_secs());
    let nonce = now.as_nanos().to_string();
    let signature = signature::sign(&Token::new(token), &timestamp, &nonce);
    let separator = if url.contains('?') { '&' } else { '?' };
    let target =
        format!("{url}{separator}signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let text = message.replace("]]>", "]]]]><![CDATA[>");
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_demo]]></ToUserName>\
         <FromUserName><![CDATA[curl]]></FromUserName><CreateTime>{timestamp}</CreateTime>\
         <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>\
         <MsgId>{}</MsgId></xml>",
        now.as_micros()
    );
    format!("curl {} --data {}", quoted(&target), quoted(&body))
}

/// Time since 1970, by the system's clock.
#[must_use]
pub fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// One word for a POSIX shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_the_message_does_not_end_the_word() {
        let line = curl("http://x/wechat/demo", "t", "it's", Duration::from_secs(1_700_000_000));
        assert!(line.contains(r"it'\''s"), "{line}");
    }
}
