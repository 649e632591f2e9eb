/// What the user says.
const SAID: [&str; 4] = ["one", "two", "three", "four"];

crate::lesson::lesson!("15_streams");
