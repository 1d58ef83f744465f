//! Who sits at the desk, and where decisions go.

use crate::event::Timestamp;
use crate::rules::Catalogue;
use crate::store::Case;

/// Who sits at the desk, and where decisions go.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The case.
    pub case: &'a Case,
    /// The rules, which explain findings.
    pub rules: &'a Catalogue,
    /// The analyst.
    pub analyst: &'a str,
    /// The present, each time it is asked for.
    pub clock: &'a dyn Fn() -> Timestamp,
}
