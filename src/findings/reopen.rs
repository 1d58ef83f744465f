//! What new evidence does to a resolved finding.

use crate::event::Timestamp;
use crate::findings::finding::Finding;
use crate::findings::hunt::Reopen;
use crate::findings::verdict::Classification;

/// What becomes of a resolved finding that gets new evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays resolved: more of the same.
    Repeated,
    /// It opens again, for this reason.
    Reopened(&'static str),
    /// It stays closed, and another finding follows it, for this reason.
    Followed(&'static str),
}

/// What becomes of a resolved finding, given the policy, whether some of the new evidence is something it has not
/// done before, and the present.
pub fn fate(policy: Reopen, finding: &Finding, is_novel: bool, at: Timestamp) -> Fate {
    let why = match finding.classification {
        _ if finding.verdict_until.is_some_and(|until| until <= at) => Some("the verdict has lapsed"),
        Classification::TruePositive => Some("a true positive acts again"),
        Classification::Unknown => Some("new evidence of what was left undetermined"),
        _ if is_novel => Some("new behaviour"),
        _ => None,
    };
    match (policy, why) {
        (Reopen::Never, Some(why)) => Fate::Followed(why),
        (Reopen::Novel, Some(why)) => Fate::Reopened(why),
        (Reopen::Always, why) => Fate::Reopened(why.unwrap_or("more of the same, and the policy is always")),
        (Reopen::Novel | Reopen::Never, None) => Fate::Repeated,
    }
}
