use super::*;
use crate::event::{DateOrder, TimeZone};

fn open(bytes: &[u8]) -> std::result::Result<Export, String> {
    Export::open("x", Origin::Text(bytes.into()), Reading::default()).map_err(|error| error.to_string())
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
        (b"\xff\xfeT\0i\0", "x: found the columns \"Ti\""),
        (b"T\0i\0m\0e\0", "x: found the columns \"Time\""),
        (b"[\0{\0\"\0", "x: its only row is no event"),
        (b"\x89PNG\r\n\x1a\n", "x: this is a binary file"),
        (b"GIF89a\x01\x02", "x: this is a binary file"),
        (
            b"Timestamp,DeviceId,ProcessCommandLine\r2026-05-03T00:00:00Z,d,a\r",
            "x: its lines end in CR alone",
        ),
        (b"\x1f\x8b\x08\0", "x: the gzip file is damaged or cut off"),
        (b"PK\x03\x04zip", "x: this is a zip or Excel file"),
        (b"ElfFile\0", "x: this is a Windows event log"),
        (&[7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "x: this is a binary file"),
        (b"dear diary", "x: found the columns \"dear diary\"; expected DeviceProcessEvents columns"),
        (no_device, "x: found the columns \"Timestamp\", \"FileName\"; expected"),
        (network, "\"InitiatingProcessFileName\"; expected"),
        (b"Timestamp,DeviceId,ProcessId,ProcessId\n", "x: the column ProcessId appears twice in the header"),
        (
            b"{\"EventID\":1,\"Channel\":\"Sysmon\"}\n",
            "these are Windows events: found the keys \"EventID\", \"Channel\"",
        ),
    ];
    for (bytes, expected) in table {
        let problem = problem_of(bytes);
        assert!(problem.contains(expected), "{problem}");
        assert!(!problem.contains('\n'), "{problem}");
    }
}

#[test]
fn a_file_whose_times_are_local_is_refused_with_column_and_text() {
    let text = b"\"Timestamp [Local Time]\",DeviceId,ProcessId\n\"10/25/2023, 9:43:21.990 AM\",d,4\n";
    assert_eq!(
        problem_of(text),
        "x: line 2, Timestamp: \"10/25/2023, 9:43:21.990 AM\" names no zone, and the heading says that it is in a \
         local one"
    );
    let reading = Reading::new(Some(TimeZone::UTC), None);
    assert!(Export::open("x", Origin::Text(text.as_slice().into()), reading).is_ok());
}

fn reading_of(text: &str) -> std::result::Result<Option<DateOrder>, String> {
    open(text.as_bytes()).map(|export| export.reading.order)
}

#[test]
fn all_dates_of_a_file_tell_what_comes_first_in_each() {
    let file = |times: &[&str]| {
        let rows = times.iter().map(|time| format!("{time},d,4,\n"));
        format!("Timestamp,DeviceId,ProcessId,ProcessCreationTime\n{}", rows.collect::<String>())
    };
    let (day, month) = (Ok(Some(DateOrder::DayFirst)), Ok(Some(DateOrder::MonthFirst)));
    let ambiguous = "05/12/2024 18:41:25";
    assert_eq!(reading_of(&file(&[ambiguous, ambiguous, "13/05/2024 18:41"])), day);
    assert_eq!(reading_of(&file(&[ambiguous, "\"5/13/2024, 6:41:25.321 PM\""])), month);
    assert_eq!(reading_of(&file(&["05/05/2024 18:41"])), day);
    assert_eq!(reading_of(&file(&["2024-05-12T18:41:25Z"])), Ok(None));
    // Another column tells too, and so does a row that is of another table.
    let other_column = file(&[ambiguous]).replace("4,\n", "4,31/01/2024 18:41\n");
    assert_eq!(reading_of(&other_column), day);
    let undecided = reading_of(&file(&[ambiguous])).unwrap_err();
    assert_eq!(
        undecided,
        "x: line 2, Timestamp: \"05/12/2024 18:41:25\" may be 2024-12-05 or 2024-05-12, and no date of the file \
         tells which"
    );
    let contradiction = reading_of(&file(&["13/05/2024 18:41", "05/13/2024 18:41"])).unwrap_err();
    assert!(
        contradiction.contains("its dates contradict each other: line 2, Timestamp: \"13/05/2024 18:41\"")
    );
}

#[test]
fn a_stream_whose_dates_have_to_tell_is_read_from_its_start_again() {
    let text = "Timestamp,DeviceId,ProcessId\nbad,d,1\n05/12/2024 18:41,d,2\n13/05/2024 18:41,d,3\n";
    let origin = || Origin::stream(Box::new(std::io::Cursor::new(text.as_bytes())));
    let mut export = Export::open("-", origin(), Reading::default()).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = export.next_row().unwrap() {
        match row {
            Row::Event { line, .. } | Row::Rejected { line, .. } => lines.push(line),
            Row::OtherTable(_) => {}
        }
    }
    assert_eq!(lines, [2, 3, 4]);
    assert_eq!(export.finish().unwrap().0, text.len() as u64);
}

#[test]
fn a_file_of_another_table_is_ours_to_pass_over_where_that_is_named() {
    let named = "Timestamp,DeviceId,ActionType,FileName\n2026-05-03T00:00:00Z,d,FileCreated,a\n";
    let mut export = open(named.as_bytes()).unwrap();
    assert!(matches!(export.next_row().unwrap(), Some(Row::OtherTable("DeviceFileEvents"))));
    assert!(export.next_row().unwrap().is_none());
    assert_eq!(export.other_tables()["DeviceFileEvents"], 1);
    let unnamed = named.replace("FileCreated", "Unheard");
    assert!(problem_of(unnamed.as_bytes()).starts_with("x: its only row may be of another table: found "));
    let telling = b"Timestamp,DeviceId,OSPlatform\n2026-05-03T00:00:00Z,d,Windows11\n";
    let mut export = open(telling).unwrap();
    assert!(matches!(export.next_row().unwrap(), Some(Row::OtherTable("DeviceInfo"))));
}

#[test]
fn rows_rejected_before_the_first_event_are_handed_out_first() {
    let mut export =
        open(b"Timestamp,DeviceId,ProcessCommandLine\nbad,d,a\n2026-05-03T00:00:00Z,d,b\n").unwrap();
    let mut lines = Vec::new();
    while let Some(row) = export.next_row().unwrap() {
        lines.push(match row {
            Row::Event { line, fields, .. } => {
                (line, fields.to_event().unwrap().created.command_line.to_owned())
            }
            Row::Rejected { line, .. } => (line, "rejected".to_owned()),
            Row::OtherTable(_) => (0, "other".to_owned()),
        });
    }
    assert_eq!(lines, [(2, "rejected".to_owned()), (3, "b".to_owned())]);
}

#[test]
fn many_bad_rows_at_the_start_do_not_refuse_the_good_ones_behind() {
    let bad = "bad,d,a\n".repeat(3000);
    let text = format!("Timestamp,DeviceId,ProcessCommandLine\n{bad}2026-05-03T00:00:00Z,d,b\n");
    assert_eq!(open(text.as_bytes()).unwrap().early_rejects.len(), 3000);
    assert!(
        problem_of(format!("Timestamp,DeviceId,ProcessCommandLine\n{bad}").as_bytes())
            .starts_with("x: none of its 3000 rows is an event: line 2, ")
    );
    let long = format!("bad,d,{}\n", "a".repeat(1 << 20)).repeat(40);
    assert!(
        problem_of(format!("Timestamp,DeviceId,ProcessCommandLine\n{long}").as_bytes())
            .starts_with("x: none of its first 32 rows is an event: line 2, ")
    );
}

#[test]
fn an_export_without_rows_is_ours() {
    for bytes in [&b"\xef\xbb\xbfTimestamp,DeviceId,ProcessCommandLine\r\n"[..], b"{\"records\":[]}", b"[]"] {
        let mut export = open(bytes).unwrap();
        assert!(export.next_row().unwrap().is_none());
    }
}

#[test]
fn the_kind_comes_from_the_content() {
    assert_eq!(open(b"Timestamp,DeviceId,ProcessCommandLine\n").unwrap().format(), "csv");
    assert_eq!(open(b"\n [ ]").unwrap().format(), "json");
}
