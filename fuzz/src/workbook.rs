//! Excel workbooks.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use huntcase::event::Reading;
use huntcase::source::Origin;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::export;
use crate::rows::{Pipe, Seen};

const HEADING: [&str; 8] = [
    "Timestamp",
    "DeviceId",
    "DeviceName",
    "ActionType",
    "FileName",
    "ProcessId",
    "ProcessCommandLine",
    "ReportId",
];
/// What stands in a workbook besides its sheet, as little as readers do with.
const PARTS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"Rows\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
];

/// Rows of cells are the same events in a workbook as in CSV. Whatever stands in a sheet, a pipe gives what a text gives.
pub fn workbook(bytes: &[u8]) {
    if bytes.starts_with(b"<") {
        return compare(&book(bytes));
    }
    let text = String::from_utf8_lossy(bytes);
    let rows: Vec<Vec<&str>> =
        text.split('\n').map(|row| row.split('\t').take(HEADING.len()).collect()).collect();
    // Cells can hold no control character, and an escape of one is another text.
    if text
        .contains(|c: char| c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{fffe}' | '\u{ffff}'))
        || text.contains("_x")
        // A heading of fewer columns would be another one here than where each row has as many cells.
        || text.to_lowercase().contains("time")
    {
        return;
    }
    let heading = [HEADING.to_vec()];
    let rows = heading.iter().chain(&rows);
    let book = book(sheet(rows.clone()).as_bytes());
    assert_eq!(events(book.clone()), events(csv(rows).into_bytes()));
    compare(&book);
}

fn compare(book: &[u8]) {
    let reading = Reading::default();
    let text = export::read(Origin::Text(book.into()), &reading).map_err(|error| error.to_string());
    let pipe =
        export::read(Origin::stream(Box::new(Pipe::new(book))), &reading).map_err(|error| error.to_string());
    assert_eq!(text, pipe, "a pipe gives another workbook");
}

/// The rows by line: what is told of the event, or why it is rejected; or why all is refused.
fn events(bytes: Vec<u8>) -> Result<Vec<String>, String> {
    let whole =
        export::read(Origin::Text(bytes.into()), &Reading::default()).map_err(|error| error.to_string())?;
    let told = |row: Seen| match row {
        Seen::Event { line, texts, table, event, .. } => format!("{line} {texts:?} {table} {event:?}"),
        Seen::Rejected { line, reason, .. } => format!("{line} {reason}"),
        Seen::Other(table) => table,
    };
    Ok(whole.rows.into_iter().map(told).collect())
}

fn csv<'a>(rows: impl Iterator<Item = &'a Vec<&'a str>>) -> String {
    let quoted = |cell: Option<&&str>| format!("\"{}\"", cell.unwrap_or(&"").replace('"', "\"\""));
    let line =
        |row: &Vec<&str>| (0..HEADING.len()).map(|at| quoted(row.get(at))).collect::<Vec<_>>().join(",");
    // A sheet does not show rows of nothing.
    rows.map(|row| if row.iter().all(|cell| cell.is_empty()) { "\n".to_owned() } else { line(row) + "\n" })
        .collect()
}

fn sheet<'a>(rows: impl Iterator<Item = &'a Vec<&'a str>>) -> String {
    let mut text = String::from("<worksheet><sheetData>");
    for (row, number) in rows.zip(1..) {
        _ = write!(text, "<row r=\"{number}\">");
        for (cell, letter) in row.iter().zip('A'..) {
            let cell = cell.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            _ = write!(
                text,
                "<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{cell}</t></is></c>"
            );
        }
        text.push_str("</row>");
    }
    text + "</sheetData></worksheet>"
}

fn book(sheet: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut write = |name: &str, text: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).expect("a member can be begun");
        zip.write_all(text).expect("bytes can be packed");
    };
    PARTS.iter().for_each(|(name, text)| write(name, text.as_bytes()));
    write("xl/worksheets/sheet1.xml", sheet);
    zip.finish().expect("an archive can be ended").into_inner()
}
