crate::lesson::lesson!("06_co");

mod driver;
