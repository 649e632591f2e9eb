//! Every kind of message and event as WeChat's pages describe it, in both data formats.

use wechat::event::*;
use wechat::message::{Place, UNSUPPORTED};
use wechat::{Event, Kind, Message, ParseError, json};

/// A body with the common fields and these.
fn xml(fields: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName>o1</FromUserName>\
         <CreateTime>1700000000</CreateTime>{fields}</xml>"
    )
}

fn parse(fields: &str) -> Result<Message, ParseError> {
    Message::parse(xml(fields).as_bytes())
}

fn message(fields: &str) -> Message {
    parse(fields).unwrap_or_else(|error| panic!("{error} in {fields}"))
}

fn event(name: &str, fields: &str) -> Message {
    message(&format!("<MsgType><![CDATA[event]]></MsgType><Event>{name}</Event>{fields}"))
}

/// The event, which must have used up all of its fields.
fn whole(name: &str, fields: &str) -> Event {
    let message = event(name, fields);
    assert_eq!(message.extra, [], "{name}");
    assert_eq!(message.id, None);
    let Kind::Event(event) = message.kind else { panic!("{name} is no event") };
    event
}

#[test]
fn each_message_kind_has_its_fields() {
    for (kind, fields, expected) in [
        ("text", "<Content> hi </Content>", Kind::Text { content: "hi".into() }),
        (
            "image",
            "<PicUrl>u</PicUrl><MediaId>m</MediaId>",
            Kind::Image { url: "u".into(), media: Some("m".into()) },
        ),
        ("image", "<PicUrl>u</PicUrl>", Kind::Image { url: "u".into(), media: None }),
        (
            "voice",
            "<MediaId>m</MediaId><Format>amr</Format><Recognition></Recognition>",
            Kind::Voice { media: "m".into(), format: "amr".into(), recognition: None },
        ),
        (
            "video",
            "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>",
            Kind::Video { media: "m".into(), thumb: "t".into() },
        ),
        (
            "shortvideo",
            "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>",
            Kind::ShortVideo { media: "m".into(), thumb: "t".into() },
        ),
        (
            "location",
            "<Location_X>1.50</Location_X><Location_Y>-2</Location_Y><Scale>20</Scale><Label>l</Label>",
            Kind::Location(Place {
                latitude: "1.50".into(),
                longitude: "-2".into(),
                scale: "20".into(),
                label: "l".into(),
            }),
        ),
        (
            "link",
            "<Title>t</Title><Description>d</Description><Url>u</Url>",
            Kind::Link { title: "t".into(), description: "d".into(), url: "u".into() },
        ),
        (
            "file",
            "<Title>t</Title><Description/><FileKey>k</FileKey><FileMd5>5</FileMd5>\
             <FileTotalLen>9</FileTotalLen>",
            Kind::File {
                title: "t".into(),
                description: String::new(),
                key: "k".into(),
                md5: "5".into(),
                bytes: Some(9),
            },
        ),
        ("text", &format!("<Content>{UNSUPPORTED}</Content>"), Kind::Unsupported),
    ] {
        // The case of the name does not matter, nor blanks around the value.
        for name in [kind.to_owned(), format!(" <![CDATA[{}]]> ", kind.to_uppercase())] {
            let message = message(&format!("<MsgType>{name}</MsgType>{fields}<MsgId>7</MsgId>"));
            assert_eq!(message.kind, expected);
            assert_eq!((message.to.as_str(), message.from.as_str()), ("gh_1", "o1"));
            assert_eq!((message.created, message.id.as_deref()), (1_700_000_000, Some("7")));
            assert_eq!(message.extra, []);
        }
    }
    let place = Place { latitude: "1.50".into(), longitude: "x".into(), ..Place::default() };
    assert_eq!(place.degrees(), None);
    assert_eq!(Place { longitude: "-2".into(), ..place }.degrees(), Some((1.5, -2.0)));
}

/// Captured from the platform, which does not split a `]]>`.
#[test]
fn a_text_that_holds_the_end_of_its_section_is_read_as_the_user_wrote_it() {
    let read = |content: &str, more: &str| {
        let content = format!("<Content><![CDATA[{content}]]></Content>");
        parse(&format!("<MsgType><![CDATA[text]]></MsgType>{content}{more}<MsgId>7</MsgId>"))
    };
    for content in ["<a><![CDATA[on]]></a>", "]]>", "a]]>b", "]]><!DOCTYPE x><?x?>&x;", "]]></xml>"]
    {
        let message = read(content, "").expect("what WeChat sends");
        assert_eq!(message.kind, Kind::Text { content: content.into() });
        assert_eq!(message.id.as_deref(), Some("7"));
        // Elsewhere the body is read as strictly as ever.
        for more in ["<a b='1'/>", "<a>&amp;</a>", "<a>]]></a>", "<!-- -->", "<MsgId>8</MsgId>"] {
            assert!(read(content, more).is_err(), "{content} {more}");
        }
    }
    for content in [
        "a]]></Content><Content><![CDATA[b",
        "a]]></Content><Content><![CDATA[b]]>c",
        "a]]></Content><MsgType>event</MsgType>",
        "a]]></Content><FromUserName>o2</FromUserName><Content><![CDATA[b",
        "a]]></Content><MsgId>8</MsgId><More><Content><![CDATA[b",
    ] {
        assert!(read(content, "").is_err(), "{content}");
    }
}

#[test]
fn fields_that_no_kind_names_are_kept() {
    let message = message(
        "<MsgType>text</MsgType><Content>a</Content><bizmsgmenuid>101</bizmsgmenuid>\
         <MsgDataId>2651</MsgDataId><Idx>xxxx</Idx><New><a>1</a></New>",
    );
    assert_eq!(message.menu_item(), Some("101"));
    let article = message.article().expect("from an article");
    assert_eq!((article.id, article.index), ("2651", None));
    assert_eq!(message.extra.last().and_then(|new| new.child("a")).map(|a| &*a.text), Some("1"));
}

#[test]
fn an_unknown_kind_and_an_unknown_event_keep_all_fields() {
    let Kind::Unknown { name, fields } =
        message("<MsgType>Hologram</MsgType><Depth>3</Depth>").kind
    else {
        panic!("known")
    };
    assert_eq!(name, "Hologram");
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Depth"]);
    let message = event("Waved", "<EventKey>left</EventKey><Hand><Size>9</Size></Hand>");
    assert_eq!((message.kind_name(), message.field("EventKey")), ("event", Some("left")));
    let Kind::Event(Event::Unknown { name, key, fields }) = message.kind else { panic!("known") };
    assert_eq!((name.as_str(), key.as_deref(), fields.len()), ("Waved", Some("left"), 7));
}

#[test]
fn each_menu_event_has_its_fields() {
    let key = || "k".to_owned();
    assert_eq!(whole("CLICK", "<EventKey>k</EventKey>"), Event::Click { key: key() });
    assert_eq!(
        whole("VIEW", "<EventKey>k</EventKey><MenuId>9</MenuId>"),
        Event::View { url: key(), menu: Some("9".into()) }
    );
    assert_eq!(
        whole("view_miniprogram", "<EventKey>k</EventKey>"),
        Event::ViewMiniProgram { path: key(), menu: None }
    );
    for (name, waits) in [("scancode_push", false), ("scancode_waitmsg", true)] {
        let fields = "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType>\
                      <ScanResult>r</ScanResult></ScanCodeInfo>";
        let scan = Event::ScanCode { key: key(), waits, scan: "qrcode".into(), result: "r".into() };
        assert_eq!(whole(name, fields), scan);
    }
    for (name, source) in [
        ("pic_sysphoto", PictureSource::Camera),
        ("pic_photo_or_album", PictureSource::CameraOrAlbum),
        ("pic_weixin", PictureSource::WeChat),
    ] {
        for sums in [vec![], vec!["a".to_owned()], vec!["a".to_owned(), "b".to_owned()]] {
            let items: String = sums
                .iter()
                .map(|sum| format!("<item><PicMd5Sum>{sum}</PicMd5Sum></item>"))
                .collect();
            let fields = format!(
                "<EventKey>k</EventKey><SendPicsInfo><PicList>{items}</PicList></SendPicsInfo>"
            );
            assert_eq!(whole(name, &fields), Event::Pictures { key: key(), source, sums });
        }
    }
    let place =
        Place { latitude: "1".into(), longitude: "2".into(), scale: "3".into(), label: "l".into() };
    assert_eq!(
        whole(
            "location_select",
            "<EventKey>k</EventKey><SendLocationInfo><Location_X>1</Location_X>\
             <Location_Y>2</Location_Y><Scale>3</Scale><Label>l</Label><Poiname>n</Poiname>\
             </SendLocationInfo>",
        ),
        Event::LocationSelect { key: key(), place, name: Some("n".into()) }
    );
}

#[test]
fn each_event_of_a_user_has_its_fields() {
    assert_eq!(whole("subscribe", "<EventKey/>"), Event::Subscribe { scene: None });
    let subscribed = event("subscribe", "<EventKey>qrscene_qrscene_7</EventKey><Ticket>t</Ticket>");
    assert_eq!(subscribed.ticket(), Some("t"));
    let scene = Some("qrscene_7".to_owned());
    assert_eq!(subscribed.kind, Kind::Event(Event::Subscribe { scene }));
    assert_eq!(whole("unsubscribe", "<EventKey></EventKey>"), Event::Unsubscribe);
    let scanned = event("SCAN", "<EventKey>qrscene_7</EventKey><Ticket>t</Ticket>");
    assert_eq!(scanned.ticket(), Some("t"));
    let scene = "qrscene_7".to_owned();
    assert_eq!(scanned.kind, Kind::Event(Event::Scan { scene, ticket: Some("t".into()) }));
    assert_eq!(
        whole("LOCATION", "<Latitude>1</Latitude><Longitude>2</Longitude><Precision>3</Precision>"),
        Event::Location { latitude: "1".into(), longitude: "2".into(), precision: "3".into() }
    );
    for (open, app, change, name) in [
        ("OpenID", "AppID", UserDataChange::Modified, "user_info_modified"),
        ("openid", "appid", UserDataChange::Revoked, "user_authorization_revoke"),
        ("OpenID", "AppID", UserDataChange::Cancelled, "user_authorization_cancellation"),
    ] {
        let fields = format!("<{open}>u</{open}><{app}>a</{app}><RevokeInfo>1</RevokeInfo>");
        let (user, revoked) = ("u".into(), Some("1".into()));
        assert_eq!(
            whole(name, &fields),
            Event::UserData { change, user, app: "a".into(), revoked }
        );
    }
}

#[test]
fn each_event_of_staff_and_verification_has_its_fields() {
    let text = |text: &str| text.to_owned();
    for (name, fields, expected) in [
        (
            "kf_create_session",
            "<KfAccount>a</KfAccount>",
            Event::StaffJoined { account: text("a") },
        ),
        ("kf_close_session", "<KfAccount>a</KfAccount>", Event::StaffLeft { account: text("a") }),
        (
            "kf_switch_session",
            "<FromKfAccount>a</FromKfAccount><ToKfAccount>b</ToKfAccount>",
            Event::StaffSwitched { from: text("a"), to: text("b") },
        ),
        (
            "user_enter_tempsession",
            "<SessionFrom>s</SessionFrom>",
            Event::EnteredSession { from: text("s") },
        ),
        (
            "qualification_verify_success",
            "<ExpiredTime>9</ExpiredTime>",
            Event::Verified { step: Verification::Qualification, expires: Some(9) },
        ),
        (
            "naming_verify_success",
            "<ExpiredTime>9</ExpiredTime>",
            Event::Verified { step: Verification::Naming, expires: Some(9) },
        ),
        (
            "qualification_verify_fail",
            "<FailTime>9</FailTime><FailReason>r</FailReason>",
            Event::VerificationFailed {
                step: Verification::Qualification,
                failed: Some(9),
                reason: text("r"),
            },
        ),
        (
            "naming_verify_fail",
            "<FailReason>r</FailReason>",
            Event::VerificationFailed {
                step: Verification::Naming,
                failed: None,
                reason: text("r"),
            },
        ),
        ("annual_renew", "<ExpiredTime>9</ExpiredTime>", Event::RenewalDue { expires: Some(9) }),
        (
            "verify_expired",
            "<ExpiredTime>9</ExpiredTime>",
            Event::VerificationExpired { expires: Some(9) },
        ),
    ] {
        let parsed = whole(name, fields);
        assert_eq!((parsed.name(), &parsed), (name, &expected));
    }
}

#[test]
fn each_result_of_a_job_has_its_fields() {
    assert_eq!(
        whole("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>success</Status>"),
        Event::TemplateSent { job: "5".into(), status: "success".into() }
    );
    let Event::MassSent(sent) = whole(
        "MASSSENDJOBFINISH",
        "<MsgID>5</MsgID><Status>err(30003)</Status><TotalCount>4</TotalCount>\
         <FilterCount>3</FilterCount><SentCount>2</SentCount><ErrorCount>1</ErrorCount>\
         <CopyrightCheckResult><ResultList><item><ArticleIdx>1</ArticleIdx>\
         <CanReprint>1</CanReprint></item><item><ArticleIdx>2</ArticleIdx></item></ResultList>\
         <CheckState>2</CheckState></CopyrightCheckResult>\
         <ArticleUrlResult><ResultList><item><ArticleIdx>1</ArticleIdx>\
         <ArticleUrl>u</ArticleUrl></item></ResultList></ArticleUrlResult>",
    ) else {
        panic!("no mass message")
    };
    assert_eq!((sent.job.as_str(), sent.status.as_str()), ("5", "err(30003)"));
    let counts = [sent.total, sent.filtered, sent.sent, sent.failed, sent.copyright_state];
    assert_eq!(counts, [Some(4), Some(3), Some(2), Some(1), Some(2)]);
    let reprint: Vec<bool> = sent.copyright.iter().map(|check| check.can_reprint).collect();
    assert_eq!(reprint, [true, false]);
    assert_eq!(sent.articles, [ArticleUrl { article: "1".into(), url: "u".into() }]);
    let fields = "<PublishEventInfo><publish_id>5</publish_id><publish_status>2</publish_status>\
                  <article_detail><item><idx>1</idx><article_url>u</article_url></item>\
                  </article_detail><fail_idx>2</fail_idx><fail_idx>3</fail_idx></PublishEventInfo>";
    for (name, through_api) in [("PUBLISHJOBFINISH", false), ("FREEPUBLISHJOBFINISH", true)] {
        let expected = Published {
            through_api,
            job: "5".into(),
            status: "2".into(),
            article: None,
            articles: vec![ArticleUrl { article: "1".into(), url: "u".into() }],
            failed: vec!["2".into(), "3".into()],
        };
        assert_eq!(whole(name, fields), Event::Published(expected));
    }
}

#[test]
fn each_subscription_event_lists_its_templates_in_both_formats() {
    let answer = |template: &str| SubscriptionAnswer {
        template: template.into(),
        status: "accept".into(),
        scene: Some("2".into()),
    };
    let item = |template: &str| {
        format!(
            "<List><TemplateId>{template}</TemplateId><SubscribeStatusString>accept\
             </SubscribeStatusString><PopupScene>2</PopupScene></List>"
        )
    };
    let xml =
        format!("<SubscribeMsgPopupEvent>{}{}</SubscribeMsgPopupEvent>", item("a"), item("b"));
    let expected = Event::SubscriptionAnswered(vec![answer("a"), answer("b")]);
    assert_eq!(whole("subscribe_msg_popup_event", &xml), expected);
    let xml = format!("<SubscribeMsgChangeEvent>{}</SubscribeMsgChangeEvent>", item("a"));
    let changed = whole("subscribe_msg_change_event", &xml);
    assert_eq!(changed, Event::SubscriptionChanged(vec![answer("a")]));
    let delivery = SubscriptionDelivery {
        template: "a".into(),
        job: "5".into(),
        code: "0".into(),
        status: "success".into(),
    };
    let xml = "<SubscribeMsgSentEvent><List><TemplateId>a</TemplateId><MsgID>5</MsgID>\
               <ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>\
               </SubscribeMsgSentEvent>";
    let sent = Event::SubscriptionSent(vec![delivery]);
    assert_eq!(whole("subscribe_msg_sent_event", xml), sent);
    // JSON has one wrapper less, and a lone object in the place of a list.
    for list in [
        r#"[{"TemplateId": "a", "MsgID": 5, "ErrorCode": 0, "ErrorStatus": "success"}]"#,
        r#"{"TemplateId": "a", "MsgID": "5", "ErrorCode": "0", "ErrorStatus": "success"}"#,
    ] {
        let body = format!(
            r#"{{"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": "1700000000",
                "MsgType": "event", "Event": "subscribe_msg_sent_event", "List": {list}}}"#
        );
        let message = Message::parse_json(body.as_bytes()).expect("well-formed");
        assert_eq!(message.kind, Kind::Event(sent.clone()));
    }
}

/// Captured from the platform: `PicList` with one `item` in each of several.
#[test]
fn every_list_is_read_through_all_of_its_wrappers() {
    let listed = |name, fields: &str| match whole(name, fields) {
        Event::Pictures { sums, .. } => sums,
        Event::MassSent(sent) => {
            let checked = sent.copyright.into_iter().map(|check| check.article);
            checked.chain(sent.articles.into_iter().map(|article| article.url)).collect()
        }
        Event::Published(published) => {
            let urls = published.articles.into_iter().map(|article| article.url);
            urls.chain(published.failed).collect()
        }
        Event::SubscriptionAnswered(all) | Event::SubscriptionChanged(all) => {
            all.into_iter().map(|answer| answer.template).collect()
        }
        Event::SubscriptionSent(all) => all.into_iter().map(|sent| sent.job).collect(),
        other => panic!("{other:?} has no list"),
    };
    for (name, outer, inner, field) in [
        ("pic_sysphoto", "SendPicsInfo", "PicList", "PicMd5Sum"),
        ("pic_photo_or_album", "SendPicsInfo", "PicList", "PicMd5Sum"),
        ("pic_weixin", "SendPicsInfo", "PicList", "PicMd5Sum"),
        ("MASSSENDJOBFINISH", "CopyrightCheckResult", "ResultList", "ArticleIdx"),
        ("MASSSENDJOBFINISH", "ArticleUrlResult", "ResultList", "ArticleUrl"),
        ("PUBLISHJOBFINISH", "PublishEventInfo", "article_detail", "article_url"),
        ("FREEPUBLISHJOBFINISH", "PublishEventInfo", "article_detail", "article_url"),
        ("FREEPUBLISHJOBFINISH", "PublishEventInfo", "fail_idx", ""),
        ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", "List", "TemplateId"),
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent", "List", "TemplateId"),
        ("subscribe_msg_sent_event", "SubscribeMsgSentEvent", "List", "MsgID"),
    ] {
        let wrap = |wrapper: &str, inside: String| match wrapper {
            "" => inside,
            wrapper => format!("<{wrapper}>{inside}</{wrapper}>"),
        };
        let value = |value: &str| wrap(field, value.to_owned());
        let item = |each: &str| wrap("item", value(each));
        let list = |inside: String| wrap(inner, inside);
        for fields in [
            wrap(outer, list(item("1") + &item("2"))),
            wrap(outer, list(item("1")) + &list(item("2"))),
            wrap(outer, list(item("1"))) + &wrap(outer, list(item("2"))),
            wrap(outer, list(value("1")) + &list(value("2"))),
        ] {
            assert_eq!(listed(name, &fields), ["1", "2"], "{name}: {fields}");
        }
    }
}

#[test]
fn each_card_event_has_its_fields() {
    let some = |text: &str| Some(text.to_owned());
    for (name, fields, change) in [
        ("card_pass_check", "", CardChange::Approved),
        (
            "card_not_pass_check",
            "<RefuseReason>r</RefuseReason>",
            CardChange::Refused { reason: "r".into() },
        ),
        (
            "user_get_card",
            "<FriendUserName>f</FriendUserName><OldUserCardCode>o</OldUserCardCode>\
             <OuterId>1</OuterId><OuterStr>s</OuterStr><IsRestoreMemberCard>1</IsRestoreMemberCard>\
             <IsRecommendByFriend>0</IsRecommendByFriend><UnionId>u</UnionId>",
            CardChange::Taken {
                giver: some("f"),
                old_code: some("o"),
                outer_id: some("1"),
                outer: some("s"),
                restored: true,
                recommended: false,
                union: some("u"),
            },
        ),
        (
            "user_gifting_card",
            "<FriendUserName>f</FriendUserName><IsReturnBack>1</IsReturnBack><IsChatRoom>true</IsChatRoom>",
            CardChange::Given { friend: some("f"), returned: true, group: true },
        ),
        ("user_del_card", "", CardChange::Deleted),
        ("user_view_card", "<OuterStr>s</OuterStr>", CardChange::Viewed { outer: some("s") }),
        ("user_enter_session_from_card", "", CardChange::EnteredSession),
        ("submit_membercard_user_info", "", CardChange::Activated),
        (
            "user_consume_card",
            "<ConsumeSource>FROM_API</ConsumeSource><StaffOpenId>o</StaffOpenId>",
            CardChange::Used {
                source: "FROM_API".into(),
                place: None,
                staff: some("o"),
                verification: None,
                remark: None,
                outer: None,
            },
        ),
        (
            "user_pay_from_pay_cell",
            "<TransId>t</TransId><LocationId>l</LocationId><Fee>1</Fee><OriginalFee> 2 </OriginalFee>",
            CardChange::Paid {
                transaction: "t".into(),
                place: some("l"),
                fee: Some(1),
                original_fee: Some(2),
            },
        ),
        (
            "update_member_card",
            "<ModifyBonus>-3</ModifyBonus><ModifyBalance>0</ModifyBalance>",
            CardChange::Updated { bonus: Some(-3), balance: Some(0) },
        ),
        ("card_sku_remind", "<Detail>d</Detail>", CardChange::RunningOut { detail: "d".into() }),
    ] {
        let fields = format!("<CardId>c</CardId><UserCardCode>n</UserCardCode>{fields}");
        let parsed = whole(name, &fields);
        let card = CardEvent { card: "c".into(), code: some("n"), change };
        assert_eq!((parsed.name(), parsed), (name, Event::Card(card)));
    }
    let Event::Card(CardEvent { change: CardChange::Order(order), .. }) = whole(
        "card_pay_order",
        "<OrderId>1</OrderId><Status>s</Status><PayFinishTime>0</PayFinishTime>\
         <FreeCoinCount>200</FreeCoinCount><Memo>m</Memo>",
    ) else {
        panic!("no order")
    };
    assert_eq!((order.order.as_str(), order.paid, order.free), ("1", Some(0), some("200")));
}

#[test]
fn each_required_field_is_named_when_it_is_missing_empty_or_repeated() {
    let names = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"];
    let with = |changed: &str, replace: &str| {
        let field = |name: &&str| match *name {
            name if name == changed => replace.to_owned(),
            "CreateTime" => "<CreateTime>1</CreateTime>".to_owned(),
            "MsgType" => "<MsgType>event</MsgType>".to_owned(),
            name => format!("<{name}>x</{name}>"),
        };
        let body = format!("<xml>{}</xml>", names.iter().map(field).collect::<String>());
        Message::parse(body.as_bytes())
    };
    assert!(with("", "").is_ok());
    for name in names {
        assert_eq!(with(name, ""), Err(ParseError::Missing(name, 0)));
        assert_eq!(with(name, &format!("<{name}> </{name}>")), Err(ParseError::Missing(name, 0)));
        let twice = format!("<{name}>1</{name}><{name}>1</{name}>");
        assert!(matches!(with(name, &twice), Err(ParseError::Repeated(field, _)) if field == name));
    }
    for name in ["Content", "MsgId"] {
        let twice = format!("<MsgType>text</MsgType><{name}>1</{name}><{name}>2</{name}>");
        let second = xml(&twice).rfind(&format!("<{name}>")).expect("there");
        assert_eq!(parse(&twice), Err(ParseError::Repeated(name, second)));
    }
}

#[test]
fn the_number_that_the_protocol_needs_is_a_number() {
    let body = xml("<MsgType>text</MsgType>").replace("1700000000", "-1");
    let at = body.find("<CreateTime>").expect("there");
    let error = ParseError::NotANumber("CreateTime", at);
    assert_eq!(Message::parse(body.as_bytes()), Err(error));
}

/// Hosts keep ids, so that long ones would fill their memory.
#[test]
fn an_id_has_at_most_64_bytes() {
    let (longest, long) = ("x".repeat(64), "x".repeat(65));
    let body = |to: &str, from: &str, id: &str| {
        format!(
            "<xml><ToUserName>{to}</ToUserName><FromUserName>{from}</FromUserName>\
             <CreateTime>1700000000</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        )
    };
    let message = Message::parse(body(&longest, &longest, &longest).as_bytes()).expect("ids");
    assert_eq!((message.to, message.from), (longest.clone(), longest.clone()));
    assert_eq!(message.id.as_deref(), Some(&*longest));
    for (name, body) in [
        ("ToUserName", body(&long, "a", "1")),
        ("FromUserName", body("gh", &long, "1")),
        ("MsgId", body("gh", "a", &long)),
    ] {
        let at = body.find(&format!("<{name}>")).expect("there");
        assert_eq!(Message::parse(body.as_bytes()), Err(ParseError::LongId(name, at)));
    }
    // 22 characters of three bytes.
    let wide = body("gh", &"长".repeat(22), "1");
    assert!(matches!(Message::parse(wide.as_bytes()), Err(ParseError::LongId("FromUserName", _))));
}

#[test]
fn an_id_is_kept_as_it_came_and_a_blank_one_is_none() {
    let id = |sent: &str| {
        let message = message(&format!("<MsgType>text</MsgType><MsgId>{sent}</MsgId>"));
        assert_eq!(message.key().is_identified(), message.id.is_some());
        message.id.as_deref().map(str::to_owned)
    };
    // Seen since September 2025, in WeCom.
    for sent in ["CAIQg/PKxgYY2sC9tpuAAgMg9/zKaw==", "18446744073709551616", "007"] {
        assert_eq!(id(sent).as_deref(), Some(sent));
    }
    for blank in ["", " \n", "<![CDATA[ ]]>"] {
        assert_eq!(id(blank), None);
    }
}

#[test]
fn json_gives_the_value_of_xml() {
    let xml = message(
        "<MsgType>text</MsgType><Content>你好</Content><MsgId>7</MsgId><Idx>1</Idx>\
         <MsgDataId>d</MsgDataId><More>a</More><More>b</More>",
    );
    let json = br#"{"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1700000000,
        "MsgType": "text", "Content": "\u4f60\u597d", "MsgId": 7, "Idx": 1, "MsgDataId": "d",
        "More": ["a", "b"]}"#;
    assert_eq!(Message::parse_json(json), Ok(xml));
    assert!(json::parse(json).is_ok());
    let json = br#"{"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1700000000,
        "MsgType": "event", "Event": "SCAN", "EventKey": 7, "More": {"a": ["b", null]}}"#;
    let scanned = event("SCAN", "<EventKey>7</EventKey><More><a>b</a><a/></More>");
    let parsed = Message::parse_json(json).expect("well-formed");
    assert_eq!((parsed.key(), parsed), (scanned.key(), scanned));
    let twice = br#"{"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1,
        "MsgType": "text", "Content": ["a", "b"]}"#;
    assert!(matches!(Message::parse_json(twice), Err(ParseError::Repeated("Content", _))));
}

#[test]
fn a_key_is_equal_exactly_when_a_request_is_repeated() {
    let text = |to, from, created, id| {
        let body = format!(
            "<xml><ToUserName>{to}</ToUserName><FromUserName>{from}</FromUserName>\
             <CreateTime>{created}</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        );
        Message::parse(body.as_bytes()).expect("well-formed").key()
    };
    let key = text("gh_1", "o1", 1, 7);
    assert_eq!(key, text("gh_1", "o1", 1, 7));
    for other in [text("gh_2", "o1", 1, 7), text("gh_1", "o2", 1, 7)] {
        assert_ne!(key, other);
    }
    for other in [text("gh_1", "o1", 2, 7), text("gh_1", "o1", 1, 8)] {
        assert_ne!(key, other);
    }
    assert!(key.is_identified());
    assert!(!message("<MsgType>video</MsgType>").key().is_identified());
}

/// An event has no id, and a repeat is the same message byte for byte.
#[test]
fn two_events_of_one_second_are_one_only_when_all_their_fields_are_equal() {
    let sent = |name: &str, job: &str| {
        let list = format!("<List><TemplateId>t</TemplateId><MsgID>{job}</MsgID></List>");
        event(name, &format!("<SubscribeMsgSentEvent>{list}</SubscribeMsgSentEvent>"))
    };
    let revoked = |user: &str| {
        event("user_authorization_revoke", &format!("<OpenID>{user}</OpenID><AppID>a</AppID>"))
    };
    let events = || {
        [
            sent("subscribe_msg_sent_event", "1"),
            sent("subscribe_msg_sent_event", "2"),
            revoked("u"),
            revoked("v"),
            event("CLICK", "<EventKey>a</EventKey>"),
            event("CLICK", "<EventKey>b</EventKey>"),
            event("VIEW", "<EventKey>a</EventKey>"),
            event("subscribe", ""),
            event("unsubscribe", ""),
            event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
            event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
            event("user_get_card", "<UserCardCode>1</UserCardCode>"),
            event("user_get_card", "<UserCardCode>2</UserCardCode>"),
            event("waved", "<Hand><Size>1</Size></Hand>"),
            event("waved", "<Hand><Size>2</Size></Hand>"),
            event("waved", "<Hand/><Size>1</Size>"),
            event("bowed", "<Hand/><Size>1</Size>"),
        ]
        .map(|message| message.key())
    };
    let keys = events();
    for (index, key) in keys.iter().enumerate() {
        assert!(key.is_identified());
        assert!(!keys[..index].contains(key), "{key:?}");
    }
    assert_eq!(keys, events());
}
