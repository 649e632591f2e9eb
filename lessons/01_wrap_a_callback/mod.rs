crate::lesson::lesson!("01_wrap_a_callback");
