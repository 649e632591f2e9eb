//! What the styles cost in absolute times. `cargo bench --bench groups`
//!
//! These times change with the machine. To see which style is faster, use `compare`. Criterion
//! draws the times: `target/criterion/report/index.html`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use four_ways::measure::{Entry, Place, Situation, World, budget, gate, layers};
use pipeline::Request;

/// The budget is divided by about this number of benchmarks.
const BENCHMARKS: u32 = 185;

/// Times `entry`. The requests are made before the timing, and the worlds and replies are dropped
/// after it.
fn time(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    entry: &Entry,
    requests: &[Request],
    world: impl Fn() -> World,
) {
    group.bench_function(id, |bencher| {
        bencher.iter_batched(
            || (world(), requests.to_vec(), Vec::with_capacity(requests.len())),
            |(world, requests, mut replies)| {
                entry.play(&world, black_box(requests), &mut replies);
                (world, replies)
            },
            BatchSize::SmallInput,
        );
    });
}

/// Each style and the straight line in each situation, a batch of requests at a time.
fn reply(criterion: &mut Criterion) {
    situations(criterion, "reply, ready", Situation::all());
    let waiting = Situation::all().into_iter().map(Situation::waiting);
    situations(criterion, "reply, waiting", waiting.collect());
}

/// Half of the requests meet a failing operation.
fn failures(criterion: &mut Criterion) {
    situations(criterion, "failures, ready", vec![Situation::failing()]);
    situations(criterion, "failures, waiting", vec![Situation::failing().waiting()]);
}

fn situations(criterion: &mut Criterion, name: &str, situations: Vec<Situation>) {
    let mut group = criterion.benchmark_group(name);
    for situation in situations {
        for entry in Entry::all() {
            let id = BenchmarkId::new(entry.name, situation.name);
            let world = || situation.world(entry.can_wait);
            time(&mut group, id, &entry, &situation.requests, world);
        }
    }
    // The lower limit: one layer that answers, and no pipeline.
    for entry in layers::empty(0) {
        let id = BenchmarkId::new(entry.name, "null");
        time(&mut group, id, &entry, &Situation::text().requests, World::ready);
    }
}

/// Empty layers around the null style; the null style alone is depth 0.
fn onion(criterion: &mut Criterion) {
    let depths = [0, 1, 4, 16, 64, 256, 1024];
    depth(criterion, "onion", &depths, layers::empty, |_| World::ready());
}

/// One wait under more and more layers. Nested futures poll the whole chain again, callbacks do
/// not.
fn suspend(criterion: &mut Criterion) {
    let waiting = |can_wait| World::ready().staged(can_wait, &[]);
    depth(criterion, "suspend", &[0, 1, 4, 16, 64], layers::around_a_wait, waiting);
    // The same without the wait: the difference shows what the wait costs.
    depth(criterion, "suspend, ready", &[0, 64], layers::around_a_wait, |_| World::ready());
}

fn depth(
    criterion: &mut Criterion,
    name: &str,
    depths: &[usize],
    entries: fn(usize) -> Vec<Entry>,
    world: fn(bool) -> World,
) {
    let request = Situation::text().requests[..1].to_vec();
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat); // a thousand layers take long
    for depth in depths {
        for entry in entries(*depth) {
            let id = BenchmarkId::new(entry.name, depth);
            time(&mut group, id, &entry, &request, || world(entry.can_wait));
        }
    }
}

/// More and more users in one world, each with one message: does a message cost more when many
/// users are known? The bench `users` measures their memory. The lower limit is the one of `reply`.
fn conversation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conversation");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for users in [1_000, 10_000, 100_000] {
        let requests = Situation::users(users).requests;
        // A tenth of the users is played at a time, and a new world begins when all users have
        // spoken. So ten samples are one pass, from an empty world to a full one.
        let tenth = requests.len() / 10;
        group.throughput(Throughput::Elements(users / 10));
        for entry in Entry::all() {
            let mut world = Rc::new(World::ready());
            let mut tenths = requests.chunks(tenth);
            let mut next = || {
                let requests = tenths.next().unwrap_or_else(|| {
                    world = Rc::new(World::ready());
                    tenths = requests.chunks(tenth);
                    tenths.next().unwrap_or_default()
                });
                (Rc::clone(&world), requests.to_vec(), Vec::with_capacity(tenth))
            };
            group.bench_function(BenchmarkId::new(entry.name, users), |bencher| {
                bencher.iter_batched(
                    &mut next,
                    |(world, requests, mut replies)| {
                        entry.play(&world, black_box(requests), &mut replies);
                        (world, replies)
                    },
                    BatchSize::PerIteration,
                );
            });
        }
    }
}

fn main() {
    gate::pass();
    // Most of the budget is spent on making worlds and requests, which is not timed, and on
    // drawing.
    let each = budget::GROUPS / BENCHMARKS;
    let criterion = Criterion::default().sample_size(50).nresamples(10_000);
    let criterion = criterion.warm_up_time(each / 12).measurement_time(each / 6);
    let mut criterion = criterion.configure_from_args();
    reply(&mut criterion);
    onion(&mut criterion);
    suspend(&mut criterion);
    conversation(&mut criterion);
    failures(&mut criterion);
    criterion.final_summary();
    println!("report: {}", Place::of_pictures(env!("CARGO_TARGET_TMPDIR")));
}
