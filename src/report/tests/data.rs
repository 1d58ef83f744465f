//! CSV, JSON and JSONL.

use std::io::{self, ErrorKind, Write};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn csv_has_every_column_and_the_text_unchanged() {
    let expected = "\
findingId,status,events,techniques,commandLine
F-1,inProgress,7,\"[\"\"T1059.001\"\",\"\"T1027\"\"]\",powershell.exe -enc AAAA
F-12,new,1200,,\"\u{1b}]0;title\u{7}cmd\u{202e}exe.\0\"\"a,b\"\"
\"
F-3,,,[],=cmd|'/c calc'!A1
";
    let csv = written(layout(Format::Csv), &finding_columns(), finding_rows());
    assert_eq!(csv, expected);

    let records: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().collect::<Result<_, _>>().unwrap();
    assert_eq!(records.len(), 3);
    assert_eq!(&records[1][4], HOSTILE);
}

#[test]
fn the_formula_guard_is_for_text_and_headings_alone() {
    let guarded = Layout { formula_guard: true, ..layout(Format::Csv) };
    let columns = [Column::named("=1+1"), Column::named("n")];
    let rows =
        vec![vec!["=cmd|'/c calc'!A1".into(), (-1).into()], vec![Value::shown("-enc", "x"), (-0.5).into()]];
    let expected = "'=1+1,n\n'=cmd|'/c calc'!A1,-1\n'-enc,-0.5\n";
    assert_eq!(written(guarded, &columns, rows), expected);
}

#[test]
fn json_is_one_object_with_a_row_a_line() {
    let expected = r#"{"schema_version":1,"findings":[
{"findingId":"F-1","status":"inProgress","events":7,"techniques":["T1059.001","T1027"],"commandLine":"powershell.exe -enc AAAA"},
{"findingId":"F-12","status":"new","events":1200,"techniques":null,"commandLine":"\u001b]0;title\u0007cmd{RLO}exe.\u0000\"a,b\"\n"},
{"findingId":"F-3","status":null,"events":null,"techniques":[],"commandLine":"=cmd|'/c calc'!A1"}
]}
"#;
    let text = written(layout(Format::Json), &finding_columns(), finding_rows());
    assert_eq!(text, expected.replace("{RLO}", "\\u202e"));
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["findings"][1]["commandLine"], HOSTILE);
}

#[test]
fn jsonl_is_one_object_a_line() {
    let columns = [Column::named("b"), Column::named("a")];
    let rows = vec![vec![1.into(), "x\ny".into()], vec![true.into(), json!({"k": [1.5, null]}).into()]];
    let expected = "{\"b\":1,\"a\":\"x\\ny\"}\n{\"b\":true,\"a\":{\"k\":[1.5,null]}}\n";
    assert_eq!(written(layout(Format::Jsonl), &columns, rows), expected);
}

#[test]
fn columns_of_one_name_do_not_share_a_key() {
    let columns = ["a", "a", "b", "a"].map(Column::named);
    let row = || vec![vec![1.into(), 2.into(), 3.into(), 4.into()]];
    let cases =
        [(Format::Jsonl, "{\"a\":1,\"a_2\":2,\"b\":3,\"a_3\":4}\n"), (Format::Csv, "a,a,b,a\n1,2,3,4\n")];
    for (format, expected) in cases {
        assert_eq!(written(layout(format), &columns, row()), expected);
    }
}

#[test]
fn no_rows_are_still_well_formed() {
    let cases = [
        (Format::Table, ""),
        (Format::Csv, "findingId,status,events,techniques,commandLine\n"),
        (Format::Json, "{\"schema_version\":1,\"findings\":[]}\n"),
        (Format::Jsonl, ""),
    ];
    for (format, expected) in cases {
        let text = written(layout(format), &finding_columns(), Vec::new());
        assert_eq!(text, expected, "{format:?}");
    }
}

#[test]
fn members_stand_before_the_rows_in_json_and_nowhere_else() {
    let cases = [
        (Format::Json, "{\"schema_version\":1,\"case\":\"a.db\",\"total\":9,\"findings\":[\n{\"n\":1}\n]}\n"),
        (Format::Jsonl, "{\"n\":1}\n"),
        (Format::Csv, "n\n1\n"),
        (Format::Table, " n\n──\n 1\n"),
    ];
    for (format, expected) in cases {
        let mut out = Vec::new();
        let columns = vec![Column::named("n")];
        let mut writer = Writer::begin(&mut out, layout(format), "findings", columns)
            .unwrap()
            .with_members(vec![("case", json!("a.db")), ("total", json!(9))])
            .unwrap();
        writer.row(vec![1.into()]).unwrap();
        writer.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{format:?}");
    }
}

fn begin_numbers(out: &mut Vec<u8>) -> Writer<'_, Vec<u8>> {
    Writer::begin(out, layout(Format::Json), "findings", vec![Column::named("n")]).unwrap()
}

#[test]
fn a_callers_mistake_is_an_error_not_a_broken_file() {
    for name in ["findings", "schema_version"] {
        let mut out = Vec::new();
        let writer = begin_numbers(&mut out);
        let error = writer.with_members(vec![(name, json!(1))]).unwrap_err();
        assert_eq!(error.to_string(), format!("member {name:?} is there already"));
    }

    let mut out = Vec::new();
    let mut writer = begin_numbers(&mut out);
    let error = writer.row(vec![1.into(), 2.into()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "2 cells for 1 columns");

    writer.row(vec![1.into()]).unwrap();
    let error = writer.with_members(vec![("late", json!(1))]).unwrap_err();
    assert_eq!(error.to_string(), "member \"late\" comes after the first row");
}

/// An output that is closed from the beginning.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_as_one_in_every_format() {
    for format in [Format::Table, Format::Csv, Format::Json, Format::Jsonl] {
        let columns = vec![Column::named("n")];
        let write = || {
            let mut out = Closed;
            let mut writer = Writer::begin(&mut out, layout(format), "rows", columns)?;
            for _ in 0..5_000 {
                writer.row(vec!["some text".into()])?;
            }
            writer.finish()
        };
        assert_eq!(write().unwrap_err().kind(), ErrorKind::BrokenPipe, "{format:?}");
    }
}

fn rows_of_text() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..5).prop_flat_map(|columns| vec(vec(any::<String>(), columns), 0..6))
}

fn as_text(rows: &[Vec<String>]) -> Vec<Vec<Value>> {
    let cells = |row: &Vec<String>| row.iter().map(|text| text.as_str().into()).collect();
    rows.iter().map(cells).collect()
}

fn numbered(rows: &[Vec<String>]) -> Vec<Column> {
    let columns = rows.first().map_or(1, Vec::len);
    (0..columns).map(|n| Column::named(format!("c{n}"))).collect()
}

proptest! {
    #[test]
    fn csv_without_the_guard_reads_back_equal(rows in rows_of_text()) {
        let text = written(layout(Format::Csv), &numbered(&rows), as_text(&rows));
        let read: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
            .deserialize()
            .collect::<Result<_, _>>()
            .unwrap();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn json_and_jsonl_read_back_equal(rows in rows_of_text()) {
        let columns = numbered(&rows);
        let values = |row: &serde_json::Value| -> Vec<String> {
            columns.iter().map(|c| row[c.name.as_ref()].as_str().unwrap().to_owned()).collect()
        };
        let lines = written(layout(Format::Jsonl), &columns, as_text(&rows));
        let read: Vec<_> = lines.lines().map(|l| values(&serde_json::from_str(l).unwrap())).collect();
        prop_assert_eq!(&read, &rows);

        let object = written(layout(Format::Json), &columns, as_text(&rows));
        let object: serde_json::Value = serde_json::from_str(&object).unwrap();
        let read: Vec<_> = object["findings"].as_array().unwrap().iter().map(values).collect();
        prop_assert_eq!(&read, &rows);
    }
}

#[test]
fn csv_on_a_terminal_spells_out_what_could_drive_it() {
    let columns = [Column::named("a\u{1b}")];
    let rows = || vec![vec![HOSTILE.into()]];
    let on_terminal = Layout { width: Some(80), ..layout(Format::Csv) };
    let expected = "a\\x1b\n\"\\x1b]0;title\\x07cmd\\u{202e}exe.\\x00\"\"a,b\"\"\\n\"\n";
    assert_eq!(written(on_terminal, &columns, rows()), expected);
    assert!(
        written(layout(Format::Csv), &columns, rows())
            .contains(HOSTILE.trim_end().split('"').next().unwrap())
    );
}
