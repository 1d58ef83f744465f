//! `huntcase findings` and `huntcase show`

use std::io::Write;

use clap::Args;

use super::context::{Context, parse_past};
use super::global::Format;
use super::select::{Filters, is_open};
use crate::error::{Error, Result, exit};
use crate::event::Timestamp;
use crate::findings::{
    Filter, Finding, FindingId, Status, Subject, changed_since, each_outside, filter_findings, find_finding,
    find_limits, list_command_lines, list_evidence, list_finding_history, list_hidden_findings, list_notes,
    mark_seen, present, select_findings,
};
use crate::report::sheets::{EVIDENCE, FINDINGS, OUTSIDE};
use crate::report::{FindingPage, counted, json_safe, limits_data, limits_in_words, write_finding};
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
    /// Only those of the rule whose name begins so
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Only those of the device of this id, or whose name begins so
    #[arg(long, value_name = "NAME")]
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

    fn selects(&self, finding: &Finding) -> bool {
        let begins = |text: &str, start: &Option<String>| {
            start.as_ref().is_none_or(|start| text.to_lowercase().starts_with(&start.to_lowercase()))
        };
        let device =
            begins(&finding.device_name, &self.device) || self.device.as_ref() == Some(&finding.device_id);
        self.status.is_none_or(|status| finding.status == status)
            && begins(&finding.rule, &self.rule)
            && device
    }

    fn findings(&self, case: &Case, context: &Context) -> Result<Vec<Finding>> {
        let since = self.since(context)?;
        let mut findings = match self.hidden {
            true => {
                let hidden = list_hidden_findings(case, &context.analyst)?;
                filter_findings(case, &self.filters.filter(true)?, hidden)?
            }
            false => {
                let is_news = matches!(since, Some(Since::LastReview));
                let filter = self.filters.filter(self.all || self.status.is_some() || is_news)?;
                select_findings(case, &filter, &context.analyst)?
            }
        };
        findings.retain(|finding| self.selects(finding));
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
        Ok(findings)
    }
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
    let findings = arguments.findings(&case, context)?;
    let mut output = context.output()?;
    if arguments.ids {
        context.expect_lines("--ids")?;
        for finding in &findings {
            writeln!(output, "{}", finding.id)?;
        }
        output.finish()?;
        return Ok(exit::DONE);
    }
    let limits = find_limits(&case, None)?;
    FINDINGS.write(&mut output, context.layout(), vec![("limits", limits_data(&limits))], &findings)?;
    output.finish()?;
    if context.format() == Format::Table {
        say_what_else(&case, arguments, &findings, context)?;
    }
    if context.format() != Format::Json {
        limits_in_words(&limits).iter().for_each(|line| context.say(line));
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

fn say_what_else(
    case: &Case,
    arguments: &ListArguments,
    listed: &[Finding],
    context: &Context,
) -> Result<()> {
    let hidden = list_hidden_findings(case, &context.analyst)?;
    let hidden = hidden.iter().filter(|finding| finding.events == 0).count() as i64;
    let is_narrowed = arguments.is_narrowed();
    if listed.is_empty() {
        let is_empty = select_findings(case, &Filter::default(), &context.analyst)?.is_empty();
        context.say(match (is_narrowed, is_empty) {
            (true, _) => "no findings of this kind",
            (false, true) => "no findings yet",
            (false, false) => "no open findings; huntcase findings --all lists the resolved ones too",
        });
    }
    if hidden > 0 && !is_narrowed {
        context.say(&format!(
            "suppressions hide {}; see huntcase findings --hidden",
            counted(hidden, "more finding", "more findings")
        ));
    }
    Ok(())
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
    // The rule only explains the finding: without its folder the finding is shown all the same.
    let catalogue = context.load_rules(Some(case)).unwrap_or_default();
    let page = FindingPage {
        finding: &finding,
        rule: catalogue.find(&finding.rule).ok(),
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
