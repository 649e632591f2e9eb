//! A message of every kind to which no unit replies, as WeChat's pages describe it. So rare kinds,
//! too, go through every layer. The corpus has each kind that `wechat` knows, in each mode. The
//! test below does not compile until it names a new kind, and fails until the corpus has it.

/// A message or an event, without the fields that all have.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample {
    /// What the log calls its kind.
    pub name: &'static str,
    /// `MsgType`.
    pub kind: &'static str,
    /// Its own fields, without `MsgId`, which a message also has.
    pub fields: &'static str,
}

impl Sample {
    const fn message(name: &'static str, fields: &'static str) -> Self {
        Self { name, kind: name, fields }
    }

    const fn event(name: &'static str, fields: &'static str) -> Self {
        Self { name, kind: "event", fields }
    }

    /// Whether it is an event, which has no `MsgId`.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.kind == "event"
    }
}

/// All of them.
pub const SAMPLES: &[Sample] = &[
    Sample::message("image", "<PicUrl>http://example.invalid/1</PicUrl><MediaId>m</MediaId>"),
    Sample::message("video", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"),
    Sample::message("shortvideo", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"),
    Sample::message(
        "location",
        "<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale>\
         <Label><![CDATA[广州]]></Label>",
    ),
    Sample::message(
        "link",
        "<Title>t</Title><Description>d</Description><Url>http://example.invalid/</Url>",
    ),
    Sample::message(
        "file",
        "<Title>t.txt</Title><Description/><FileKey>k</FileKey><FileMd5>0</FileMd5>\
         <FileTotalLen>9</FileTotalLen>",
    ),
    Sample {
        name: "unsupported",
        kind: "text",
        fields: "<Content><![CDATA[【收到不支持的消息类型，暂无法显示】]]></Content>",
    },
    Sample { name: "unknown", kind: "hologram", fields: "<Depth>3</Depth>" },
    Sample::event("event", "<Event>waved</Event><EventKey>left</EventKey>"),
    Sample::event("unsubscribe", "<Event>unsubscribe</Event>"),
    Sample::event("scan", "<Event>SCAN</Event><EventKey>7</EventKey><Ticket>t</Ticket>"),
    Sample::event(
        "location_report",
        "<Event>LOCATION</Event><Latitude>23.1</Latitude><Longitude>113.3</Longitude>\
         <Precision>119.4</Precision>",
    ),
    Sample::event(
        "view",
        "<Event>VIEW</Event><EventKey>http://example.invalid/</EventKey><MenuId>9</MenuId>",
    ),
    Sample::event(
        "view_miniprogram",
        "<Event>view_miniprogram</Event><EventKey>pages/index</EventKey><MenuId>9</MenuId>",
    ),
    Sample::event(
        "scancode_push",
        "<Event>scancode_push</Event><EventKey>k</EventKey><ScanCodeInfo>\
         <ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>",
    ),
    Sample::event(
        "scancode_waitmsg",
        "<Event>scancode_waitmsg</Event><EventKey>k</EventKey><ScanCodeInfo>\
         <ScanType>barcode</ScanType><ScanResult>EAN_13,1</ScanResult></ScanCodeInfo>",
    ),
    Sample::event(
        "pic_sysphoto",
        "<Event>pic_sysphoto</Event><EventKey>k</EventKey><SendPicsInfo><Count>1</Count>\
         <PicList><item><PicMd5Sum>0</PicMd5Sum></item></PicList></SendPicsInfo>",
    ),
    Sample::event(
        "pic_photo_or_album",
        "<Event>pic_photo_or_album</Event><EventKey>k</EventKey><SendPicsInfo><Count>2</Count>\
         <PicList><item><PicMd5Sum>0</PicMd5Sum></item><item><PicMd5Sum>1</PicMd5Sum></item>\
         </PicList></SendPicsInfo>",
    ),
    Sample::event(
        "pic_weixin",
        "<Event>pic_weixin</Event><EventKey>k</EventKey><SendPicsInfo><Count>0</Count><PicList/>\
         </SendPicsInfo>",
    ),
    Sample::event(
        "location_select",
        "<Event>location_select</Event><EventKey>k</EventKey><SendLocationInfo>\
         <Location_X>23</Location_X><Location_Y>113</Location_Y><Scale>15</Scale>\
         <Label><![CDATA[广州]]></Label><Poiname/></SendLocationInfo>",
    ),
    Sample::event(
        "templatesendjobfinish",
        "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>5</MsgID><Status>success</Status>",
    ),
    Sample::event(
        "masssendjobfinish",
        "<Event>MASSSENDJOBFINISH</Event><MsgID>5</MsgID><Status>sendsuccess</Status>\
         <TotalCount>100</TotalCount><FilterCount>80</FilterCount><SentCount>75</SentCount>\
         <ErrorCount>5</ErrorCount><CopyrightCheckResult><Count>1</Count><ResultList><item>\
         <ArticleIdx>1</ArticleIdx><CanReprint>1</CanReprint></item></ResultList>\
         <CheckState>2</CheckState></CopyrightCheckResult><ArticleUrlResult><Count>1</Count>\
         <ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>http://example.invalid/</ArticleUrl>\
         </item></ResultList></ArticleUrlResult>",
    ),
    Sample::event(
        "publishjobfinish",
        "<Event>PUBLISHJOBFINISH</Event><PublishEventInfo><publish_id>5</publish_id>\
         <publish_status>0</publish_status><article_id>a</article_id><article_detail>\
         <count>1</count><item><idx>1</idx><article_url>http://example.invalid/</article_url></item>\
         </article_detail></PublishEventInfo>",
    ),
    Sample::event(
        "freepublishjobfinish",
        "<Event>FREEPUBLISHJOBFINISH</Event><PublishEventInfo><publish_id>5</publish_id>\
         <publish_status>2</publish_status><fail_idx>1</fail_idx><fail_idx>2</fail_idx>\
         </PublishEventInfo>",
    ),
    Sample::event(
        "subscribe_msg_popup_event",
        "<Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent><List>\
         <TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>\
         <PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>",
    ),
    Sample::event(
        "subscribe_msg_change_event",
        "<Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent><List>\
         <TemplateId>t</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>\
         </SubscribeMsgChangeEvent>",
    ),
    Sample::event(
        "subscribe_msg_sent_event",
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
         <TemplateId>t</TemplateId><MsgID>5</MsgID><ErrorCode>0</ErrorCode>\
         <ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>",
    ),
    Sample::event(
        "qualification_verify_success",
        "<Event>qualification_verify_success</Event><ExpiredTime>1800000000</ExpiredTime>",
    ),
    Sample::event(
        "naming_verify_success",
        "<Event>naming_verify_success</Event><ExpiredTime>1800000000</ExpiredTime>",
    ),
    Sample::event(
        "qualification_verify_fail",
        "<Event>qualification_verify_fail</Event><FailTime>1700000000</FailTime>\
         <FailReason>by time</FailReason>",
    ),
    Sample::event(
        "naming_verify_fail",
        "<Event>naming_verify_fail</Event><FailTime>1700000000</FailTime>\
         <FailReason>by time</FailReason>",
    ),
    Sample::event(
        "annual_renew",
        "<Event>annual_renew</Event><ExpiredTime>1800000000</ExpiredTime>",
    ),
    Sample::event(
        "verify_expired",
        "<Event>verify_expired</Event><ExpiredTime>1700000000</ExpiredTime>",
    ),
    Sample::event(
        "user_info_modified",
        "<Event>user_info_modified</Event><OpenID>o</OpenID><AppID>wx1</AppID>",
    ),
    Sample::event(
        "user_authorization_revoke",
        "<Event>user_authorization_revoke</Event><OpenID>o</OpenID><AppID>wx1</AppID>\
         <RevokeInfo>1</RevokeInfo>",
    ),
    Sample::event(
        "user_authorization_cancellation",
        "<Event>user_authorization_cancellation</Event><OpenID>o</OpenID><AppID>wx1</AppID>",
    ),
    Sample::event(
        "kf_create_session",
        "<Event>kf_create_session</Event><KfAccount>staff@demo</KfAccount>",
    ),
    Sample::event(
        "kf_close_session",
        "<Event>kf_close_session</Event><KfAccount>staff@demo</KfAccount>",
    ),
    Sample::event(
        "kf_switch_session",
        "<Event>kf_switch_session</Event><FromKfAccount>one@demo</FromKfAccount>\
         <ToKfAccount>two@demo</ToKfAccount>",
    ),
    Sample::event(
        "user_enter_tempsession",
        "<Event>user_enter_tempsession</Event><SessionFrom>shop</SessionFrom>",
    ),
    Sample::event("card_pass_check", "<Event>card_pass_check</Event><CardId>c</CardId>"),
    Sample::event(
        "card_not_pass_check",
        "<Event>card_not_pass_check</Event><CardId>c</CardId><RefuseReason>r</RefuseReason>",
    ),
    Sample::event(
        "user_get_card",
        "<Event>user_get_card</Event><CardId>c</CardId><IsGiveByFriend>1</IsGiveByFriend>\
         <UserCardCode>1</UserCardCode><FriendUserName>bob</FriendUserName><OuterId>1</OuterId>\
         <OldUserCardCode>0</OldUserCardCode><IsRestoreMemberCard>0</IsRestoreMemberCard>",
    ),
    Sample::event(
        "user_gifting_card",
        "<Event>user_gifting_card</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>\
         <IsReturnBack>0</IsReturnBack><FriendUserName>bob</FriendUserName><IsChatRoom>0</IsChatRoom>",
    ),
    Sample::event(
        "user_del_card",
        "<Event>user_del_card</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>",
    ),
    Sample::event(
        "user_view_card",
        "<Event>user_view_card</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>\
         <OuterStr>poster</OuterStr>",
    ),
    Sample::event(
        "user_enter_session_from_card",
        "<Event>user_enter_session_from_card</Event><CardId>c</CardId>\
         <UserCardCode>1</UserCardCode>",
    ),
    Sample::event(
        "submit_membercard_user_info",
        "<Event>submit_membercard_user_info</Event><CardId>c</CardId>\
         <UserCardCode>1</UserCardCode>",
    ),
    Sample::event(
        "user_consume_card",
        "<Event>user_consume_card</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>\
         <ConsumeSource>FROM_API</ConsumeSource><StaffOpenId>o</StaffOpenId>",
    ),
    Sample::event(
        "user_pay_from_pay_cell",
        "<Event>user_pay_from_pay_cell</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>\
         <TransId>5</TransId><LocationId>2</LocationId><Fee>100</Fee><OriginalFee>120</OriginalFee>",
    ),
    Sample::event(
        "update_member_card",
        "<Event>update_member_card</Event><CardId>c</CardId><UserCardCode>1</UserCardCode>\
         <ModifyBonus>-3</ModifyBonus><ModifyBalance>0</ModifyBalance>",
    ),
    Sample::event(
        "card_sku_remind",
        "<Event>card_sku_remind</Event><CardId>c</CardId><Detail>few are left</Detail>",
    ),
    Sample::event(
        "card_pay_order",
        "<Event>card_pay_order</Event><OrderId>7</OrderId>\
         <Status>ORDER_STATUS_FINANCE_SUCC</Status><CreateOrderTime>1700000000</CreateOrderTime>\
         <OrderType>ORDER_TYPE_SYS_ADD</OrderType>",
    ),
];

/// Two events of one name that differ in a single field deep inside.
pub const SENT: &[Sample] = &[
    Sample::event(
        "subscribe_msg_sent_event",
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
         <TemplateId>t</TemplateId><MsgID>5</MsgID></List></SubscribeMsgSentEvent>",
    ),
    Sample::event(
        "subscribe_msg_sent_event",
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
         <TemplateId>t</TemplateId><MsgID>6</MsgID></List></SubscribeMsgSentEvent>",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wechat::event::{
        CardChange, CardEvent, PictureSource, Published, UserDataChange, Verification,
    };
    use wechat::{Event, Kind, Query};

    use crate::corpus::corpus;
    use crate::scenario::accounts;

    /// One list, used twice: the compiler checks that it is complete, the test that the corpus is.
    macro_rules! kinds {
        ($($kind:pat),+ $(,)?) => {
            const KINDS: &[&str] = &[$(stringify!($kind)),+];

            fn kind_of(kind: &Kind) -> &'static str {
                match kind {
                    $($kind => stringify!($kind),)+
                }
            }
        };
    }

    kinds![
        Kind::Text { .. },
        Kind::Image { .. },
        Kind::Voice { recognition: None, .. },
        Kind::Voice { recognition: Some(_), .. },
        Kind::Video { .. },
        Kind::ShortVideo { .. },
        Kind::Location(_),
        Kind::Link { .. },
        Kind::File { .. },
        Kind::Unsupported,
        Kind::Unknown { .. },
        Kind::Event(Event::Subscribe { .. }),
        Kind::Event(Event::Unsubscribe),
        Kind::Event(Event::Scan { .. }),
        Kind::Event(Event::Location { .. }),
        Kind::Event(Event::Click { .. }),
        Kind::Event(Event::View { .. }),
        Kind::Event(Event::ViewMiniProgram { .. }),
        Kind::Event(Event::ScanCode { waits: false, .. }),
        Kind::Event(Event::ScanCode { waits: true, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::Camera, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::CameraOrAlbum, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::WeChat, .. }),
        Kind::Event(Event::LocationSelect { .. }),
        Kind::Event(Event::TemplateSent { .. }),
        Kind::Event(Event::MassSent(_)),
        Kind::Event(Event::Published(Published { through_api: false, .. })),
        Kind::Event(Event::Published(Published { through_api: true, .. })),
        Kind::Event(Event::SubscriptionAnswered(_)),
        Kind::Event(Event::SubscriptionChanged(_)),
        Kind::Event(Event::SubscriptionSent(_)),
        Kind::Event(Event::Verified { step: Verification::Qualification, .. }),
        Kind::Event(Event::Verified { step: Verification::Naming, .. }),
        Kind::Event(Event::VerificationFailed { step: Verification::Qualification, .. }),
        Kind::Event(Event::VerificationFailed { step: Verification::Naming, .. }),
        Kind::Event(Event::RenewalDue { .. }),
        Kind::Event(Event::VerificationExpired { .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Modified, .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Revoked, .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Cancelled, .. }),
        Kind::Event(Event::StaffJoined { .. }),
        Kind::Event(Event::StaffLeft { .. }),
        Kind::Event(Event::StaffSwitched { .. }),
        Kind::Event(Event::EnteredSession { .. }),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Approved, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Refused { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Taken { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Given { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Deleted, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Viewed { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::EnteredSession, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Activated, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Used { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Paid { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Updated { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::RunningOut { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Order(_), .. })),
        Kind::Event(Event::Unknown { .. }),
    ];

    #[test]
    fn every_kind_is_in_the_corpus_in_every_mode() {
        for account in accounts().iter().filter(|account| &*account.name != "bare") {
            let said = corpus().into_iter().flat_map(|each| each.scenario.arrivals);
            let heard: BTreeSet<_> = said
                .filter(|arrival| arrival.said.account == *account.name)
                .filter_map(|arrival| {
                    let request = arrival.said.request();
                    let query = Query::parse(&request.query).ok()?;
                    let opened = account.envelope.open(&query, &request.body).ok()?;
                    Some(kind_of(&opened.message.kind))
                })
                .collect();
            let silent: Vec<_> = KINDS.iter().filter(|kind| !heard.contains(*kind)).collect();
            assert!(silent.is_empty(), "{} hears no {silent:#?}", account.name);
        }
    }
}
