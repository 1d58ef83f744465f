use super::layout::is_heading;
use super::*;
use crate::source::cells::Cells;

fn rows_of(text: &[u8], chunk: usize) -> CsvRows {
    let bytes = Box::new(io::Cursor::new(text.to_vec()));
    CsvRows::new(Input::in_chunks(bytes, chunk)).unwrap()
}

/// The cells of all records behind the first that have any; None when quotes are wrong.
fn cells(text: &str, chunk: usize) -> Option<Vec<Vec<String>>> {
    let mut rows = rows_of(text.as_bytes(), chunk);
    let mut found = Vec::new();
    while let Some(record) = rows.find_record().unwrap() {
        rows.step(&record);
        if record.fault.is_some() {
            return None;
        }
        let row = trim_line_end(std::str::from_utf8(rows.input.behind(record.length)).unwrap());
        if !row.is_empty() {
            rows.unquoted.read(row, &rows.commas, &rows.quoted);
            found.push(Cells::new(row, &rows.commas, &rows.unquoted).map(str::to_owned).collect());
        }
    }
    Some(found)
}

fn cells_by_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

/// Each row as `line:command line|extra`, or `line!reason<raw>`.
fn read(text: impl AsRef<[u8]>) -> Vec<String> {
    // A few bytes at a time, so that rows cross the window's growth.
    let mut rows = rows_of(text.as_ref(), 7);
    let mut found = Vec::new();
    while let Some(row) = rows.next_row().unwrap().map(Row::checked) {
        found.push(match row {
            Row::Event { line, fields, .. } => {
                format!(
                    "{line}:{}|{}",
                    fields.to_event().unwrap().created.command_line,
                    fields.to_event().unwrap().extra
                )
            }
            Row::Rejected { line, reason, raw } => {
                format!("{line}!{reason}<{}>", String::from_utf8_lossy(raw).escape_debug())
            }
            Row::OtherTable(_) => "other".to_owned(),
        });
    }
    found
}

const HEADER: &str = "Timestamp,DeviceId,ProcessCommandLine,Custom\n";
const T: &str = "2026-05-03T00:00:00Z,d1";

#[test]
fn cells_are_unquoted_and_other_columns_kept() {
    let rows = read(format!(
        "{HEADER}{T},\"\"\"cmd.exe\"\" /c a,b\",\r\n\r\n{T},\"two\nlines\",\"=1\"\n{T}, blanks ,x\n{T},,"
    ));
    assert_eq!(
        rows,
        ["2:\"cmd.exe\" /c a,b|", "4:two\nlines|{\"Custom\":\"=1\"}", "6: blanks |{\"Custom\":\"x\"}", "7:|"]
    );
}

#[test]
fn half_a_row_at_the_end_is_rejected_with_its_text() {
    assert_eq!(
        read(format!("{HEADER}{T},a,b\n2026-05-03T00:0")),
        ["2:a|{\"Custom\":\"b\"}", "3!found 1 cells, expected 4 as in the header<2026-05-03T00:0>"]
    );
    assert_eq!(
        read(format!("{HEADER}{T},\"never closed")),
        [format!("2!a quoted cell does not close before the file ends<{T},\\\"never closed>")]
    );
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let rows = read(format!("{HEADER}{T},\"half\n{T},whole,\n{T},\"quoted\",\n{T},last,\n"));
    assert_eq!(
        rows,
        [
            format!("2!text after a closing quote<{T},\\\"half\\n>"),
            "3:whole|".to_owned(),
            "4:quoted|".to_owned(),
            "5:last|".to_owned()
        ]
    );
}

#[test]
fn a_quote_inside_a_cell_without_quotes_is_text() {
    let rows = read(format!("{HEADER}{T},echo 5\" disk,a\n{T},whoami 7\" disk,\"b\"\n"));
    assert_eq!(rows, ["2:echo 5\" disk|{\"Custom\":\"a\"}", "3:whoami 7\" disk|{\"Custom\":\"b\"}"]);
}

#[test]
fn text_after_a_closing_quote_costs_one_line() {
    let rows = read(format!("{HEADER}{T},\"a\"b,\n{T},\"c\",\r\n{T},\"d\nd\"e,\n{T},f,\"g\"\r"));
    assert_eq!(
        rows,
        [
            format!("2!text after a closing quote<{T},\\\"a\\\"b,\\n>"),
            "3:c|".to_owned(),
            format!("4!text after a closing quote<{T},\\\"d\\n>"),
            "5!found 2 cells, expected 4 as in the header<d\\\"e,\\n>".to_owned(),
            "6:f|{\"Custom\":\"g\"}".to_owned()
        ]
    );
}

#[test]
fn two_stray_quotes_far_apart_cost_their_own_lines() {
    let row = |i: usize| {
        if i.is_multiple_of(200) { format!("{T},\"stray,\n") } else { format!("{T},whole,\n") }
    };
    let rows = read((0..300).map(row).fold(HEADER.to_owned(), |text, row| text + &row));
    let rejected: Vec<_> = rows.iter().filter(|row| row.contains('!')).map(|row| &row[..4]).collect();
    assert_eq!((rows.len(), rejected), (300, vec!["2!te", "202!"]));
}

#[test]
fn lines_that_open_quotes_inside_quotes_are_not_read_over_and_over() {
    let lines = "x\",\"y\n".repeat(100_000);
    for end in ["", "z\"", "z\"z"] {
        let mut rows = rows_of(format!("{HEADER}\"{lines}{end},,,\n").as_bytes(), 1 << 20);
        let mut count = 0;
        while rows.next_row().unwrap().map(Row::checked).is_some() {
            count += 1;
        }
        assert_eq!(count, 100_001, "{end}");
    }
}

#[test]
fn other_columns_of_one_name_are_all_kept() {
    let rows = read(format!("{},Custom,Custom\n{T},a,1,2,3\n", HEADER.trim_end()));
    assert_eq!(rows, [r#"2:a|{"Custom":"1","Custom_2":"2","Custom_3":"3"}"#]);
}

#[test]
fn a_row_that_is_no_event_says_why() {
    assert_eq!(
        read(format!("{HEADER}yesterday,d1,a,b\n{T},a,b\n")),
        [
            "2!Timestamp: \"yesterday\" is not a time such as 2026-05-03T06:40:13.988Z<yesterday,d1,a,b\\n>",
            "3:a|{\"Custom\":\"b\"}"
        ]
    );
    let mut bad = format!("{HEADER}{T},").into_bytes();
    bad.extend(b"\xff,b\n");
    assert!(read(bad)[0].starts_with("2!not UTF-8 at byte 25 of the row"), "a byte that is not UTF-8");
}

#[test]
fn a_row_longer_than_the_limit_is_rejected_and_reading_goes_on() {
    // However long it is, it is one row, of which the start is kept.
    for size in [LONGEST_ROW + 10, 3 * LONGEST_ROW] {
        let text = format!("{HEADER}{T},{},\n{T},after,\n", "x".repeat(size));
        let mut rows = CsvRows::new(Input::new(Box::new(io::Cursor::new(text.into_bytes())))).unwrap();
        let start = format!("{T},{}", "x".repeat(HEAD));
        match rows.next_row().unwrap().map(Row::checked) {
            Some(Row::Rejected { line, reason, raw }) => {
                assert_eq!((line, reason.as_str()), (2, "the row is longer than 16 MiB"));
                assert_eq!(raw, &start.as_bytes()[..HEAD]);
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(rows.next_row().unwrap(), Some(Row::Event { line: 3, .. })), "{size}");
        assert!(rows.next_row().unwrap().is_none());
    }
}

#[test]
fn a_row_can_be_unread() {
    let text = format!("{HEADER}{T},a,\n{T},b,\n");
    let mut rows = CsvRows::new(Input::new(Box::new(io::Cursor::new(text.into_bytes())))).unwrap();
    let mut line_of = |unread: bool| {
        let line = match rows.next_row().unwrap().map(Row::checked) {
            Some(Row::Event { line, .. }) => Some(line),
            _ => None,
        };
        if unread {
            rows.unread_row();
        }
        line
    };
    assert_eq!(
        [line_of(true), line_of(false), line_of(false), line_of(false)],
        [Some(2), Some(2), Some(3), None]
    );
}

#[test]
fn a_powershell_type_line_is_passed_over() {
    assert_eq!(read(format!("#TYPE Selected\r\n{HEADER}{T},a,\n")), ["3:a|"]);
}

proptest::proptest! {
    /// A carriage return alone is text to us and a line's end to the `csv` crate.
    #[test]
    fn cells_are_what_the_csv_crate_reads(parts in proptest::collection::vec(
        proptest::sample::select(vec!["\"", ",", "\n", "\r\n", "a", "x", "\"\"", ",\"", "\","]), 0..24))
    {
        let text = format!("h\n{}", parts.concat());
        let whole = cells(&text, 1 << 20);
        for chunk in [1, 2, 7] {
            proptest::prop_assert_eq!(&cells(&text, chunk), &whole);
        }
        if let Some(whole) = whole {
            proptest::prop_assert_eq!(whole, cells_by_csv(&text));
        }
    }

    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(proptest::sample::select(b"\",\n\rax\xc3\xa9".to_vec()), 0..200)) {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        let rows = read([HEADER.as_bytes(), &bytes].concat());
        proptest::prop_assert!(rows.len() <= lines);
    }

    #[test]
    fn what_the_csv_crate_writes_reads_back(commands in proptest::collection::vec("[ -~\n\"é,]{0,40}", 1..8)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Timestamp", "DeviceId", "ProcessCommandLine"]).unwrap();
        for command in &commands {
            writer.write_record(["2026-05-03T00:00:00Z", "d1", command]).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let read: Vec<String> = read(text)
            .iter()
            .map(|row| row.split_once(':').unwrap().1.strip_suffix('|').unwrap().to_owned())
            .collect();
        proptest::prop_assert_eq!(read, commands);
    }
}

#[test]
fn a_header_whose_quotes_or_letters_are_wrong_is_read_as_one_that_is_not_ours() {
    for header in
        [&b"\"Timestamp\nb\",c,\"d\"x,y\n"[..], b"#TYPE X\nab\xff,DeviceName,FileName\n", b"\"a\"b,\"\n"]
    {
        let bytes = Box::new(io::Cursor::new(header.to_vec()));
        let is_ours = CsvRows::new(Input::in_chunks(bytes, 7))
            .is_ok_and(|rows| is_heading(rows.headings().iter().map(String::as_str)));
        assert!(!is_ours, "{header:?}");
    }
}

#[test]
fn a_file_of_a_type_line_alone_is_no_export() {
    for text in ["#TYPE Selected\n", "sep=;\n", "\n", "#TYPE X"] {
        let bytes = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let is_ours = CsvRows::new(Input::in_chunks(bytes, 7))
            .is_ok_and(|rows| is_heading(rows.headings().iter().map(String::as_str)));
        assert!(!is_ours, "{text:?}");
    }
}
