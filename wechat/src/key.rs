//! By what WeChat's repeats are recognised.

/// Two requests are repeats of each other exactly when their keys are equal and
/// [identified](Self::is_identified). An account's name belongs in front of it.
///
/// `MsgId` alone collides across users (binarywang/WxJava#333), and `FromUserName` with
/// `CreateTime`, the official advice, drops events (chanjarster/weixin-java-tools#66).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) created: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    /// A message with its `MsgId`.
    Message(u64),
    /// An event.
    Event {
        /// In lower case.
        name: String,
        /// `EventKey`, or empty.
        key: String,
        /// `MsgID`, or empty.
        job: String,
        /// `UserCardCode`, or empty.
        card: String,
    },
    /// A message without `MsgId`, of this kind.
    Unidentified(&'static str),
}

impl MessageKey {
    /// Whether an equal key means a repeat. A message without `MsgId` has too little to tell: two
    /// pictures of one second look the same, so each must be answered.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        !matches!(self.what, What::Unidentified(_))
    }
}
