crate::lesson::lesson!("05_chains");
