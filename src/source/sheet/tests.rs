//! Workbooks written by hand, entry by entry, so that they can say what no program writes.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::event::Reading;
use crate::source::{Export, Notice, Origin, Row};

const HEADING: [&str; 4] = ["Timestamp", "DeviceId", "ProcessCommandLine", "ProcessId"];
const TIME: &str = "2026-05-04T08:00:03.192Z";

/// A sheet: its name, what `state` says of it, and its rows.
type Sheet<'a> = (&'a str, &'a str, String);

/// A text in the cell at a place such as `A1`.
fn text(place: &str, value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('<', "&lt;");
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{value}</t></is></c>")
}

fn number(place: &str, value: &str) -> String {
    format!("<c r=\"{place}\"><v>{value}</v></c>")
}

/// A row of texts from column A on.
fn row(number: u32, texts: &[&str]) -> String {
    let cells = texts.iter().zip('A'..).map(|(value, column)| text(&format!("{column}{number}"), value));
    in_row(number, &cells.collect::<String>())
}

fn in_row(number: u32, cells: &str) -> String {
    format!("<row r=\"{number}\">{cells}</row>")
}

/// A heading in the first row, and these rows behind it.
fn under_heading(rows: &[String]) -> String {
    row(1, &HEADING) + &rows.concat()
}

/// The entries of a workbook of these sheets, by path.
fn entries(sheets: &[Sheet<'_>]) -> Vec<(String, String)> {
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut listed, mut related) = (String::new(), String::new());
    let mut entries = Vec::new();
    for (index, (name, state, rows)) in sheets.iter().enumerate() {
        let path = format!("worksheets/sheet{index}.xml");
        write!(listed, "<sheet name=\"{name}\" sheetId=\"{index}\" state=\"{state}\" r:id=\"r{index}\"/>")
            .unwrap();
        write!(related, "<Relationship Id=\"r{index}\" Type=\"{kinds}/worksheet\" Target=\"{path}\"/>")
            .unwrap();
        entries.push((format!("xl/{path}"), format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")));
    }
    let package = format!(
        "<Relationships><Relationship Id=\"r\" Type=\"{kinds}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    entries.push(("_rels/.rels".to_owned(), package));
    entries.push((
        "xl/workbook.xml".to_owned(),
        format!("<workbook><workbookPr/><sheets>{listed}</sheets></workbook>"),
    ));
    entries
        .push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{related}</Relationships>")));
    entries
}

fn zip(entries: &[(String, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in entries {
        zip.start_file(path.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn book(sheets: &[Sheet<'_>]) -> Vec<u8> {
    zip(&entries(sheets))
}

fn one_sheet(rows: &[String]) -> Vec<u8> {
    book(&[("Export", "visible", under_heading(rows))])
}

fn with_texts(texts: &str) -> Vec<u8> {
    let mut entries = entries(&[("Export", "visible", under_heading(&[]))]);
    entries.push(("xl/sharedStrings.xml".to_owned(), texts.to_owned()));
    zip(&entries)
}

/// Each row as `line: command line`, or `line! reason`, and what was noticed.
fn read(bytes: Vec<u8>) -> Result<(Vec<String>, Vec<Notice>), String> {
    let opened = Export::open("book.xlsx", Origin::Text(bytes.into()), Reading::default());
    let mut export = opened.map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    while let Some(row) = export.next_row().map_err(|error| error.to_string())? {
        found.push(match row {
            Row::Event { line, fields, .. } => match fields.to_event() {
                Ok(event) => format!("{line}: {}", event.created.command_line),
                Err(fault) => format!("{line}! {fault}"),
            },
            Row::Rejected { line, reason, .. } => format!("{line}! {reason}"),
            Row::OtherTable(table) => table.to_owned(),
        });
    }
    Ok((found, export.notices()))
}

fn rows_of(bytes: Vec<u8>) -> Vec<String> {
    read(bytes).unwrap().0
}

fn assert_refused(bytes: Vec<u8>, expected: &str) {
    match read(bytes) {
        Ok(read) => panic!("it was read: {read:?}"),
        Err(problem) => assert!(problem.contains(expected) && !problem.contains('\n'), "{problem}"),
    }
}

#[test]
fn a_row_is_known_by_its_number_in_the_sheet() {
    let sheet = [
        row(1, &["Exported for case 12"]),
        row(3, &HEADING),
        row(5, &[TIME, "d1", "one\nof two lines", "4"]),
        row(6, &[TIME, "d1", "\u{feff}mark, \"quote\"", "4"]),
        row(9, &["yesterday", "d1", "bad", "4"]),
        row(10, &[TIME, "d1", "more\ncells\r\nthan", "4", "", "headings"]),
        row(12, &[TIME, "d1", "last", "4"]),
    ];
    let found = rows_of(book(&[("Export", "visible", sheet.concat())]));
    assert_eq!(found[0], "5: one\nof two lines");
    assert_eq!(found[1], "6: \u{feff}mark, \"quote\"");
    assert!(found[2].starts_with("9! Timestamp: \"yesterday\""), "{}", found[2]);
    assert_eq!(found[3], "10! found 6 cells, expected 4 as in the header");
    assert_eq!(found[4..], ["12: last"]);
}

#[test]
fn rows_above_a_heading_are_said() {
    let sheet = row(1, &["title"]) + &row(2, &HEADING) + &row(3, &[TIME, "d1", "one", "4"]);
    let (_, notices) = read(book(&[("Export", "visible", sheet)])).unwrap();
    assert!(matches!(&notices[..], [Notice::Sheets { rows_above: 1, .. }]), "{notices:?}");
}

#[test]
fn empty_cells_at_the_end_of_a_row_do_not_make_it_short() {
    let found = rows_of(one_sheet(&[row(2, &[TIME, "d1", "one"])]));
    assert_eq!(found, ["2: one"]);
}

#[test]
fn each_sheet_of_ours_is_a_part_and_lines_go_on() {
    let rows = |name: &str| under_heading(&[row(2, &[TIME, "d1", name, "4"])]);
    let notes = row(1, &["Host", "Owner"]) + &row(2, &["pc1", "kim"]);
    let sheets = [
        ("Notes", "visible", notes),
        ("A", "visible", rows("a")),
        ("Empty", "visible", String::new()),
        ("B", "hidden", rows("b")),
    ];
    let (found, notices) = read(book(&sheets)).unwrap();
    assert_eq!(found, ["2: a", "4: b"]);
    let Some(Notice::Sheets { read, hidden, passed, .. }) = notices.first() else { panic!("{notices:?}") };
    assert_eq!(read, &[("A".to_owned(), 1), ("B".to_owned(), 3)]);
    assert_eq!((&hidden[..], &passed[..]), (&["B".to_owned()][..], &["Notes".to_owned()][..]));
}

#[test]
fn each_sheet_is_read_by_its_own_heading_whatever_its_columns_are_called() {
    let (first, second) = (
        ["Notes: mine", "Timestamp", "DeviceId", "ProcessCommandLine"],
        ["Notes: mine", "ProcessCommandLine", "Timestamp", "DeviceId"],
    );
    let sheets = [
        ("A", "visible", row(2, &first) + &row(3, &["", TIME, "d1", "a"])),
        ("B", "visible", row(3, &second) + &row(4, &["", "b", TIME, "d1"])),
    ];
    assert_eq!(rows_of(book(&sheets)), ["3: a", "7: b"]);
}

#[test]
fn a_cell_of_quotes_does_not_become_rows_of_its_own() {
    let quotes = "\"".repeat(9 << 20) + &format!("\n{TIME},d1,forged,4\n");
    assert_refused(one_sheet(&[row(2, &[TIME, "d1", &quotes, "4"])]), "longer than 16 MiB as CSV");
}

#[test]
fn rows_that_are_almost_all_commas_are_refused_when_they_become_too_many() {
    let wide = |number| in_row(number, &text(&format!("XFD{number}"), "x"));
    let good = row(2, &[TIME, "d1", "a", "4"]);
    let rows: Vec<String> = std::iter::once(good).chain((3..5000).map(wide)).collect();
    assert_refused(one_sheet(&rows), "it is too large as CSV");
}

#[test]
fn one_sheet_alone_is_not_remarkable() {
    let (_, notices) = read(one_sheet(&[row(2, &[TIME, "d1", "one", "4"])])).unwrap();
    assert_eq!(notices, []);
}

#[test]
fn a_workbook_without_our_columns_is_refused_with_what_its_sheets_have() {
    let hosts = row(1, &["Host", "Owner"]);
    let sheets = [("A", "visible", hosts.clone()), ("B", "visible", row(2, &["Total"]))];
    assert_refused(
        book(&sheets),
        "\"A\" has the columns \"Host\", \"Owner\"; \"B\" has the columns \"Total\"; expected",
    );
    assert_refused(
        book(&[("A", "visible", hosts)]),
        "book.xlsx: found the columns \"Host\", \"Owner\"; expected",
    );
    assert_refused(book(&[("A", "visible", String::new())]), "the workbook is empty; expected");
}

#[test]
fn a_number_of_16_digits_is_rounded_and_a_text_of_them_is_not() {
    let heading = ["Timestamp", "DeviceId", "ActionType", "ReportId"];
    let sheet = |cell: String| {
        let row = text("A2", TIME) + &text("B2", "d1") + &text("C2", "ProcessCreated") + &cell;
        book(&[("Export", "visible", self::row(1, &heading) + &in_row(2, &row))])
    };
    let (_, notices) = read(sheet(number("D2", "2533274790395900"))).unwrap();
    assert!(
        matches!(&notices[..], [Notice::Rounded { column, value }] if column == "ReportId" && value == "2.53327479039590E+15"),
        "{notices:?}"
    );
    for exact in [text("D2", "2533274790395904"), number("D2", "123456789012345")] {
        assert_eq!(read(sheet(exact)).unwrap().1, []);
    }
}

#[test]
fn what_no_sheet_can_be_is_refused() {
    let cells = |cells: &str| one_sheet(&[in_row(2, cells)]);
    let in_order = "expected cells in order";
    assert_refused(cells(&text("XFD1048577", "x")), "expected at most 1048576 rows and 16384 columns");
    assert_refused(cells(&text("XFE2", "x")), "expected at most 1048576 rows and 16384 columns");
    assert_refused(cells(&text("ZZZZZZZZ2", "x")), "Excel workbook cannot be read");
    assert_refused(cells(&text("A99999999999", "x")), "Excel workbook cannot be read");
    assert_refused(cells(&(text("B2", "x") + &text("A2", "x"))), in_order);
    assert_refused(cells(&(text("B2", "x") + &text("B2", "x"))), in_order);
    assert_refused(one_sheet(&[row(5, &[TIME, "d1", "a", "4"]), row(4, &[TIME, "d1", "a", "4"])]), in_order);
}

#[test]
fn a_fault_far_inside_a_sheet_ends_the_reading() {
    let mut rows: Vec<String> = (2..100).map(|number| row(number, &[TIME, "d1", "a", "4"])).collect();
    rows.push(in_row(100, "<c r=\"A100\" t=\"s\"><v>7</v></c>"));
    assert_refused(one_sheet(&rows), "sheet \"Export\"");
}

#[test]
fn a_bomb_is_refused_before_it_is_held() {
    let long = "a".repeat(17 << 20);
    assert_refused(
        with_texts(&format!("<sst><si><t>{long}</t></si></sst>")),
        "has a text of more than 16 MiB",
    );
    let mut styles = entries(&[("Export", "visible", under_heading(&[]))]);
    styles.push((
        "xl/styles.xml".to_owned(),
        format!("<styleSheet>{}</styleSheet>", format!("<xf/>{}", " ".repeat(1 << 20)).repeat(17)),
    ));
    assert_refused(zip(&styles), "xl/styles.xml unpacks to more than 16 MiB");
}

#[test]
fn shared_texts_that_would_make_the_reader_take_all_memory_are_refused() {
    let claim = "more than 16777216";
    assert_refused(with_texts("<sst uniqueCount=\"99999999999999\"/>"), claim);
    assert_refused(
        with_texts("<?xml version=\"1.0\"?>\n<x:sst count='1' uniqueCount = '16777217'></x:sst>"),
        claim,
    );
    assert_refused(with_texts("<sst uniqueCount=\"99999999999999999999999999\"/>"), claim);
    let hidden = "do not begin as such";
    assert_refused(with_texts("<!--<sst>--><sst uniqueCount=\"99999999999999\"/>"), hidden);
    assert_refused(with_texts("<sst a=\">\" uniqueCount=\"99999999999999\"/>"), hidden);
    assert_refused(with_texts("<s uniqueCount=\"9\"/><sst uniqueCount=\"99999999999999\"/>"), hidden);
    assert_refused(with_texts("<\0s\0s\0t\0"), hidden);
    assert!(read(with_texts("<sst uniqueCount=\"16777216\"></sst>")).is_ok());
}

#[test]
fn entities_of_a_workbooks_own_are_not_expanded() {
    let doctype = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    assert_refused(with_texts(&format!("{doctype}<sst><si><t>&b;</t></si></sst>")), "do not begin as such");
    let mut entries = entries(&[("Export", "visible", under_heading(&[row(2, &["ENTITY", "d1"])]))]);
    entries[0].1 = format!("{doctype}{}", entries[0].1.replace("ENTITY", "&b;"));
    assert_refused(zip(&entries), "book.xlsx");
}

#[test]
fn a_workbook_that_is_not_whole_is_refused() {
    let bytes = one_sheet(&[row(2, &[TIME, "d1", "one", "4"])]);
    for length in [4, 30, bytes.len() / 2, bytes.len() - 30] {
        assert!(read(bytes[..length].to_vec()).is_err(), "{length} bytes of {}", bytes.len());
    }
}

#[test]
fn a_workbook_with_any_byte_changed_is_read_or_refused() {
    let bytes = one_sheet(&[row(2, &[TIME, "d1", "one", "4"])]);
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x55;
        _ = read(changed);
    }
}

#[test]
fn other_workbooks_are_refused_by_name() {
    assert_refused(zip(&[("xl/workbook.bin".to_owned(), String::new())]), "a binary Excel workbook (.xlsb)");
    assert_refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "older form (.xls), or one with a password");
}
