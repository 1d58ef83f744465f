//! `huntcase imports`

use std::io::Write;

use clap::{Args, Subcommand};

use super::context::Context;
use super::global::Format;
use super::ingest::by_table;
use super::notices::notice_in_words;
use crate::error::{Result, exit};
use crate::report::sheets::{CONFLICTS, IMPORTS, RECOVERED, REJECTS, RowSink};
use crate::report::{grouped, page};
use crate::store::{Case, Import};

/// `huntcase imports`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase imports list\n  huntcase imports show 2 --rejects --format csv"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// List the files that were taken in
    #[command(after_help = "Example:\n  huntcase imports list")]
    List,
    /// Show one import
    #[command(after_help = "Examples:\n  huntcase imports show 2\n  huntcase imports show 2 --rejects")]
    Show {
        /// The import's number
        id: i64,
        /// List the rows that were no events
        #[arg(long, group = "rows")]
        rejects: bool,
        /// List the rows that contradict events already known
        #[arg(long, group = "rows")]
        conflicts: bool,
        /// List the events that rest on rows behind one that broke inside a text, which may be part of that text
        #[arg(long, group = "rows")]
        recovered: bool,
    },
}

/// Runs `huntcase imports`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let mut output = context.output()?;
    match arguments.command {
        ImportCommand::List => {
            IMPORTS.write(&mut output, context.layout(), Vec::new(), &case.list_imports()?)?;
        }
        ImportCommand::Show { id, rejects, conflicts, recovered } => {
            let import = case.get_import(id)?;
            match (rejects, conflicts, recovered) {
                (true, ..) => write_rejects(&mut output, &case, id, context)?,
                (_, true, _) => drop(CONFLICTS.write(
                    &mut output,
                    context.layout(),
                    Vec::new(),
                    &case.list_conflicts(id)?,
                )?),
                (.., true) => write_recovered(&mut output, &case, id, context)?,
                _ => write_import(&mut output, &import, context)?,
            }
        }
    }
    output.finish()?;
    Ok(exit::DONE)
}

fn write_rejects(out: &mut dyn Write, case: &Case, id: i64, context: &Context) -> Result<()> {
    let mut rows: RowSink<'_, _, _> = REJECTS.begin(out, context.layout())?;
    case.for_each_reject(id, None, &mut |reject| Ok(rows.row(&reject)?))?;
    rows.finish()?;
    Ok(())
}

fn write_recovered(out: &mut dyn Write, case: &Case, id: i64, context: &Context) -> Result<()> {
    let mut rows: RowSink<'_, _, _> = RECOVERED.begin(out, context.layout())?;
    case.for_each_recovered(id, &mut |recovered| Ok(rows.row(&recovered)?))?;
    rows.finish()?;
    Ok(())
}

fn write_import(out: &mut dyn Write, import: &Import, context: &Context) -> Result<()> {
    if context.format() != Format::Table {
        IMPORTS.write(out, context.layout(), Vec::new(), [import])?;
        return Ok(());
    }
    let time = |time: Option<crate::event::Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    let mut pairs = vec![
        ("Import", import.id.to_string()),
        ("File", import.file_name.clone()),
        ("SHA-256", import.sha256.clone()),
        ("Size", format!("{} bytes", grouped(import.size_bytes))),
        ("Format", import.format.clone()),
        ("Imported", format!("{} by {}", import.imported_at.to_seconds_text(), import.imported_by)),
        ("Rows read", grouped(import.rows_read)),
        ("Events new", grouped(import.events_new)),
        ("Events known", grouped(import.events_known)),
        ("Events completed", grouped(import.events_completed)),
        ("Events matched", grouped(import.events_matched)),
        ("Rows conflicting", grouped(import.rows_conflicting)),
        ("Rows rejected", grouped(import.rows_rejected)),
        ("Rows of other tables", of_other_tables(import)),
        ("Rows recovered", recovered(import)),
        ("Rows without ReportId", grouped(import.rows_without_report_id)),
        ("Rows without DeviceId", grouped(import.rows_without_device_id)),
        ("First event", time(import.first_event)),
        ("Last event", time(import.last_event)),
        ("Columns lacking", import.lacking.join(", ")),
    ];
    pairs.extend(import.notices.iter().map(|notice| ("Notice", notice_in_words(notice))));
    page(out, &pairs, context.layout().width)?;
    Ok(())
}

fn of_other_tables(import: &Import) -> String {
    match import.rows_of_other_tables {
        0 => "0".to_owned(),
        rows => format!("{}: {}", grouped(rows), by_table(&import.other_tables)),
    }
}

fn recovered(import: &Import) -> String {
    match import.recovered_after {
        Some(after) => format!("{}, behind the broken row of line {after}", grouped(import.rows_recovered)),
        None => "0".to_owned(),
    }
}
