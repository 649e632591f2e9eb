//! Every kind of message and event survives: the user sees a reply or nothing, never the notice of
//! a failure.

use futures::FutureExt;

use super::candidate::Candidate;
use super::check::{Check, Outcome};

const MESSAGES: &str = "接收普通消息";
const EVENTS: &str = "接收事件推送";
const MENU: &str = "自定义菜单事件推送";
const UNKNOWN: &str = "new kinds come without notice";

/// What it is, its fields behind `MsgType`, and where it is described. The fields of the official
/// samples.
const KINDS: [(&str, &str, &str, &str); 33] = [
    ("A picture", "image", "<PicUrl>http://p/1</PicUrl><MediaId>m1</MediaId>", MESSAGES),
    ("A picture without MediaId", "image", "<PicUrl>http://p/1</PicUrl>", MESSAGES),
    (
        "A voice message without recognition",
        "voice",
        "<MediaId>m1</MediaId><Format>amr</Format><Recognition></Recognition>",
        MESSAGES,
    ),
    (
        "A voice message with its words",
        "voice",
        "<MediaId>m1</MediaId><Format>speex</Format><MediaId16K>m2</MediaId16K><Recognition>你好</Recognition>",
        MESSAGES,
    ),
    ("A video", "video", "<MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>", MESSAGES),
    (
        "A short video",
        "shortvideo",
        "<MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>",
        MESSAGES,
    ),
    (
        "A place",
        "location",
        "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale><Label>广州</Label>",
        MESSAGES,
    ),
    (
        "A link",
        "link",
        "<Title>t</Title><Description>d</Description><Url>http://p/1</Url>",
        MESSAGES,
    ),
    (
        "A file",
        "file",
        "<Title>a.pdf</Title><Description></Description><FileKey>k</FileKey><FileMd5>0</FileMd5><FileTotalLen>9</FileTotalLen>",
        "JeffreySu/WeiXinMPSDK",
    ),
    (
        "A custom sticker",
        "text",
        "<Content>【收到不支持的消息类型，暂无法显示】</Content>",
        "zhayujie/chatgpt-on-wechat",
    ),
    (
        "A tapped item of a customer-service menu",
        "text",
        "<Content>ok</Content><bizmsgmenuid>101</bizmsgmenuid>",
        "发送客服消息 · 菜单消息",
    ),
    (
        "A text from an article whose Idx is no number",
        "text",
        "<Content>ok</Content><MsgDataId>xxxx</MsgDataId><Idx>xxxx</Idx>",
        MESSAGES,
    ),
    ("A message of a kind that does not exist", "hologram", "<Depth>3</Depth>", UNKNOWN),
    ("A subscription", "event", "<Event>subscribe</Event><EventKey></EventKey>", EVENTS),
    (
        "A subscription after a scan",
        "event",
        "<Event>subscribe</Event><EventKey>qrscene_123</EventKey><Ticket>T</Ticket>",
        EVENTS,
    ),
    ("An unsubscription", "event", "<Event>unsubscribe</Event>", EVENTS),
    (
        "A scan by a follower",
        "event",
        "<Event>SCAN</Event><EventKey>123</EventKey><Ticket>T</Ticket>",
        EVENTS,
    ),
    (
        "A reported position",
        "event",
        "<Event>LOCATION</Event><Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.385040</Precision>",
        EVENTS,
    ),
    ("A tap on the menu", "event", "<Event>CLICK</Event><EventKey>KEY</EventKey>", MENU),
    (
        "A tap on a link of the menu",
        "event",
        "<Event>VIEW</Event><EventKey>http://p/1</EventKey><MenuId>1</MenuId>",
        MENU,
    ),
    (
        "A tap on a mini program of the menu",
        "event",
        "<Event>view_miniprogram</Event><EventKey>pages/index</EventKey><MenuId>1</MenuId>",
        MENU,
    ),
    (
        "A scanned code",
        "event",
        "<Event>scancode_push</Event><EventKey>6</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>",
        MENU,
    ),
    (
        "A scanned code for which the user waits",
        "event",
        "<Event>scancode_waitmsg</Event><EventKey>6</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>2</ScanResult></ScanCodeInfo>",
        MENU,
    ),
    (
        "A choice of no photo from the menu",
        "event",
        "<Event>pic_sysphoto</Event><EventKey>6</EventKey><SendPicsInfo><Count>0</Count><PicList></PicList></SendPicsInfo>",
        MENU,
    ),
    (
        "A choice of one photo from the menu",
        "event",
        "<Event>pic_weixin</Event><EventKey>6</EventKey><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item></PicList></SendPicsInfo>",
        MENU,
    ),
    (
        "A choice of two photos from the menu",
        "event",
        "<Event>pic_photo_or_album</Event><EventKey>6</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>",
        MENU,
    ),
    (
        "A place from the menu",
        "event",
        "<Event>location_select</Event><EventKey>6</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y><Scale>15</Scale><Label>广州</Label><Poiname></Poiname></SendLocationInfo>",
        MENU,
    ),
    (
        "A template message that was sent",
        "event",
        "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>200163836</MsgID><Status>failed:user block</Status>",
        EVENTS,
    ),
    (
        "A mass message that was sent",
        "event",
        "<Event>MASSSENDJOBFINISH</Event><MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>0</TotalCount><CopyrightCheckResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx></item></ResultList><CheckState>2</CheckState></CopyrightCheckResult>",
        EVENTS,
    ),
    (
        "An answered subscription pop-up",
        "event",
        "<Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent><List><TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>",
        EVENTS,
    ),
    (
        "A session with staff",
        "event",
        "<Event>kf_create_session</Event><KfAccount>a@b</KfAccount>",
        EVENTS,
    ),
    (
        "A card that was received",
        "event",
        "<Event>user_get_card</Event><CardId>c</CardId><IsGiveByFriend>0</IsGiveByFriend><UserCardCode>1</UserCardCode><OuterStr></OuterStr>",
        EVENTS,
    ),
    (
        "An event of a kind that does not exist",
        "event",
        "<Event>teleported</Event><EventKey></EventKey>",
        UNKNOWN,
    ),
];

pub(super) fn checks() -> Vec<Check> {
    let check = |(what, kind, fields, source): (&str, &'static str, &'static str, _)| {
        Check::must(format!("{what} is accepted"), source, move |it| {
            accepted(it, kind, fields).boxed()
        })
    };
    KINDS.into_iter().map(check).collect()
}

async fn accepted(candidate: &Candidate, kind: &str, fields: &str) -> Outcome {
    let user = candidate.user();
    let fields = format!("<MsgType><![CDATA[{kind}]]></MsgType>{fields}");
    let letter = candidate.letter(&user, &candidate.xml(&user, &fields));
    candidate.ask(&letter).await.accepted().map(drop)
}
