//! The plots show what was measured, and honestly.
#![forbid(unsafe_code)]

use std::fs;

use four_ways::measure::node::ORIGINALS;
use four_ways::measure::results::http::Service;
use four_ways::measure::results::{Compare, Forgotten, Http, Runtimes, Source};
use xtask::plots::axis::Axis;
use xtask::plots::chart::{Chart, Panel, Shape};
use xtask::plots::{forgotten, http, instructions, layer, plots, replies, runtimes, source, words};
use xtask::published::{fence, record};
use xtask::results::root;

fn charts() -> Vec<Chart> {
    let compare = record::<Compare>(root()).expect("published").results;
    vec![
        replies::chart(&compare, &words::ENGLISH),
        replies::chart(&compare, &words::CHINESE),
        instructions::chart(&fence(root()).expect("committed")),
        layer::chart(&compare),
        runtimes::chart(&record::<Runtimes>(root()).expect("published").results),
        http::chart(&record::<Http>(root()).expect("published").results),
        source::chart(&record::<Source>(root()).expect("published").results),
        forgotten::chart(&record::<Forgotten>(root()).expect("published").results),
    ]
}

#[test]
fn every_plot_is_shown_and_says_what_it_shows() {
    let read = |path| fs::read_to_string(root().join(path)).expect("committed");
    let (results, chinese) = (read("docs/RESULTS.md"), read("README.zh.md"));
    let plots = plots(root()).expect("the results are there");
    assert_eq!(plots.len(), charts().len());
    for plot in plots {
        let name = plot.path.strip_prefix("docs/").expect("a document shows it");
        let shown = if name.contains(".zh.") { &chinese } else { &results };
        assert!(shown.contains(&format!("{name})")), "{name} is not shown");
        for needed in ["role=\"img\" aria-label=\"", "<title>", "prefers-color-scheme: dark"] {
            assert!(plot.text.contains(needed), "{name} has no {needed}");
        }
    }
}

#[test]
fn a_plot_of_the_servers_is_the_same_with_and_without_the_node_originals() {
    let published = || record::<Http>(root()).expect("published").results;
    let mut with = published();
    for level in &mut with.levels {
        level.services.retain(|service| !service.service.starts_with("Node: "));
    }
    let without = http::chart(&with);
    let copies = published().levels.into_iter().map(|level| level.services);
    for (level, services) in with.levels.iter_mut().zip(copies) {
        for (original, service) in ORIGINALS.into_iter().zip(services) {
            level.services.push(Service { service: original.bot.to_owned(), ..service });
        }
    }
    let with = http::chart(&with);
    assert_eq!((with.title, with.legend), (without.title, without.legend));
    let marks = |panel: &Panel| panel.marks.len();
    let (with, without) = (with.panels.iter().map(marks), without.panels.iter().map(marks));
    assert!(with.eq(without));
}

#[test]
fn every_axis_has_a_label_and_every_mark_is_on_it() {
    for chart in charts() {
        assert!(!chart.title.is_empty() && !chart.description.is_empty());
        let title = &chart.title;
        for panel in &chart.panels {
            assert!(!panel.label.is_empty(), "{title}");
            assert!(panel.axis.ticks(200.0).len() > 1, "{title}");
            assert!(!panel.marks.is_empty(), "{title}");
            for mark in &panel.marks {
                let (Shape::Dot(value) | Shape::Bar(_, value) | Shape::Note(value)) = mark.shape;
                let (least, most) = mark.interval.unwrap_or((value, value));
                for each in [value, least, most] {
                    assert!((0.0..=1.0).contains(&panel.axis.at(each, 1.0)), "{title}: {each}");
                }
                assert!((least..=most).contains(&value), "{title}: {value}");
                assert!(mark.row < chart.rows.len() && mark.lane < chart.lanes.0, "{title}");
            }
        }
    }
}

#[test]
fn a_bar_is_as_long_as_its_value() {
    for chart in charts() {
        for panel in &chart.panels {
            let bar = |mark: &xtask::plots::chart::Mark| matches!(mark.shape, Shape::Bar(..));
            if panel.marks.iter().any(bar) {
                assert!(matches!(panel.axis, Axis::FromZero(_)), "{}", chart.title);
                assert_eq!(panel.axis.at(0.0, 100.0), 0.0);
            }
        }
    }
}

#[test]
fn the_resolution_is_drawn_where_there_is_one() {
    let compare = record::<Compare>(root()).expect("published").results;
    let chart = replies::chart(&compare, &words::ENGLISH);
    let bands = &chart.panels[0].bands;
    assert_eq!(bands.len(), compare.situations.len());
    for ((least, most), situation) in bands.iter().zip(&compare.situations) {
        assert_eq!((*least, *most), (1.0 - situation.resolution, 1.0 + situation.resolution));
    }
}

#[test]
fn every_name_has_chinese_words() {
    let compare = record::<Compare>(root()).expect("published").results;
    for situation in &compare.situations {
        let name = words::CHINESE.name(&situation.situation);
        assert_ne!(name, situation.situation);
    }
}

#[test]
fn one_is_a_tick_of_every_axis_of_ratios() {
    for values in [[0.55, 1.9], [0.96, 13.0], [1.15, 3.6]] {
        let ticks = Axis::of_ratios(&values).ticks(200.0);
        assert!(ticks.iter().any(|(_, text)| text == "1"), "{ticks:?}");
    }
    let ticks = Axis::from_zero(&[65_000.0]).ticks(700.0);
    let texts: Vec<&str> = ticks.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["0", "20,000", "40,000", "60,000"]);
}
