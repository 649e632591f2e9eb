//! Results of mass messages (事件推送群发结果) and publications (事件推送发布结果).

use crate::fields::Fields;

/// The result of a mass message (群发).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassSent {
    /// `MsgID` of the job.
    pub job: String,
    /// `sendsuccess`, `sendfail`, `err(30003)` …
    pub status: String,
    /// `TotalCount`: how many followers it was meant for.
    pub total: Option<u64>,
    /// `FilterCount`: how many are left after the filters.
    pub filtered: Option<u64>,
    /// `SentCount`.
    pub sent: Option<u64>,
    /// `ErrorCount`.
    pub failed: Option<u64>,
    /// `CopyrightCheckResult`: each article's check, by its number.
    pub copyright: Vec<CopyrightCheck>,
    /// `CheckState` of all: 1 not checked, 2 sent, 3 refused.
    pub copyright_state: Option<u64>,
    /// `ArticleUrlResult`.
    pub articles: Vec<ArticleUrl>,
}

/// One article's copyright check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyrightCheck {
    /// `ArticleIdx`, from 1.
    pub article: String,
    /// `UserDeclareState`.
    pub declared: String,
    /// `AuditState`.
    pub audit: String,
    /// `OriginalArticleUrl`.
    pub original_url: String,
    /// `OriginalArticleType`.
    pub original_type: String,
    /// `CanReprint`.
    pub can_reprint: bool,
    /// `NeedReplaceContent`.
    pub replace_content: bool,
    /// `NeedShowReprintSource`.
    pub show_source: bool,
}

/// The address of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleUrl {
    /// Its number, from 1.
    pub article: String,
    /// Where it is.
    pub url: String,
}

/// The result of a publication (发布).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// True if it was published through the API (`FREEPUBLISHJOBFINISH`), false if through the
    /// console.
    pub through_api: bool,
    /// `publish_id`.
    pub job: String,
    /// `publish_status`: 0 is success.
    pub status: String,
    /// `article_id`, when it succeeded.
    pub article: Option<String>,
    /// `article_detail`.
    pub articles: Vec<ArticleUrl>,
    /// `fail_idx`: the numbers of the articles that failed.
    pub failed: Vec<String>,
}

/// Job events write `MsgID`, messages write `MsgId`. Both are accepted, because they mean the same.
pub(super) fn job(fields: &mut Fields<'_, '_>) -> String {
    fields.optional("MsgID").unwrap_or_else(|| fields.text("MsgId"))
}

pub(super) fn mass_sent(fields: &mut Fields<'_, '_>) -> MassSent {
    let copyright = fields.list(&["CopyrightCheckResult", "ResultList"], |item| CopyrightCheck {
        article: item.text("ArticleIdx"),
        declared: item.text("UserDeclareState"),
        audit: item.text("AuditState"),
        original_url: item.text("OriginalArticleUrl"),
        original_type: item.text("OriginalArticleType"),
        can_reprint: item.flag("CanReprint"),
        replace_content: item.flag("NeedReplaceContent"),
        show_source: item.flag("NeedShowReprintSource"),
    });
    let checks = fields.inside("CopyrightCheckResult");
    let copyright_state = checks.and_then(|mut checks| checks.lenient("CheckState"));
    let articles = fields.list(&["ArticleUrlResult", "ResultList"], |item| ArticleUrl {
        article: item.text("ArticleIdx"),
        url: item.text("ArticleUrl"),
    });
    MassSent {
        job: job(fields),
        status: fields.text("Status"),
        total: fields.lenient("TotalCount"),
        filtered: fields.lenient("FilterCount"),
        sent: fields.lenient("SentCount"),
        failed: fields.lenient("ErrorCount"),
        copyright,
        copyright_state,
        articles,
    }
}

pub(super) fn published(fields: &mut Fields<'_, '_>, through_api: bool) -> Published {
    let articles = fields.list(&["PublishEventInfo", "article_detail"], |item| ArticleUrl {
        article: item.text("idx"),
        url: item.text("article_url"),
    });
    let failed = fields.list(&["PublishEventInfo", "fail_idx"], |index| index.own());
    let (job, status, article) = fields
        .inside("PublishEventInfo")
        .map(|mut info| {
            (info.text("publish_id"), info.text("publish_status"), info.optional("article_id"))
        })
        .unwrap_or_default();
    Published { through_api, job, status, article, articles, failed }
}
