//! `huntcase findings` and `huntcase show`

use std::io::Write;

use clap::Args;

use super::context::{Context, parse_past};
use super::global::Format;
use super::select::{Filters, instead_words, is_open};
use crate::error::{Error, Result, exit};
use crate::event::Timestamp;
use crate::findings::{
    Filter, Finding, FindingId, Status, Subject, changed_since, each_outside, filter_findings, find_finding,
    find_limits, instead_of_none, list_command_lines, list_evidence, list_finding_history,
    list_hidden_findings, list_notes, mark_seen, present, select_findings,
};
use crate::report::sheets::{EVIDENCE, FINDINGS, OUTSIDE};
use crate::report::{FindingPage, counted, json_safe, limits_data, write_finding};
use crate::rules::head_of;
use crate::store::Case;

/// `huntcase findings`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase findings\n  huntcase findings --since last-review\n  \
                        huntcase findings --all --format csv\n  huntcase findings --where 'severity=high,command~=whoami'")]
pub struct ListArguments {
    /// List resolved findings too
    #[arg(long)]
    all: bool,
    /// Only what you have not seen since you last looked with show or triage (last-review), or what changed since 7d,
    /// or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only those of this status: new, in-progress or resolved
    #[arg(long)]
    status: Option<Status>,
    /// Only those of this rule, or of those whose names begin so
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Only those of this device: its DeviceId, its name, or its name up to a dot
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    #[command(flatten)]
    filters: Filters,
    /// List those of which suppressions hide evidence instead
    #[arg(long)]
    hidden: bool,
    /// List the matches of rules instead that are in no finding, since a window left them out
    #[arg(long, conflicts_with_all = ["all", "since", "status", "rule", "device", "filters", "hidden", "ids"])]
    outside: bool,
    /// Print the numbers only, one a line, for huntcase set -
    #[arg(long)]
    ids: bool,
}

/// Since when something has to be new.
#[derive(Debug, Clone, Copy)]
enum Since {
    LastReview,
    Time(Timestamp),
}

impl ListArguments {
    fn since(&self, context: &Context) -> Result<Option<Since>> {
        match self.since.as_deref() {
            None => Ok(None),
            Some("last-review") => Ok(Some(Since::LastReview)),
            Some(text) => match parse_past("--since", text, context.now) {
                Ok(time) => Ok(Some(Since::Time(time))),
                Err(Error::Usage(problem)) => {
                    Err(Error::Usage(problem.replace("expected ", "expected last-review, ")))
                }
                Err(error) => Err(error),
            },
        }
    }

    fn is_narrowed(&self) -> bool {
        let names = [&self.since, &self.rule, &self.device];
        names.iter().any(|name| name.is_some())
            || self.status.is_some()
            || self.hidden
            || !self.filters.is_empty()
    }

    /// Whether only open findings are asked for since nothing says otherwise.
    fn is_of_open(&self, since: Option<Since>) -> bool {
        let says_otherwise = self.all || self.hidden || matches!(since, Some(Since::LastReview));
        !says_otherwise && self.status.is_none() && !self.filters.names_status()
    }

    /// All that the options say of the findings themselves.
    fn filter(&self, since: Option<Since>) -> Result<Filter> {
        let mut filter = self.filters.filter(!self.is_of_open(since))?;
        let status = self.status.map(|status| status.name().to_owned());
        for (field, value) in [("status", &status), ("rule", &self.rule), ("device", &self.device)] {
            if let Some(value) = value {
                let of_field =
                    Filter::whole(field, value).map_err(|problem| Error::Usage(format!("--{problem}")))?;
                filter = filter.and(&of_field);
            }
        }
        Ok(filter)
    }

    fn findings(&self, case: &Case, context: &Context) -> Result<Listed> {
        let since = self.since(context)?;
        let filter = self.filter(since)?;
        let mut findings = match self.hidden {
            true => filter_findings(case, &filter, list_hidden_findings(case, &context.analyst)?)?,
            false => select_findings(case, &filter, &context.analyst)?,
        };
        let at_any_time = findings.len();
        match since {
            None => {}
            Some(Since::LastReview) => {
                findings.retain(|finding| is_news(finding) || (self.all && finding.unseen.is_any()))
            }
            Some(Since::Time(time)) => {
                let changed = changed_since(case, time)?;
                findings.retain(|finding| changed.contains(&finding.id));
            }
        }
        Ok(Listed { findings, filter, at_any_time, is_of_open: self.is_of_open(since) })
    }
}

/// What is listed, and how it was chosen.
struct Listed {
    findings: Vec<Finding>,
    filter: Filter,
    /// How many the filter selects, whether or not they are new.
    at_any_time: usize,
    /// Whether only open findings were asked for since nothing says otherwise.
    is_of_open: bool,
}

/// Whether a finding asks for another look: an open one with something unseen, or one that was looked at and then
/// decided by somebody else. More of the same on a resolved one does not.
fn is_news(finding: &Finding) -> bool {
    match is_open(finding) {
        true => finding.unseen.is_any(),
        false => !finding.unseen.is_new && finding.unseen.changes > 0,
    }
}

/// Runs `huntcase findings`.
pub fn list(arguments: &ListArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    if arguments.outside {
        return list_outside(&case, context);
    }
    let listed = arguments.findings(&case, context)?;
    let limits = find_limits(&case, None)?;
    let mut output = context.output()?;
    if arguments.ids {
        context.expect_lines("--ids")?;
        for finding in &listed.findings {
            writeln!(output, "{}", finding.id)?;
        }
        output.finish()?;
    } else {
        let members = vec![("limits", limits_data(&limits))];
        FINDINGS.write(&mut output, context.layout(), members, &listed.findings)?;
        output.finish()?;
    }
    // A list of numbers is for a command to read on, with a word only where there is none.
    if context.format() == Format::Table && (!arguments.ids || listed.findings.is_empty()) {
        say_what_else(&case, arguments, &listed, context)?;
    }
    if context.format() != Format::Json && !arguments.ids {
        context.say_limits(&limits);
    }
    Ok(exit::DONE)
}

fn list_outside(case: &Case, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let mut rows = OUTSIDE.begin(&mut output, context.layout())?;
    each_outside(case, &mut |outside| Ok(rows.row(&outside)?))?;
    let count = rows.finish()?;
    output.finish()?;
    if count == 0 && context.format() == Format::Table {
        context.say("every match of a rule is in a finding");
    }
    Ok(exit::DONE)
}

fn say_what_else(case: &Case, arguments: &ListArguments, listed: &Listed, context: &Context) -> Result<()> {
    if listed.findings.is_empty() {
        context.say(&why_none(case, arguments, listed)?);
    }
    // Those that show nothing else; what was asked for among them, where nothing of it shows.
    let mut hidden = list_hidden_findings(case, &context.analyst)?;
    hidden.retain(|finding| finding.events == 0);
    if listed.findings.is_empty() && arguments.is_narrowed() {
        hidden = filter_findings(case, &listed.filter, hidden)?;
    }
    let is_whole = !arguments.is_narrowed() || (listed.findings.is_empty() && !arguments.hidden);
    if !hidden.is_empty() && is_whole {
        context.say(&format!(
            "suppressions hide {}; see huntcase findings --hidden",
            counted(hidden.len() as i64, "more finding", "more findings")
        ));
    }
    Ok(())
}

/// That nothing is listed, and what there is instead.
fn why_none(case: &Case, arguments: &ListArguments, listed: &Listed) -> Result<String> {
    if let Some(since) = arguments.since.as_deref().filter(|_| listed.at_any_time > 0) {
        let others = counted(listed.at_any_time as i64, "finding", "findings");
        return Ok(format!("nothing new since {since}; {others} without --since"));
    }
    if arguments.hidden {
        return Ok("suppressions hide no evidence of findings of this kind".to_owned());
    }
    let instead = instead_of_none(case, &listed.filter)?;
    if instead.in_all == 0 {
        return Ok("no findings yet".to_owned());
    }
    Ok(instead_words(&instead, listed.is_of_open.then_some(["--all shows it", "--all shows them"])))
}

/// `huntcase show`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase show F-3\n  huntcase show F-3 --json\n  \
                        huntcase show F-3 --format csv -o F-3.csv   # one row an event")]
pub struct ShowArguments {
    /// The finding, such as F-3
    id: FindingId,
}

/// Runs `huntcase show`.
pub fn show(arguments: &ShowArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let id = arguments.id;
    let seen = present(&case)?;
    write_whole(&case, id, context)?;
    // What was shown has been shown, also where the case is locked or may not be written.
    if let Err(error) = mark_seen(&case, id, seen, &context.analyst, context.now) {
        context.say(&format!("not noted that you have seen {id}: {}", context.explain(error)));
    }
    Ok(exit::DONE)
}

fn write_whole(case: &Case, id: FindingId, context: &Context) -> Result<()> {
    let finding = find_finding(case, id, &context.analyst)?;
    let evidence = list_evidence(case, id, &context.analyst)?;
    let mut output = context.output()?;
    if matches!(context.format(), Format::Csv | Format::Jsonl) {
        EVIDENCE.write(&mut output, context.layout(), Vec::new(), &evidence)?;
        return output.finish();
    }
    let head = head_of(case, finding.rule_key)?;
    let page = FindingPage {
        finding: &finding,
        head: head.as_ref(),
        command_lines: &list_command_lines(case, id)?,
        evidence: &evidence,
        notes: &list_notes(case, Subject::Finding(id))?,
        history: &list_finding_history(case, id)?,
    };
    match context.format() {
        Format::Json => {
            writeln!(output, "{}", json_safe(&page.object().to_string()))?;
        }
        _ => write_finding(&mut output, &page, context.layout().width)?,
    }
    output.finish()
}
