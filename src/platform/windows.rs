//! When an account may write to a user (发送客服消息): 48 hours and 5 messages after the user wrote, 1
//! minute and 3 messages after a tap on the menu, a subscription or a scan.

use std::time::Duration;

use wechat::api::Code;

/// What a user does that opens a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// A message.
    Message,
    /// A tap on the menu, a subscription, a scan.
    Action,
}

/// The windows of one user. Each kind has its own; which of two open ones WeChat uses first is not
/// documented: here the one that closes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Windows {
    action: Window,
    message: Window,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Window {
    until: Duration,
    left: u32,
}

impl Windows {
    /// The user did something.
    pub fn open(&mut self, opening: Opening, now: Duration) {
        match opening {
            Opening::Message => {
                self.message = Window { until: now + Duration::from_secs(48 * 3600), left: 5 };
            }
            Opening::Action => {
                self.action = Window { until: now + Duration::from_secs(60), left: 3 };
            }
        }
    }

    /// Uses up one message.
    ///
    /// # Errors
    /// 45015 when no window is open, 45047 when those that are open are used up.
    pub fn spend(&mut self, now: Duration) -> Result<(), Code> {
        let mut open = [&mut self.action, &mut self.message]
            .into_iter()
            .filter(|window| now < window.until)
            .peekable();
        if open.peek().is_none() {
            return Err(Code::WindowClosed);
        }
        let window = open.find(|window| window.left > 0).ok_or(Code::TooManyMessages)?;
        window.left -= 1;
        Ok(())
    }
}
