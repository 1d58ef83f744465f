//! `huntcase set` and `huntcase note`

use std::collections::BTreeSet;

use clap::Args;

use super::context::{Context, parse_future};
use super::global::{Format, STANDARD_INPUT};
use super::select::{Selection, read_text};
use crate::error::{Error, Result, exit};
use crate::findings::{
    Author, Change, Changed, Classification, Determination, FindingId, HistoryEntry, Meanwhile, Status,
    Subject, TagChange, change_findings, find_finding, write_note,
};
use crate::report::sheets::{FINDINGS, HISTORY};
use crate::report::{counted, recovered_among};
use crate::rules::Severity;

/// `huntcase set`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase set F-3 --status in-progress\n  \
                        huntcase set F-3 F-5..F-9 --status resolved --verdict benign --determination confirmed-activity \\\n    \
                        --why \"the monitoring agent\" --until 90d\n  \
                        huntcase set --where 'status=new,command~=health-check' --tag +tuning --dry-run\n  \
                        huntcase findings --ids --where severity=high | huntcase set - --assign kim\n\n\
                        With --force it goes on where a determination does not go with the verdict, and where somebody\n\
                        else changed the same field since you last looked.")]
pub struct SetArguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    change: ChangeArguments,
    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct ChangeArguments {
    /// Where the work stands: new, in-progress or resolved
    #[arg(long)]
    status: Option<Status>,
    /// What you concluded: tp (true positive), benign (informational, expected activity), fp (false positive), unknown
    #[arg(long)]
    verdict: Option<Classification>,
    /// Why you concluded it, in Defender's words, such as malware or confirmed-activity
    #[arg(long)]
    determination: Option<Determination>,
    /// When the verdict lapses, so that the next event reopens the finding: 30d, a date, or never
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// How much it matters: informational, low, medium or high
    #[arg(long)]
    severity: Option<Severity>,
    /// Who works on it; "" for nobody
    #[arg(long, value_name = "NAME")]
    assign: Option<String>,
    /// Tags to add and to take off, such as +tuning,-urgent
    #[arg(long, value_name = "TAGS", allow_hyphen_values = true)]
    tag: Option<TagChange>,
    /// The reason, kept in the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

/// Runs `huntcase set`.
pub fn set(arguments: &SetArguments, context: &Context) -> Result<u8> {
    let asked = &arguments.change;
    let until = asked.until.as_deref().map(|text| parse_future("--until", text, context.now)).transpose()?;
    let change = Change {
        status: asked.status,
        classification: asked.verdict,
        determination: asked.determination,
        verdict_until: until,
        severity: asked.severity,
        assigned_to: asked.assign.clone(),
        tags: asked.tag.clone().unwrap_or_default(),
        force: context.global.force,
    };
    if change.is_empty() {
        let allowed = "--status, --verdict, --determination, --until, --severity, --assign, --tag";
        return Err(Error::Usage(format!("nothing to change; say at least one of {allowed}")));
    }
    if arguments.selection.is_empty() {
        return Err(Error::Usage(
            "which findings? name some, such as F-3 or F-3..F-9, or choose some with --where".to_owned(),
        ));
    }
    let mut output = context.output()?;
    let case = context.open_case()?;
    let findings = arguments.selection.findings(&case, context)?;
    let ids: Vec<FindingId> = findings.iter().map(|finding| finding.id).collect();
    let author = Author { dry_run: arguments.dry_run, ..context.author("set", &asked.why) };
    let changed = change_findings(&case, &ids, &change, author)?;
    if arguments.dry_run && context.format() == Format::Table {
        let changes = changed.changes.iter().filter(|entry| !entry.is_consequence());
        HISTORY.write(&mut output, context.layout(), Vec::new(), changes)?;
    } else {
        FINDINGS.write(&mut output, context.layout(), Vec::new(), &changed.findings)?;
    }
    output.finish()?;
    say_what_changed(&changed, arguments.dry_run, context);
    let judges = change.classification.is_some() || change.determination.is_some();
    if let Some(notice) = recovered_among(&changed.findings).filter(|_| judges) {
        context.say(&notice);
    }
    Ok(exit::DONE)
}

fn say_what_changed(changed: &Changed, dry_run: bool, context: &Context) {
    for entry in &changed.meanwhile {
        let is_replaced =
            |change: &HistoryEntry| (change.subject, &change.field) == (entry.subject, &entry.field);
        let since = match changed.changes.iter().any(is_replaced) {
            true => ", which this replaces",
            false => " since you looked",
        };
        context.say(&format!("{}: {}{since}", entry.what, Meanwhile(entry)));
    }
    let touched: BTreeSet<Subject> = changed.changes.iter().map(|entry| entry.subject).collect();
    let touched = touched.len() as i64;
    let same = changed.findings.len() as i64 - touched;
    if dry_run {
        context
            .say(&format!("dry run: {} would change, nothing did", counted(touched, "finding", "findings")));
    }
    if same > 0 {
        context.say(&format!("{} as asked already", counted(same, "finding was", "findings were")));
    }
}

/// `huntcase note`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  huntcase note F-3 \"asked the server's owner\"")]
pub struct NoteArguments {
    /// The finding, such as F-3
    id: FindingId,
    /// The note; - reads it from standard input
    text: String,
}

/// Runs `huntcase note`.
pub fn note(arguments: &NoteArguments, context: &Context) -> Result<u8> {
    let text = match arguments.text.as_str() {
        STANDARD_INPUT => read_text()?,
        text => text.to_owned(),
    };
    let case = context.open_case()?;
    let answer = (context.format() != Format::Table).then(|| context.output()).transpose()?;
    write_note(&case, arguments.id, &text, context.author("note", ""))?;
    if let Some(mut output) = answer {
        let finding = find_finding(&case, arguments.id, &context.analyst)?;
        FINDINGS.write(&mut output, context.layout(), Vec::new(), [&finding])?;
        output.finish()?;
    } else {
        context.say(&format!("noted on {}", arguments.id));
    }
    Ok(exit::DONE)
}
