use std::time::Duration;

use pipeline::{Account, Keyword, Late, Match};
use wechat::{Envelope, Mode, Reply, Token};

/// The built-in account: its name.
pub const NAME: &str = "demo";

/// The built-in account: its token, which is no secret.
pub const TOKEN: &str = "four-ways-demo";

const WELCOME: &str =
    "欢迎关注！说“帮助”看看我会什么。\nWelcome! Say \"help\" to see what I can do.";

const HELP: &str = "试试：你好、天气、猜数字、稍后。\nTry: hello, weather, guess, later.";

const KEYWORDS: [(Match, &str, &str); 9] = [
    (Match::Exact, "你好", "你好，很高兴认识你。"),
    (Match::Exact, "hello", "Hello, nice to meet you."),
    (Match::Exact, "帮助", HELP),
    (Match::Exact, "help", HELP),
    (Match::Exact, "MENU_HELP", HELP),
    (Match::Fuzzy, "天气", "明天晴，适合出门。"),
    (Match::Fuzzy, "weather", "Sunny tomorrow. Take a walk."),
    (Match::Fuzzy, "谢谢", "不客气。"),
    (Match::Fuzzy, "thank", "You are welcome."),
];

/// The built-in account, with every unit on.
#[must_use]
pub fn account() -> Account {
    let keywords = KEYWORDS.iter().filter_map(|(matches, pattern, reply)| {
        let reply = Reply::text(*reply).ok()?;
        Some(Keyword { matches: *matches, pattern: (*pattern).to_owned(), reply })
    });
    Account {
        name: NAME.into(),
        envelope: Envelope::new(Token::new(TOKEN), Mode::Plain),
        window: Some(Duration::from_secs(300)),
        welcome: Reply::text(WELCOME).ok(),
        units: vec!["guess".to_owned(), "later".to_owned()],
        credentials: None,
        models: Default::default(),
        keywords: keywords.collect(),
        late: Late::Success,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_account_can_be_delivered() {
        let account = account();
        assert!(account.welcome.is_some());
        assert_eq!(account.keywords.len(), KEYWORDS.len());
    }
}
