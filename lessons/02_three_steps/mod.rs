crate::lesson::lesson!("02_three_steps");
