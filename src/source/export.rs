//! An export as a file gives it: its kind, whether it is ours at all, and its rows.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};

use serde::de::IgnoredAny;

use super::{CsvRows, Heading, Input, JsonRows, ReadRows, Row, read_heading};
use crate::error::{Error, Result};
use crate::event::Column;

/// How many bytes of rejected rows are held before the first event, until the file is refused.
const HELD_BEFORE_REFUSAL: usize = 32 << 20;
/// What holding a rejected row takes besides its bytes.
const REJECT_OVERHEAD: usize = 64;
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
        let mut held = 0;
        while held < HELD_BEFORE_REFUSAL {
            let row = self.rows.next_row().map_err(|cause| unreadable(name, &cause))?;
            match row.map(Row::checked) {
                None if self.early_rejects.is_empty() => return Ok(()),
                None => {
                    let which = match self.early_rejects.len() {
                        1 => "its only row is no event".to_owned(),
                        count => format!("none of its {count} rows is an event"),
                    };
                    return Err(refused(name, self.describe_rejects(&which)));
                }
                Some(Row::Rejected { line, reason, raw }) => {
                    held += raw.len() + REJECT_OVERHEAD;
                    self.early_rejects.push_back(EarlyReject { line, reason, raw: raw.to_vec() });
                }
                Some(Row::Event { .. } | Row::OtherTable) => {
                    self.rows.unread_row();
                    return Ok(());
                }
            }
        }
        let which = format!("none of its first {} rows is an event", self.early_rejects.len());
        Err(refused(name, self.describe_rejects(&which)))
    }

    /// Why a file none of whose rows is an event is not ours.
    fn describe_rejects(&self, which: &str) -> String {
        let first = &self.early_rejects[0];
        let reason = format!("{which}: line {}, {}", first.line, first.reason);
        match serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&first.raw) {
            Ok(row) => {
                let keys: Vec<String> = row.into_keys().collect();
                format!("{reason}; found {}; {EXPECTED}", describe_names("keys", &keys))
            }
            Err(_) => reason,
        }
    }
}

fn open_rows(name: &str, mut input: Input) -> Result<(Box<dyn ReadRows>, &'static str)> {
    if input.window().starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.window();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if is_bare_utf16(start) {
        return Err(refused(name, not_text("UTF-16 text")));
    }
    match first {
        None => return Err(refused(name, format!("the file is empty; {EXPECTED}"))),
        Some(b'{' | b'[') => return Ok((Box::new(JsonRows::new(input)), "json")),
        Some(_) => {}
    }
    if let Some(kind) = known_binary(start) {
        return Err(refused(name, not_text(kind)));
    }
    let (rows, headings) = CsvRows::new(input).map_err(|cause| unreadable(name, &cause))?;
    check_headings(name, &headings)?;
    Ok((Box::new(rows), "csv"))
}

fn known_binary(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16 text"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'P', b'K', 3, 4, ..] => Some("a zip or Excel file"),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => Some("a Windows event log (EVTX)"),
        _ if start.iter().take(4096).filter(|byte| **byte == 0).count() > 16 => Some("a binary file"),
        _ if !is_text_line(start) => Some("a binary file"),
        _ => None,
    }
}

fn not_text(kind: &str) -> String {
    format!("this is {kind}; expected CSV or JSON text in UTF-8")
}

/// Whether the text looks like UTF-16 without a byte order mark: every other byte is 0.
fn is_bare_utf16(start: &[u8]) -> bool {
    let (pairs, _) = start[..start.len().min(64)].as_chunks::<2>();
    let is = |zero: usize| pairs.iter().all(|pair| pair[zero] == 0 && pair[1 - zero] != 0);
    pairs.len() > 1 && (is(0) || is(1))
}

/// Whether the first line is UTF-8 without control characters. Carriage returns are judged with the headings.
fn is_text_line(start: &[u8]) -> bool {
    let end = memchr::memchr(b'\n', start).unwrap_or(start.len());
    let line = match std::str::from_utf8(&start[..end]) {
        Ok(line) => line,
        // The window ends inside a character.
        Err(error) if error.error_len().is_none() && end == start.len() => return true,
        Err(_) => return false,
    };
    !line.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r'))
}

fn check_headings(name: &str, headings: &[String]) -> Result<()> {
    if headings.iter().any(|heading| heading.contains(['\r', '\n'])) {
        let problem = "its lines end in CR alone; expected LF or CR LF";
        return Err(refused(name, problem.to_owned()));
    }
    let columns: Vec<Column> = published(headings).collect();
    if let Some(twice) = columns.iter().enumerate().find(|(i, column)| columns[..*i].contains(column)) {
        return Err(refused(name, format!("the column {} appears twice in the header", twice.1.name())));
    }
    let has = |any: &[Column]| columns.iter().any(|column| any.contains(column));
    let is_ours = has(&[Column::Timestamp, Column::TimeGenerated])
        && has(&[Column::DeviceId, Column::DeviceName])
        && has(&OF_CREATED_PROCESS);
    match is_ours {
        true => Ok(()),
        false => Err(refused(name, format!("found {}; {EXPECTED}", describe_names("columns", headings)))),
    }
}

/// The published columns among headings, in their order.
fn published(headings: &[String]) -> impl Iterator<Item = Column> {
    headings.iter().filter_map(|name| match read_heading(name) {
        Heading::Published { column, .. } => Some(column),
        _ => None,
    })
}

fn describe_names(what: &str, names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| shorten(name)).collect();
    let more = names.len() - shown.len();
    match more {
        0 => format!("the {what} {}", shown.join(", ")),
        _ => format!("the {what} {} and {more} more", shown.join(", ")),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &[u8]) -> std::result::Result<Export, String> {
        Export::open("x", Box::new(io::Cursor::new(bytes.to_vec()))).map_err(|error| error.to_string())
    }

    fn problem_of(bytes: &[u8]) -> String {
        open(bytes).err().unwrap_or_else(|| "it was opened".to_owned())
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_with_what_was_found() {
        let no_device = b"Timestamp,FileName\n2026-05-03T00:00:00Z,a.exe\n";
        let network = b"Timestamp,DeviceId,RemoteIP,InitiatingProcessFileName\n";
        let table: [(&[u8], &str); 17] = [
            (b"", "x: the file is empty"),
            (b" \r\n\n", "x: the file is empty"),
            (b"\xff\xfeT\0i\0", "x: this is UTF-16 text"),
            (b"T\0i\0m\0e\0", "x: this is UTF-16 text"),
            (b"[\0{\0\"\0", "x: this is UTF-16 text"),
            (b"\x89PNG\r\n\x1a\n", "x: this is a binary file"),
            (b"GIF89a\x01\x02", "x: this is a binary file"),
            (b"Timestamp,DeviceId,FileName\r2026-05-03T00:00:00Z,d,a\r", "x: its lines end in CR alone"),
            (b"\x1f\x8b\x08\0", "x: this is a gzip file"),
            (b"PK\x03\x04zip", "x: this is a zip or Excel file"),
            (b"ElfFile\0", "x: this is a Windows event log"),
            (&[7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "x: this is a binary file"),
            (b"dear diary", "x: found the columns \"dear diary\"; expected DeviceProcessEvents columns"),
            (no_device, "x: found the columns \"Timestamp\", \"FileName\"; expected"),
            (network, "\"InitiatingProcessFileName\"; expected"),
            (b"Timestamp,DeviceId,FileName,FileName\n", "x: the column FileName appears twice in the header"),
            (
                b"{\"EventID\":1,\"Channel\":\"Sysmon\"}\n",
                "found the keys \"Channel\", \"EventID\"; expected",
            ),
        ];
        for (bytes, expected) in table {
            let problem = problem_of(bytes);
            assert!(problem.contains(expected), "{problem}");
            assert!(!problem.contains('\n'), "{problem}");
        }
    }

    #[test]
    fn a_file_whose_times_are_all_of_another_form_is_refused_with_column_and_text() {
        let problem =
            problem_of(b"\"Timestamp [Local Time]\",DeviceId,FileName\n\"10/25/2023, 9:43:21.990 AM\",d,a\n");
        assert_eq!(
            problem,
            "x: its only row is no event: line 2, Timestamp: \"10/25/2023, 9:43:21.990 AM\" is not an ISO 8601 \
             time such as 2026-05-03T06:40:13.988Z"
        );
    }

    #[test]
    fn rows_rejected_before_the_first_event_are_handed_out_first() {
        let mut export = open(b"Timestamp,DeviceId,FileName\nbad,d,a\n2026-05-03T00:00:00Z,d,b\n").unwrap();
        let mut lines = Vec::new();
        while let Some(row) = export.next_row("x").unwrap() {
            lines.push(match row {
                Row::Event { line, fields, .. } => {
                    (line, fields.to_event().unwrap().created.image.file_name.to_owned())
                }
                Row::Rejected { line, .. } => (line, "rejected".to_owned()),
                Row::OtherTable => (0, "other".to_owned()),
            });
        }
        assert_eq!(lines, [(2, "rejected".to_owned()), (3, "b".to_owned())]);
    }

    #[test]
    fn many_bad_rows_at_the_start_do_not_refuse_the_good_ones_behind() {
        let bad = "bad,d,a\n".repeat(3000);
        let text = format!("Timestamp,DeviceId,FileName\n{bad}2026-05-03T00:00:00Z,d,b\n");
        assert_eq!(open(text.as_bytes()).unwrap().early_rejects.len(), 3000);
        assert!(
            problem_of(format!("Timestamp,DeviceId,FileName\n{bad}").as_bytes())
                .starts_with("x: none of its 3000 rows is an event: line 2, ")
        );
        let long = format!("bad,d,{}\n", "a".repeat(1 << 20)).repeat(40);
        assert!(
            problem_of(format!("Timestamp,DeviceId,FileName\n{long}").as_bytes())
                .starts_with("x: none of its first 32 rows is an event: line 2, ")
        );
    }

    #[test]
    fn an_export_without_rows_is_ours() {
        for bytes in [&b"\xef\xbb\xbfTimestamp,DeviceId,FileName\r\n"[..], b"{\"records\":[]}", b"[]"] {
            let mut export = open(bytes).unwrap();
            assert!(export.next_row("x").unwrap().is_none());
        }
    }

    #[test]
    fn the_kind_comes_from_the_content() {
        assert_eq!(open(b"Timestamp,DeviceId,FileName\n").unwrap().format(), "csv");
        assert_eq!(open(b"\n [ ]").unwrap().format(), "json");
    }
}
