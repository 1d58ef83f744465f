//! Rules: their heads, the shipped catalogue, checking them, and running them as a recorded run.
//!
//! *Rule*: a question in SQL with a head. *Version*: what a rule asks, whatever its head says. *Match*: an event that a
//! version selects, whatever the window. *Window*: the span of event times that a run asks about; whole, where nothing
//! narrows it.
//! *Unjudged*: an event without a column that a rule's condition reads. May use `store` and `event`.

mod catalogue;
mod checking;
mod evaluating;
mod head;
mod result;
mod rule;
mod run;
mod tables;
mod unjudged;

pub use catalogue::{Catalogue, load_rules};
pub(crate) use head::read_head;
pub use head::{Head, Severity};
pub use result::answer_rule;
pub use rule::{Origin, Reason, Rule, Window};
pub use run::RunRequest;
pub(crate) use run::{RuleLook, begin_run, look_with_rules};
pub(crate) use tables::keep_rule;
pub use tables::{RuleRun, Run, head_of, last_run, list_newest_rule_runs, list_rule_runs, list_runs};
pub use unjudged::{Unjudged, list_unjudged};
