//! Events of subscription messages (订阅通知).

use crate::fields::Fields;

/// One template of a subscription pop-up or of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionAnswer {
    /// `TemplateId`.
    pub template: String,
    /// `SubscribeStatusString`: `accept` or `reject`.
    pub status: String,
    /// `PopupScene`; the settings have none.
    pub scene: Option<String>,
}

/// One subscription message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionDelivery {
    /// `TemplateId`.
    pub template: String,
    /// `MsgID`.
    pub job: String,
    /// `ErrorCode`: 0 is success.
    pub code: String,
    /// `ErrorStatus`.
    pub status: String,
}

/// In XML the list has one more wrapper than in JSON.
pub(super) fn listed<T>(
    fields: &mut Fields<'_, '_>,
    wrapper: &str,
    read: impl Fn(&mut Fields<'_, '_>) -> T,
) -> Vec<T> {
    let mut all = fields.list(&[wrapper, "List"], &read);
    all.extend(fields.list(&["List"], read));
    all
}

pub(super) fn answer(item: &mut Fields<'_, '_>) -> SubscriptionAnswer {
    SubscriptionAnswer {
        template: item.text("TemplateId"),
        status: item.text("SubscribeStatusString"),
        scene: item.optional("PopupScene"),
    }
}

pub(super) fn delivery(item: &mut Fields<'_, '_>) -> SubscriptionDelivery {
    SubscriptionDelivery {
        template: item.text("TemplateId"),
        job: item.text("MsgID"),
        code: item.text("ErrorCode"),
        status: item.text("ErrorStatus"),
    }
}
