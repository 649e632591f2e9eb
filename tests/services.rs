//! Every unit over HTTP, in the four styles: a server with the live host, the platform as WeChat and
//! as the services that it calls. All of it is on 127.0.0.1.

use std::future::pending;
use std::net::{SocketAddr, TcpListener as Closed};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use four_ways::platform::{
    Account, Act, Entry, Event, Live, Order, Platform, Shown, Trouble, http, serve,
};
use four_ways::server::{Caps, Listeners, Server, config};
use four_ways::styles;
use kit::Style;
use pipeline::exchanges::Limits;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;

const TOKEN: &str = "token-services";

/// A file whose services are at this address, `air` excepted. The tests run at the same time, so its
/// name has the port, which no two of them share.
fn file(name: &str, services: SocketAddr, air: SocketAddr, account: &Account) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("services-{name}-{}.toml", services.port()));
    let at = |name: &str, address, path: &str| {
        format!("[service.{name}]\nurl = \"http://{address}{path}\"\nkey = \"key-{name}\"\n")
    };
    let text = [
        format!(
            "[[account]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\napp_id = \"{}\"",
            account.app_id
        ),
        format!("app_secret = \"{}\"", account.secret.expose()),
        "units = [\"profile\", \"weather\", \"ask\", \"articles\"]".to_owned(),
        "models = [\"small\", \"large\"]".to_owned(),
        at("wechat", services, ""),
        at("geocoding", services, "/geocoding"),
        at("forecast", services, "/forecast/"),
        at("air-quality", air, "/air-quality"),
        at("ask-first", services, "/ask-first"),
        at("ask-second", services, "/ask-second"),
    ];
    std::fs::write(&path, text.join("\n")).expect("written");
    path
}

/// A server in a style, and the platform that calls it and that it calls.
struct World {
    name: &'static str,
    server: Arc<Server>,
    account: Account,
    services: SocketAddr,
    live: Arc<Live>,
    journal: UnboundedReceiver<Entry>,
}

impl World {
    async fn start(style: Style) -> Self {
        let name = style.name;
        let listen = || TcpListener::bind("127.0.0.1:0");
        let (ours, theirs) = (listen().await.expect("a port"), listen().await.expect("a port"));
        let services = theirs.local_addr().expect("an address");
        let url = format!("http://{}/wechat/shop", ours.local_addr().expect("an address"));
        let account = Account::new(url, TOKEN);
        let configuration = config::read(&file(name, services, services, &account));
        let configuration = configuration.unwrap_or_else(|error| panic!("{error}"));
        let server = Server::new(style, configuration, Limits::default(), Caps::default());
        let serving = Arc::clone(&server);
        tokio::spawn(async move {
            let listeners = Listeners { accounts: ours, admin: None };
            serving.run(listeners, pending(), pending()).await
        });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let (live, journal) = Live::start(Platform::new([account.clone()], 0), now, http::send);
        tokio::spawn(serve::serve(Arc::clone(&live), theirs));
        Self { name, server, account, services, live, journal }
    }

    fn order(&self, path: &str, trouble: Trouble, times: u32) {
        let path = Some(path.to_owned());
        self.live.with(|platform, _| platform.orders().add(Order { path, trouble, times }));
    }

    /// What the user sees after this act, and which calls it took.
    async fn sees(&mut self, user: &str, act: Act) -> (String, Vec<(String, i64)>) {
        self.live.act(&self.account.app_id, user, &act).await.expect("the user may");
        let (mut seen, mut calls) = (Vec::new(), Vec::new());
        while let Ok(Entry { event, .. }) = self.journal.try_recv() {
            match event {
                Event::Sees(Shown::Notice(fault)) => panic!("{}: {fault}", self.name),
                Event::Sees(shown) => seen.push(shown.to_string()),
                Event::Called { path, code } => calls.push((path, code)),
                _ => {}
            }
        }
        (seen.join("\n"), calls)
    }

    async fn says(&mut self, user: &str, words: &str) -> String {
        self.sees(user, Act::Text(words.to_owned())).await.0
    }
}

/// The path of each service, as it is called.
const FORECAST: &str = "/forecast/v1/forecast";
const AIR: &str = "/air-quality/v1/air-quality";
const FIRST: &str = "/ask-first/v1/chat/completions";
const SECOND: &str = "/ask-second/v1/chat/completions";
const USER: &str = "/cgi-bin/user/info";
const ARTICLES: &str = "/cgi-bin/freepublish/batchget";
const TICKET: &str = "/cgi-bin/stable_token";

/// Plays `talk` in the four styles at the same time.
fn in_all_styles<T: Future<Output = ()> + Send>(talk: impl Fn(World) -> T + Sync) {
    std::thread::scope(|scope| {
        for style in styles::all() {
            let talk = &talk;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(async { talk(World::start(style).await).await });
            });
        }
    });
}

fn paths(calls: &[(String, i64)]) -> Vec<&str> {
    calls.iter().map(|(path, _)| &**path).collect()
}

#[test]
fn the_weather_says_what_is_missing_in_the_language_of_the_user() {
    in_all_styles(|mut world| async move {
        let app_id = world.account.app_id.clone();
        let set = |platform: &mut Platform, now| platform.speaks(now, &app_id, "bob", "en");
        world.live.with(set).expect("it knows the account");
        assert_eq!(world.says("alice", "天气 北京").await, "北京：13.5 °C，空气质量 42。");
        assert_eq!(world.says("bob", "weather Paris").await, "Paris: 13.5 °C, air quality 42.");
        world.order(FORECAST, Trouble::Dropped, 1);
        let missing = "北京：空气质量 42，气温暂缺。";
        assert_eq!(world.says("alice", "天气 北京").await, missing);
        world.order(AIR, Trouble::Broken, 1);
        let missing = "Paris: 13.5 °C, the air quality is missing.";
        assert_eq!(world.says("bob", "weather Paris").await, missing);
        world.order(FORECAST, Trouble::Dropped, 1);
        world.order(AIR, Trouble::Broken, 1);
        let sorry = "The weather service does not answer.";
        assert_eq!(world.says("bob", "weather Paris").await, sorry);
        assert_eq!(world.says("alice", "天气 nowhere").await, "没有找到这个地方。");
    });
}

#[test]
fn a_service_that_is_down_is_missing_until_a_reload_says_where_it_is() {
    in_all_styles(|mut world| async move {
        let down = Closed::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let name = format!("{}-down", world.name);
        for (air, said) in [
            (down, "北京：13.5 °C，空气质量暂缺。"),
            (world.services, "北京：13.5 °C，空气质量 42。"),
        ] {
            let path = file(&name, world.services, air, &world.account);
            world.server.reload(config::read(&path).expect("good"));
            assert_eq!(world.says("alice", "天气 北京").await, said, "{name}");
        }
    });
}

#[test]
fn the_second_provider_answers_when_the_first_is_slow_or_fails() {
    in_all_styles(|mut world| async move {
        assert_eq!(world.says("alice", "问 为什么？").await, "small: 为什么？");
        world.order(FIRST, Trouble::Delay(60_000), 1);
        assert_eq!(world.says("alice", "问 为什么？").await, "large: 为什么？");
        world.order(FIRST, Trouble::Busy, 1);
        assert_eq!(world.says("alice", "问 为什么？").await, "large: 为什么？");
        world.order(FIRST, Trouble::Dropped, 1);
        world.order(SECOND, Trouble::Broken, 1);
        assert_eq!(world.says("alice", "问 为什么？").await, "我现在答不上来，请稍后再问。");
    });
}

#[test]
fn articles_are_read_page_by_page_until_there_are_enough() {
    in_all_styles(|mut world| async move {
        let text = |words: &str| Act::Text(words.to_owned());
        let (seen, calls) = world.sees("alice", text("文章 Rust")).await;
        assert_eq!(seen, "[news Rust 一]");
        assert_eq!(paths(&calls), [TICKET, USER, ARTICLES]);
        let (seen, calls) = world.sees("alice", text("文章 三")).await;
        assert_eq!((&*seen, paths(&calls)), ("[news Rust 三]", vec![ARTICLES; 2]));
        let (seen, calls) = world.sees("alice", Act::Menu("ARTICLES".to_owned())).await;
        assert_eq!(seen, "[news Rust 一 | Go | Rust 二 | Java | C | Rust 三 | Zig]");
        assert_eq!(paths(&calls), [ARTICLES; 3]);
        // WeChat is busy twice, and the third attempt brings the page.
        world.order(ARTICLES, Trouble::Busy, 2);
        let (seen, calls) = world.sees("alice", text("文章 Go")).await;
        assert_eq!((&*seen, paths(&calls)), ("[news Go]", vec![ARTICLES; 3]));
        world.order(ARTICLES, Trouble::Code(45009), 1);
        let (seen, _) = world.sees("alice", text("文章 Go")).await;
        assert_eq!(seen, "文章暂时看不了，请稍后再试。");
        let (seen, calls) = world.sees("alice", text("文章 COBOL")).await;
        assert_eq!((&*seen, paths(&calls)), ("没有这样的文章。", vec![ARTICLES; 3]));
    });
}

#[test]
fn a_ticket_that_was_revoked_is_renewed_once_and_the_call_is_made_again() {
    in_all_styles(|mut world| async move {
        let app_id = world.account.app_id.clone();
        let set = |platform: &mut Platform, now| platform.speaks(now, &app_id, "bob", "en");
        world.live.with(set).expect("it knows the account");
        assert_eq!(world.says("alice", "天气 北京").await, "北京：13.5 °C，空气质量 42。");
        world.order(USER, Trouble::Code(40001), 1);
        let (seen, calls) = world.sees("bob", Act::Text("weather Paris".to_owned())).await;
        assert_eq!(seen, "Paris: 13.5 °C, air quality 42.");
        let expected =
            [(USER, 40001), (TICKET, 0), (USER, 0)].map(|(path, code)| (path.to_owned(), code));
        assert_eq!(calls[..3], expected, "{}", world.name);
        // The record is there: nothing more is asked about bob.
        let (_, calls) = world.sees("bob", Act::Text("weather Paris".to_owned())).await;
        assert_eq!(paths(&calls).iter().filter(|path| path.starts_with("/cgi-bin")).count(), 0);
    });
}
