//! What each style takes up, whatever the situation.

use four_ways::measure::results::compare::Size;
use four_ways::measure::{Entry, stack};

/// How the table is read.
const LEGEND: &str = "\
future: bytes of what the style returns; its layers are boxed. A callback returns nothing: what it
keeps is in the bytes above.
stack: bytes down to the deepest call of the host, in the shipped conversation; layer: bytes of it
that one more layer takes, in this build. What rules use inside themselves is the same for all.";

/// Prints the table, and returns it for machines.
pub fn measure() -> Vec<Size> {
    println!("\n{:<13}  {:>6}  {:>5}  {:>5}", "", "future", "stack", "layer");
    let sizes = Entry::all().into_iter().map(|entry| {
        let (name, future) = (entry.name, entry.future);
        let (stack, layer) = (stack::deepest(&entry), stack::layer(name));
        let [shown, of_layer] =
            [future, layer].map(|size| size.map_or("–".to_owned(), |size| size.to_string()));
        println!("{name:<13}  {shown:>6}  {stack:>5}  {of_layer:>5}");
        Size { style: name.to_owned(), future, stack, layer }
    });
    let sizes = sizes.collect();
    println!("{LEGEND}");
    sizes
}
