//! A hunt in numbers.

use super::{Hunt, HuntRule, Reopen};
use crate::error::Result;
use crate::event::Span;
use crate::findings::finding::Finding;
use crate::findings::tables::list_findings;
use crate::findings::verdict::{Classification, Status};
use crate::store::Case;

/// The fewest verdicts of which a share says anything.
pub const FEWEST_VERDICTS: i64 = 5;

/// A hunt in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct HuntNumbers {
    /// How many findings there are of each status.
    pub statuses: Vec<(Status, i64)>,
    /// How many findings have each classification.
    pub verdicts: Vec<VerdictCount>,
    /// How many findings were reopened.
    pub reopened: i64,
    /// How often that was, all together.
    pub reopenings: i64,
    /// The middle one of the times from raised to resolved, of findings that are resolved; None where none is.
    pub time_to_resolve: Option<Span>,
    /// How many events suppressions hide.
    pub hidden_events: i64,
    /// Each rule by itself.
    pub rules: Vec<RuleNumbers>,
}

/// How many findings have a classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what their names say")]
pub struct VerdictCount {
    pub classification: Classification,
    pub findings: i64,
}

/// A rule in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNumbers {
    /// Its name.
    pub name: String,
    /// When new evidence opens its resolved findings again, where that is not as its hunt says.
    pub reopen: Option<Reopen>,
    /// How many findings it has.
    pub findings: i64,
    /// How many of them have a verdict.
    pub verdicts: i64,
    /// Which share of the verdicts is false positive, 0 to 1; None below [`FEWEST_VERDICTS`].
    pub false_positive_share: Option<f64>,
}

impl HuntNumbers {
    /// How many findings there are.
    pub fn findings(&self) -> i64 {
        self.statuses.iter().map(|(_, count)| count).sum()
    }

    /// How many findings have a status.
    pub fn of_status(&self, status: Status) -> i64 {
        self.statuses.iter().filter(|(of, _)| *of == status).map(|(_, count)| count).sum()
    }
}

/// A hunt in numbers, as it is now.
///
/// # Errors
/// The case's database.
pub fn hunt_numbers(case: &Case, hunt: &Hunt) -> Result<HuntNumbers> {
    let mut findings = list_findings(case, "")?;
    findings.retain(|finding| finding.hunt == Some(hunt.id));
    let count = |holds: &dyn Fn(&Finding) -> bool| findings.iter().filter(|f| holds(f)).count() as i64;
    let verdict = |classification: &Classification| VerdictCount {
        classification: *classification,
        findings: count(&|finding| finding.classification == *classification),
    };
    Ok(HuntNumbers {
        statuses: Status::ALL.iter().map(|status| (*status, count(&|f| f.status == *status))).collect(),
        verdicts: Classification::ALL.iter().map(verdict).collect(),
        reopened: count(&|finding| finding.reopen_count > 0),
        reopenings: findings.iter().map(|finding| finding.reopen_count).sum(),
        time_to_resolve: median(findings.iter().filter_map(time_to_resolve).collect()),
        hidden_events: crate::findings::tables::count_hidden_events(case.connection(), Some(hunt.id))?,
        rules: hunt.rules.iter().map(|rule| rule_numbers(rule, &findings)).collect(),
    })
}

fn time_to_resolve(finding: &Finding) -> Option<i64> {
    Some(finding.resolved_at?.ticks() - finding.created_at?.ticks())
}

/// The middle value, or the lower of the middle two.
fn median(mut ticks: Vec<i64>) -> Option<Span> {
    ticks.sort_unstable();
    ticks.get(ticks.len().checked_sub(1)? / 2).copied().map(Span::from_ticks)
}

fn rule_numbers(rule: &HuntRule, findings: &[Finding]) -> RuleNumbers {
    let of_rule = || findings.iter().filter(|finding| finding.rule_key == rule.key);
    let count = |classification| of_rule().filter(|f| f.classification == classification).count() as i64;
    let findings = of_rule().count() as i64;
    let verdicts = findings - count(Classification::Unknown);
    let share = || count(Classification::FalsePositive) as f64 / verdicts as f64;
    let false_positive_share = (verdicts >= FEWEST_VERDICTS).then(share);
    RuleNumbers { name: rule.name.clone(), reopen: rule.reopen, findings, verdicts, false_positive_share }
}
