//! The style in `examples/fifth_style`, beside the four.

use four_ways::styles;
use kit::campaign::judge;

#[test]
fn a_fifth_style_needs_one_adapter_function_and_no_known_style() {
    match judge(&[fifth_style::style()]) {
        Ok(tally) => println!("{tally}"),
        Err(rejection) => panic!("{rejection}"),
    }
}

#[test]
fn the_fifth_style_is_equal_to_the_four() {
    let mut all = styles::all();
    all.push(fifth_style::style());
    match judge(&all) {
        Ok(tally) => println!("{tally}"),
        Err(rejection) => panic!("{rejection}"),
    }
}
