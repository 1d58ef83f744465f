//! Which findings a command is about.

use std::collections::BTreeSet;
use std::io::Read;
use std::str::FromStr;

use clap::Args;

use super::context::Context;
use super::global::STANDARD_INPUT;
use crate::error::{Error, Result, quoted};
use crate::findings::{
    Filter, Finding, FindingId, Instead, Status, filter_findings, find_finding, instead_among,
    instead_of_none, select_findings,
};
use crate::store::Case;

/// The most bytes that are read from standard input: a million numbers.
const LONGEST_INPUT: u64 = 10_000_000;
/// How a filter that selects nothing open selects what is resolved: one, and several.
const SELECT_RESOLVED: [&str; 2] = ["status=resolved selects it", "status=resolved selects them"];

/// Which findings a command is about: those named, or those that a filter selects; with both, those named that the
/// filter selects.
#[derive(Debug, Args)]
pub struct Selection {
    /// The findings, such as F-3 or F-3..F-9; - reads them from standard input
    #[arg(value_name = "ID")]
    ids: Vec<Named>,
    #[command(flatten)]
    pub filters: Filters,
}

/// Conditions on findings.
#[derive(Debug, Args)]
pub struct Filters {
    /// Only findings of which all this holds, such as status=new,rule=NAME,device=NAME,command~=whoami; = is the whole
    /// value, ~= a part of it, != and !~= the opposite; fields: status (also open), verdict, determination, severity,
    /// rule, hunt, device, account, command, assigned, tag
    #[arg(long = "where", value_name = "FILTER")]
    filters: Vec<Filter>,
}

impl Filters {
    /// All conditions together; without one on the status, only open findings, unless `all`.
    pub fn filter(&self, all: bool) -> Result<Filter> {
        let filter = self.filters.iter().fold(Filter::default(), |all, filter| all.and(filter));
        match filter.names_status() || all {
            true => Ok(filter),
            false => Ok(filter.and(&"status=open".parse().map_err(Error::Usage)?)),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether one says something of the status.
    pub fn names_status(&self) -> bool {
        self.filters.iter().any(Filter::names_status)
    }
}

/// How findings are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    One(FindingId),
    Range(FindingId, FindingId),
    StandardInput,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == STANDARD_INPUT {
            return Ok(Self::StandardInput);
        }
        let Some((first, last)) = text.split_once("..") else {
            return text.parse().map(Self::One).map_err(|problem| problem + &range_meant(text));
        };
        let (first, last): (FindingId, FindingId) = (first.parse()?, last.parse()?);
        match first <= last {
            true => Ok(Self::Range(first, last)),
            false => Err(format!("found {}, a range that ends before it begins", quoted(text))),
        }
    }
}

/// What else is expected where a hyphen stands between two findings, as in `F-3-F-9` and `3-9`; `""` where none does.
fn range_meant(text: &str) -> String {
    let ends = text.match_indices('-').find_map(|(hyphen, _)| {
        let (first, last) = (text[..hyphen].parse::<FindingId>(), text[hyphen + 1..].parse::<FindingId>());
        first.ok().zip(last.ok())
    });
    ends.map_or_else(String::new, |(first, last)| format!(", or a range such as {first}..{last}"))
}

impl Selection {
    /// Whether nothing says which findings.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.filters.is_empty()
    }

    /// Whether a filter says which findings.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// The findings, latest activity first where a filter selects them, else in the order in which they are named.
    ///
    /// # Errors
    /// A finding that is not there, standard input that names none, or a filter that selects none.
    pub fn findings(&self, case: &Case, context: &Context) -> Result<Vec<Finding>> {
        if self.ids.is_empty() {
            let filter = self.filters.filter(false)?;
            let findings = select_findings(case, &filter, &context.analyst)?;
            return match findings.is_empty() {
                false => Ok(findings),
                true => {
                    let way_out = (!self.filters.names_status()).then_some(SELECT_RESOLVED);
                    Err(Error::NothingSelected(instead_words(&instead_of_none(case, &filter)?, way_out)))
                }
            };
        }
        let mut named: Vec<Finding> = Vec::new();
        for id in self.named(case, context)? {
            named.push(find_finding(case, id, &context.analyst)?);
        }
        if self.filters.is_empty() {
            return Ok(named);
        }
        let filter = self.filters.filter(true)?;
        let findings = filter_findings(case, &filter, named.clone())?;
        match findings.is_empty() {
            false => Ok(findings),
            true => {
                let instead = instead_among(case, &filter, &named)?;
                Err(Error::NothingSelected(format!("among those named, {}", instead_words(&instead, None))))
            }
        }
    }

    /// The numbers that are named, each once. A range stands for those in it that there are.
    fn named(&self, case: &Case, context: &Context) -> Result<Vec<FindingId>> {
        let mut ids = Vec::new();
        for named in &self.ids {
            match named {
                Named::One(id) => ids.push(*id),
                Named::Range(first, last) => {
                    let mut within: Vec<FindingId> =
                        select_findings(case, &Filter::default(), &context.analyst)?
                            .iter()
                            .map(|finding| finding.id)
                            .filter(|id| first <= id && id <= last)
                            .collect();
                    within.sort();
                    if within.is_empty() {
                        return Err(Error::Usage(format!("there is no finding from {first} to {last}")));
                    }
                    ids.extend(within);
                }
                Named::StandardInput => ids.extend(read_ids()?),
            }
        }
        let mut known = BTreeSet::new();
        ids.retain(|id| known.insert(*id));
        Ok(ids)
    }
}

/// That nothing is selected, and what there is instead, with a way out for each singular and plural where others of
/// the kind are resolved: `no open findings on web01.example.com; 1 resolved (--all shows it)`.
pub fn instead_words(instead: &Instead, way_out: Option<[&str; 2]>) -> String {
    let others: usize = instead.of_other_status.iter().map(|(_, count)| count).sum();
    let way_out =
        way_out.filter(|_| others > 0).map(|[one, several]| if others == 1 { one } else { several });
    format!("no {instead}{}", way_out.map_or_else(String::new, |words| format!(" ({words})")))
}

/// All of standard input, up to a limit.
pub fn read_text() -> Result<String> {
    let mut text = String::new();
    match std::io::stdin().lock().take(LONGEST_INPUT + 1).read_to_string(&mut text) {
        Ok(_) if text.len() as u64 > LONGEST_INPUT => {
            Err(input(format!("found more than {LONGEST_INPUT} bytes, expected fewer")))
        }
        // Lists made on Windows begin with a byte order mark.
        Ok(_) => Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)),
        Err(cause) => Err(input(cause.to_string())),
    }
}

fn input(problem: String) -> Error {
    Error::Usage(format!("standard input: {problem}"))
}

/// Numbers on standard input, between blanks, line ends or commas.
fn read_ids() -> Result<Vec<FindingId>> {
    let text = read_text()?;
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let ids: Vec<FindingId> = words.map(|word| word.parse().map_err(input)).collect::<Result<_>>()?;
    match ids.is_empty() {
        true => Err(input("found nothing, expected findings such as F-3, one a line".to_owned())),
        false => Ok(ids),
    }
}

/// Whether a finding is work still to be done.
pub fn is_open(finding: &Finding) -> bool {
    finding.status != Status::Resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_named_by_number_or_range() {
        let range = |first, last| Ok(Named::Range(FindingId(first), FindingId(last)));
        for (text, named) in [
            ("F-3", Ok(Named::One(FindingId(3)))),
            ("3", Ok(Named::One(FindingId(3)))),
            ("-", Ok(Named::StandardInput)),
            ("F-3..F-9", range(3, 9)),
            ("f-3..9", range(3, 9)),
            ("3..9", range(3, 9)),
            ("F-3..F-3", range(3, 3)),
        ] {
            assert_eq!(text.parse(), named, "{text}");
        }
        for text in ["F-9..F-3", "F-3..", "..", "F-", "3-", "F-1-2-3", "é-1"] {
            assert!(text.parse::<Named>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_hyphen_is_no_range_and_the_error_shows_the_range() {
        for text in ["F-3-F-9", "3-9", "f-3-9"] {
            let error = text.parse::<Named>().unwrap_err();
            assert!(error.ends_with(", or a range such as F-3..F-9"), "{error}");
        }
        assert!(!"F-x".parse::<Named>().unwrap_err().contains("range"));
    }
}
