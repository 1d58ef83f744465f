//! `huntcase ingest`, and the part of `huntcase run` that takes exports in.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::explain::explain_files;
use super::global::{Format, STANDARD_INPUT};
use super::inputs::{exports_of, files_of, identity_of};
use super::notices::notice_in_words;
use super::output::{print_error, say};
use super::progress::Progress;
use super::reading::{Asked, ReadingArguments};
use crate::error::{Error, Result, exit};
use crate::event::{Reading, Timestamp};
use crate::findings::list_prunes;
use crate::report::sheets::INGESTED;
use crate::report::{counted, grouped, printable};
use crate::source::{Export, Notice, Origin, Part};
use crate::store::{Case, Import, Outcome, Request, ingest};

/// How many rejected rows a summary names.
const REJECTS_SHOWN: usize = 3;

/// `huntcase ingest`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase ingest exports/*.csv\n  huntcase ingest exports\n  huntcase ingest --explain portal.csv\n  \
                  huntcase ingest --tz Europe/Berlin --dates dmy portal.csv\n  huntcase ingest export.zip stream.json.gz"
)]
pub struct Arguments {
    /// Exports of DeviceProcessEvents, as CSV, JSON or Excel, also packed; a folder stands for the exports in it and in the
    /// folders within; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Say what each file is taken for, from its head, and change nothing
    #[arg(long)]
    explain: bool,
    /// Exit with 4 when rows were rejected
    #[arg(long)]
    strict: bool,
}

/// Runs `huntcase ingest`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let files = files_of(&arguments.files);
    let asked = arguments.reading.asked(context)?;
    if arguments.explain {
        return explain_files(&files, &asked, context);
    }
    let mut output = context.output_beside(&files)?;
    let ingested = ingest_files(&files, &asked, context)?;
    match context.format() {
        Format::Table => print_summaries(&mut output, &ingested)?,
        _ => {
            ingested.reaching_back().for_each(|line| context.say(&line));
            INGESTED.write(&mut output, context.layout(), Vec::new(), &ingested.outcomes)?;
        }
    }
    output.finish()?;
    ingested.code(arguments.strict)
}

/// What became of the files of one command.
#[derive(Default)]
pub struct Ingested {
    pub outcomes: Vec<Outcome>,
    /// The files as this command named them, one for each outcome.
    names: Vec<String>,
    /// Parts of the summaries that only the case knows, one for each outcome.
    rejects: Vec<Vec<String>>,
    /// The exit code of the first file that failed.
    failure: Option<u8>,
    /// Before when events were pruned.
    pruned_before: Option<Timestamp>,
    /// Whether this command names the zone of times that name none.
    names_zone: bool,
}

impl Ingested {
    /// The exit code: the first failure's, else that for rejected rows under `--strict`.
    pub fn code(&self, strict: bool) -> Result<u8> {
        let rejected: i64 =
            self.outcomes.iter().filter_map(imported).map(|import| import.rows_rejected).sum();
        match self.failure {
            Some(code) => Ok(code),
            None if strict && rejected > 0 => Err(Error::RowsRejected(rejected.unsigned_abs())),
            None => Ok(exit::DONE),
        }
    }

    /// A line for each file that may have brought back what was pruned.
    fn reaching_back(&self) -> impl Iterator<Item = String> {
        let imports = self.outcomes.iter().filter_map(imported);
        imports.filter_map(|import| {
            let words = reaches_back(import, self.pruned_before)?;
            Some(format!("{}: {words}", import.file_name))
        })
    }
}

/// Takes files in, one transaction each. A file that fails is named on standard error; the others go in.
///
/// # Errors
/// Every file failed, or the case cannot be opened.
pub fn ingest_files(files: &[PathBuf], asked: &Asked, context: &Context) -> Result<Ingested> {
    let mut ingested = Ingested { names_zone: asked.reading.zone.is_some(), ..Ingested::default() };
    let mut case = match context.case_path().exists() {
        true => Some(context.open_or_create_case()?),
        false => None,
    };
    ingested.pruned_before = case.as_ref().map(pruned_before).transpose()?.flatten();
    let mut progress = Progress::new(files, context);
    let mut last_error = None;
    for (index, file) in files.iter().enumerate() {
        progress.begin(index, &file.display().to_string());
        for (name, outcome) in ingest_file(file, asked, &mut case, &mut progress, context) {
            match outcome {
                Ok(outcome) => {
                    ingested.rejects.push(first_rejects(case.as_ref(), &outcome)?);
                    ingested.outcomes.push(outcome);
                    ingested.names.push(name);
                }
                Err(error @ Error::Case { .. }) => return Err(error),
                Err(error) => {
                    progress.skip();
                    ingested.failure.get_or_insert(error.exit_code());
                    if let Some(earlier) = last_error.replace(error) {
                        progress.beside(|| print_error(&earlier, context.global.wants_json()));
                    }
                }
            }
        }
    }
    progress.finish();
    match last_error {
        Some(error) if ingested.outcomes.is_empty() => Err(error),
        Some(error) => {
            print_error(&error, context.global.wants_json());
            Ok(ingested)
        }
        None => Ok(ingested),
    }
}

fn pruned_before(case: &Case) -> Result<Option<Timestamp>> {
    Ok(list_prunes(case)?.iter().map(|prune| prune.before).max())
}

/// Takes the exports of a file in, each by its name.
fn ingest_file(
    path: &Path,
    asked: &Asked,
    case: &mut Option<Case>,
    progress: &mut Progress,
    context: &Context,
) -> Vec<(String, Result<Outcome>)> {
    let name = path.display().to_string();
    let parts = match find_same_file(path, case.as_ref()) {
        Ok(Some(import)) => {
            progress.skip();
            return vec![(name, Ok(Outcome::AlreadyImported(import)))];
        }
        Ok(None) => exports_of(path, asked.encoding),
        Err(error) => Err(error),
    };
    match parts {
        Ok(parts) => {
            progress.split(parts.len());
            let ingest = |Part { name, origin }: Part| {
                let outcome = origin
                    .and_then(|origin| ingest_part(&name, origin, &asked.reading, case, progress, context));
                (name, outcome)
            };
            parts.into_iter().map(ingest).collect()
        }
        Err(error) => vec![(name, Err(error))],
    }
}

fn ingest_part(
    name: &str,
    origin: Origin,
    reading: &Reading,
    case: &mut Option<Case>,
    progress: &mut Progress,
    context: &Context,
) -> Result<Outcome> {
    if let (Some(case), Some(identity)) = (&case, origin.identity())
        && let Some(import) = case.find_import(&identity.sha256, origin.member())?
    {
        progress.skip();
        return Ok(Outcome::AlreadyImported(import));
    }
    // The file is known to be ours before a case is made for it.
    let mut export = Export::open(name, origin, reading.clone())?;
    let case = match case {
        Some(case) => case,
        // What is said of it stands above the bar.
        None => case.insert(progress.beside(|| context.open_or_create_case())?),
    };
    let request = Request { by: &context.analyst, at: context.now };
    let outcome = ingest(case, &mut export, request, &mut |bytes, events| progress.show(bytes, events))?;
    progress.end(imported(&outcome).map_or(0, events_met));
    Ok(outcome)
}

/// How many rows of an import were events.
fn events_met(import: &Import) -> u64 {
    (import.rows_read - import.rows_rejected - import.rows_of_other_tables).unsigned_abs()
}

/// The import of the very same bytes. To hash a file is much less work than to read it, and is done only where a
/// file of this size was imported.
fn find_same_file(path: &Path, case: Option<&Case>) -> Result<Option<Import>> {
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(None);
    }
    let (Some(case), Ok(metadata)) = (case, std::fs::metadata(path)) else { return Ok(None) };
    if !metadata.is_file() || !case.has_import_of_size(metadata.len())? {
        return Ok(None);
    }
    match identity_of(path) {
        Some(identity) => case.find_import(&identity.sha256, ""),
        None => Ok(None),
    }
}

fn first_rejects(case: Option<&Case>, outcome: &Outcome) -> Result<Vec<String>> {
    let Outcome::Imported(import) = outcome else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    if let Some(case) = case.filter(|_| import.rows_rejected > 0) {
        case.for_each_reject(import.id, Some(REJECTS_SHOWN), &mut |reject| {
            lines.push(format!("line {}: {}", reject.line, reject.reason));
            Ok(())
        })?;
    }
    Ok(lines)
}

/// The import that a file made; None where it was known.
pub fn imported(outcome: &Outcome) -> Option<&Import> {
    match outcome {
        Outcome::Imported(import) => Some(import),
        Outcome::AlreadyImported(_) => None,
    }
}

/// Prints what became of each file.
pub fn print_summaries(out: &mut impl Write, ingested: &Ingested) -> Result<()> {
    for line in summaries(ingested) {
        writeln!(out, "{}", printable(&line))?;
    }
    Ok(())
}

/// The same on standard error, where standard output holds data.
pub fn say_summaries(ingested: &Ingested) {
    summaries(ingested).iter().for_each(|line| say(line));
}

fn summaries(ingested: &Ingested) -> Vec<String> {
    let files = ingested.outcomes.iter().zip(&ingested.names).zip(&ingested.rejects);
    files
        .flat_map(|((outcome, name), rejects)| match outcome {
            Outcome::AlreadyImported(import) => vec![summary_of_known(import, name, ingested.names_zone)],
            Outcome::Imported(import) => summary(import, rejects, ingested.pruned_before),
        })
        .collect()
}

/// What is said of an import that has events of a time whose events were pruned.
fn reaches_back(import: &Import, pruned_before: Option<Timestamp>) -> Option<String> {
    let before = pruned_before.filter(|before| import.first_event.is_some_and(|first| first < *before))?;
    let words = "where events were pruned: those that came again are new to the case, and to rules";
    (import.events_new > 0).then(|| format!("reaches back before {}, {words}", before.to_seconds_text()))
}

/// The rows of other tables, where a file has no others.
fn others_alone(import: &Import) -> Option<String> {
    let is_alone = import.rows_of_other_tables > 0 && import.rows_of_other_tables == import.rows_read;
    is_alone.then(|| by_table(&import.other_tables))
}

/// `3 of DeviceFileEvents, 1 of DeviceEvents`.
pub fn by_table(tables: &BTreeMap<String, i64>) -> String {
    let words = tables.iter().map(|(table, rows)| match table.as_str() {
        "" => format!("{} of a table that nothing names", grouped(*rows)),
        table => format!("{} of {table}", grouped(*rows)),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Of the very same bytes nothing is read again, so that what is said of them now comes too late.
fn summary_of_known(import: &Import, name: &str, names_zone: bool) -> String {
    let mut same = format!("{name}: nothing new, the same file as import {}", import.id);
    if import.file_name != name {
        same += &format!(" ({})", import.file_name);
    }
    let is_assumed = |notice: &Notice| matches!(notice, Notice::ZoneAssumed { .. });
    if names_zone && import.notices.iter().any(is_assumed) {
        same += "; its times were read as UTC, and stay so in this case";
    }
    same
}

fn summary(import: &Import, rejects: &[String], pruned_before: Option<Timestamp>) -> Vec<String> {
    if let Some(others) = others_alone(import) {
        return vec![format!("{}: no row of DeviceProcessEvents, {others} skipped", import.file_name)];
    }
    let mut lines = vec![format!(
        "{}: {} read: {} new, {} already known, {} rejected",
        import.file_name,
        counted(import.rows_read, "row", "rows"),
        grouped(import.events_new),
        grouped(import.events_known),
        grouped(import.rows_rejected)
    )];
    if let (Some(first), Some(last)) = (import.first_event, import.last_event) {
        lines.push(format!("  covers {} to {}", first.to_seconds_text(), last.to_seconds_text()));
    }
    lines.push(format!("  sha256 {}", import.sha256));
    lines.extend(reaches_back(import, pruned_before).map(|words| format!("  {words}")));
    for (count, what) in [
        (
            import.events_completed,
            "that filled empty values of events already known, or told their times finer",
        ),
        (
            import.events_matched,
            "of events that another export told at another precision, or without ReportId",
        ),
        (import.rows_conflicting, "against events already known, kept aside"),
        (import.rows_without_report_id, "without ReportId, known by their whole content"),
        (import.rows_without_device_id, "without DeviceId, their device known by DeviceName"),
    ] {
        if count > 0 {
            lines.push(format!("  {} {what}", counted(count, "row", "rows")));
        }
    }
    if import.rows_of_other_tables > 0 {
        let rows = counted(import.rows_of_other_tables, "row", "rows");
        lines.push(format!("  {rows} of other tables, skipped: {}", by_table(&import.other_tables)));
    }
    if let Some(after) = import.recovered_after.filter(|_| import.rows_recovered > 0) {
        lines.push(format!(
            "  {} recovered behind the broken row of line {after}: huntcase imports show {} --recovered",
            counted(import.rows_recovered, "row", "rows"),
            import.id
        ));
    }
    lines.extend(import.notices.iter().map(|notice| format!("  {}", notice_in_words(notice))));
    if import.rows_conflicting > 0 {
        lines.push(format!("  those kept aside: huntcase imports show {} --conflicts", import.id));
    }
    lines.extend(rejects.iter().map(|reject| format!("  rejected {reject}")));
    if import.rows_rejected > rejects.len() as i64 {
        lines.push(format!("  all rejected rows: huntcase imports show {} --rejects", import.id));
    }
    lines
}
