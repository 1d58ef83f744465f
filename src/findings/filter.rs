//! Choosing findings by what is known of them: `status=new,rule=detect-…,device=web01,command~=whoami`.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::finding::Finding;
use super::hunt::{Hunt, list_hunts, list_rules_of_case};
use super::tables::{self, Traits};
use super::verdict::{Classification, Determination, Status};
use crate::error::{Result, quoted};
use crate::rules::Severity;
use crate::store::Case;

const SYNTAX: &str = "conditions such as status=new,device=web01,command~=whoami";
const FIELDS: &str =
    "status, verdict, determination, severity, rule, hunt, device, account, command, assigned, tag";

/// Conditions that all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    conditions: Vec<Condition>,
}

/// `field=value`, `field~=value`, or either with `!`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    test: Test,
    is_negated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Open,
    Status(Status),
    Classification(Classification),
    Determination(Determination),
    Severity(Severity),
    Text(Field, Comparison, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Rule,
    Hunt,
    Device,
    Account,
    Command,
    Assigned,
    Tag,
}

/// How texts are compared, whatever the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Whole,
    Part,
}

impl FromStr for Filter {
    type Err = String;

    /// Reads conditions separated by commas. A value with a comma stands in double quotes, in which `""` is one quote.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let conditions =
            split(text)?.iter().map(|part| part.parse()).collect::<std::result::Result<_, _>>()?;
        Ok(Self { conditions })
    }
}

/// The parts between commas that are not in quotes.
fn split(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let mut in_quotes = false;
    for character in text.chars() {
        match character {
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    match in_quotes {
        true => Err(format!("found {}, where a quote is not closed", quoted(text))),
        false => Ok(parts),
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("found {}, expected {SYNTAX}", quoted(text));
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let (name, comparison) = match name.strip_suffix('~') {
            Some(name) => (name, Comparison::Part),
            None => (name, Comparison::Whole),
        };
        let (name, is_negated) = match name.strip_suffix('!') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let test = Test::read(name.trim(), comparison, &unquote(value.trim()))?;
        Ok(Self { test, is_negated })
    }
}

fn unquote(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| value.to_owned(), |inner| inner.replace("\"\"", "\""))
}

impl Test {
    fn read(name: &str, comparison: Comparison, value: &str) -> std::result::Result<Self, String> {
        let named = |problem: String| format!("{name}: {problem}");
        let field = match name {
            "status" if value == "open" => return Ok(Self::Open),
            "status" => return value.parse().map(Self::Status).map_err(|p: String| named(p + ", open")),
            "verdict" | "classification" => return value.parse().map(Self::Classification).map_err(named),
            "determination" => return value.parse().map(Self::Determination).map_err(named),
            "severity" => return value.parse().map(Self::Severity),
            "rule" => Field::Rule,
            "hunt" => Field::Hunt,
            "device" => Field::Device,
            "account" => Field::Account,
            "command" => Field::Command,
            "assigned" | "assignedTo" => Field::Assigned,
            "tag" => Field::Tag,
            _ => return Err(format!("found the field {}, expected one of {FIELDS}", quoted(name))),
        };
        // Every text begins with nothing and holds it: such a condition would be none.
        if value.is_empty() && (field, comparison) != (Field::Assigned, Comparison::Whole) {
            return Err(named("found nothing, expected what to look for".to_owned()));
        }
        Ok(Self::Text(field, comparison, value.to_lowercase()))
    }
}

impl Filter {
    /// The conditions of both.
    pub fn and(mut self, other: &Self) -> Self {
        self.conditions.extend(other.conditions.iter().cloned());
        self
    }

    /// Whether it says something of the status; where it does not, commands ask for open findings.
    pub fn names_status(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition.test, Test::Open | Test::Status(_)))
    }

    /// Whether it has no condition.
    pub const fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    fn reads_evidence(&self) -> bool {
        let reads =
            |condition: &Condition| matches!(condition.test, Test::Text(Field::Account | Field::Command, ..));
        self.conditions.iter().any(reads)
    }
}

/// Findings that a filter selects, latest activity first, with what `analyst` has not seen of them.
///
/// # Errors
/// The case's database.
pub fn select_findings(case: &Case, filter: &Filter, analyst: &str) -> Result<Vec<Finding>> {
    filter_findings(case, filter, tables::list_findings(case, analyst)?)
}

/// Those of some findings that a filter selects, in their order.
///
/// # Errors
/// The case's database.
pub fn filter_findings(case: &Case, filter: &Filter, findings: Vec<Finding>) -> Result<Vec<Finding>> {
    let hunts = list_hunts(case)?;
    let rules: BTreeSet<String> =
        list_rules_of_case(case)?.into_iter().map(|rule| rule.name.to_lowercase()).collect();
    let mut selected = Vec::new();
    for finding in findings {
        let traits = match filter.reads_evidence() {
            true => tables::list_traits(case.connection(), finding.id)?,
            false => Vec::new(),
        };
        let subject = Candidate { finding: &finding, traits: &traits, hunts: &hunts, rules: &rules };
        if filter.conditions.iter().all(|condition| subject.passes(condition)) {
            selected.push(finding);
        }
    }
    Ok(selected)
}

/// A finding with what else conditions can ask about.
struct Candidate<'a> {
    finding: &'a Finding,
    /// Of its evidence; only where a condition asks.
    traits: &'a [Traits],
    hunts: &'a [Hunt],
    /// The lower-case names of the case's rules.
    rules: &'a BTreeSet<String>,
}

impl Candidate<'_> {
    fn passes(&self, condition: &Condition) -> bool {
        let finding = self.finding;
        let holds = match &condition.test {
            Test::Open => finding.status != Status::Resolved,
            Test::Status(status) => finding.status == *status,
            Test::Classification(classification) => finding.classification == *classification,
            Test::Determination(determination) => finding.determination == *determination,
            Test::Severity(severity) => finding.severity == *severity,
            Test::Text(field, comparison, value) => self.has_text(*field, *comparison, value),
        };
        holds != condition.is_negated
    }

    fn has_text(&self, field: Field, comparison: Comparison, value: &str) -> bool {
        let finding = self.finding;
        let compare = |text: &str| match comparison {
            Comparison::Whole => text.to_lowercase() == value,
            Comparison::Part => text.to_lowercase().contains(value),
        };
        let begins = |text: &str| comparison == Comparison::Whole && text.to_lowercase().starts_with(value);
        match field {
            // The start of a rule's name does where no rule is called so.
            Field::Rule => compare(&finding.rule) || (!self.rules.contains(value) && begins(&finding.rule)),
            Field::Hunt => self
                .hunts
                .iter()
                .filter(|hunt| Some(hunt.id) == finding.hunt)
                .any(|hunt| compare(&hunt.name) || hunt.id.to_string().to_lowercase() == value),
            Field::Device => {
                let label = finding.device_name.split('.').next().unwrap_or_default();
                compare(&finding.device_id) || compare(&finding.device_name) || compare(label)
            }
            Field::Account => self.traits.iter().any(|event| {
                compare(&event.account_name)
                    || compare(&format!("{}\\{}", event.account_domain, event.account_name))
            }),
            Field::Command => self.traits.iter().any(|event| compare(&event.command_line)),
            Field::Assigned => compare(&finding.assigned_to),
            Field::Tag => finding.tags.iter().any(|tag| compare(tag)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Filter>().unwrap_err()
    }

    #[test]
    fn conditions_are_separated_by_commas_outside_of_quotes() {
        assert_eq!(split(r#"status=new,command~="a,b ""c""",tag=x"#).unwrap().len(), 3);
        let filter: Filter = r#"command~="a,B ""c""""#.parse().unwrap();
        let text = Test::Text(Field::Command, Comparison::Part, r#"a,b "c""#.to_owned());
        assert_eq!(filter.conditions, [Condition { test: text, is_negated: false }]);
    }

    #[test]
    fn values_of_closed_sets_are_read_as_everywhere() {
        let filter: Filter = "status=in-progress,verdict!=fp,severity=high".parse().unwrap();
        let tests: Vec<_> = filter.conditions.iter().map(|c| (c.test.clone(), c.is_negated)).collect();
        assert_eq!(
            tests,
            [
                (Test::Status(Status::InProgress), false),
                (Test::Classification(Classification::FalsePositive), true),
                (Test::Severity(Severity::High), false),
            ]
        );
    }

    #[test]
    fn an_error_says_what_is_allowed() {
        assert_eq!(
            error("new"),
            r#"found "new", expected conditions such as status=new,device=web01,command~=whoami"#
        );
        assert_eq!(error("colour=red"), format!("found the field \"colour\", expected one of {FIELDS}"));
        assert_eq!(
            error("status=done"),
            "status: found \"done\", expected one of new, in-progress, resolved, open"
        );
        assert_eq!(error("tag=\"x"), "found \"tag=\\\"x\", where a quote is not closed");
        for blank in ["rule=", "command~=", "account!=", "tag=\"\""] {
            assert!(error(blank).ends_with("found nothing, expected what to look for"), "{blank}");
        }
        assert!("assigned=".parse::<Filter>().is_ok());
        assert!(error("").starts_with("found \"\", expected conditions"));
    }
}
