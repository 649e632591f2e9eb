//! The committed counts: allocations and instructions of a reply are compared with those in
//! `baseline.json`. A change that needs more fails, and the test prints both numbers.
//!
//! `cargo test` counts allocations, which must be the committed ones. `cargo test --release --test
//! fence` counts instructions as well, by valgrind's callgrind; they may differ by 2 %. `UPDATE=1`
//! commits what was counted. Counts of another compiler are not compared; with `--require-valgrind`
//! that is a failure, because then nothing is fenced.
//!
//! It has no test harness, because the threads of a harness would be counted, too. To count
//! instructions, the binary runs itself under valgrind with `--play NAME`.
#![forbid(unsafe_code)]

mod baseline;
mod callgrind;
mod spent;

use std::alloc::System;
use std::hint::black_box;
use std::rc::Rc;
use std::{env, process};

use baseline::{Baseline, FENCE};
use callgrind::Callgrind;
use four_ways::conversation;
use four_ways::measure::results::fence::{self, REPLIES};
use four_ways::measure::{Count, Entry, Situation, World, allocations, layers, shapes};
use pipeline::{Request, Response};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn count() -> Count {
    ALLOCATOR.stats().into()
}

/// What is counted: an entry in a situation.
struct Play {
    name: String,
    entry: Entry,
    world: Box<dyn Fn() -> World>,
    requests: Vec<Request>,
}

impl Play {
    /// Texts that a unit answers, ready and waiting; texts of which half fail; the shapes of
    /// waiting, ready and waiting; sixty-four empty layers.
    fn all() -> Vec<Self> {
        let text = conversation::text("hello").request;
        let mut situations = vec![
            ("text hit, ready".to_owned(), Situation::text()),
            ("text hit, waiting".to_owned(), Situation::text().waiting()),
            ("half fail, ready".to_owned(), Situation::failing()),
        ];
        for shape in shapes::all() {
            situations.push((format!("{}, ready", shape.name), shape));
        }
        for shape in shapes::all() {
            situations.push((format!("{}, waiting", shape.name), shape.waiting()));
        }
        let mut plays = Vec::new();
        for (name, situation) in situations {
            let situation = Rc::new(situation);
            for entry in Entry::all() {
                let (can_wait, requests) = (entry.can_wait, situation.requests.clone());
                let situation = Rc::clone(&situation);
                let world = Box::new(move || situation.world(can_wait));
                plays.push(Self::new(&name, entry, world, requests));
            }
        }
        for entry in layers::empty(64) {
            let requests = vec![text.clone(); REPLIES];
            plays.push(Self::new("64 empty layers", entry, Box::new(World::ready), requests));
        }
        plays
    }

    /// The first play of each style, slowed down on purpose by a few per cent.
    fn slowed() -> Vec<Self> {
        let plays = Self::all().into_iter().take(Entry::all().len());
        plays.map(|play| Self { entry: play.entry.slowed(), ..play }).collect()
    }

    fn new(
        situation: &str,
        entry: Entry,
        world: Box<dyn Fn() -> World>,
        requests: Vec<Request>,
    ) -> Self {
        assert_eq!(requests.len(), REPLIES);
        Self { name: format!("{situation}: {}", entry.name), entry, world, requests }
    }

    /// How much the replies allocate. A first run makes everything that is made only once.
    fn allocations(&self) -> usize {
        let mut replies = Vec::with_capacity(2 * REPLIES);
        self.entry.play(&(self.world)(), self.requests.clone(), &mut replies);
        let (world, requests) = ((self.world)(), self.requests.clone());
        allocations(count, || self.counted(&world, requests, &mut replies)).allocations
    }

    /// The only function in which callgrind counts.
    #[inline(never)]
    fn counted(&self, world: &World, requests: Vec<Request>, replies: &mut Vec<Option<Response>>) {
        self.entry.play(world, black_box(requests), replies);
    }
}

fn main() {
    let mut arguments = env::args().skip(1);
    let (mut played, mut valgrind_is_required) = (None, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--play" => played = arguments.next().map(|name| (name, Play::all())),
            "--play-slowed" => played = arguments.next().map(|name| (name, Play::slowed())),
            "--require-valgrind" => valgrind_is_required = true,
            _ => {} // of the test harness, which this is not
        }
    }
    if let Some((name, plays)) = played {
        let play = plays.into_iter().find(|play| play.name == name);
        play.expect("the name of a play").allocations();
        return;
    }
    let callgrind = match Callgrind::find() {
        _ if cfg!(debug_assertions) => None,
        Ok(callgrind) => Some(callgrind),
        Err(missing) if valgrind_is_required => fail(&missing.to_string()),
        Err(missing) => {
            println!("instructions are not counted: {missing}");
            None
        }
    };
    let counted = Play::all().into_iter().map(|play| {
        let allocations = play.allocations();
        let spent = callgrind.as_ref().map(|callgrind| callgrind.count("--play", &play.name));
        let instructions = spent.as_ref().map(|spent| spent.values().sum());
        (play.name, fence::Play { allocations, instructions, spent })
    });
    let counted = Baseline::new(counted.collect());
    if env::var_os("UPDATE").is_some() {
        return counted.commit();
    }
    print!("{counted}");
    if let Some(callgrind) = &callgrind {
        for Play { name, .. } in Play::slowed() {
            let slowed = callgrind.count("--play-slowed", &name).values().sum();
            let more = counted.more(&name, slowed);
            assert!(more > FENCE, "{name}: {more:.1} % more instructions would not be seen");
            println!("{name}, slowed on purpose: {more:.1} % more instructions are seen");
        }
    }
    let committed = Baseline::committed();
    let other = Baseline::committed().of_another_compiler();
    assert!(other.comparable(&counted).is_err(), "another compiler would not be seen");
    match committed.comparable(&counted) {
        Err(why) if valgrind_is_required => fail(&why),
        Err(why) if callgrind.is_some() => println!("instructions are not compared: {why}"),
        Ok(()) | Err(_) => {}
    }
    if valgrind_is_required && callgrind.is_none() {
        fail(
            "instructions are counted on optimised code only: `cargo test --release --test fence`",
        );
    }
    let offences = committed.offences(&counted);
    if !offences.is_empty() {
        fail(&format!(
            "{}\n`UPDATE=1 cargo test --release --test fence` commits it",
            offences.join("\n")
        ));
    }
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
