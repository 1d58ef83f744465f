//! What there is where a filter selects nothing.

use std::fmt;

use super::known::Known;
use super::{Condition, Field, Filter, Test, passes};
use crate::error::Result;
use crate::findings::Finding;
use crate::findings::tables::list_findings;
use crate::findings::verdict::Status;
use crate::nearest::plain;
use crate::store::Case;

/// What a filter that selects nothing asked for, and what there is instead. In words: `open findings on
/// web01.example.com; 1 resolved`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    /// What was asked for: `open findings on web01.example.com`.
    pub asked: String,
    /// How many findings all conditions select but those on the status, by their status.
    pub of_other_status: Vec<(Status, usize)>,
    /// How many findings there are of every kind.
    pub in_all: usize,
}

/// What there is in a case of which a filter selects nothing.
///
/// # Errors
/// The case's database.
pub fn instead_of_none(case: &Case, filter: &Filter) -> Result<Instead> {
    // What somebody has seen is not asked.
    instead_among(case, filter, &list_findings(case, "")?)
}

/// What there is among some findings of which a filter selects nothing.
///
/// # Errors
/// The case's database.
pub fn instead_among(case: &Case, filter: &Filter, findings: &[Finding]) -> Result<Instead> {
    let known = Known::read(case, filter)?;
    let conditions = filter.conditions.iter().filter(|condition| !condition.is_of_status());
    let others = Filter { conditions: conditions.cloned().collect() };
    let mut counts: Vec<(Status, usize)> = Status::ALL.iter().map(|status| (*status, 0)).collect();
    for finding in findings {
        if let Some((_, count)) = counts.iter_mut().find(|(status, _)| *status == finding.status)
            && passes(case, &others, &known, finding)?
        {
            *count += 1;
        }
    }
    counts.retain(|(_, count)| *count > 0);
    Ok(Instead { asked: asked(filter, &known), of_other_status: counts, in_all: findings.len() })
}

/// What a filter asks for, in words: `open findings of RULE on DEVICE with severity=high`.
fn asked(filter: &Filter, known: &Known) -> String {
    let (mut status, mut rule, mut device) = (None, None, None);
    let mut others: Vec<String> = Vec::new();
    for condition in &filter.conditions {
        let place = match (&condition.test, condition.name()) {
            (Test::Open | Test::Status(_), _) if !condition.is_negated => &mut status,
            (_, Some((Field::Rule, _))) => &mut rule,
            (_, Some((Field::Device, _))) => &mut device,
            _ => {
                others.push(plain(&condition.text));
                continue;
            }
        };
        match place {
            None => *place = Some(words(condition, known)),
            // Twice the same adds nothing, and something else is no kind of the first.
            Some(first) if *first == words(condition, known) => {}
            Some(_) => others.push(plain(&condition.text)),
        }
    }
    let mut asked = status.map_or_else(String::new, |status| format!("{status} ")) + "findings";
    for (word, what) in [("of", rule), ("on", device)] {
        asked += &what.map_or_else(String::new, |what| format!(" {word} {what}"));
    }
    if !others.is_empty() {
        asked += &format!(" with {}", others.join(" and "));
    }
    asked
}

/// What a condition on a status, a rule or a device asks for.
fn words(condition: &Condition, known: &Known) -> String {
    let name = condition.name();
    match condition.test {
        Test::Open => "open".to_owned(),
        Test::Status(status) => status.typed(),
        _ => plain(match name {
            Some((Field::Rule, name)) => known.rule_meant(name).unwrap_or(&condition.value),
            Some((Field::Device, name)) => known.device_meant(name).unwrap_or(&condition.value),
            _ => &condition.value,
        }),
    }
}

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.asked)?;
        let counts = self.of_other_status.iter();
        let counts: Vec<String> =
            counts.map(|(status, count)| format!("{count} {}", status.shown().to_lowercase())).collect();
        match (counts.is_empty(), self.in_all) {
            (false, _) => write!(f, "; {}", counts.join(", ")),
            (true, 0) => f.write_str("; there is none of any kind yet"),
            (true, 1) => f.write_str("; there is 1 of another kind"),
            (true, count) => write!(f, "; there are {count} of other kinds"),
        }
    }
}
