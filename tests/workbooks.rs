//! The same rows as an Excel workbook and as CSV make the same case.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::event::Timestamp;
use huntcase::source::Notice;
use rust_xlsxwriter::{Format, Workbook};
use support::exports::{COLUMNS, Row, Spelling, to_csv};
use support::forms::{Precision, events};
use support::{CaseBuilder, EVER, assert_same, shipped};

const ROWS: usize = 60;
const AS_OF: &str = "2026-05-10T00:00:00Z";
const TIMES: [&str; 3] = ["Timestamp", "ProcessCreationTime", "InitiatingProcessCreationTime"];
/// Columns whose values here are short enough for a number to hold.
const NUMBERS: [&str; 3] = ["FileSize", "ProcessId", "InitiatingProcessId"];
/// The day that a workbook counts from, where its dates begin with 1900, as behind February of that year.
const FIRST_DAY: &str = "1899-12-30T00:00:00Z";
const TICKS_PER_DAY: f64 = 864_000_000_000.0;

/// A workbook of texts alone, as whoever does not want Excel to change anything writes it.
fn as_texts(rows: &[Row]) -> Vec<u8> {
    write(rows, |sheet, at, _, text| _ = sheet.write_string(at.0, at.1, text).unwrap())
}

/// A workbook as Excel makes it of an export that it opens: times are dates, numbers and truths are such.
fn as_excel_does(rows: &[Row]) -> Vec<u8> {
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000");
    write(rows, |sheet, (row, cell), column, text| {
        if TIMES.contains(&column) {
            let ticks = |text: &str| Timestamp::parse(text).unwrap().0.ticks();
            let days = (ticks(text) - ticks(FIRST_DAY)) as f64 / TICKS_PER_DAY;
            sheet.write_number_with_format(row, cell, days, &date).unwrap();
        } else if NUMBERS.contains(&column) {
            sheet.write_number(row, cell, text.parse::<f64>().unwrap()).unwrap();
        } else if column == "IsProcessRemoteSession" {
            sheet.write_boolean(row, cell, text == "true").unwrap();
        } else {
            sheet.write_string(row, cell, text).unwrap();
        }
    })
}

fn write(rows: &[Row], cell: impl Fn(&mut rust_xlsxwriter::Worksheet, (u32, u16), &str, &str)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, at) in COLUMNS.iter().zip(0..) {
        sheet.write_string(0, at, *column).unwrap();
        for (row, number) in rows.iter().zip(1..) {
            if let Some(text) = row.get(column) {
                cell(sheet, (number, at), column, text);
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn run(case: &CaseBuilder) -> String {
    case.run(&shipped(), AS_OF, EVER);
    case.dump()
}

#[test]
fn a_workbook_makes_the_case_that_its_rows_make_as_csv() {
    let rows = Precision::Milliseconds.cut(&events(5, ROWS));
    let plain = to_csv(&rows, &COLUMNS, Spelling::default());
    let expected = run(&CaseBuilder::with(&plain));
    assert!(expected.contains("\nfinding "), "there is nothing to find");
    for (name, book) in [("texts", as_texts(&rows)), ("values", as_excel_does(&rows))] {
        let mut case = CaseBuilder::new();
        let import = case.ingest(name, &book);
        let counts = (import.rows_read, import.events_new, import.rows_rejected, import.size_bytes);
        assert_eq!(counts, (ROWS as i64, ROWS as i64, 0, book.len() as i64), "{name}: {import:?}");
        assert_eq!(import.format, "xlsx");
        assert_same(&run(&case), &expected, name);
        let again = case.ingest("csv", &plain);
        assert_eq!((again.events_known, again.rows_conflicting), (ROWS as i64, 0), "{name}: {again:?}");
    }
}

#[test]
fn dates_of_a_workbook_name_no_zone_and_that_is_said() {
    let rows = Precision::Milliseconds.cut(&events(6, 3));
    let import = CaseBuilder::new().ingest("dates", as_excel_does(&rows));
    let is_said =
        |notice: &Notice| matches!(notice, Notice::ZoneAssumed { column, .. } if column == "Timestamp");
    assert!(import.notices.iter().any(is_said), "{:?}", import.notices);
}
