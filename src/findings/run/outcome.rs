//! What a run did.

use crate::findings::{Finding, Limits};

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunOutcome {
    /// The run's number.
    pub run_id: i64,
    /// Every finding that shows evidence, with what the run did to it, latest activity first.
    pub findings: Vec<FindingChange>,
    /// How many events suppressions hid in this run.
    pub events_hidden: i64,
    /// How many events suppressions hide, all together.
    pub events_hidden_in_all: i64,
    /// The rules that did not run, since their hunts are closed.
    pub rules_of_closed_hunts: Vec<String>,
    /// The rules that ran in the text that the case keeps, since no file of theirs is at hand.
    pub rules_of_case: Vec<String>,
    /// What the case cannot speak of after it.
    pub limits: Limits,
    /// Why rules failed; the others ran.
    pub failures: Vec<String>,
}

/// A finding, and what a run did to it.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingChange {
    /// The finding as it is now.
    pub finding: Finding,
    /// What happened to it.
    pub change: WhatChanged,
    /// How many events were added to it.
    pub events_added: i64,
}

/// What happened to a finding in a run. The words are those of SARIF's `baselineState`, with two more for what was
/// resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatChanged {
    /// It was raised.
    New,
    /// It was open, and got more evidence.
    Updated,
    /// It was resolved, got more of the same, and stays resolved.
    Repeated,
    /// It was resolved, and new evidence opened it again.
    Reopened,
    /// Nothing.
    Unchanged,
    /// It is open, and its rule as it is now no longer matches any of its evidence.
    Absent,
}

impl WhatChanged {
    /// Every word, in the order of summaries.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Updated, Self::Repeated, Self::Reopened, Self::Unchanged, Self::Absent];

    /// The word in summaries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Repeated => "repeated",
            Self::Reopened => "reopened",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
        }
    }
}

impl RunOutcome {
    /// How many findings something happened to.
    pub fn count(&self, change: WhatChanged) -> i64 {
        self.findings.iter().filter(|finding| finding.change == change).count() as i64
    }

    /// The findings that are not as they were, those first that ask for somebody.
    pub fn changes(&self) -> Vec<&FindingChange> {
        use WhatChanged::{Absent, New, Reopened, Repeated, Updated};
        let of = |change| self.findings.iter().filter(move |finding| finding.change == change);
        [New, Reopened, Updated, Absent, Repeated].into_iter().flat_map(of).collect()
    }
}
