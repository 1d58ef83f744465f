//! Findings: what rules say an analyst should judge, and what analysts said of it.
//!
//! *Finding*: one per rule and device, with a number that never changes. *Evidence*: the events because of which it
//! exists; it grows and is never taken away. *Status*: where the work stands. *Verdict*: what the analyst concluded,
//! a classification with its determination. *Hunt*: a hypothesis with the rules that test it. *Suppression*: what of a
//! rule's evidence is known to be harmless. *Review*: that somebody looked at a device in a hunt. Every decision, a
//! run's too, leaves a row of *history*. *Prune*: a removal of old events that no finding holds. May use `rules`, `store`,
//! `kusto` and `event`.

mod asked;
mod change;
mod extract;
mod filter;
mod finding;
mod history;
mod hunt;
mod ids;
mod limits;
mod names;
mod prune;
mod reopen;
mod review;
mod run;
mod seen;
mod suppression;
mod tables;
mod undo;
mod verdict;
mod words;

pub use asked::{RuleAsked, list_rules_asked};
pub use change::{Change, Changed, LONGEST_NAME, TagChange, change_findings, write_note};
pub use extract::{
    Chain, Extract, ExtractRequest, Made, Mark, News, Parts, ReportSince, Reported, RuleOfCase, RuleVersion,
    Trace, keep_report,
};
pub use filter::{Filter, Instead, filter_findings, instead_among, instead_of_none, select_findings};
pub use finding::{CommandLine, Evidence, Finding, FormerVerdict, Note, Unseen, Why};
pub use history::{
    Author, HistoryEntry, HistoryFilter, Meanwhile, Subject, list_finding_history, list_history,
};
pub use hunt::{
    ChosenRule, FEWEST_VERDICTS, Hunt, HuntChange, HuntNumbers, HuntRule, HuntStatus, HypothesisStatus,
    Reopen, RuleNumbers, VerdictCount, change_hunt, change_rule, find_hunt, hunt_numbers, list_hunts,
    list_rules_of_case, open_hunt,
};
pub use ids::{FindingId, HuntId, SuppressionId};
pub use limits::{Limits, Outside, each_outside, find_limits};
pub use names::{
    KnownDevice, check_account, check_analyst, find_device, find_rule, list_known_devices,
    unknown_rule_or_device,
};
pub use prune::{Prune, list_prunes, prune};
pub use review::{
    DeviceRow, Review, ReviewState, Reviewed, Stale, Watermark, list_devices, review_devices, review_state_of,
};
pub use run::{FindingChange, RunOutcome, WhatChanged, run_rules};
pub use seen::{Present, changed_since, mark_seen, present};
pub use suppression::{
    Action, CommandTest, NewSuppression, Scope, Suppressed, Suppression, add_suppression, find_suppression,
    lift_suppression, list_suppressions,
};
pub use tables::{
    find_finding, list_command_lines, list_evidence, list_findings, list_hidden_findings, list_notes,
};
pub use undo::{Undone, undo};
pub use verdict::{Classification, Determination, Status, sentinel_words};
