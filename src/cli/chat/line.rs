//! What a line means that somebody typed, or that stands in a script.

use std::path::PathBuf;

use four_ways::platform::Act;
use thiserror::Error;

/// A command that a line can begin with.
pub struct Command {
    /// With its slash.
    pub name: &'static str,
    /// What must follow it, in English and Chinese; empty when nothing may.
    pub argument: [&'static str; 2],
    /// What it does, in English and Chinese.
    pub does: [&'static str; 2],
}

const fn command(
    name: &'static str,
    argument: [&'static str; 2],
    does: [&'static str; 2],
) -> Command {
    Command { name, argument, does }
}

const NOTHING: [&str; 2] = ["", ""];

/// All commands, in the order in which `/help` lists them.
pub const COMMANDS: [Command; 11] = [
    command(
        "/voice",
        ["TEXT", "文字"],
        ["speak; WeChat recognises TEXT", "发语音，微信识别出这些文字"],
    ),
    command("/image", NOTHING, ["send a picture", "发一张图片"]),
    command("/location", NOTHING, ["send a place", "发一个位置"]),
    command("/menu", ["KEY", "键值"], ["tap the menu item with this key", "点击这个键值的菜单项"]),
    command("/subscribe", NOTHING, ["follow the account", "关注公众号"]),
    command("/unsubscribe", NOTHING, ["stop following it", "取消关注"]),
    command(
        "/scan",
        ["SCENE", "场景值"],
        ["scan the account's QR code", "扫描公众号的带参数二维码"],
    ),
    command("/as", ["NAME", "名字"], ["be another user", "换一个用户"]),
    command("/raw", ["FILE", "文件"], ["send the XML in a file as it is", "原样发送文件里的 XML"]),
    command("/help", NOTHING, ["this list", "显示这些命令"]),
    command(
        "/quit",
        NOTHING,
        ["leave; so do Ctrl-D and Ctrl-C", "退出，也可以按 Ctrl-D 或 Ctrl-C"],
    ),
];

/// What a line means.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// The user does something.
    Act(Act),
    /// Sends the XML in this file.
    Raw(PathBuf),
    /// Somebody else speaks from now on.
    As(String),
    /// Lists the commands.
    Help,
    /// Leaves.
    Quit,
    /// An empty line.
    Nothing,
}

/// Why a line means nothing.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum LineError {
    /// No such command.
    #[error("there is no command {0}; /help lists them / 没有这个命令，/help 列出全部命令")]
    Unknown(String),
    /// The command needs something.
    #[error("write {command} {argument} / 缺少参数")]
    Missing {
        /// The command.
        command: &'static str,
        /// What it needs.
        argument: &'static str,
    },
    /// The command stands alone.
    #[error("nothing follows {0} / 这个命令不带参数")]
    Surplus(&'static str),
    /// It would not survive in XML or in a URL as it is.
    #[error("a user's name has letters, digits, `-` and `_` only / 名字只能用文字、数字、- 和 _")]
    Name,
}

/// Reads a line. What does not begin with a slash is a text; two slashes begin a text that begins
/// with one.
///
/// # Errors
/// See [`LineError`].
pub fn read(line: &str) -> Result<Line, LineError> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Line::Nothing);
    }
    if line.starts_with("//") || !line.starts_with('/') {
        let text = line.strip_prefix('/').unwrap_or(line);
        return Ok(Line::Act(Act::Text(text.to_owned())));
    }
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let argument = argument.trim().to_owned();
    let command = COMMANDS.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| LineError::Unknown(name.to_owned()))?;
    match (command.argument[0], &*argument) {
        ("", "") => {}
        ("", _) => return Err(LineError::Surplus(command.name)),
        (needed, "") => {
            return Err(LineError::Missing { command: command.name, argument: needed });
        }
        _ => {}
    }
    Ok(match command.name {
        "/voice" => Line::Act(Act::Voice(argument)),
        "/image" => Line::Act(Act::Image),
        "/location" => Line::Act(Act::Location {
            latitude: 22.5405,
            longitude: 113.9345,
            label: "深圳市南山区".to_owned(),
        }),
        "/menu" => Line::Act(Act::Menu(argument)),
        "/subscribe" => Line::Act(Act::Subscribe),
        "/unsubscribe" => Line::Act(Act::Unsubscribe),
        "/scan" => Line::Act(Act::Scan(argument)),
        "/as" if !argument.chars().all(|each| each.is_alphanumeric() || "-_".contains(each)) => {
            return Err(LineError::Name);
        }
        "/as" => Line::As(argument),
        "/raw" => Line::Raw(argument.into()),
        "/help" => Line::Help,
        "/quit" => Line::Quit,
        other => return Err(LineError::Unknown(other.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_list_is_understood_with_what_it_needs_and_only_so() {
        for Command { name, argument: [needed, _], .. } in COMMANDS {
            let (with, without) = (read(&format!("{name} x")), read(name));
            if needed.is_empty() {
                assert!(without.is_ok(), "{name}");
                assert_eq!(with, Err(LineError::Surplus(name)));
            } else {
                assert!(with.is_ok(), "{name}");
                assert_eq!(without, Err(LineError::Missing { command: name, argument: needed }));
            }
        }
    }

    #[test]
    fn what_is_no_command_is_said_as_it_is_and_two_slashes_begin_a_text_with_one() {
        let said = |line| match read(line) {
            Ok(Line::Act(Act::Text(text))) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(said("  你好，世界 / hello  "), "你好，世界 / hello");
        assert_eq!(said("//help"), "/help");
        assert_eq!(read(" \t"), Ok(Line::Nothing));
        assert_eq!(read("/Help"), Err(LineError::Unknown("/Help".to_owned())));
    }

    #[test]
    fn a_name_may_be_chinese_but_no_markup() {
        assert_eq!(read("/as 小明"), Ok(Line::As("小明".to_owned())));
        for name in ["]]>", "a b", "<a>"] {
            assert_eq!(read(&format!("/as {name}")), Err(LineError::Name));
        }
    }
}
