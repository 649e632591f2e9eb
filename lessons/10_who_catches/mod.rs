crate::lesson::lesson!("10_who_catches");
