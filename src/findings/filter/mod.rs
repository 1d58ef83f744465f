//! Choosing findings by what is known of them: `status=new,rule=detect-…,device=web01,command~=whoami`.

mod instead;
mod known;

use std::str::FromStr;

use super::finding::Finding;
use super::tables::{self, Traits};
use super::verdict::{Classification, Determination, Status};
use crate::error::{Result, quoted};
use crate::rules::Severity;
use crate::store::Case;

pub use instead::{Instead, instead_among, instead_of_none};
use known::Known;

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
    /// As it was given.
    text: String,
    /// Its value, as it was given.
    value: String,
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
        let parts = split(text, ",")?;
        for part in &parts {
            check_commas(part)?;
        }
        let conditions = parts.iter().map(|part| part.parse()).collect::<std::result::Result<_, _>>()?;
        Ok(Self { conditions })
    }
}

/// The parts between separators that are not in quotes, whatever the case of the separator.
fn split<'t>(text: &'t str, separator: &str) -> std::result::Result<Vec<&'t str>, String> {
    let mut parts = Vec::new();
    let mut in_quotes = false;
    let mut begin = 0;
    for (index, character) in text.char_indices() {
        in_quotes ^= character == '"';
        let found = text.get(index..index + separator.len());
        if !in_quotes && index >= begin && found.is_some_and(|found| found.eq_ignore_ascii_case(separator)) {
            parts.push(&text[begin..index]);
            begin = index + separator.len();
        }
    }
    parts.push(&text[begin..]);
    match in_quotes {
        true => Err(format!("found {}, where a quote is not closed", quoted(text))),
        false => Ok(parts),
    }
}

/// Refuses two conditions with a word between them where the comma belongs.
fn check_commas(part: &str) -> std::result::Result<(), String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in split(part, " and ")? {
        match parts.last_mut() {
            // It goes on with the value before.
            Some(last) if !begins_condition(piece) => *last += &format!(" and {piece}"),
            _ => parts.push(piece.trim().to_owned()),
        }
    }
    match parts.len() {
        1 => Ok(()),
        _ => Err(format!(
            "found {}, expected a comma between conditions: {}; a value that holds such words stands in double quotes",
            quoted(part),
            parts.join(",")
        )),
    }
}

/// Whether a text begins with a word and a sign of comparison.
fn begins_condition(text: &str) -> bool {
    let text = text.trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    rest.len() < text.len() && ["=", "~=", "!=", "!~="].iter().any(|sign| rest.trim_start().starts_with(sign))
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
        let value = unquote(value.trim());
        let test = Test::read(name.trim(), comparison, &value)?;
        Ok(Self { test, is_negated, text: text.trim().to_owned(), value })
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
    /// The one condition that a field has a value, as `field=value` says it.
    ///
    /// # Errors
    /// In words: the value is none of the field.
    pub fn whole(field: &str, value: &str) -> std::result::Result<Self, String> {
        let test = Test::read(field, Comparison::Whole, value)?;
        let (text, value) = (format!("{field}={value}"), value.to_owned());
        Ok(Self { conditions: vec![Condition { test, is_negated: false, text, value }] })
    }

    /// The conditions of both.
    pub fn and(mut self, other: &Self) -> Self {
        self.conditions.extend(other.conditions.iter().cloned());
        self
    }

    /// Whether it says something of the status; where it does not, commands ask for open findings.
    pub fn names_status(&self) -> bool {
        self.conditions.iter().any(Condition::is_of_status)
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

impl Condition {
    const fn is_of_status(&self) -> bool {
        matches!(self.test, Test::Open | Test::Status(_))
    }

    /// The device that it asks about, if only to leave it out; None for a part of a name.
    fn device(&self) -> Option<&str> {
        match &self.test {
            Test::Text(Field::Device, Comparison::Whole, value) => Some(value),
            _ => None,
        }
    }

    /// The name that it asks for whole, with what kind of thing it names; None for a part of one, and for the opposite.
    fn name(&self) -> Option<(Field, &str)> {
        match &self.test {
            Test::Text(field, Comparison::Whole, value) if !self.is_negated && !value.is_empty() => {
                Some((*field, value))
            }
            _ => None,
        }
    }
}

/// Findings that a filter selects, latest activity first, with what `analyst` has not seen of them.
///
/// # Errors
/// The case's database, or a name that the case does not know where the filter asks for it whole.
pub fn select_findings(case: &Case, filter: &Filter, analyst: &str) -> Result<Vec<Finding>> {
    filter_findings(case, filter, tables::list_findings(case, analyst)?)
}

/// Those of some findings that a filter selects, in their order.
///
/// # Errors
/// The case's database, or a name that the case does not know where the filter asks for it whole.
pub fn filter_findings(case: &Case, filter: &Filter, findings: Vec<Finding>) -> Result<Vec<Finding>> {
    let known = Known::read(case, filter)?;
    let mut selected = Vec::new();
    for finding in findings {
        if passes(case, filter, &known, &finding)? {
            selected.push(finding);
        }
    }
    // What selects something names nothing unknown: all conditions hold together.
    if selected.is_empty() {
        known.check(case, filter)?;
    }
    Ok(selected)
}

fn passes(case: &Case, filter: &Filter, known: &Known, finding: &Finding) -> Result<bool> {
    let traits = match filter.reads_evidence() {
        true => tables::list_traits(case.connection(), finding.id)?,
        false => Vec::new(),
    };
    let subject = Candidate { finding, traits: &traits, known };
    Ok(filter.conditions.iter().all(|condition| subject.passes(condition)))
}

/// A finding with what else conditions can ask about.
struct Candidate<'a> {
    finding: &'a Finding,
    /// Of its evidence; only where a condition asks.
    traits: &'a [Traits],
    known: &'a Known,
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
            Test::Text(field, Comparison::Whole, value) => self.is_called(*field, value),
            Test::Text(field, Comparison::Part, value) => {
                self.has_text(*field, |text| text.to_lowercase().contains(value))
            }
        };
        holds != condition.is_negated
    }

    fn is_called(&self, field: Field, value: &str) -> bool {
        match field {
            Field::Rule => self.known.is_rule(&self.finding.rule, value),
            Field::Device => self.known.is_device(self.finding.device_key, value),
            Field::Hunt if self.finding.hunt.is_some_and(|id| id.to_string().to_lowercase() == value) => true,
            _ => self.has_text(field, |text| text.to_lowercase() == value),
        }
    }

    fn has_text(&self, field: Field, holds: impl Fn(&str) -> bool) -> bool {
        let finding = self.finding;
        match field {
            Field::Rule => holds(&finding.rule),
            Field::Hunt => self.known.hunt_name(finding).is_some_and(holds),
            Field::Device => holds(&finding.device_id) || holds(&finding.device_name),
            Field::Account => self.traits.iter().any(|event| {
                holds(&event.account_name)
                    || holds(&format!("{}\\{}", event.account_domain, event.account_name))
            }),
            Field::Command => self.traits.iter().any(|event| holds(&event.command_line)),
            Field::Assigned => holds(&finding.assigned_to),
            Field::Tag => finding.tags.iter().any(|tag| holds(tag)),
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
        assert_eq!(split(r#"status=new,command~="a,b ""c""",tag=x"#, ",").unwrap().len(), 3);
        let filter: Filter = r#"command~="a,B ""c""""#.parse().unwrap();
        let test = Test::Text(Field::Command, Comparison::Part, r#"a,b "c""#.to_owned());
        assert_eq!((&filter.conditions[0].test, filter.conditions[0].is_negated), (&test, false));
    }

    #[test]
    fn a_word_between_conditions_is_an_error_that_shows_the_comma() {
        for (text, comma) in [
            ("status=new and device=web01", "status=new,device=web01"),
            ("a=b and c=d", "a=b,c=d"),
            ("tag=x AND severity !=high and command ~= a and b", "tag=x,severity !=high,command ~= a and b"),
            ("tag=\"a and b\" and tag!~=é", "tag=\"a and b\",tag!~=é"),
        ] {
            let expected = format!("expected a comma between conditions: {comma}; a value");
            assert!(error(text).contains(&expected), "{text}: {}", error(text));
        }
        for text in ["command~=this and that", "command~=\"a and b=c\"", "tag=x,command~=and =", "tag=and"] {
            assert!(text.parse::<Filter>().is_ok(), "{text}");
        }
    }

    #[test]
    fn an_option_says_the_same_as_a_condition() {
        let conditions = |filter: Filter| filter.conditions;
        assert_eq!(
            conditions(Filter::whole("rule", "Detect").unwrap()),
            conditions("rule=Detect".parse().unwrap())
        );
        assert!(Filter::whole("device", "").is_err());
        let comma = conditions(Filter::whole("device", "a,b").unwrap());
        assert_eq!(comma[0].test, Test::Text(Field::Device, Comparison::Whole, "a,b".to_owned()));
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
