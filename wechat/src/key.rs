//! The key by which repeats from WeChat are recognised.

use std::sync::Arc;

/// Two requests are repeats of each other exactly when their keys are equal and
/// [identified](Self::is_identified). Put the account's name in front of the key.
///
/// `MsgId` alone is not enough, because different users can have the same (binarywang/WxJava#333).
/// The official advice, `FromUserName` with `CreateTime`, loses events
/// (chanjarster/weixin-java-tools#66). Other selections of fields lose events too: two subscription
/// messages of one second may differ only in `List/MsgID`. A repeat is the same message byte for
/// byte, so the key of an event covers all its fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    pub(crate) to: Arc<str>,
    pub(crate) from: Arc<str>,
    pub(crate) created: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    /// A message with its `MsgId`.
    Message(Arc<str>),
    /// An event with its name and the digest of all its fields.
    Event(&'static str, [u8; 20]),
    /// A message without `MsgId`, of this kind.
    Unidentified(&'static str),
}

impl MessageKey {
    /// `FromUserName`: whose message it is.
    #[must_use]
    pub fn user(&self) -> &Arc<str> {
        &self.from
    }

    /// How many bytes its three texts have: `ToUserName`, `FromUserName` and `MsgId`.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let id = match &self.what {
            What::Message(id) => id.len(),
            What::Event(..) | What::Unidentified(_) => 0,
        };
        self.to.len() + self.from.len() + id
    }

    /// Whether an equal key means a repeat. A message without `MsgId` cannot be identified: two
    /// pictures sent in one second look the same, so each must be answered.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        !matches!(self.what, What::Unidentified(_))
    }
}
