//! What a change is of.

use crate::findings::{FindingId, HuntId, SuppressionId};

/// What a change is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A finding.
    Finding(FindingId),
    /// A hunt.
    Hunt(HuntId),
    /// A device's review in a hunt; the device by its number in the case.
    Review(HuntId, i64),
    /// A rule, by its number in the case.
    Rule(i64),
    /// A suppression.
    Suppression(SuppressionId),
}

impl Subject {
    /// The word for its kind, as exports have it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Finding(_) => "finding",
            Self::Hunt(_) => "hunt",
            Self::Review(..) => "device",
            Self::Rule(_) => "rule",
            Self::Suppression(_) => "suppression",
        }
    }
}
