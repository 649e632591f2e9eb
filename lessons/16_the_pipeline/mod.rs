mod talk;

crate::lesson::lesson!("16_the_pipeline");
