crate::lesson::lesson!("07_one_middleware_five_frameworks");

#[cfg(test)]
mod toa;

#[test]
fn toa_prints_what_the_page_shows() {
    let printed = crate::stage::run(toa::run);
    assert_eq!(printed, include_str!("toa.txt"));
}
