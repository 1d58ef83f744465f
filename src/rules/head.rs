//! The comment head of a rule file: `-- key: value` lines, a longer value going on in lines that begin with
//! `--` and more than one blank.

use std::fmt;
use std::str::FromStr;

use crate::event::Span;

/// How much a finding of a rule matters. Source: Microsoft Graph's alertSeverity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words are Microsoft's")]
pub enum Severity {
    Informational,
    Low,
    Medium,
    High,
}

impl Severity {
    /// Every severity, from the least.
    pub const ALL: [Self; 4] = [Self::Informational, Self::Low, Self::Medium, Self::High];

    /// The word, as Microsoft Graph spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Sigma has one word more than Graph. The rule's text keeps it.
        let word = if text == "critical" { "high" } else { text };
        let found = Self::ALL.into_iter().find(|severity| severity.name() == word);
        found.ok_or_else(|| format!("severity {text:?} is none of informational, low, medium, high"))
    }
}

/// What a rule's head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The rule's identity; findings are kept under it. Never used again for another rule.
    pub id: String,
    /// Its name, which is also the name of its file.
    pub name: String,
    /// Raised by the author when the query changes.
    pub version: String,
    /// How much its findings matter.
    pub severity: Severity,
    /// How far its author trusts it; Sigma's words.
    pub status: String,
    /// What a hunter supposes and the rule tests.
    pub hypothesis: String,
    /// What behaviour it finds, and why that matters.
    pub description: String,
    /// ATT&CK tactics.
    pub tactics: Vec<String>,
    /// ATT&CK technique ids.
    pub techniques: Vec<String>,
    /// The table it reads.
    pub data_source: String,
    /// How far back a run looks when nothing else is asked for.
    pub lookback: Span,
    /// How to tell a finding that means nothing.
    pub false_positives: String,
    /// Where to read on.
    pub references: Vec<String>,
}

/// What is wrong with a head, and on which line (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

const KEYS: [&str; 13] = [
    "id",
    "name",
    "version",
    "severity",
    "status",
    "hypothesis",
    "description",
    "tactics",
    "techniques",
    "data_source",
    "lookback",
    "false_positives",
    "references",
];
const STATUSES: [&str; 4] = ["experimental", "test", "stable", "deprecated"];
const DEFAULT_LOOKBACK: &str = "7d";

/// One key of a head, with its line and value.
struct Entry {
    line: usize,
    key: String,
    value: String,
}

/// Reads the head that a rule file begins with, and gives it with the number of lines that it takes.
///
/// # Errors
/// An unknown, missing or repeated key, or a value that the key cannot have.
pub fn read_head(text: &str) -> Result<(Head, usize), HeadFault> {
    let entries = read_entries(text)?;
    let lines = text.lines().take_while(|line| line.starts_with("--")).count();
    let head = Fields { entries, end: lines.max(1) }.to_head()?;
    Ok((head, lines))
}

fn read_entries(text: &str) -> Result<Vec<Entry>, HeadFault> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(comment) = line.strip_prefix("--") else { break };
        let fault = |problem: String| HeadFault { line: index + 1, problem };
        if comment.trim().is_empty() {
            continue;
        }
        if comment.starts_with("  ") || comment.starts_with('\t') {
            let Some(last) = entries.last_mut() else {
                return Err(fault("a line that goes on needs a key before it".to_owned()));
            };
            last.value = format!("{}\n{}", last.value, comment.trim());
            continue;
        }
        let Some((key, value)) = comment.trim().split_once(':') else {
            return Err(fault(format!("found {:?}, expected -- key: value", comment.trim())));
        };
        if !KEYS.contains(&key) {
            return Err(fault(format!("unknown key {key:?}, expected one of {}", KEYS.join(", "))));
        }
        if entries.iter().any(|entry| entry.key == key) {
            return Err(fault(format!("the key {key:?} stands here twice")));
        }
        entries.push(Entry { line: index + 1, key: key.to_owned(), value: value.trim().to_owned() });
    }
    Ok(entries)
}

struct Fields {
    entries: Vec<Entry>,
    end: usize,
}

impl Fields {
    fn to_head(&self) -> Result<Head, HeadFault> {
        let severity = self.required("severity")?;
        let status = self.text("status", "experimental");
        if !STATUSES.contains(&status.as_str()) {
            return Err(self.fault("status", format!("status {status:?} is none of {}", STATUSES.join(", "))));
        }
        let lookback = self.text("lookback", DEFAULT_LOOKBACK);
        let lookback_fault =
            || self.fault("lookback", format!("lookback {lookback:?} is no span such as 7d or 12h"));
        Ok(Head {
            id: self.required("id")?,
            name: self.required("name")?,
            version: self.text("version", "1"),
            severity: severity.parse().map_err(|problem| self.fault("severity", problem))?,
            status,
            hypothesis: self.required("hypothesis")?,
            description: self.text("description", ""),
            tactics: self.list("tactics"),
            techniques: self.techniques()?,
            data_source: self.text("data_source", "DeviceProcessEvents"),
            lookback: Span::parse(&lookback).ok_or_else(lookback_fault)?,
            false_positives: self.text("false_positives", ""),
            references: self.list("references"),
        })
    }

    fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn fault(&self, key: &str, problem: String) -> HeadFault {
        HeadFault { line: self.get(key).map_or(self.end, |entry| entry.line), problem }
    }

    fn text(&self, key: &str, default: &str) -> String {
        self.get(key)
            .map_or_else(|| default.to_owned(), |entry| entry.value.replace('\n', " ").trim().to_owned())
    }

    fn required(&self, key: &str) -> Result<String, HeadFault> {
        match self.text(key, "") {
            text if text.is_empty() => Err(self.fault(key, format!("the head needs a line -- {key}: …"))),
            text => Ok(text),
        }
    }

    /// Values separated by commas or line ends.
    fn list(&self, key: &str) -> Vec<String> {
        let value = self.get(key).map_or("", |entry| entry.value.as_str());
        value.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn techniques(&self) -> Result<Vec<String>, HeadFault> {
        let techniques = self.list("techniques");
        match techniques.iter().find(|id| !is_technique(id)) {
            Some(id) => {
                Err(self.fault("techniques", format!("{id:?} is no ATT&CK technique such as T1059.003")))
            }
            None => Ok(techniques),
        }
    }
}

/// `T` and four digits, with a sub-technique's dot and three digits where there is one.
fn is_technique(id: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    match id.strip_prefix('T').map(|rest| rest.split_once('.').unwrap_or((rest, "000"))) {
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "-- id: a-1\n-- name: x\n-- severity: low\n-- hypothesis: someone\n--   does something\n";

    #[test]
    fn a_head_needs_four_keys_and_has_defaults_for_the_rest() {
        let (head, lines) = read_head(&format!("{LEAST}SELECT 1")).unwrap();
        assert_eq!(lines, 5);
        assert_eq!(head.hypothesis, "someone does something");
        assert_eq!((head.lookback.to_string().as_str(), head.status.as_str()), ("7d", "experimental"));
        assert!(head.techniques.is_empty());
    }

    #[test]
    fn lists_are_split_at_commas_and_lines() {
        let text =
            format!("{LEAST}-- techniques: T1059.003, T1033\n-- references: https://a\n--   https://b\n");
        let (head, _) = read_head(&text).unwrap();
        assert_eq!(head.techniques, ["T1059.003", "T1033"]);
        assert_eq!(head.references, ["https://a", "https://b"]);
    }

    #[test]
    fn a_fault_names_its_line() {
        let table = [
            ("SELECT 1", 1, "severity"),
            ("-- id: a\n-- id: b\n", 2, "twice"),
            ("-- id: a\n-- sevrity: low\n", 2, "unknown key \"sevrity\""),
            ("-- just a remark\n", 1, "expected -- key: value"),
            ("--   goes on\n", 1, "needs a key before it"),
            ("-- id: a\n-- severity: urgent\n-- name: b\n-- hypothesis: c\n", 2, "none of informational"),
            ("-- severity: low\n-- id:\n-- name: b\n-- hypothesis: c\n", 2, "needs a line -- id"),
            ("-- severity: low\n-- id: a\n-- name: b\n-- hypothesis: c\n-- lookback: 1w\n", 5, "no span"),
            (
                "-- severity: low\n-- id: a\n-- name: b\n-- hypothesis: c\n-- techniques: T59\n",
                5,
                "no ATT&CK",
            ),
            (
                "-- severity: low\n-- status: good\n-- id: a\n-- name: b\n-- hypothesis: c\n",
                2,
                "none of experimental",
            ),
        ];
        for (text, line, problem) in table {
            let fault = read_head(text).unwrap_err();
            assert_eq!(fault.line, line, "{text}");
            assert!(fault.problem.contains(problem), "{text}: {}", fault.problem);
        }
    }
}
