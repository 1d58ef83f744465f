//! The workbook, read by calamine.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;
use huntcase::report::printable;

use super::sample::{NOTE, Sample, TAG, events};

type Book = Xlsx<Cursor<Vec<u8>>>;

fn open(bytes: Vec<u8>) -> Book {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// The rows of a sheet by the names in its heading.
fn rows(book: &mut Book, sheet: &str) -> Vec<BTreeMap<String, Data>> {
    let range = book.worksheet_range(sheet).unwrap();
    let mut rows = range.rows();
    let names: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
    rows.map(|row| names.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

fn worked_on() -> Sample {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    sample
}

#[test]
fn the_workbook_has_its_sheets_and_a_row_an_event() {
    let sample = worked_on();
    let mut book = open(sample.write(Kind::Xlsx));
    let sheets = book.sheet_names();
    let expected =
        ["Summary", "Findings", "Evidence", "Notes", "History", "Devices", "Rules", "Inputs", "Suppressions"];
    assert_eq!(sheets, expected);
    let extract = sample.extract();
    assert_eq!(rows(&mut book, "Findings").len(), extract.findings.len());
    assert_eq!(rows(&mut book, "Devices").len(), extract.devices.len());
    assert_eq!(rows(&mut book, "Rules").len(), 2);
    let inputs = rows(&mut book, "Inputs");
    assert_eq!(inputs.len(), 1);
    assert_eq!(inputs[0]["sha256"], Data::String(extract.imports[0].sha256.clone()));
    let evidence = rows(&mut book, "Evidence");
    for (row, (id, event)) in evidence.iter().zip(events(&extract)) {
        assert_eq!(row["finding"], Data::String(id.to_string()));
        assert_eq!(row["timestamp"], Data::String(event.time.to_string()));
        assert_eq!(row["eventId"], Data::Float(event.event_id as f64));
        assert!(!row.contains_key("unseen"));
    }
    assert_eq!(evidence.len() as i64, extract.events());
}

#[test]
fn text_is_text_and_what_could_deceive_is_spelled_out() {
    let sample = worked_on();
    let mut book = open(sample.write(Kind::Xlsx));
    let evidence = rows(&mut book, "Evidence");
    for (row, (_, event)) in evidence.iter().zip(events(&sample.extract())) {
        assert_eq!(row["processCommandLine"], Data::String(printable(&event.command_line).into_owned()));
        assert_eq!(row["accountName"], Data::String("=kim".to_owned()));
    }
    let formulas = book.worksheet_formula("Evidence").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()), "{formulas:?}");
    // A number that a float cannot hold stays what it is.
    let big = Data::String(i64::MAX.to_string());
    assert_eq!(evidence.iter().filter(|row| row["reportId"] == big).count(), 1);
}

#[test]
fn the_workbook_carries_what_analysts_said() {
    let sample = worked_on();
    let mut book = open(sample.write(Kind::Xlsx));
    let notes = rows(&mut book, "Notes");
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["text"], Data::String(NOTE.replace('\u{1b}', "\\x1b")));
    let findings = rows(&mut book, "Findings");
    let judged = findings.iter().find(|row| row["id"] == Data::String("F-1".to_owned())).unwrap();
    assert_eq!(judged["classification"], Data::String("truePositive".to_owned()));
    assert_eq!(judged["tags"], Data::String(TAG.to_owned()));
    let history = rows(&mut book, "History");
    assert!(history.iter().any(|row| row["why"] == Data::String("=because".to_owned())));
    let rules = rows(&mut book, "Rules");
    let Data::String(sql) = &rules[1]["sqlText"] else { panic!("{:?}", rules[1]) };
    assert!(sql.contains("\nSELECT event_id FROM DeviceProcessEvents"), "{sql}");
    let summary = book.worksheet_range("Summary").unwrap();
    let value = |label: &str| {
        let row = summary.rows().find(|row| row[0] == Data::String(label.to_owned()));
        row.unwrap_or_else(|| panic!("no {label}"))[1].to_string()
    };
    assert_eq!(value("As of"), "2026-06-01T00:00:00.0000000Z");
    assert_eq!(value("True positive"), "1");
    assert_eq!(value("Events of the findings"), sample.extract().events().to_string());
}
