//! The rules of a case as the case itself knows them, whether or not their files are at hand.

use crate::event::Timestamp;
use crate::findings::HuntId;
use crate::rules::{Head, Window};

/// A rule of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOfCase {
    /// Its number in the case.
    pub key: i64,
    /// The id in its head.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The hunt that it belongs to.
    pub hunt: Option<HuntId>,
    /// What it was asked about in its last whole run; None before that.
    pub window: Option<Window>,
    /// Its versions, the one that ran last at the end. There is always one.
    pub versions: Vec<RuleVersion>,
}

/// A rule's text, known by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// The SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// The whole file.
    pub text: String,
    /// What its head says; None where this version of huntcase does not understand it.
    pub head: Option<Head>,
    /// When it first ran.
    pub first_run_at: Timestamp,
    /// How many events of what findings show it brought.
    pub events: i64,
}

impl RuleOfCase {
    /// What the head of the version that ran last says.
    pub fn head(&self) -> Option<&Head> {
        self.versions.last()?.head.as_ref()
    }
}
