crate::lesson::lesson!("08_the_onions_order");
