//! Spans that no import covers.

use crate::event::{Span, Timestamp};
use crate::store::Import;

/// A span between two imports that no import covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The last event before it.
    pub from: Timestamp,
    /// The first event after it.
    pub to: Timestamp,
    /// The import of the last event before it.
    pub import_before: i64,
    /// The import of the first event after it.
    pub import_after: i64,
}

impl Gap {
    /// How long it is.
    pub const fn length(&self) -> Span {
        Span::from_ticks(self.to.ticks() - self.from.ticks())
    }
}

/// The spans between the first event and the last that no import covers, in the order of time. An import covers all from
/// its first event to its last.
pub fn find_gaps(imports: &[Import]) -> Vec<Gap> {
    let mut spans: Vec<(Timestamp, Timestamp, i64)> = imports
        .iter()
        .filter_map(|import| Some((import.first_event?, import.last_event?, import.id)))
        .collect();
    spans.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached: Option<(Timestamp, i64)> = None;
    for (first, last, import) in spans {
        if let Some((from, import_before)) = reached.filter(|(to, _)| first > *to) {
            gaps.push(Gap { from, to: first, import_before, import_after: import });
        }
        reached = reached.max(Some((last, import)));
    }
    gaps
}
