//! A device, and how far its review has come.

use crate::event::{Span, Timestamp};
use crate::findings::words::words;

words! {
    /// How far the review of a device has come.
    ReviewState {
        NotReviewed = "notReviewed", "not reviewed";
        InReview = "inReview", "in review";
        Reviewed = "reviewed", "reviewed";
    }
}

/// Who looked at a device in a hunt, when, and at what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct Review {
    pub state: ReviewState,
    pub by: String,
    pub at: Timestamp,
    pub comment: String,
    pub watermark: Watermark,
}

/// The data that a reviewer could see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watermark {
    /// The newest import; 0 for none.
    pub import_id: i64,
    /// The newest run; 0 for none.
    pub run_id: i64,
    /// The newest change; 0 for none.
    pub history_id: i64,
    /// The SHA-256 of the versions of the hunt's rules; `""` where an older version of huntcase did not record it.
    pub rules_sha256: String,
    /// The end of what the hunt's findings covered.
    pub window_end: Option<Timestamp>,
}

/// Why a review no longer says all that there is to see; what weighs most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    /// A run brought newer evidence of the device.
    NewerFindings,
    /// A rule of the hunt was changed, or the hunt has other rules.
    NewerRules,
    /// Newer events of the device came.
    NewerData,
}

impl Stale {
    /// The words for people and programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewerData => "newer data",
            Self::NewerFindings => "newer findings",
            Self::NewerRules => "newer rules",
        }
    }
}

/// A device with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its number in the case.
    pub key: i64,
    /// Its DeviceId, `""` where the exports have none.
    pub id: String,
    /// Its name in the newest event that has one.
    pub name: String,
    /// How many events it has.
    pub events: i64,
    /// The first of them.
    pub first_event: Timestamp,
    /// The last of them.
    pub last_event: Timestamp,
    /// The newest import that brought or filled events of it.
    pub last_import_id: Option<i64>,
    /// How many findings it has.
    pub findings: i64,
    /// How many of them are not resolved.
    pub open_findings: i64,
    /// How many events suppressions hide.
    pub hidden_events: i64,
    /// How far its review has come in the hunts that are asked about: as far as in the one where it is furthest back.
    pub state: ReviewState,
    /// The newest of its reviews there that came so far; None when there is none.
    pub review: Option<Review>,
    /// Why the reviews no longer say all that there is to see; empty where they do.
    pub stale: Vec<Stale>,
}

impl DeviceRow {
    /// Whether it has sent nothing in the `span` before `at`.
    pub fn is_silent(&self, span: Span, at: Timestamp) -> bool {
        self.last_event < at.minus(span)
    }

    /// Its id, or its name where it has none.
    pub fn id_or_name(&self) -> &str {
        if self.id.is_empty() { &self.name } else { &self.id }
    }

    /// Its name, or its id where it has none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}
