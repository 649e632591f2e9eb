//! Events (接收事件推送): what happened, if it is not a message. Every event that is not rare has its own
//! variant.

mod card;
mod job;
mod subscription;

pub use self::card::{CardChange, CardEvent, CardOrder};
pub use self::job::{ArticleUrl, CopyrightCheck, MassSent, Published};
use self::job::{job, mass_sent, published};
pub use self::subscription::{SubscriptionAnswer, SubscriptionDelivery};
use self::subscription::{answer, delivery, listed};
use crate::element::Element;
use crate::error::ParseError;
use crate::fields::Fields;
use crate::place::Place;

/// The events. Fields that a variant has no place for are in
/// [`Message::extra`](crate::Message::extra).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `subscribe`: a user follows the account. The QR code's ticket is
    /// [`Message::ticket`](crate::Message::ticket).
    Subscribe {
        /// The scene of the QR code that was scanned, without its `qrscene_` prefix.
        scene: Option<String>,
    },
    /// `unsubscribe`: a user leaves. No reply can reach them any more, and their data must be
    /// deleted.
    Unsubscribe,
    /// `SCAN`: a follower scanned a QR code of the account.
    Scan {
        /// The scene of the code. It has no prefix in this event.
        scene: String,
        /// `Ticket`: the image of the code can be fetched with it.
        ticket: Option<String>,
    },
    /// `LOCATION`: where the user is. It comes when they enter the chat, or every 5 seconds. The
    /// degrees are decimal texts as they were sent, because `f64` has no `Eq`.
    Location {
        /// `Latitude`.
        latitude: String,
        /// `Longitude`.
        longitude: String,
        /// `Precision`, in metres.
        precision: String,
    },
    /// `CLICK`: a tap on a menu item.
    Click {
        /// The item's key.
        key: String,
    },
    /// `VIEW`: a menu item opened a page.
    View {
        /// The page.
        url: String,
        /// `MenuId`, when the menu is a personal one (个性化菜单).
        menu: Option<String>,
    },
    /// `view_miniprogram`: a menu item opened a mini program.
    ViewMiniProgram {
        /// The page in the mini program.
        path: String,
        /// `MenuId`.
        menu: Option<String>,
    },
    /// `scancode_push`, `scancode_waitmsg`: a menu item scanned a code.
    ScanCode {
        /// The item's key.
        key: String,
        /// The user sees "receiving the message" until the reply comes (`scancode_waitmsg`).
        waits: bool,
        /// `ScanType`: `qrcode`, `barcode` …
        scan: String,
        /// `ScanResult`: what the code holds.
        result: String,
    },
    /// `pic_sysphoto`, `pic_photo_or_album`, `pic_weixin`: a menu item sent pictures. Each comes as
    /// an image message as well.
    Pictures {
        /// The item's key.
        key: String,
        /// Where they came from.
        source: PictureSource,
        /// The MD5 sum of each picture; there may be none.
        sums: Vec<String>,
    },
    /// `location_select`: a menu item sent a place.
    LocationSelect {
        /// The item's key.
        key: String,
        /// The place.
        place: Place,
        /// `Poiname`: the name of its point of interest.
        name: Option<String>,
    },
    /// `TEMPLATESENDJOBFINISH`: a template message was delivered, or not.
    TemplateSent {
        /// `MsgID` of the job.
        job: String,
        /// `success`, `failed:user block`, `failed: system failed`.
        status: String,
    },
    /// `MASSSENDJOBFINISH`: a mass message was sent, or not.
    MassSent(Box<MassSent>),
    /// `PUBLISHJOBFINISH`, `FREEPUBLISHJOBFINISH`: articles were published, or not.
    Published(Published),
    /// `subscribe_msg_popup_event`: the user answered a subscription pop-up.
    SubscriptionAnswered(Vec<SubscriptionAnswer>),
    /// `subscribe_msg_change_event`: the user changed subscriptions in the settings.
    SubscriptionChanged(Vec<SubscriptionAnswer>),
    /// `subscribe_msg_sent_event`: subscription messages were delivered, or not.
    SubscriptionSent(Vec<SubscriptionDelivery>),
    /// `qualification_verify_success`, `naming_verify_success`.
    Verified {
        /// Which step.
        step: Verification,
        /// `ExpiredTime`, in seconds since 1970.
        expires: Option<u64>,
    },
    /// `qualification_verify_fail`, `naming_verify_fail`.
    VerificationFailed {
        /// Which step.
        step: Verification,
        /// `FailTime`, in seconds since 1970.
        failed: Option<u64>,
        /// `FailReason`.
        reason: String,
    },
    /// `annual_renew`: the verification must be renewed.
    RenewalDue {
        /// `ExpiredTime`, in seconds since 1970.
        expires: Option<u64>,
    },
    /// `verify_expired`: the verification has ended.
    VerificationExpired {
        /// `ExpiredTime`, in seconds since 1970.
        expires: Option<u64>,
    },
    /// `user_info_modified`, `user_authorization_revoke`, `user_authorization_cancellation`: the
    /// user's data must be refreshed or deleted.
    UserData {
        /// What the user did.
        change: UserDataChange,
        /// `OpenID` of the user.
        user: String,
        /// `AppID` that the authorisation was for.
        app: String,
        /// `RevokeInfo`: which permissions, by WeChat's numbers.
        revoked: Option<String>,
    },
    /// `kf_create_session`: a member of staff takes over.
    StaffJoined {
        /// `KfAccount`.
        account: String,
    },
    /// `kf_close_session`: the member of staff has ended the session.
    StaffLeft {
        /// `KfAccount`.
        account: String,
    },
    /// `kf_switch_session`: the session went to another member of staff.
    StaffSwitched {
        /// `FromKfAccount`.
        from: String,
        /// `ToKfAccount`.
        to: String,
    },
    /// `user_enter_tempsession`: the user opened the customer-service chat of a mini program.
    EnteredSession {
        /// `SessionFrom`.
        from: String,
    },
    /// A card or coupon event (卡券).
    Card(CardEvent),
    /// Any other event, with all its fields.
    Unknown {
        /// `Event` as it was sent.
        name: String,
        /// `EventKey`, where there is one.
        key: Option<String>,
        /// The whole message.
        fields: Vec<Element>,
    },
}

/// Where the pictures of [`Event::Pictures`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSource {
    /// The camera (`pic_sysphoto`).
    Camera,
    /// The camera or the phone's album (`pic_photo_or_album`).
    CameraOrAlbum,
    /// WeChat's own album (`pic_weixin`).
    WeChat,
}

/// The steps of an account's verification (认证).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// 资质认证.
    Qualification,
    /// 名称认证.
    Naming,
}

/// What [`Event::UserData`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDataChange {
    /// The user changed their data.
    Modified,
    /// The user withdrew permissions.
    Revoked,
    /// The user deleted the account.
    Cancelled,
}

impl Event {
    pub(crate) fn read(fields: &mut Fields<'_, '_>) -> Result<Self, ParseError> {
        let name = fields.lower("Event")?;
        Ok(match name.as_str() {
            "subscribe" => Self::Subscribe {
                scene: fields.optional("EventKey").map(|key| match key.strip_prefix("qrscene_") {
                    Some(scene) => scene.to_owned(),
                    None => key,
                }),
            },
            "unsubscribe" => Self::Unsubscribe,
            "scan" => {
                Self::Scan { scene: fields.text("EventKey"), ticket: fields.optional("Ticket") }
            }
            "location" => Self::Location {
                latitude: fields.text("Latitude"),
                longitude: fields.text("Longitude"),
                precision: fields.text("Precision"),
            },
            "click" => Self::Click { key: fields.text("EventKey") },
            "view" => Self::View { url: fields.text("EventKey"), menu: fields.optional("MenuId") },
            "view_miniprogram" => Self::ViewMiniProgram {
                path: fields.text("EventKey"),
                menu: fields.optional("MenuId"),
            },
            "scancode_push" => scan_code(fields, false),
            "scancode_waitmsg" => scan_code(fields, true),
            "pic_sysphoto" => pictures(fields, PictureSource::Camera),
            "pic_photo_or_album" => pictures(fields, PictureSource::CameraOrAlbum),
            "pic_weixin" => pictures(fields, PictureSource::WeChat),
            "location_select" => {
                let key = fields.text("EventKey");
                let inside = fields.inside("SendLocationInfo");
                let (place, name) = inside
                    .map(|mut place| (Place::read(&mut place), place.optional("Poiname")))
                    .unwrap_or_default();
                Self::LocationSelect { key, place, name }
            }
            "templatesendjobfinish" => {
                Self::TemplateSent { job: job(fields), status: fields.text("Status") }
            }
            "masssendjobfinish" => Self::MassSent(Box::new(mass_sent(fields))),
            "publishjobfinish" => Self::Published(published(fields, false)),
            "freepublishjobfinish" => Self::Published(published(fields, true)),
            "subscribe_msg_popup_event" => {
                Self::SubscriptionAnswered(listed(fields, "SubscribeMsgPopupEvent", answer))
            }
            "subscribe_msg_change_event" => {
                Self::SubscriptionChanged(listed(fields, "SubscribeMsgChangeEvent", answer))
            }
            "subscribe_msg_sent_event" => {
                Self::SubscriptionSent(listed(fields, "SubscribeMsgSentEvent", delivery))
            }
            "qualification_verify_success" => verified(fields, Verification::Qualification),
            "naming_verify_success" => verified(fields, Verification::Naming),
            "qualification_verify_fail" => failed(fields, Verification::Qualification),
            "naming_verify_fail" => failed(fields, Verification::Naming),
            "annual_renew" => Self::RenewalDue { expires: fields.lenient("ExpiredTime") },
            "verify_expired" => {
                Self::VerificationExpired { expires: fields.lenient("ExpiredTime") }
            }
            "user_info_modified" => user_data(fields, UserDataChange::Modified),
            "user_authorization_revoke" => user_data(fields, UserDataChange::Revoked),
            "user_authorization_cancellation" => user_data(fields, UserDataChange::Cancelled),
            "kf_create_session" => Self::StaffJoined { account: fields.text("KfAccount") },
            "kf_close_session" => Self::StaffLeft { account: fields.text("KfAccount") },
            "kf_switch_session" => Self::StaffSwitched {
                from: fields.text("FromKfAccount"),
                to: fields.text("ToKfAccount"),
            },
            "user_enter_tempsession" => Self::EnteredSession { from: fields.text("SessionFrom") },
            other => match CardChange::read(other, fields) {
                Some(change) => Self::Card(CardEvent {
                    card: fields.text("CardId"),
                    code: fields.optional("UserCardCode"),
                    change,
                }),
                None => Self::Unknown {
                    name: fields.peek("Event")?.to_owned(),
                    fields: fields.all(),
                    key: fields.optional("EventKey"),
                },
            },
        })
    }

    /// The event's name in lower case. `LOCATION` is `location_report`, because `location` is a
    /// message. Events without a variant are `event`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Scan { .. } => "scan",
            Self::Location { .. } => "location_report",
            Self::Click { .. } => "click",
            Self::View { .. } => "view",
            Self::ViewMiniProgram { .. } => "view_miniprogram",
            Self::ScanCode { waits: false, .. } => "scancode_push",
            Self::ScanCode { waits: true, .. } => "scancode_waitmsg",
            Self::Pictures { source: PictureSource::Camera, .. } => "pic_sysphoto",
            Self::Pictures { source: PictureSource::CameraOrAlbum, .. } => "pic_photo_or_album",
            Self::Pictures { source: PictureSource::WeChat, .. } => "pic_weixin",
            Self::LocationSelect { .. } => "location_select",
            Self::TemplateSent { .. } => "templatesendjobfinish",
            Self::MassSent(_) => "masssendjobfinish",
            Self::Published(Published { through_api: false, .. }) => "publishjobfinish",
            Self::Published(Published { through_api: true, .. }) => "freepublishjobfinish",
            Self::SubscriptionAnswered(_) => "subscribe_msg_popup_event",
            Self::SubscriptionChanged(_) => "subscribe_msg_change_event",
            Self::SubscriptionSent(_) => "subscribe_msg_sent_event",
            Self::Verified { step: Verification::Qualification, .. } => {
                "qualification_verify_success"
            }
            Self::Verified { step: Verification::Naming, .. } => "naming_verify_success",
            Self::VerificationFailed { step: Verification::Qualification, .. } => {
                "qualification_verify_fail"
            }
            Self::VerificationFailed { step: Verification::Naming, .. } => "naming_verify_fail",
            Self::RenewalDue { .. } => "annual_renew",
            Self::VerificationExpired { .. } => "verify_expired",
            Self::UserData { change: UserDataChange::Modified, .. } => "user_info_modified",
            Self::UserData { change: UserDataChange::Revoked, .. } => "user_authorization_revoke",
            Self::UserData { change: UserDataChange::Cancelled, .. } => {
                "user_authorization_cancellation"
            }
            Self::StaffJoined { .. } => "kf_create_session",
            Self::StaffLeft { .. } => "kf_close_session",
            Self::StaffSwitched { .. } => "kf_switch_session",
            Self::EnteredSession { .. } => "user_enter_tempsession",
            Self::Card(card) => card.change.name(),
            Self::Unknown { .. } => "event",
        }
    }
}

fn scan_code(fields: &mut Fields<'_, '_>, waits: bool) -> Event {
    let key = fields.text("EventKey");
    let inside = fields.inside("ScanCodeInfo");
    let (scan, result) =
        inside.map(|mut code| (code.text("ScanType"), code.text("ScanResult"))).unwrap_or_default();
    Event::ScanCode { key, waits, scan, result }
}

fn pictures(fields: &mut Fields<'_, '_>, source: PictureSource) -> Event {
    let key = fields.text("EventKey");
    let sums = fields.list(&["SendPicsInfo", "PicList"], |picture| picture.text("PicMd5Sum"));
    Event::Pictures { key, source, sums }
}

fn verified(fields: &mut Fields<'_, '_>, step: Verification) -> Event {
    Event::Verified { step, expires: fields.lenient("ExpiredTime") }
}

fn failed(fields: &mut Fields<'_, '_>, step: Verification) -> Event {
    let failed = fields.lenient("FailTime");
    Event::VerificationFailed { step, failed, reason: fields.text("FailReason") }
}

/// These names differ: `OpenID` in the XML samples, `openid` in the JSON samples.
fn user_data(fields: &mut Fields<'_, '_>, change: UserDataChange) -> Event {
    let mut either = |upper, lower| fields.optional(upper).unwrap_or_else(|| fields.text(lower));
    let user = either("OpenID", "openid");
    let app = either("AppID", "appid");
    Event::UserData { change, user, app, revoked: fields.optional("RevokeInfo") }
}
