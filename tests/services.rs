//! scratch
use four_ways::styles;
use kit::run::{Natural, Random};
use kit::scenario::{Arrival, Injected, Said, Scenario, What};
use kit::trial::trial;

fn said(user: &str, id: u64, what: What) -> Said {
    Said { account: "full".to_owned(), ..Said::new(user, id, what) }
}

#[test]
fn scratch() {
    let styles = styles::all();
    let mut runs = 0;
    for what in
        [What::Text("hello".into()), What::Text("文章 Rust".into()), What::Click("ARTICLES".into())]
    {
        let plain = Scenario::new(
            "",
            vec![
                Arrival::new(0, said("bob", 1, what.clone())),
                Arrival::new(5, said("bob", 2, What::Text("weather Paris".into()))),
            ],
        );
        let report = trial(&styles, &plain, &mut Natural).unwrap_or_else(|w| panic!("{w}"));
        for event in &report.trace {
            println!("{event:?}");
        }
        println!("{:?}", report.replies);
        for one in 3..14 {
            for first in Injected::ALL {
                let arrival = Arrival::new(0, said("bob", 1, what.clone())).with_fault(one, first);
                let scenario = Scenario::new(
                    "",
                    vec![arrival, Arrival::new(20, said("bob", 1, what.clone()))],
                );
                trial(&styles, &scenario, &mut Natural).unwrap_or_else(|w| panic!("{w}"));
                for seed in 0..20 {
                    let arrival =
                        Arrival::new(0, said("bob", 1, what.clone())).with_fault(one, first);
                    let second = Injected::ALL[(seed as usize) % 14];
                    let other = Arrival::new(0, said("alice", 2, what.clone()))
                        .with_fault(3 + (seed as usize * 5) % 11, second);
                    let third = Arrival::new(0, said("carol", 3, what.clone()));
                    let scenario = Scenario::new("", vec![arrival, other, third]);
                    trial(&styles, &scenario, &mut Random(seed * 14 + one as u64))
                        .unwrap_or_else(|w| panic!("{w}"));
                    runs += 1;
                }
            }
        }
    }
    println!("{runs}");
}
