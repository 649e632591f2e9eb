//! Checks that the styles are equal before anything is measured. A style that is fast because it
//! does less is not measured.

use std::process;

use kit::campaign::{self, Tally};
use kit::{Rejection, Style};

use crate::styles;

/// A short form of the kit: every conversation of the corpus, and every operation fails once in
/// every way.
///
/// # Errors
/// The first clause that a style breaks.
pub fn check(styles: &[Style]) -> Result<Tally, Rejection> {
    campaign::conversations(styles)?;
    campaign::single_faults(styles)
}

/// Every bench target calls this first. It ends the process if the four styles are not equal.
pub fn pass() {
    match check(&styles::all()) {
        Ok(tally) => println!("the styles are equal: {tally}"),
        Err(rejection) => {
            eprintln!("nothing is measured: {rejection}");
            process::exit(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_that_was_broken_by_hand_is_refused_with_its_clause() {
        let mut styles = styles::all();
        let whole = styles[3].clone();
        styles[3] = Style::new("hasty", move |host, mut request| {
            request.body.truncate(9);
            whole.start(host, request)
        });
        let rejection = check(&styles).expect_err("it answers something else");
        assert_eq!(rejection.style, "hasty");
        assert!(!rejection.violation.clause.is_empty());
    }
}
