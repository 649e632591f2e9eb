crate::lesson::lesson!("04_thunks");
