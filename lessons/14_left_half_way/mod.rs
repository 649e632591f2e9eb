mod held;

crate::lesson::lesson!("14_left_half_way");
