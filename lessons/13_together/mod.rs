mod thunks;

crate::lesson::lesson!("13_together");
