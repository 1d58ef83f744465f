//! `huntcase findings` and `huntcase show`

use std::io::Write;

use clap::Args;

use super::context::Context;
use super::global::Format;
use super::output::say;
use crate::error::{Result, exit};
use crate::findings::{
    Finding, FindingId, Status, find_finding, list_command_lines, list_evidence, list_findings, list_history,
    list_notes,
};
use crate::report::sheets::{EVIDENCE, FINDINGS};
use crate::report::{FindingPage, json_safe, write_finding};

/// `huntcase findings`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase findings\n  huntcase findings --all --format csv\n  \
                        huntcase findings --status in-progress --device web01")]
pub struct ListArguments {
    /// List resolved findings too
    #[arg(long)]
    all: bool,
    /// Only those of this status: new, in-progress or resolved
    #[arg(long)]
    status: Option<Status>,
    /// Only those of the rule whose name begins so
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Only those of the device of this id, or whose name begins so
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
}

impl ListArguments {
    fn selects(&self, finding: &Finding) -> bool {
        let begins = |text: &str, start: &Option<String>| {
            start.as_ref().is_none_or(|start| text.to_lowercase().starts_with(&start.to_lowercase()))
        };
        let status = match self.status {
            Some(status) => finding.status == status,
            None => self.all || finding.status != Status::Resolved,
        };
        let device =
            begins(&finding.device_name, &self.device) || self.device.as_ref() == Some(&finding.device_id);
        status && begins(&finding.rule, &self.rule) && device
    }
}

/// Runs `huntcase findings`.
pub fn list(arguments: &ListArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let findings = list_findings(&case)?;
    let selected = findings.iter().filter(|finding| arguments.selects(finding));
    let mut output = context.output()?;
    let count = FINDINGS.write(&mut output, context.layout(), Vec::new(), selected)?;
    output.finish()?;
    if count == 0 && context.format() == Format::Table && !context.global.quiet {
        say(match findings.len() {
            0 => "no findings yet",
            _ => "no open findings of this kind; huntcase findings --all lists the resolved ones too",
        });
    }
    Ok(exit::DONE)
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
    let finding = find_finding(&case, id)?;
    let evidence = list_evidence(&case, id)?;
    let mut output = context.output()?;
    if matches!(context.format(), Format::Csv | Format::Jsonl) {
        EVIDENCE.write(&mut output, context.layout(), Vec::new(), &evidence)?;
        output.finish()?;
        return Ok(exit::DONE);
    }
    // The rule only explains the finding: without its folder the finding is shown all the same.
    let catalogue = context.load_rules().unwrap_or_default();
    let page = FindingPage {
        finding: &finding,
        rule: catalogue.find(&finding.rule).ok(),
        command_lines: &list_command_lines(&case, id)?,
        evidence: &evidence,
        notes: &list_notes(&case, id)?,
        history: &list_history(&case, id)?,
    };
    match context.format() {
        Format::Json => {
            writeln!(output, "{}", json_safe(&page.object().to_string()))?;
        }
        _ => write_finding(&mut output, &page, context.layout().width)?,
    }
    output.finish()?;
    Ok(exit::DONE)
}
