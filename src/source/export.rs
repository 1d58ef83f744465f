//! An export as a file gives it: its kind, whether it is ours at all, and its rows.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::{CsvRows, Input, JsonRows, ReadRows, Row};
use crate::error::{Error, Result};
use crate::event::Column;

/// How many rows may be rejected before the first event, until the file is refused.
const REJECTS_BEFORE_REFUSAL: usize = 1000;
/// What a DeviceProcessEvents export says of the process that was created; one of these must be there.
const OF_CREATED_PROCESS: [Column; 6] = [
    Column::FileName,
    Column::FolderPath,
    Column::ProcessCommandLine,
    Column::ProcessId,
    Column::ProcessCreationTime,
    Column::ProcessUniqueId,
];
const EXPECTED: &str = "expected DeviceProcessEvents columns: Timestamp, DeviceId or DeviceName, and FileName, \
                        FolderPath, ProcessCommandLine or another of the created process";

/// An export whose kind is known and whose first event has been seen.
pub struct Export {
    rows: Box<dyn ReadRows>,
    format: &'static str,
    /// Rows rejected before the first event, while it was found out whether the file is ours.
    early_rejects: VecDeque<EarlyReject>,
    early_reject: Option<EarlyReject>,
}

struct EarlyReject {
    line: u64,
    reason: String,
    raw: Vec<u8>,
}

impl Export {
    /// Tells the kind of an export from its content and reads on to its first event. `name` is for errors.
    ///
    /// # Errors
    /// The file cannot be read, or is not ours: then the error says what was found and what was expected.
    pub fn open(name: &str, reader: Box<dyn Read + Send>) -> Result<Self> {
        let mut input = Input::new(reader);
        input.more().map_err(|cause| unreadable(name, &cause))?;
        let (rows, format) = open_rows(name, input)?;
        let mut export = Self { rows, format, early_rejects: VecDeque::new(), early_reject: None };
        export.find_first_event(name)?;
        Ok(export)
    }

    /// `csv` or `json`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The next row, or None at the end. `name` is for errors.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next_row(&mut self, name: &str) -> Result<Option<Row<'_>>> {
        self.early_reject = self.early_rejects.pop_front();
        if let Some(EarlyReject { line, reason, raw }) = &self.early_reject {
            return Ok(Some(Row::Rejected { line: *line, reason: reason.clone(), raw }));
        }
        self.rows.next_row().map_err(|cause| unreadable(name, &cause))
    }

    /// Bytes read so far.
    pub fn bytes_read(&mut self) -> u64 {
        self.rows.input().bytes_read()
    }

    /// The size in bytes and the SHA-256, in hexadecimal, of the whole file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn finish(&mut self, name: &str) -> Result<(u64, String)> {
        self.rows.input().finish().map_err(|cause| unreadable(name, &cause))
    }

    fn find_first_event(&mut self, name: &str) -> Result<()> {
        while self.early_rejects.len() < REJECTS_BEFORE_REFUSAL {
            match self.rows.next_row().map_err(|cause| unreadable(name, &cause))? {
                None if self.early_rejects.is_empty() => return Ok(()),
                None => break,
                Some(Row::Rejected { line, reason, raw }) => {
                    self.early_rejects.push_back(EarlyReject { line, reason, raw: raw.to_vec() });
                }
                Some(Row::Event { .. } | Row::OtherTable) => {
                    self.rows.unread_row();
                    return Ok(());
                }
            }
        }
        let all = if self.early_rejects.len() < REJECTS_BEFORE_REFUSAL {
            "none of its"
        } else {
            "none of its first"
        };
        let (count, first) = (self.early_rejects.len(), &self.early_rejects[0]);
        let problem =
            format!("{all} {count} rows is an event; line {}, {}; {EXPECTED}", first.line, first.reason);
        Err(refused(name, problem))
    }
}

fn open_rows(name: &str, mut input: Input) -> Result<(Box<dyn ReadRows>, &'static str)> {
    if input.window().starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.window();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => return Err(refused(name, format!("the file is empty; {EXPECTED}"))),
        Some(b'{' | b'[') => return Ok((Box::new(JsonRows::new(input)), "json")),
        Some(_) => {}
    }
    if let Some(kind) = known_binary(start) {
        return Err(refused(name, format!("this is {kind}; expected CSV or JSON text in UTF-8")));
    }
    let (rows, headings) = CsvRows::new(input).map_err(|cause| unreadable(name, &cause))?;
    check_headings(name, &rows, &headings)?;
    Ok((Box::new(rows), "csv"))
}

fn known_binary(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16 text"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'P', b'K', 3, 4, ..] => Some("a zip or Excel file"),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => Some("a Windows event log (EVTX)"),
        _ if start.iter().take(4096).filter(|byte| **byte == 0).count() > 16 => Some("a binary file"),
        _ => None,
    }
}

fn check_headings(name: &str, rows: &CsvRows, headings: &[String]) -> Result<()> {
    let columns: Vec<Column> = rows.columns().collect();
    if let Some(twice) = columns.iter().enumerate().find(|(i, column)| columns[..*i].contains(column)) {
        return Err(refused(name, format!("the column {} appears twice in the header", twice.1.name())));
    }
    let has = |any: &[Column]| columns.iter().any(|column| any.contains(column));
    let is_ours = has(&[Column::Timestamp, Column::TimeGenerated])
        && has(&[Column::DeviceId, Column::DeviceName])
        && has(&OF_CREATED_PROCESS);
    match is_ours {
        true => Ok(()),
        false => Err(refused(name, format!("found {}; {EXPECTED}", describe_headings(headings)))),
    }
}

fn describe_headings(headings: &[String]) -> String {
    let shown: Vec<String> = headings.iter().take(5).map(|heading| shorten(heading)).collect();
    let more = headings.len().saturating_sub(shown.len());
    match more {
        0 => format!("the columns {}", shown.join(", ")),
        _ => format!("the columns {} and {more} more", shown.join(", ")),
    }
}

fn shorten(heading: &str) -> String {
    let short: String = heading.chars().take(40).collect();
    let dots = if short.len() < heading.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}

fn refused(name: &str, problem: String) -> Error {
    Error::Export { file: name.to_owned(), problem }
}

fn unreadable(name: &str, cause: &io::Error) -> Error {
    Error::Export { file: name.to_owned(), problem: format!("cannot be read: {cause}") }
}
