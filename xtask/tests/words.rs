//! What docs/RESULTS.md says in words about the numbers is what was measured. When new results make
//! one of these fail, its sentence in docs/results/RESULTS.template.md is wrong.
#![forbid(unsafe_code)]

use four_ways::measure::results::compare::Cost;
use four_ways::measure::results::forgotten::Noticed;
use four_ways::measure::results::runtimes::Measure;
use four_ways::measure::results::{
    Compare, Exam, Forgotten, Http, Peers, PeersAllocations, Results, Runtimes, Source,
};
use xtask::published::{fence, record};
use xtask::results::root;

fn published<R: Results>() -> R {
    record::<R>(root()).unwrap_or_else(|error| panic!("{error}")).results
}

const TEXT: &str = "text hit, ready";
const TEXT_WAITS: &str = "text hit, each operation suspends once";
const STYLES: [&str; 4] = ["callbacks", "promises", "generators", "async-await"];

fn cost<'a>(compare: &'a Compare, situation: &str, style: &str) -> &'a Cost {
    let of = compare.situations.iter().find(|of| of.situation == situation).expect("measured");
    of.styles.iter().find(|cost| cost.style == style).expect("measured")
}

#[test]
fn generators_are_the_slowest_everywhere() {
    let compare = published::<Compare>();
    for situation in &compare.situations {
        let slowest = situation.styles.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio));
        assert_eq!(slowest.expect("a style").style, "generators", "{}", situation.situation);
    }
}

#[test]
fn callbacks_and_async_await_cost_about_the_same_and_promises_more() {
    let compare = published::<Compare>();
    for situation in [TEXT, TEXT_WAITS, "half fail, ready"] {
        let [callbacks, promises, generators, async_await] =
            STYLES.map(|style| cost(&compare, situation, style).ratio);
        assert!((async_await / callbacks - 1.0).abs() < 0.05, "{situation}");
        assert!(promises > callbacks.max(async_await), "{situation}");
        assert!(generators > promises, "{situation}");
    }
}

#[test]
fn waiting_makes_every_style_slower_promises_most() {
    let compare = published::<Compare>();
    let added = STYLES
        .map(|style| cost(&compare, TEXT_WAITS, style).ratio - cost(&compare, TEXT, style).ratio);
    assert!(added.iter().all(|added| *added > 0.0), "{added:?}");
    assert_eq!(added.iter().copied().fold(0.0, f64::max), added[1], "{added:?}");
}

#[test]
fn promises_allocate_less_than_async_await_where_nothing_waits_and_more_where_everything_does() {
    let compare = published::<Compare>();
    let [ready, waits] = [TEXT, TEXT_WAITS].map(|situation| {
        let [promises, async_await] = ["promises", "async-await"]
            .map(|style| cost(&compare, situation, style).allocations.expect("counted"));
        promises - async_await
    });
    assert!(ready < 0.0 && waits > 0.0, "{ready}, {waits}");
}

#[test]
fn the_library_of_generators_allocates_most_of_a_layer() {
    let PeersAllocations { layers, peers } = published::<PeersAllocations>();
    let asked = |name: &str| {
        let peer = peers.iter().find(|peer| peer.peer == name).expect("counted");
        (peer.nine.allocations - peer.none.allocations) as f64 / layers as f64
    };
    assert!(2.0 * asked("generators, own machinery") < asked("generators"));
}

#[test]
fn the_ratios_are_largest_where_the_straight_line_has_least_to_do() {
    let compare = published::<Compare>();
    let short = ["handshake, ready", "bad signature, ready"];
    for style in STYLES {
        let least = short.map(|situation| cost(&compare, situation, style).ratio);
        let least = least[0].min(least[1]);
        for situation in compare.situations.iter().map(|of| of.situation.as_str()) {
            let ratio = cost(&compare, situation, style).ratio;
            assert!(short.contains(&situation) || ratio < least, "{style}: {situation}");
        }
    }
}

#[test]
fn depth_has_no_price_and_a_layer_of_generators_has_the_highest() {
    let layer = published::<Compare>().layer;
    for style in &layer.styles {
        let (few, many) = (style.nanoseconds[0], style.nanoseconds[1]);
        let apart = style.uncertainty[0] + style.uncertainty[1];
        assert!((few - many).abs() <= apart, "{}", style.style);
    }
    let of = |name: &str| {
        let style = layer.styles.iter().find(|style| style.style == name).expect("measured");
        style.nanoseconds[0]
    };
    assert!(of("async-await") > of("callbacks").max(of("promises")));
    assert!(of("generators") > 2.0 * of("async-await"));
}

#[test]
fn the_work_is_nearly_the_same_in_all() {
    let fence = fence(root()).expect("committed");
    let work = ["straight line"].into_iter().chain(STYLES).map(|style| {
        let spent = fence.plays[&format!("{TEXT}: {style}")].spent.as_ref().expect("counted");
        spent[&four_ways::measure::results::fence::Spent::Work] as f64
    });
    let work: Vec<f64> = work.collect();
    assert!(work.iter().all(|each| (each / work[0] - 1.0).abs() < 0.03), "{work:?}");
}

#[test]
fn async_await_adds_least_to_a_shape_where_nothing_waits_and_generators_always_most() {
    let fence = fence(root()).expect("committed");
    for shape in ["share", "recover", "join", "race", "retry", "loop"] {
        for how in ["ready", "waiting"] {
            let spent = STYLES.map(|style| {
                fence.plays[&format!("{shape}, {how}: {style}")].instructions.expect("counted")
            });
            let [callbacks, promises, generators, async_await] = spent;
            assert!(generators > callbacks.max(promises).max(async_await), "{shape}, {how}");
            let least = async_await < callbacks.min(promises);
            assert!(least || how == "waiting", "{shape}, {how}");
        }
    }
}

#[test]
fn callbacks_ask_for_most_in_a_join_and_a_race_and_generators_in_the_other_shapes() {
    let fence = fence(root()).expect("committed");
    for shape in ["share", "recover", "join", "race", "retry", "loop"] {
        for how in ["ready", "waiting"] {
            let situation = format!("{shape}, {how}");
            let [callbacks, promises, generators, async_await] =
                STYLES.map(|style| fence.allocations(style, &situation).expect("counted"));
            let most = if matches!(shape, "join" | "race") { callbacks } else { generators };
            assert!(
                [callbacks, promises, generators, async_await].iter().all(|each| *each <= most)
            );
            if how == "waiting" {
                let least = callbacks.min(generators);
                assert!(promises.max(async_await) < least, "{situation}");
            }
        }
    }
}

#[test]
fn layers_that_the_compiler_knows_cost_hardly_anything() {
    let peers = published::<Peers>().peers;
    let layer = |name: &str| peers.iter().find(|peer| peer.peer == name).expect("measured").layer;
    let listed = layer("callbacks").min(layer("promises"));
    for known in ["states by hand", "tower, static"] {
        assert!(layer(known) < listed / 5.0, "{known}");
    }
    assert!((layer("tower, boxed") / listed - 1.0).abs() < 0.2);
}

/// The ratios of this measure on this runtime.
fn ratios(measure: &Measure, runtime: &str) -> Vec<f64> {
    let cells = measure.cells.iter().filter(|cell| cell.runtime == runtime);
    cells.filter_map(|cell| cell.ratio).collect()
}

#[test]
fn the_runtime_matters_more_than_the_style() {
    let measures = published::<Runtimes>().measures;
    let timed: Vec<&Measure> =
        measures.iter().filter(|measure| measure.resolution.is_some()).collect();
    let [ready, waits, many] = timed[..] else { panic!("{} measures", timed.len()) };
    let stay = ["bare poll loop", "tokio current-thread", "futures LocalPool", "monoio", "compio"];
    for stays in stay {
        assert!(ratios(ready, stays).iter().all(|ratio| *ratio < 1.6), "{stays}");
    }
    for handed in ["tokio multi-thread", "futures ThreadPool", "smol"] {
        assert!(ratios(ready, handed).iter().all(|ratio| *ratio > 2.0), "{handed}");
    }
    assert!(ratios(ready, "glommio").iter().all(|ratio| *ratio > 1.6), "glommio");
    let spread = |ratios: &[f64]| {
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        ratios.iter().copied().fold(0.0, f64::max) / least
    };
    for cell in &waits.cells {
        let ratios = ratios(waits, &cell.runtime);
        assert!(spread(&ratios) < 1.05, "{}: {ratios:?}", cell.runtime);
        let is_coarse = cell.runtime.starts_with("tokio") || cell.runtime == "monoio";
        assert_eq!(is_coarse, ratios.iter().all(|ratio| *ratio > 1.7), "{}", cell.runtime);
    }
    for generators in many.cells.iter().filter(|cell| cell.style == "generators") {
        let all = ratios(many, &generators.runtime);
        let slowest = all.iter().copied().fold(0.0, f64::max);
        assert_eq!(generators.ratio, Some(slowest), "{}", generators.runtime);
    }
}

#[test]
fn every_style_runs_on_every_runtime_and_callbacks_alone_on_none() {
    let published = published::<Runtimes>();
    for measure in &published.measures {
        for cell in &measure.cells {
            let on = measure.cells.iter().filter(|each| each.runtime == cell.runtime);
            let mut on: Vec<&str> = on.map(|each| each.style.as_str()).collect();
            on.reverse();
            let all = if cell.runtime == "own queue" { &STYLES[..1] } else { &STYLES[..] };
            assert_eq!(on, all, "{}", cell.runtime);
        }
    }
}

#[test]
fn types_that_are_send_cost_more() {
    for pair in published::<Runtimes>().send {
        assert!(pair.ratio - 1.0 > pair.resolution, "{}", pair.piece);
    }
}

#[test]
fn behind_http_the_styles_overlap_and_the_aim_is_missed() {
    let http = published::<Http>();
    for level in http.levels.iter().filter(|level| level.connections > 1) {
        let styles = level.services.iter().filter(|of| STYLES.contains(&of.service.as_str()));
        let (mut low, mut high): (f64, f64) = (0.0, f64::INFINITY);
        for style in styles {
            (low, high) = (low.max(style.interval.0), high.min(style.interval.1));
            assert!((0.4..0.7).contains(&style.ratio), "about half: {}", style.service);
        }
        assert!(low <= high, "{} connections", level.connections);
    }
    let busiest = http.levels.last().expect("measured");
    assert_eq!(busiest.connections, 64);
    for style in busiest.services.iter().filter(|of| STYLES.contains(&of.service.as_str())) {
        assert!(style.interval.1 < 0.9, "{}", style.service);
    }
}

#[test]
fn async_await_has_the_shortest_source_and_callbacks_the_longest() {
    let styles = published::<Source>().styles;
    let [callbacks, promises, generators, async_await] = STYLES.map(|name| {
        let style = styles.iter().find(|style| style.style == name).expect("counted");
        let again = style.files.iter().filter(|file| file.sites.is_some());
        let again: usize = again.map(|file| file.tokens).sum();
        let all: usize = style.files.iter().map(|file| file.tokens).sum();
        (all, again, all - again)
    });
    for other in [callbacks, promises, generators] {
        assert!(async_await.0 < other.0 && async_await.1 < other.1 && async_await.2 < other.2);
        assert!(callbacks.0 >= other.0);
    }
    assert!(generators.1 < promises.1.min(callbacks.1));
    assert!(generators.2 > promises.2.max(callbacks.2));
}

#[test]
fn what_nobody_notices_is_an_error_that_would_reach_log_in_callbacks() {
    for style in published::<Forgotten>().0 {
        for way in style.ways.iter().filter(|way| way.by == Noticed::Nobody) {
            let place = (style.style.as_str(), way.file.as_str());
            assert_eq!(place, ("callbacks", "layers/log.rs"), "line {}", way.line);
        }
    }
}

#[test]
fn the_styles_keep_every_rule_the_originals_every_must_and_express_ends_over_three_bodies() {
    let exam = published::<Exam>();
    for server in &exam.servers {
        assert_eq!(server.must, 0, "{}", server.server);
        let is_style = STYLES.contains(&&*server.server);
        assert_eq!(server.should == 0, is_style, "{}", server.server);
    }
    let rule = |number| exam.rules.iter().find(|rule| rule.number == number).expect("broken");
    let [only] = &rule("3.13").broken[..] else { panic!("more than one ends") };
    assert!(only.server.contains("express"), "{}", only.server);
    for number in ["3.15", "3.17"] {
        let ends = rule(number).broken.iter().filter(|it| it.reason.contains("connection broke"));
        let ends: Vec<_> = ends.map(|it| &it.server).collect();
        assert_eq!(ends, [&only.server], "{number}");
    }
}
