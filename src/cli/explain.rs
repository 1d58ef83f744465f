//! `huntcase ingest --explain`

use std::io::Write;
use std::path::PathBuf;

use super::context::Context;
use super::inputs::exports_of;
use super::output::print_error;
use super::reading::Asked;
use crate::error::{Result, exit};
use crate::event::{Column, DateOrder, Timestamp};
use crate::report::{counted, page};
use crate::source::{EventSeen, Explanation, TimeSeen, ZoneSaid, explain};

/// How many characters of a text are shown.
const LONGEST_TEXT: usize = 120;

/// Prints what each file is taken for, and changes nothing. A file that is not ours is named as it would be when it was
/// taken in.
pub fn explain_files(files: &[PathBuf], asked: &Asked, context: &Context) -> Result<u8> {
    context.expect_lines("--explain")?;
    let mut output = context.output_beside(files)?;
    let mut code = exit::DONE;
    let mut shown = 0;
    for file in files {
        let parts = match exports_of(file, asked.encoding) {
            Ok(parts) => parts.into_iter().map(|part| (part.name, part.origin)).collect(),
            Err(error) => vec![(file.display().to_string(), Err(error))],
        };
        for (name, origin) in parts {
            match origin.and_then(|origin| explain(&name, origin, &asked.reading)) {
                Ok(explanation) => {
                    if shown > 0 {
                        writeln!(output)?;
                    }
                    shown += 1;
                    page(&mut output, &lines(&name, &explanation), context.layout().width)?;
                }
                Err(error) => {
                    code = if code == exit::DONE { error.exit_code() } else { code };
                    print_error(&error, context.global.wants_json());
                }
            }
        }
    }
    output.finish()?;
    Ok(code)
}

type Line = (&'static str, String);

fn lines(name: &str, explanation: &Explanation) -> Vec<Line> {
    let mut lines = vec![("File", name.to_owned()), ("Kind", kind(explanation))];
    lines.push(("Encoding", explanation.form.encoding.to_string()));
    let containers = explanation.form.containers.iter().map(|container| container.name());
    let containers: Vec<&str> =
        explanation.is_member.then_some("zip").into_iter().chain(containers).collect();
    if !containers.is_empty() {
        lines.push(("Packed in", containers.join(", then ")));
    }
    lines.extend(explanation.wrapper.iter().map(|wrapper| ("Wrapper", wrapper.clone())));
    lines.extend(
        explanation
            .partial
            .iter()
            .map(|said| ("Rows missing", format!("{said}; it is refused without --partial"))),
    );
    if let Some(time) = &explanation.time {
        lines.extend(of_time(time));
    }
    lines.push(("Rows", rows(explanation)));
    if let Some((line, reason)) = &explanation.rejected {
        lines.push(("First rejected", format!("line {line}: {reason}")));
    }
    lines.extend(explanation.events.iter().map(|event| ("Event", of_event(event))));
    for (heading, column) in &explanation.read_as {
        lines.push(("Read by name", format!("{heading} as {}", column.name())));
    }
    lines.push(("Columns read", names(explanation.columns.iter())));
    if !explanation.others.is_empty() {
        lines.push(("Kept beside", explanation.others.join(", ")));
    }
    if !explanation.missing.is_empty() {
        lines.push(("Missing", names(explanation.missing.iter().copied())));
    }
    lines
}

fn kind(explanation: &Explanation) -> String {
    match (explanation.format, explanation.separator) {
        ("csv", Some('\t')) => "CSV, cells separated by tabs".to_owned(),
        ("csv", Some(separator)) => format!("CSV, cells separated by {separator}"),
        ("xlsx", _) => {
            let sheets: Vec<String> = explanation.sheets.iter().map(|name| format!("{name:?}")).collect();
            format!("Excel workbook, sheet {}", sheets.join(", "))
        }
        _ => "JSON".to_owned(),
    }
}

fn names(columns: impl Iterator<Item = Column>) -> String {
    columns.map(Column::name).collect::<Vec<_>>().join(", ")
}

fn of_time(time: &TimeSeen) -> Vec<Line> {
    let text =
        |time: Option<Timestamp>| time.map_or_else(|| "no such date".to_owned(), Timestamp::to_seconds_text);
    let column = time.sample.column.name();
    let mut lines = vec![("Time", format!("{column} {:?}", time.sample.value))];
    match (time.readings, time.instant) {
        (Some((day_first, month_first)), None) => {
            let local = |time: Option<Timestamp>| text(time).trim_end_matches('Z').to_owned();
            lines.push(("", format!("--dates {}: {}", DateOrder::DayFirst.name(), local(day_first))));
            lines.push(("", format!("--dates {}: {}", DateOrder::MonthFirst.name(), local(month_first))));
            let is_told = day_first.is_none() || month_first.is_none();
            let decides = if is_told {
                "this date tells, unless another contradicts it"
            } else {
                "all dates of the file decide"
            };
            lines.push(("", format!("without --dates {decides}")));
        }
        (_, Some(instant)) => lines.push(("", format!("read as {instant}"))),
        (None, None) => lines.push(("", "cannot be read".to_owned())),
    }
    lines.push(("Zone", of_zone(time.zone)));
    lines
}

fn of_zone(zone: ZoneSaid) -> String {
    match zone {
        ZoneSaid::Time => "named by the times themselves".to_owned(),
        ZoneSaid::Heading => "UTC, as the heading says".to_owned(),
        ZoneSaid::Asked(zone) => format!("named by nothing in the file; {zone}, as asked for"),
        ZoneSaid::Nothing => "named by nothing in the file; UTC, unless --tz says otherwise".to_owned(),
        ZoneSaid::Unknown => "local, as the heading says, but not which: it takes --tz".to_owned(),
    }
}

fn rows(explanation: &Explanation) -> String {
    let others: u64 = explanation.other_tables.values().sum();
    let mut words = format!("{} looked at", counted(explanation.rows as i64, "row", "rows"));
    for (table, rows) in &explanation.other_tables {
        let table = if table.is_empty() { "a table that nothing names" } else { table };
        words += &format!(", {rows} of {table}");
    }
    if others == explanation.rows && others > 0 {
        words += ": none is of DeviceProcessEvents";
    }
    words
}

fn of_event(event: &EventSeen) -> String {
    let shown = |text: &str| {
        let start: String = text.chars().take(LONGEST_TEXT).collect();
        if start.len() < text.len() { format!("{start}…") } else { start }
    };
    let texts = event.texts.iter().map(|(column, text)| format!("{}={}", column.name(), shown(text)));
    format!("line {}: {}", event.line, texts.collect::<Vec<_>>().join("; "))
}
