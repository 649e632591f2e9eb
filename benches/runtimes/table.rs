//! What was measured, as a table: a row for each runtime, a column for each style.

use std::fmt;

use four_ways::measure::Comparison;
use four_ways::styles;
use serde_json::{Value, json};

use crate::cell::Cell;

/// How the tables are read.
pub const LEGEND: &str = "\
Beside a median: its ratio to the onion on the bare poll loop, median of interleaved rounds; ≈ is
inside the resolution, by which that cell strayed from itself. –: a queue of callbacks polls nothing.
One request: from its submission to its response, with spawning and joining where there are tasks.
Three waits: account, begin and commit each happen 1 ms after they were asked for. On tokio and smol
a task waits by the runtime's timer for the first that is due; the executors of futures have no
timer, so a thread sleeps; the bare poll loop and the own queue look at the clock themselves.
Callbacks go on where the timer fires; on a runtime, a task waits for what they reply.
tokio multi-thread and ThreadPool have a thread for each core, smol has one (or SMOL_THREADS).
Memory: heap and stacks that a new process has touched when all requests wait to begin their
exchange, divided by their number; the requests themselves, which were there before, are not in it.
Every response, timed or not, was that of the straight line, byte for byte.";

/// The figures of one measure.
pub struct Table {
    pub name: String,
    pub unit: &'static str,
    /// One for each cell, where it could be measured.
    pub values: Vec<Option<f64>>,
    /// Of times. Entry 0 is the first cell, entry 1 its twin, and the others follow.
    pub times: Option<Comparison>,
}

impl Table {
    /// Prints the table of these cells.
    pub fn print(&self, cells: &[Cell]) {
        let styles = styles::all();
        println!("\n{self}");
        print!("{:<20}", self.unit);
        for style in &styles {
            print!("  {:>15}", style.name);
        }
        let mut runtimes: Vec<_> = cells.iter().map(|cell| cell.runtime).collect();
        runtimes.dedup();
        for runtime in runtimes {
            print!("\n{runtime:<20}");
            for style in &styles {
                let is_here = |cell: &Cell| cell.runtime == runtime && cell.style == style.name;
                let at = cells.iter().position(is_here);
                print!("  {:>15}", at.map_or("–".to_owned(), |at| self.shown(at)));
            }
        }
        println!();
    }

    fn shown(&self, cell: usize) -> String {
        let value = match self.values[cell] {
            None => return "–".to_owned(),
            Some(value) if value < 100.0 => format!("{value:.1}"),
            Some(value) => format!("{value:.0}"),
        };
        let ratio = match &self.times {
            None => return value,
            Some(_) if cell == 0 => "1".to_owned(),
            Some(times) => times.shown(cell + 1),
        };
        format!("{value} {ratio:>7}")
    }

    /// The same for machines.
    pub fn json(&self, cells: &[Cell]) -> Value {
        let figures = cells.iter().enumerate().map(|(at, cell)| {
            let times = self.times.as_ref();
            let entry = if at == 0 { 0 } else { at + 1 };
            json!({
                "runtime": cell.runtime,
                "style": cell.style,
                "value": self.values[at],
                "ratio": times.map(|times| times.ratios[entry]),
                "interval": times.map(|times| times.intervals[entry]),
            })
        });
        json!({
            "measure": self.name,
            "unit": self.unit,
            "rounds": self.times.as_ref().map(|times| times.rounds),
            "resolution": self.times.as_ref().map(|times| times.band),
            "cells": figures.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, times, .. } = self;
        match times {
            Some(Comparison { rounds, band, .. }) => {
                write!(formatter, "{name} ({rounds} rounds, resolution {:.1} %)", 100.0 * band)
            }
            None => formatter.write_str(name),
        }
    }
}
