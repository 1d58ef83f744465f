//! `huntcase set` and `huntcase note`

use std::collections::BTreeSet;
use std::io::Write;
use std::str::FromStr;

use clap::Args;

use super::confirm::{ask, can_ask};
use super::context::{Context, parse_future};
use super::global::{Format, STANDARD_INPUT};
use super::select::{Selection, read_text};
use crate::error::{Error, Result, exit};
use crate::findings::{
    Author, Change, Changed, Classification, Determination, FindingId, HistoryEntry, Meanwhile, Status,
    Subject, TagChange, change_findings, find_finding, write_note,
};
use crate::report::sheets::{FINDINGS, HISTORY};
use crate::report::{Layout, counted, recovered_among};
use crate::rules::Severity;
use crate::store::Case;

/// `huntcase set`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase set F-3 --status in-progress\n  \
                        huntcase set F-3 F-5..F-9 --status resolved --verdict benign --determination confirmed-activity \\\n    \
                        --why \"the monitoring agent\" --until 90d\n  \
                        huntcase set --where 'status=new,command~=health-check' --tag +tuning --dry-run\n  \
                        huntcase findings --ids --where severity=high | huntcase set - --assign kim\n\n\
                        What --where selects is shown, and changed when you say y; without a terminal, --yes says it.\n\n\
                        With --force it goes on where a determination does not go with the verdict, where somebody else\n\
                        changed the same field since you last looked, and over somebody else's verdict that you never saw.")]
pub struct SetArguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    change: ChangeArguments,
    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Change what --where selects without asking
    #[arg(short, long)]
    yes: bool,
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
    severity: Option<GivenSeverity>,
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

/// A severity, and the word that was given for it.
#[derive(Debug, Clone)]
struct GivenSeverity {
    severity: Severity,
    given: String,
}

impl FromStr for GivenSeverity {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        Ok(Self { severity: text.parse()?, given: text.to_owned() })
    }
}

/// Runs `huntcase set`.
pub fn set(arguments: &SetArguments, context: &Context) -> Result<u8> {
    let change = arguments.change.change(context)?;
    if arguments.selection.is_empty() {
        return Err(Error::Usage(
            "which findings? name some, such as F-3 or F-3..F-9, or choose some with --where".to_owned(),
        ));
    }
    let mut output = context.output()?;
    let case = context.open_case()?;
    let findings = arguments.selection.findings(&case, context)?;
    let ids: Vec<FindingId> = findings.iter().map(|finding| finding.id).collect();
    let author = context.author("set", &arguments.change.why);
    if arguments.has_to_ask() && !is_wanted(&case, &ids, &change, author, context)? {
        context.say("nothing changed");
        return Ok(exit::DONE);
    }
    let author = Author { dry_run: arguments.dry_run, ..author };
    let changed = change_findings(&case, &ids, &change, author)?;
    if arguments.dry_run && context.format() == Format::Table {
        write_changes(&changed, &mut output, context.layout())?;
    } else {
        FINDINGS.write(&mut output, context.layout(), Vec::new(), &changed.findings)?;
    }
    output.finish()?;
    say_what_changed(&changed, arguments.dry_run, context);
    arguments.change.say_severity(context);
    let judges = change.classification.is_some() || change.determination.is_some();
    if let Some(notice) = recovered_among(&changed.findings).filter(|_| judges) {
        context.say(&notice);
    }
    Ok(exit::DONE)
}

impl SetArguments {
    /// Whether a filter chooses what is changed, and nobody has said yes.
    fn has_to_ask(&self) -> bool {
        self.selection.is_filtered() && !self.dry_run && !self.yes
    }
}

impl ChangeArguments {
    fn change(&self, context: &Context) -> Result<Change> {
        let until =
            self.until.as_deref().map(|text| parse_future("--until", text, context.now)).transpose()?;
        let change = Change {
            status: self.status,
            classification: self.verdict,
            determination: self.determination,
            verdict_until: until,
            severity: self.severity.as_ref().map(|given| given.severity),
            assigned_to: self.assign.clone(),
            tags: self.tag.clone().unwrap_or_default(),
            force: context.global.force,
        };
        match change.is_empty() {
            false => Ok(change),
            true => {
                let allowed = "--status, --verdict, --determination, --until, --severity, --assign, --tag";
                Err(Error::Usage(format!("nothing to change; say at least one of {allowed}")))
            }
        }
    }

    /// Says which severity it became, where the word that was given is none of ours.
    fn say_severity(&self, context: &Context) {
        if let Some(GivenSeverity { severity, given }) = &self.severity
            && given != severity.name()
        {
            context.say(&format!("{given} is no severity here; it became {severity}"));
        }
    }
}

/// Shows what would change, and asks whether it is wanted. What changes nothing is not asked about.
///
/// # Errors
/// There is no terminal to ask on, or the change is refused.
fn is_wanted(
    case: &Case,
    ids: &[FindingId],
    change: &Change,
    author: Author<'_>,
    context: &Context,
) -> Result<bool> {
    if !can_ask() {
        return Err(Error::Usage(format!(
            "--where selects {}, and there is no terminal to ask on; change them with --yes, or look with --dry-run",
            counted(ids.len() as i64, "finding", "findings")
        )));
    }
    let tried = change_findings(case, ids, change, Author { dry_run: true, ..author })?;
    let touched = count_touched(&tried);
    if touched == 0 {
        return Ok(true);
    }
    write_changes(&tried, &mut std::io::stderr(), context.layout_of_question())?;
    ask(&format!("change {}?", counted(touched, "finding", "findings")))
}

/// Writes what was changed, or would be, one line a field.
fn write_changes(changed: &Changed, out: &mut impl Write, layout: Layout) -> Result<()> {
    let changes = changed.changes.iter().filter(|entry| !entry.is_consequence());
    HISTORY.write(out, layout, Vec::new(), changes)?;
    Ok(())
}

/// How many findings were changed.
fn count_touched(changed: &Changed) -> i64 {
    changed.changes.iter().map(|entry| entry.subject).collect::<BTreeSet<Subject>>().len() as i64
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
    let touched = count_touched(changed);
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
