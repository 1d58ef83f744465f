//! What kind of file an export is, told from its content, and what is said of one that is none of ours.

use super::archive::is_archive;
use super::refusal::{Accepted, Refusal};
use super::sheet::open_workbook;
use super::tables::can_be_ours;
use super::{CsvRows, Input, JsonRows, Origin, ReadRows};
use crate::error::WayOut;
use crate::event::Column;

/// What is said to be missing.
pub const EXPECTED: &str = "expected DeviceProcessEvents columns: Timestamp, DeviceId or DeviceName, and ProcessCommandLine, \
                        ProcessId or another of the created process, or ActionType";

/// The window at the start of an export.
pub fn open_input(origin: &mut Origin) -> Accepted<Input> {
    let workbook = match is_archive(&origin.peek(4)?) {
        true => open_workbook(origin.share()?)?,
        false => None,
    };
    let mut input = match workbook {
        Some(workbook) => Input::of_workbook(workbook, origin.identity()),
        None => Input::open(origin.open()?, origin.encoding()),
    };
    input.more()?;
    Ok(input)
}

/// Tells the kind of an export from its content, and gives the reader of its rows and the kind's name.
pub fn open_rows(mut input: Input) -> Accepted<(Box<dyn ReadRows>, &'static str)> {
    if let Some(sheets) = input.sheets().cloned() {
        let rows = CsvRows::of_records(input)?.with_sheets(sheets);
        check_headings(&rows)?;
        return Ok((Box::new(rows), "xlsx"));
    }
    if input.window().starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.window();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => return Err(Refusal::new(format!("the file is empty; {EXPECTED}"), WayOut::Columns)),
        Some(b'{' | b'[') => return Ok((Box::new(JsonRows::new(input)), "json")),
        Some(b'"') if are_texts(start) => {
            let problem =
                "its lines are texts that hold JSON, in quotes of their own; expected the JSON itself";
            return Err(Refusal::new(problem, WayOut::Texts));
        }
        Some(_) => {}
    }
    if let Some((kind, way_out)) = known_binary(start) {
        return Err(not_text(kind, way_out));
    }
    let rows = CsvRows::new(input)?;
    check_headings(&rows)?;
    Ok((Box::new(rows), "csv"))
}

/// Whether the text begins with a JSON text that holds an object.
fn are_texts(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    [&b"\"{\\\""[..], b"\"[{\\\"", b"\"{ \\\""].iter().any(|beginning| start.starts_with(beginning))
}

fn known_binary(start: &[u8]) -> Option<(&'static str, WayOut)> {
    Some(match start {
        [b'B', b'Z', b'h', ..] => {
            ("a bzip2 file", WayOut::Unpack("unpack it: bzip2 -dc FILE | huntcase ingest -"))
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            ("an xz file", WayOut::Unpack("unpack it: xz -dc FILE | huntcase ingest -"))
        }
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => {
            ("a 7-Zip file", WayOut::Unpack("unpack it: 7z x -so FILE | huntcase ingest -"))
        }
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => {
            ("a RAR file", WayOut::Unpack("unpack it: unrar p -inul FILE | huntcase ingest -"))
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            ("an Excel workbook of the older form (.xls), or one with a password", WayOut::Workbook)
        }
        [b'P', b'K', 3, 4, ..] => ("a zip or Excel file in another container", WayOut::Unzip),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => ("a Windows event log (EVTX)", WayOut::OtherSource),
        _ if start.iter().take(4096).filter(|byte| **byte == 0).count() > 16 => {
            ("a binary file", WayOut::Columns)
        }
        _ if !is_text_line(start) => ("a binary file, or a text that is not UTF-8", WayOut::Encode),
        _ => return None,
    })
}

fn not_text(kind: &str, way_out: WayOut) -> Refusal {
    Refusal::new(format!("this is {kind}; expected CSV or JSON text, or Excel, packed or not"), way_out)
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

/// Checks that headings are those of an export of ours, or of another table, whose rows are counted.
pub fn check_headings(rows: &CsvRows) -> Accepted<()> {
    let headings = rows.headings();
    if headings.iter().any(|heading| heading.contains(['\r', '\n'])) {
        return Err(Refusal::new("its lines end in CR alone; expected LF or CR LF", WayOut::LineEnds));
    }
    // Of another table for sure: its rows are counted and passed over.
    if !rows.table_of_headings().is_empty() {
        return Ok(());
    }
    let columns = rows.columns();
    let has = |any: &[Column]| any.iter().any(|column| columns.has(*column));
    let is_ours = has(&[Column::Timestamp, Column::TimeGenerated])
        && has(&[Column::DeviceId, Column::DeviceName])
        && (can_be_ours(columns) || rows.names_tables());
    if is_ours {
        return Ok(());
    }
    let found = describe_names("columns", headings);
    match other_source(headings) {
        Some(source) => Err(Refusal::new(format!("these are {source}: found {found}"), WayOut::OtherSource)),
        None => Err(Refusal::new(format!("found {found}; {EXPECTED}"), WayOut::Columns)),
    }
}

/// Events of another source than Defender, told by names that only they have.
pub fn other_source(names: &[String]) -> Option<&'static str> {
    let has = |name: &str| names.iter().any(|known| known.trim().eq_ignore_ascii_case(name));
    match () {
        () if has("NewProcessName") || has("NewProcessId") => Some("Security events (4688)"),
        () if has("UtcTime") || has("ProcessGuid") => Some("Sysmon events"),
        () if has("EventID") && has("Channel") => Some("Windows events"),
        () => None,
    }
}

/// The first few of the names that were found.
pub fn describe_names(what: &str, names: &[String]) -> String {
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
