//! A device, and how far its review has come.

use std::fmt;
use std::str::FromStr;

use crate::event::Timestamp;

/// How far the review of a device has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody looked.
    NotReviewed,
    /// Somebody is looking.
    InReview,
    /// Somebody looked, whether there was something to find or not.
    Reviewed,
}

impl ReviewState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::NotReviewed, Self::InReview, Self::Reviewed];

    /// The word that is stored and exported.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotReviewed => "notReviewed",
            Self::InReview => "inReview",
            Self::Reviewed => "reviewed",
        }
    }

    /// The words for people.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::NotReviewed => "not reviewed",
            Self::InReview => "in review",
            Self::Reviewed => "reviewed",
        }
    }
}

impl fmt::Display for ReviewState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReviewState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let key = text.replace(['-', ' '], "").to_lowercase();
        let found = Self::ALL.into_iter().find(|state| state.name().to_lowercase() == key);
        found.ok_or_else(|| format!("found {text:?}, expected one of not-reviewed, in-review, reviewed"))
    }
}

/// Who looked at a device, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct Review {
    pub state: ReviewState,
    pub by: String,
    pub at: Timestamp,
    pub comment: String,
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
    /// How many findings it has.
    pub findings: i64,
    /// How many of them are not resolved.
    pub open_findings: i64,
    /// Its review; None when nobody looked.
    pub review: Option<Review>,
}
