//! Which units are asked about a message, and what they say.

use super::request::{is_bare, is_event};
use super::services::{calls_api, is_full};
use crate::scenario::{Said, What};

/// How news are told from a text in the words of the model.
pub const NEWS: &str = "news: ";

/// Where the articles are, up to their title.
pub const ADDRESS: &str = "https://example.com/";

/// What a unit says; `None` if it passes.
pub type Word = Option<String>;

/// The units that say their words after a wait.
pub const WAIT: [&str; 4] = ["later", "weather", "ask", "articles"];

/// The units that are asked, in their order, and what they say. The last one has replied, or nobody
/// has. `game` is the number that the user has to guess, and `owed` what was said too late.
pub fn ask(
    said: &Said,
    dice: u64,
    game: &mut Option<u64>,
    owed: &mut Option<String>,
) -> Vec<(&'static str, Word)> {
    if !is_event(said)
        && let Some(owed) = owed.take()
    {
        return vec![("owed", Some(owed))];
    }
    let mut text = match &said.what {
        What::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    };
    let mut order = crate::clauses::UNITS.to_vec();
    let spoken = spoken(&said.what);
    if game.is_some() {
        if spoken.is_none() {
            order.retain(|unit| *unit != "guess");
        }
        order.insert(0, "guess");
    }
    let mut asked = Vec::new();
    for unit in order {
        if unit == "voice" && spoken.is_some() {
            text.clone_from(&spoken);
        }
        let word = word(unit, said, text.as_deref(), dice, game);
        // It waits, and passes.
        let replied = word.is_some() && unit != "profile";
        asked.push((unit, word));
        if replied {
            break;
        }
    }
    asked
}

fn word(unit: &str, said: &Said, text: Option<&str>, dice: u64, game: &mut Option<u64>) -> Word {
    let bare = is_bare(said);
    let words = match (unit, text) {
        ("welcome", _) if said.what == What::Subscribe && !bare => "欢迎！Welcome!",
        ("guess", Some(text)) if !bare => return guess(text, dice, game),
        ("later", Some("later" | "稍后")) if !bare => "久等了。Thank you for waiting.",
        ("profile", _) if is_full(said) => "",
        // Of the units that ask services: what was asked.
        ("weather", Some(text)) if !bare => return after(&["weather", "天气"], text),
        ("ask", Some(text)) if !bare => return after(&["ask", "问"], text),
        ("articles", _) if calls_api(said) && said.what == What::Click("ARTICLES".to_owned()) => "",
        ("articles", Some(text)) if calls_api(said) => return after(&["articles", "文章"], text),
        ("keyword", text) => {
            let said = match &said.what {
                What::Click(key) => Some(key.as_str()),
                _ => text,
            };
            match said? {
                "hello" => "Hello yourself.",
                "你好" => "你好，很高兴认识你。",
                "MENU_HELP" => "Say hello, guess or later.",
                "evil" => "]]></Content><Evil/>",
                _ => return None,
            }
        }
        ("fuzzy", Some(text)) if text.contains("weather") => "Sunny, as always.",
        ("fuzzy", Some(text)) if text.contains("天气") => "晴。",
        _ => return None,
    };
    Some(words.to_owned())
}

/// What stands after one of these words and a space.
fn after(words: &[&str], text: &str) -> Word {
    let (word, rest) = text.split_at(text.find(' ')?);
    words.contains(&word).then(|| rest.trim().to_owned())
}

/// The words of a voice message. Speech recognition adds the marks at the end; the user did not say
/// them.
fn spoken(what: &What) -> Option<String> {
    let What::Voice(Some(speech)) = what else { return None };
    let mut words = speech.trim().to_owned();
    while let Some(last) = words.pop() {
        if !"。．｡！？，、；：…～.!?,;:~ ".contains(last) {
            words.push(last);
            return Some(words);
        }
    }
    None
}

fn guess(text: &str, dice: u64, game: &mut Option<u64>) -> Word {
    let Some(secret) = *game else {
        if text == "guess" || text == "猜数字" {
            *game = Some(1 + dice % 100);
            return Some(
                "我想好了一个 1 到 100 的数字，猜猜看。Guess a number from 1 to 100.".to_owned(),
            );
        }
        return None;
    };
    if text == "quit" || text == "退出" {
        *game = None;
        return Some(format!("不玩了，数字是 {secret}。It was {secret}."));
    }
    let number: u64 = text.parse::<u32>().ok()?.into();
    if number == secret {
        *game = None;
        return Some(format!("猜对了，就是 {secret}！Solved: {secret}."));
    }
    Some(if number < secret { "大一点。Higher." } else { "小一点。Lower." }.to_owned())
}
