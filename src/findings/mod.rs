//! Findings: what rules say an analyst should judge, and what analysts said of it.
//!
//! *Finding*: one per rule and device, with a number that never changes. *Evidence*: the events because of which it
//! exists; it grows and is never taken away. *Status*: where the work stands. *Verdict*: what the analyst concluded,
//! a classification with its determination. May use `rules`, `store` and `event`.

mod change;
mod device;
mod finding;
mod review;
mod run;
mod tables;
mod verdict;

pub use change::{Author, Change, change_findings, write_note};
pub use device::{DeviceRow, Review, ReviewState};
pub use finding::{CommandLine, Evidence, Finding, FindingId, HistoryEntry, Note};
pub use review::review_devices;
pub use run::{FindingChange, RunOutcome, WhatChanged, run_rules};
pub use tables::{
    find_finding, list_command_lines, list_devices, list_evidence, list_findings, list_history, list_notes,
};
pub use verdict::{Classification, Determination, Status};
