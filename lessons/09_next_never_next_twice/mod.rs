crate::lesson::lesson!("09_next_never_next_twice");
