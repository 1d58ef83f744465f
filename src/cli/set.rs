//! `huntcase set` and `huntcase note`

use clap::Args;

use super::context::Context;
use super::global::Format;
use super::output::say;
use crate::error::{Error, Result, exit};
use crate::findings::{
    Change, Classification, Determination, FindingId, Status, change_findings, find_finding, write_note,
};
use crate::report::sheets::FINDINGS;
use crate::rules::Severity;

/// `huntcase set`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase set F-3 --status in-progress\n  \
                        huntcase set F-3 F-4 --status resolved --verdict benign --determination confirmed-activity \\\n    \
                        --why \"the monitoring agent\"")]
pub struct SetArguments {
    /// The findings, such as F-3
    #[arg(required = true, value_name = "ID")]
    ids: Vec<FindingId>,
    /// Where the work stands: new, in-progress or resolved
    #[arg(long)]
    status: Option<Status>,
    /// What you concluded: tp (true positive), benign (informational, expected activity), fp (false positive), unknown
    #[arg(long)]
    verdict: Option<Classification>,
    /// Why you concluded it, in Defender's words, such as malware or confirmed-activity
    #[arg(long)]
    determination: Option<Determination>,
    /// How much it matters: informational, low, medium or high
    #[arg(long)]
    severity: Option<Severity>,
    /// Who works on it; "" for nobody
    #[arg(long, value_name = "NAME")]
    assign: Option<String>,
    /// The reason, kept in the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

/// Runs `huntcase set`.
pub fn set(arguments: &SetArguments, context: &Context) -> Result<u8> {
    let change = Change {
        status: arguments.status,
        classification: arguments.verdict,
        determination: arguments.determination,
        severity: arguments.severity,
        assigned_to: arguments.assign.clone(),
    };
    let nothing = change.status.is_none()
        && change.classification.is_none()
        && change.determination.is_none()
        && change.severity.is_none()
        && change.assigned_to.is_none();
    if nothing {
        let allowed = "--status, --verdict, --determination, --severity, --assign";
        return Err(Error::Usage(format!("nothing to change; say at least one of {allowed}")));
    }
    let mut output = context.output()?;
    let case = context.open_case()?;
    let changed = change_findings(&case, &arguments.ids, &change, context.author(&arguments.why))?;
    FINDINGS.write(&mut output, context.layout(), Vec::new(), &changed)?;
    output.finish()?;
    Ok(exit::DONE)
}

/// `huntcase note`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  huntcase note F-3 \"asked the server's owner\"")]
pub struct NoteArguments {
    /// The finding, such as F-3
    id: FindingId,
    /// The note
    text: String,
}

/// Runs `huntcase note`.
pub fn note(arguments: &NoteArguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let answer = (context.format() != Format::Table).then(|| context.output()).transpose()?;
    write_note(&case, arguments.id, &arguments.text, context.author(""))?;
    if let Some(mut output) = answer {
        let finding = find_finding(&case, arguments.id)?;
        FINDINGS.write(&mut output, context.layout(), Vec::new(), [&finding])?;
        output.finish()?;
    } else if !context.global.quiet {
        say(&format!("noted on {}", arguments.id));
    }
    Ok(exit::DONE)
}
