//! scratch
use four_ways::styles;
use kit::run::{Natural, Random};
use kit::scenario::{Arrival, Injected, Said, Scenario, What};
use kit::trial::trial;

#[test]
fn scratch() {
    let styles = styles::all();
    let mut runs = 0;
    for text in ["weather Paris", "天气 nowhere", "ask why?"] {
        let said = Said::new("alice", 1, What::Text(text.to_owned()));
        let plain = Scenario::new(text, vec![Arrival::new(0, said.clone())]);
        let report = trial(&styles, &plain, &mut Natural, true).unwrap_or_else(|w| panic!("{w}"));
        println!("{:?}", report.replies);
        for one in 3..9 {
            for first in Injected::ALL {
                for two in one + 1..10 {
                    for second in Injected::ALL {
                        let arrival = Arrival::new(0, said.clone())
                            .with_fault(one, first)
                            .with_fault(two, second);
                        let scenario =
                            Scenario::new(text, vec![arrival, Arrival::new(20, said.clone())]);
                        for seed in 0..2 {
                            if seed == 0 {
                                trial(&styles, &scenario, &mut Natural, true)
                            } else {
                                trial(&styles, &scenario, &mut Random(seed), false)
                            }
                            .unwrap_or_else(|w| panic!("{w}"));
                            runs += 1;
                        }
                    }
                }
            }
        }
    }
    println!("{runs}");
}
