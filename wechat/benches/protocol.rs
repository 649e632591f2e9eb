//! What the crate's work costs, compared with other ways to do the same.
//!
//! `cargo bench -p wechat`, or `cargo bench -p wechat -- --quick`. Compare the times of the rows
//! within one group. All rows of a group have the same input.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::Deserialize;
use wechat::{AesKey, Message, Query, Reply, Signature, Token, signature};

/// A text message of about 400 bytes, in WeChat's own layout.
const BODY: &str = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n\
    <FromUserName><![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName>\n\
    <CreateTime>1700000000</CreateTime>\n\
    <MsgType><![CDATA[text]]></MsgType>\n\
    <Content><![CDATA[今天的天气怎么样？明天呢？请告诉我北京和上海这一周每天的最高和最低气温。]]></Content>\n\
    <MsgId>6074746557628292943</MsgId>\n\
    </xml>";

/// The same message as a struct that quick-xml's serde support fills.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "the fields are read from XML and dropped")]
struct SerdeMessage {
    to_user_name: String,
    from_user_name: String,
    create_time: u64,
    msg_type: String,
    content: String,
    msg_id: u64,
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(BODY.len() as u64));
    group.bench_function("wechat", |bencher| {
        bencher.iter(|| Message::parse(black_box(BODY).as_bytes()).expect("well-formed"));
    });
    group.bench_function("quick-xml, bare event loop", |bencher| {
        bencher.iter(|| {
            let mut reader = Reader::from_str(black_box(BODY));
            while !matches!(black_box(reader.read_event().expect("well-formed")), Event::Eof) {}
        });
    });
    group.bench_function("quick-xml, serde", |bencher| {
        bencher.iter(|| {
            quick_xml::de::from_str::<SerdeMessage>(black_box(BODY)).expect("well-formed")
        });
    });
    // roxmltree refuses control characters, so this crate could not use it. The bench only parses
    // with it and does not read the tree.
    group.bench_function("roxmltree", |bencher| {
        bencher.iter(|| {
            roxmltree::Document::parse(black_box(BODY))
                .expect("well-formed")
                .root_element()
                .tag_name()
                .name()
                .len()
        });
    });
    group.finish();
}

fn render(criterion: &mut Criterion) {
    let message = Message::parse(BODY.as_bytes()).expect("well-formed");
    let reply = Reply::text("晴，最高气温 21 度，最低气温 9 度。").expect("short");
    criterion.bench_function("render", |bencher| {
        bencher.iter(|| black_box(&reply).render(black_box(&message), 1_700_000_001));
    });
}

fn sign(criterion: &mut Criterion) {
    let token = Token::new("four-ways-demo");
    let query = format!(
        "signature={}&timestamp=1700000000&nonce=1514711492&openid=o1",
        signature::sign(&token, "1700000000", "1514711492")
    );
    let mut group = criterion.benchmark_group("sign");
    group.bench_function("sign", |bencher| {
        bencher.iter(|| signature::sign(black_box(&token), "1700000000", "1514711492"));
    });
    group.bench_function("read the query and verify", |bencher| {
        bencher.iter(|| {
            let query = Query::parse(black_box(&query)).expect("genuine");
            query.signature.is(Signature::of(&token, &query.timestamp, &query.nonce))
        });
    });
    group.finish();
}

fn crypt(criterion: &mut Criterion) {
    let key = AesKey::parse("fourWaysDemoKeyfourWaysDemoKeyfourWaysDemoK").expect("a key");
    let encrypted = key.encrypt(BODY, "wx0123456789abcdef", [7; 16]);
    let mut group = criterion.benchmark_group("crypt");
    group.throughput(Throughput::Bytes(BODY.len() as u64));
    group.bench_function("encrypt", |bencher| {
        bencher.iter(|| key.encrypt(black_box(BODY), "wx0123456789abcdef", [7; 16]));
    });
    group.bench_function("decrypt", |bencher| {
        bencher.iter(|| key.decrypt(black_box(&encrypted), "wx0123456789abcdef").expect("ours"));
    });
    group.finish();
}

criterion_group!(benches, parse, render, sign, crypt);
criterion_main!(benches);
