mod context;
mod issues;

crate::lesson::lesson!("12_how_a_handler_gets_its_things");
