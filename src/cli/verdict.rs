use std::process::ExitCode;

/// What the styles came to; a command that compares nothing finds them identical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They agree in everything that is compared.
    Identical,
    /// They do not.
    Different,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Identical => Self::SUCCESS,
            Verdict::Different => Self::FAILURE,
        }
    }
}
