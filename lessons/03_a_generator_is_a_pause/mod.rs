crate::lesson::lesson!("03_a_generator_is_a_pause");
