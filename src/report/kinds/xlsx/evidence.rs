//! The rows of the evidence, put into the sheets that were left empty for them.
//!
//! A million rows are gigabytes of XML. Here they go straight into the packed file; the workbook's own writer would keep
//! them on disk first, and takes twice as long.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::super::super::Value;
use super::super::super::sheets::EVIDENCE;
use super::cell::{Content, content};
use super::{LEFT_OUT, evidence_columns};
use crate::error::Result;
use crate::findings::Evidence;

/// How many rows are handed on together.
const BATCH_ROWS: usize = 256;
/// How many batches may wait.
const BATCHES_AHEAD: usize = 8;
/// How much XML is gathered before it is packed.
const XML_AHEAD: usize = 1 << 16;

/// A row: the cells of its finding, and its event.
type EvidenceRow = (Arc<[Value]>, Evidence);

/// Hands rows on to the thread that lays them out.
pub struct Batches {
    sender: SyncSender<Vec<EvidenceRow>>,
    batch: Vec<EvidenceRow>,
}

impl Batches {
    /// Begins to hand rows on to whoever has the other end.
    pub fn new() -> (Self, Receiver<Vec<EvidenceRow>>) {
        let (sender, receiver) = mpsc::sync_channel(BATCHES_AHEAD);
        (Self { sender, batch: Vec::new() }, receiver)
    }

    /// Hands a row on, sooner or later.
    pub fn add(&mut self, row: EvidenceRow) -> Result<()> {
        self.batch.push(row);
        if self.batch.len() == BATCH_ROWS { self.hand_on() } else { Ok(()) }
    }

    /// Hands on what there is.
    pub fn hand_on(&mut self) -> Result<()> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH_ROWS));
        Ok(self.sender.send(batch).map_err(|_| io::Error::other("the evidence is not taken"))?)
    }
}

/// The sheets that were left empty, by their names in the packed file, each with the rows that it has room for.
pub struct Rooms(Vec<(String, u32)>);

impl Rooms {
    /// Sheets that follow `before` others.
    pub fn after(before: usize, planned: Vec<u32>) -> Self {
        let name = |number: usize| format!("xl/worksheets/sheet{number}.xml");
        Self((before + 1..).map(name).zip(planned).collect())
    }
}

/// Gives the workbook with the rows in their sheets.
pub fn fill(book: File, rooms: &Rooms, batches: Receiver<Vec<EvidenceRow>>) -> Result<File> {
    let mut rows = batches.into_iter().flatten();
    let mut book = ZipArchive::new(BufReader::new(book)).map_err(io::Error::from)?;
    let mut packed = ZipWriter::new(BufWriter::with_capacity(1 << 18, tempfile::tempfile()?));
    for index in 0..book.len() {
        let mut entry = book.by_index(index).map_err(io::Error::from)?;
        let entry_name = entry.name().map_err(io::Error::from)?.into_owned();
        let Some((name, room)) = rooms.0.iter().find(|(name, _)| *name == entry_name) else {
            packed.raw_copy_file(entry).map_err(io::Error::from)?;
            continue;
        };
        let mut sheet = String::new();
        entry.read_to_string(&mut sheet)?;
        // The fastest: such XML becomes nearly as small.
        let options = SimpleFileOptions::default().compression_level(Some(1)).large_file(true);
        packed.start_file(name, options.unix_permissions(0o600)).map_err(io::Error::from)?;
        fill_sheet(&mut packed, &sheet, rows.by_ref().take(*room as usize), *room)?;
    }
    if rows.next().is_some() {
        return Err(io::Error::other("there are more events than the findings say").into());
    }
    let packed = packed.finish().map_err(io::Error::from)?;
    Ok(packed.into_inner().map_err(io::IntoInnerError::into_error)?)
}

/// Writes a sheet with the rows after its heading.
fn fill_sheet(
    out: &mut impl Write,
    sheet: &str,
    rows: impl Iterator<Item = EvidenceRow>,
    count: u32,
) -> Result<()> {
    const END: &str = "</sheetData>";
    let Some(end) = sheet.find(END) else {
        return Err(io::Error::other("a sheet without a place for rows").into());
    };
    let letters = letters();
    out.write_all(
        with_dimension(&sheet[..end], letters.last().map_or("A", |(_, name)| name), count).as_bytes(),
    )?;
    let mut xml = String::with_capacity(2 * XML_AHEAD);
    for (number, (of_finding, event)) in (2_u32..).zip(rows) {
        let of_event = EVIDENCE.row(&event);
        push_row(&mut xml, &letters, number, of_finding.iter().chain(&of_event));
        if xml.len() >= XML_AHEAD {
            out.write_all(xml.as_bytes())?;
            xml.clear();
        }
    }
    out.write_all(xml.as_bytes())?;
    Ok(out.write_all(&sheet.as_bytes()[end..])?)
}

/// The columns that are shown: where each stands in a row, and its letters.
fn letters() -> Vec<(usize, String)> {
    let columns = evidence_columns();
    let shown = columns.iter().enumerate().filter(|(_, column)| !LEFT_OUT.contains(&column.name.as_ref()));
    (0..)
        .zip(shown)
        .map(|(number, (index, _))| (index, rust_xlsxwriter::utility::column_number_to_name(number)))
        .collect()
}

/// Says of the sheet that it goes on to its last row; some readers read no further than it says.
fn with_dimension(start: &str, last_column: &str, rows: u32) -> String {
    const TAG: &str = "<dimension ref=\"";
    let Some((before, rest)) = start.split_once(TAG) else {
        return start.to_owned();
    };
    let after = rest.split_once('"').map_or("", |(_, after)| after);
    format!("{before}{TAG}A1:{last_column}{}\"{after}", u64::from(rows) + 1)
}

fn push_row<'v>(
    xml: &mut String,
    letters: &[(usize, String)],
    number: u32,
    cells: impl Iterator<Item = &'v Value>,
) {
    let number = number.to_string();
    xml.extend(["<row r=\"", &number, "\">"]);
    let mut shown = letters.iter().peekable();
    for (index, cell) in cells.enumerate() {
        if let Some((_, column)) = shown.next_if(|(shown, _)| *shown == index) {
            push_cell(xml, column, &number, &content(cell, false));
        }
    }
    xml.push_str("</row>");
}

fn push_cell(xml: &mut String, column: &str, row: &str, content: &Content<'_>) {
    if *content == Content::Nothing {
        return;
    }
    xml.extend(["<c r=\"", column, row, "\""]);
    match content {
        Content::Nothing => {}
        Content::Number(number) => {
            write!(xml, "><v>{number}</v></c>").expect("writing to a string cannot fail");
        }
        Content::Truth(truth) => xml.extend([" t=\"b\"><v>", if *truth { "1" } else { "0" }, "</v></c>"]),
        Content::Text(text) => {
            let has_edge = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
            let space = if has_edge { " xml:space=\"preserve\"" } else { "" };
            xml.extend([" t=\"inlineStr\"><is><t", space, ">"]);
            push_text(xml, text);
            xml.push_str("</t></is></c>");
        }
    }
}

/// Writes text so that it is read back as it is; what looks like one of Excel's own escapes, `_x0041_`, too.
fn push_text(xml: &mut String, text: &str) {
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'_' if is_escape(&text.as_bytes()[index..]) => "_x005F_",
            _ => continue,
        };
        xml.extend([&text[start..index], escaped]);
        start = index + 1;
    }
    xml.push_str(&text[start..]);
}

/// Whether a text begins with `_xHHHH_`.
fn is_escape(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', a, b, c, d, b'_', ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use crate::findings::Why;
    use calamine::{Reader, Xlsx};
    use rust_xlsxwriter::Workbook;

    use super::super::book::Table;
    use super::super::{OF_FINDING, pack};
    use super::*;
    use crate::event::Timestamp;

    #[test]
    fn text_is_escaped_once_for_xml_and_once_for_excel() {
        for (text, expected) in [
            ("a<b>&\"", "a&lt;b&gt;&amp;\""),
            ("_x0041_", "_x005F_x0041_"),
            ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
            ("_x004_ _xGGGG_ _X0041_ é_", "_x004_ _xGGGG_ _X0041_ é_"),
        ] {
            let mut xml = String::new();
            push_text(&mut xml, text);
            assert_eq!(xml, expected);
        }
    }

    fn event(number: i64) -> Evidence {
        Evidence {
            event_id: number,
            time: Timestamp::from_ticks(number),
            report_id: None,
            device_name: String::new(),
            file_name: String::new(),
            folder_path: String::new(),
            sha1: String::new(),
            sha256: String::new(),
            process_id: None,
            command_line: format!("=run {number}"),
            account_domain: String::new(),
            account_name: String::new(),
            initiating_file_name: String::new(),
            initiating_process_id: None,
            initiating_command_line: String::new(),
            parent_file_name: String::new(),
            parent_process_id: None,
            why: Why::default(),
            is_ahead: false,
            rule_sha256: String::new(),
            run_id: 1,
            import_id: 1,
            import_file_name: String::new(),
            line: number,
            recovered_after: None,
            is_recovered: false,
            hidden_by: None,
            is_unseen: true,
        }
    }

    #[test]
    fn rows_go_on_in_the_sheets_that_were_left_empty_for_them() {
        let mut book = Workbook::new();
        let mut table = Table::with_limit(&mut book, "Evidence", evidence_columns(), 4).unwrap();
        let planned = table.leave_room(&mut book, 5).unwrap();
        assert_eq!(planned, [3, 2]);
        for sheet in table.finish().unwrap() {
            book.push_worksheet(sheet);
        }
        let (mut batches, receiver) = Batches::new();
        for number in 1..=5 {
            batches.add((vec![Value::Null; OF_FINDING.len()].into(), event(number))).unwrap();
        }
        batches.hand_on().unwrap();
        drop(batches);
        let packed = fill(pack(book).unwrap(), &Rooms::after(0, planned), receiver).unwrap();
        let mut reader = Xlsx::new(BufReader::new(packed)).unwrap();
        let mut found = Vec::new();
        for sheet in ["Evidence", "Evidence 2"] {
            let range = reader.worksheet_range(sheet).unwrap();
            let column = range.rows().next().unwrap().iter().position(|name| *name == "processCommandLine");
            found.extend(range.rows().map(|row| row[column.unwrap()].to_string()));
        }
        let heading = "processCommandLine";
        assert_eq!(found, [heading, "=run 1", "=run 2", "=run 3", heading, "=run 4", "=run 5"]);
    }
}
