//! What is printed, in English or Chinese.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use four_ways::platform::{Answer, Entry, Event, Outcome, Shown};
use unicode_width::UnicodeWidthStr;

use super::super::lesson::Language;
use super::line::COMMANDS;

const WHO: Style = Style::new().bold();
const NOTICE: Style = AnsiColor::Yellow.on_default();
const ASIDE: Style = Style::new().dimmed();

/// How far what `--show` prints is indented.
const MARGIN: &str = "            ";

/// How a conversation is printed.
pub struct Wording {
    /// The language.
    pub language: Language,
    /// What the account is called.
    pub account: String,
    /// When the conversation began, since 1970.
    pub epoch: Duration,
    /// Whether all is printed that happens, and not only what a user sees.
    pub show: bool,
    /// Whether messages travel encrypted.
    pub encrypted: bool,
}

impl Wording {
    /// One of two words.
    pub fn say<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        match self.language {
            Language::En => english,
            Language::Zh => chinese,
        }
    }

    /// What to know before the first line: who speaks to whom, what to try, and how to leave.
    pub fn greeting(&self, user: &str, answers: &str, tries: Option<&str>) -> String {
        let account = &self.account;
        let tries = tries.unwrap_or(self.say("Write something.", "随便说点什么。"));
        match self.language {
            Language::En => format!(
                "You are {WHO}{user}{WHO:#}, a user of WeChat. Your messages go to the account \
                 {WHO}{account}{WHO:#} ({answers}).\n\
                 {tries} /help lists what else you can send, /quit or Ctrl-D leaves.\n\n"
            ),
            Language::Zh => format!(
                "你是微信用户 {WHO}{user}{WHO:#}，消息发给公众号 \
                 {WHO}{account}{WHO:#}（{answers}）。\n\
                 {tries}/help 列出其他命令，/quit 或 Ctrl-D 退出。\n\n"
            ),
        }
    }

    /// The commands.
    pub fn help(&self) -> String {
        let say = |[english, chinese]: [&'static str; 2]| self.say(english, chinese);
        let usage = COMMANDS.iter().map(|command| {
            (format!("{} {}", command.name, say(command.argument)), say(command.does))
        });
        let usage: Vec<_> = usage.collect();
        let width = usage.iter().map(|(usage, _)| usage.width()).max().unwrap_or(0);
        let mut help = String::new();
        for (usage, does) in usage {
            let room = " ".repeat(width - usage.width());
            // Writing into a `String` cannot fail, here and below.
            let _ = writeln!(help, "  {usage}{room}  {does}");
        }
        help.push_str(self.say(
            "Anything else is a text; // begins one that begins with a slash.\n",
            "其他内容都作为文字发送；以 // 开头，发出的文字以一个斜杠开头。\n",
        ));
        help
    }

    /// What stands before a line that is being typed.
    pub fn prompt(&self, user: &str) -> String {
        let width = user.width().max(self.account.width());
        format!("{}{user} › ", " ".repeat(width - user.width()))
    }

    /// A remark that nobody in the chat sees.
    pub fn aside(&self, text: &str) -> String {
        format!("{ASIDE}({}){ASIDE:#}\n", printable(text))
    }

    /// An entry of the journal, while `user` speaks. Empty when it is not to be printed.
    pub fn entry(&self, entry: &Entry, user: &str) -> String {
        let mut text = self.detail(entry);
        match &entry.event {
            Event::Sees(shown) => self.sees(&mut text, entry, shown, user),
            Event::Typing(true) => {
                text += &self.aside(&match self.language {
                    Language::En => format!("{} is typing to {}", self.account, entry.user),
                    Language::Zh => format!("{} 正在给 {} 输入", self.account, entry.user),
                });
            }
            Event::Silence => {
                text += &self.aside(self.say("no answer", "没有回复"));
            }
            Event::Tried { number, outcome, .. } if !self.show => {
                if let Some(failure) = self.failure(outcome) {
                    text += &self.aside(&self.nth(*number, &failure));
                }
            }
            _ => {}
        }
        text
    }

    fn sees(&self, text: &mut String, entry: &Entry, shown: &Shown, user: &str) {
        let account = &self.account;
        let label = if entry.user == user {
            let width = user.width().max(account.width());
            format!("{}{account}", " ".repeat(width - account.width()))
        } else {
            format!("{account} → {}", entry.user)
        };
        let indent = " ".repeat(label.width() + 3);
        let style = if matches!(shown, Shown::Notice(_)) { NOTICE } else { Style::new() };
        let words = printable(&shown.to_string()).replace('\n', &format!("\n{indent}"));
        let _ = writeln!(text, "{WHO}{label}{WHO:#} › {style}{words}{style:#}");
        if let Shown::Notice(fault) = shown {
            *text += &self.aside(&format!("{}{fault}", self.say("because: ", "原因：")));
        }
    }

    /// What `--show` adds to an entry.
    fn detail(&self, Entry { at, user, event, .. }: &Entry) -> String {
        if !self.show {
            return String::new();
        }
        let (what, body) = match event {
            Event::Said(xml) => {
                (format!("{user} {}", self.say("sends", "发出")), vec![Cow::Borrowed(&**xml)])
            }
            Event::Try { number: 1, request } => {
                let body = self.encrypted.then_some(Cow::Borrowed(&*request.body));
                let words = format!("{} {}", request.method, request.url);
                (self.nth(1, &words), body.into_iter().collect())
            }
            Event::Try { number, .. } => {
                (self.nth(*number, self.say("the same bytes again", "再次发送同样的内容")), vec![])
            }
            Event::Tried { number, outcome, plain } => {
                let what = self.failure(outcome).unwrap_or_else(|| {
                    self.say("answered with status 200", "回复，状态码 200").to_owned()
                });
                let body = match outcome {
                    Outcome::Answered(Answer { body, .. }) => String::from_utf8_lossy(body),
                    Outcome::Cut | Outcome::Failed(_) => Cow::Borrowed(""),
                };
                let plain = plain.as_deref().filter(|plain| *plain != body).map(Cow::Borrowed);
                (self.nth(*number, &what), [Some(body), plain].into_iter().flatten().collect())
            }
            Event::Sees(_) => (format!("{user} {}", self.say("sees", "看到")), vec![]),
            Event::Token { stable, expires_in } => {
                let kind = if *stable { "stable_token" } else { "token" };
                let what = self.say("an access token was given", "发放了 access_token");
                (format!("{what} ({kind}, {expires_in} s)"), vec![])
            }
            Event::Called { path, code } => (format!("{path} → errcode {code}"), vec![]),
            Event::Silence | Event::Typing(_) => return String::new(),
        };
        let since = at.saturating_sub(self.epoch).as_secs_f64();
        let mut detail = format!("{since:8.3} s  {}\n", printable(&what));
        for line in body.iter().flat_map(|body| body.lines()) {
            let _ = writeln!(detail, "{MARGIN}{}", printable(line));
        }
        format!("{ASIDE}{detail}{ASIDE:#}")
    }

    fn nth(&self, number: u32, what: &str) -> String {
        match self.language {
            Language::En => format!("try {number}: {what}"),
            Language::Zh => format!("第 {number} 次：{what}"),
        }
    }

    /// Why a try was no answer.
    fn failure(&self, outcome: &Outcome) -> Option<String> {
        Some(match outcome {
            Outcome::Answered(Answer { status: 200, .. }) => return None,
            Outcome::Answered(Answer { status, .. }) => {
                format!("{} {status}", self.say("answered with status", "回复，状态码"))
            }
            Outcome::Cut => self.say("no answer in 5 s, cut", "5 秒内没有回复，断开").to_owned(),
            Outcome::Failed(why) => why.clone(),
        })
    }
}

/// The text with its control characters made visible: an answer may not steer the terminal.
fn printable(text: &str) -> String {
    let visible = |each: char| -> String {
        match each {
            '\n' | '\t' => each.to_string(),
            _ if each.is_control() => each.escape_unicode().to_string(),
            _ => each.to_string(),
        }
    };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(language: Language) -> Wording {
        let account = "demo".to_owned();
        Wording { language, account, epoch: Duration::ZERO, show: false, encrypted: false }
    }

    fn sees(words: &str) -> Entry {
        let event = Event::Sees(Shown::Text(words.to_owned()));
        Entry { at: Duration::ZERO, app_id: String::new(), user: "王小明".to_owned(), event }
    }

    #[test]
    fn labels_and_second_lines_stand_in_columns_whatever_the_width_of_a_letter() {
        let wording = wording(Language::En);
        let lines = wording.prompt("王小明") + &wording.entry(&sees("一\n二"), "王小明");
        let lines = anstream::adapter::strip_str(&lines).to_string();
        assert_eq!(lines, "王小明 ›   demo › 一\n         二\n");
        let other = wording.entry(&sees("hi"), "al");
        assert_eq!(anstream::adapter::strip_str(&other).to_string(), "demo → 王小明 › hi\n");
        assert_eq!(wording.prompt("al"), "  al › ");
        let chinese = Wording { account: "订阅号".to_owned(), ..wording };
        let lines = chinese.prompt("al") + &chinese.entry(&sees("一\n二"), "王小明");
        let lines = anstream::adapter::strip_str(&lines).to_string();
        assert_eq!(lines, "    al › 订阅号 › 一\n         二\n");
    }

    #[test]
    fn an_answer_cannot_steer_the_terminal() {
        let text = wording(Language::En).entry(&sees("\u{1b}[2J\u{9b}1m\r"), "王小明");
        let text = text.replace(&format!("{WHO}"), "").replace(&format!("{WHO:#}"), "");
        assert!(!text.trim_end().contains(|each: char| each.is_control()), "{text:?}");
        assert!(text.contains(r"\u{1b}[2J\u{9b}1m\u{d}"), "{text:?}");
    }

    #[test]
    fn help_lists_every_command_in_both_languages() {
        for (language, picture) in [(Language::En, "send a picture"), (Language::Zh, "发一张图片")]
        {
            let help = wording(language).help();
            assert!(COMMANDS.iter().all(|command| help.contains(command.name)), "{help}");
            assert!(help.contains(picture), "{help}");
        }
    }
}
