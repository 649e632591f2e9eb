//! A unit that looks through the account's published articles, a page at a time, until it has
//! enough or there are no more.

use serde::Deserialize;
use serde_json::json;
pub use wechat::reply::NewsArticle as Article;
use wechat::reply::news_limit;
use wechat::{Event, Kind, Reply};

use super::rule::{Verdict, tell};
use crate::api::{SERVICE, Trouble};
use crate::call::Call;
use crate::context::Context;

/// The unit's name.
pub const NAME: &str = "articles";

/// How many articles a page has.
pub const PAGE: usize = 3;

/// The key of the menu item that asks for all articles.
const KEY: &str = "ARTICLES";

#[derive(Deserialize)]
struct Page {
    total_count: usize,
    item: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    news_item: Vec<NewsItem>,
}

#[derive(Deserialize)]
struct NewsItem {
    title: String,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    thumb_url: String,
    url: String,
}

/// Which pages were read, and whether there is another one.
#[derive(Debug, Default)]
pub struct Pages {
    offset: usize,
    /// How many articles there are, once a page has told it.
    total: Option<usize>,
}

/// What is looked for.
#[derive(Debug)]
pub struct Search {
    word: String,
    limit: usize,
}

/// Whether the message is for this unit.
#[must_use]
pub fn wants(ctx: &Context) -> bool {
    ctx.account.as_ref().is_some_and(|account| account.has_unit(NAME)) && word(ctx).is_some()
}

/// What the titles must contain, as in `articles rust` and `文章 指南`; nothing after a tap on the
/// menu.
fn word(ctx: &Context) -> Option<&str> {
    match &ctx.message.as_ref()?.kind {
        Kind::Event(Event::Click { key }) if key == KEY => Some(""),
        Kind::Text { content } => {
            let (word, rest) = content.split_once(char::is_whitespace)?;
            matches!(word, "articles" | "文章").then(|| rest.trim())
        }
        _ => None,
    }
}

impl Pages {
    /// Asks for the next page (获取成功发布列表); `None` when there are no more.
    #[must_use]
    pub fn next(&self) -> Option<Call> {
        if self.total.is_some_and(|total| self.offset >= total) {
            return None;
        }
        let json = json!({ "offset": self.offset, "count": PAGE, "no_content": 1 });
        Some(Call::post(SERVICE, "/cgi-bin/freepublish/batchget", json.to_string()))
    }

    /// The articles of a page. A page without articles is the last one, whatever the count says:
    /// with a wrong count the loop over the pages would have no end.
    ///
    /// # Errors
    /// When there is no page.
    pub fn take(&mut self, answered: Result<Vec<u8>, Trouble>) -> Result<Vec<Article>, Trouble> {
        let Page { total_count, item } = wechat::api::read(&answered?)?;
        self.offset += item.len();
        self.total = Some(if item.is_empty() { self.offset } else { total_count });
        let articles = item.into_iter().flat_map(|item| item.content.news_item);
        let articles = articles.map(|article| Article {
            title: article.title,
            description: article.digest,
            picture: article.thumb_url,
            url: article.url,
        });
        Ok(articles.collect())
    }
}

impl Search {
    /// What the message asks for: as many articles as WeChat shows in answer to it, which is one
    /// for a text and eight for a tap on the menu.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let limit = ctx.message.as_ref().map_or(1, news_limit);
        Self { word: word(ctx).unwrap_or_default().to_owned(), limit }
    }

    /// How many articles are enough.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether this article is one of them.
    #[must_use]
    pub fn fits(&self, article: &Article) -> bool {
        article.title.contains(&self.word)
    }

    /// Adds the articles of a page that fit. Returns whether there are enough.
    pub fn add(&self, found: &mut Vec<Article>, page: &[Article]) -> bool {
        let fit = page.iter().filter(|article| self.fits(article));
        found.extend(fit.take(self.limit - found.len()).cloned());
        found.len() == self.limit
    }
}

/// What it says: the articles, or why there are none. Those that were found before a page failed
/// are shown.
#[must_use]
pub fn verdict(ctx: &Context, found: Vec<Article>, failed: bool) -> Verdict {
    match Reply::news(found) {
        Ok(news) => Verdict::Reply(news),
        Err(_) if failed => {
            tell(ctx, "文章暂时看不了，请稍后再试。", "The articles cannot be read now.")
        }
        Err(_) => tell(ctx, "没有这样的文章。", "There is no such article."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn page(total: usize, titles: &[&str]) -> Result<Vec<u8>, Trouble> {
        let item = |title: &&str| {
            json!({ "article_id": "1", "content": { "news_item": [
                { "title": title, "url": "https://example.com" }
            ] } })
        };
        let items: Vec<_> = titles.iter().map(item).collect();
        let page = json!({ "total_count": total, "item_count": items.len(), "item": items });
        Ok(page.to_string().into_bytes())
    }

    fn shown(titles: &[&str]) -> Verdict {
        let article = |title: &&str| Article {
            title: (*title).to_owned(),
            description: String::new(),
            picture: String::new(),
            url: "https://example.com".to_owned(),
        };
        Verdict::Reply(Reply::news(titles.iter().map(article).collect()).expect("some"))
    }

    fn menu() -> Context {
        testing::asked("event", "<Event>CLICK</Event><EventKey>ARTICLES</EventKey>")
    }

    #[test]
    fn it_is_for_its_words_and_its_menu_item() {
        for ctx in [testing::said("articles rust"), testing::said("文章 指南"), menu()] {
            assert!(wants(&ctx));
        }
        let other = testing::asked("event", "<Event>CLICK</Event><EventKey>OTHER</EventKey>");
        for ctx in [testing::said("articles"), testing::said("article rust"), other] {
            assert!(!wants(&ctx));
        }
    }

    fn offset(pages: &Pages) -> Option<u64> {
        let json = pages.next()?.json.expect("a body");
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["offset"].as_u64()
    }

    #[test]
    fn pages_are_asked_for_one_after_the_other_until_there_are_no_more() {
        let mut pages = Pages::default();
        assert_eq!(offset(&pages), Some(0));
        assert_eq!(pages.take(page(3, &["a", "b"])).map(|articles| articles.len()), Ok(2));
        assert_eq!(offset(&pages), Some(2));
        assert_eq!(pages.take(page(3, &["c"])).map(|articles| articles.len()), Ok(1));
        assert_eq!(offset(&pages), None);
        // A wrong count does not make it ask for ever.
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(100, &[])), Ok(vec![]));
        assert_eq!(offset(&pages), None);
        assert!(Pages::default().take(Ok(b"<html>".to_vec())).is_err());
    }

    #[test]
    fn a_search_ends_with_as_many_articles_as_wechat_shows() {
        let page = || Pages::default().take(page(9, &["c", "b", "cc"])).expect("a page");
        let ctx = testing::said("articles c");
        let mut found = Vec::new();
        assert!(Search::new(&ctx).add(&mut found, &page()));
        assert_eq!(verdict(&ctx, found, false), shown(&["c"]));
        let ctx = menu();
        let (search, mut found) = (Search::new(&ctx), Vec::new());
        assert_eq!(search.limit(), 8);
        assert!(!search.add(&mut found, &page()));
        assert!(!search.add(&mut found, &page()));
        assert!(search.add(&mut found, &page()));
        assert_eq!(found.len(), 8);
        assert_eq!(verdict(&ctx, found, true), shown(&["c", "b", "cc", "c", "b", "cc", "c", "b"]));
    }

    #[test]
    fn nothing_found_and_nothing_read_have_their_own_words() {
        let ctx = menu();
        let none = tell(&ctx, "没有这样的文章。", "There is no such article.");
        assert_eq!(verdict(&ctx, vec![], false), none);
        let failed = tell(&ctx, "文章暂时看不了，请稍后再试。", "The articles cannot be read now.");
        assert_eq!(verdict(&ctx, vec![], true), failed);
    }
}
