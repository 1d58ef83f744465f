//! Who sits at the desk, and where decisions go.

use crate::event::Timestamp;
use crate::store::Case;

/// Who sits at the desk, and where decisions go.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The case.
    pub case: &'a Case,
    /// The analyst.
    pub analyst: &'a str,
    /// The present, each time it is asked for.
    pub clock: &'a dyn Fn() -> Timestamp,
}
