use super::*;

struct Row([&'static str; Column::COUNT]);

impl Texts for Row {
    fn text(&self, column: Column) -> &str {
        self.0[column as usize]
    }
}

impl Row {
    fn minimal() -> Self {
        let row = Self([""; Column::COUNT]);
        row.with(C::Timestamp, "2026-05-03T00:00:00Z").with(C::DeviceName, "web01")
    }

    fn with(mut self, column: Column, text: &'static str) -> Self {
        self.0[column as usize] = text;
        self
    }

    fn fields(&self) -> Fields<'_> {
        Fields::new(self, "")
    }
}

fn fault_of(column: Column, text: &'static str) -> Option<String> {
    let row = Row::minimal().with(column, text);
    row.fields().to_event().err().map(|fault| fault.to_string())
}

#[test]
fn a_fault_names_column_text_and_what_was_expected() {
    assert_eq!(
        fault_of(C::Timestamp, "10/25/2023, 9:43 AM").as_deref(),
        Some("Timestamp: \"10/25/2023, 9:43 AM\" is not a time such as 2026-05-03T06:40:13.988Z")
    );
    assert_eq!(
        fault_of(C::InitiatingProcessId, "0x3e7").as_deref(),
        Some("InitiatingProcessId: \"0x3e7\" is not a whole number of 64 bits")
    );
    assert_eq!(
        fault_of(C::DeviceName, "").as_deref(),
        Some("DeviceId is empty, expected it or DeviceName to be filled")
    );
    assert_eq!(
        fault_of(C::IsProcessRemoteSession, "yes").as_deref(),
        Some("IsProcessRemoteSession: \"yes\" is not true, false, 1 or 0")
    );
}

#[test]
fn numbers_are_read_as_the_exports_write_them() {
    for (text, expected) in [
        ("72192", Some(72192)),
        ("72192.0", Some(72192)),
        ("0072192", Some(72192)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-1", Some(-1)),
        ("", None),
    ] {
        let row = Row::minimal().with(C::FileSize, text);
        assert_eq!(row.fields().to_event().unwrap().created.image.size_bytes, expected, "{text}");
    }
    for text in ["72192.5", "2.53327E+15", "9223372036854775808", "1.000"] {
        assert!(fault_of(C::FileSize, text).is_some(), "{text}");
    }
}

#[test]
fn time_generated_stands_in_for_a_missing_timestamp() {
    let row = Row::minimal().with(C::Timestamp, "").with(C::TimeGenerated, "2026-05-04T00:00:00Z");
    assert_eq!(row.fields().to_event().unwrap().time.to_string(), "2026-05-04T00:00:00.0000000Z");
}

/// What a row makes of a text in a time column, whose heading says `local` or `utc`.
fn time_in(
    text: &'static str,
    reading: &Reading,
    local: ColumnSet,
    utc: ColumnSet,
) -> Result<String, Expected> {
    let row = Row::minimal().with(C::ProcessCreationTime, text);
    let read = row.fields().with_zones(local, utc).read_as(reading).to_event();
    let time = read.map_err(|fault| fault.expected)?.created.creation_time;
    Ok(time.map_or_else(String::new, |time| time.to_string()))
}

#[test]
fn a_zone_comes_from_the_text_then_the_heading_then_whoever_was_asked() {
    let (none, column) = (ColumnSet::NONE, ColumnSet::NONE.with(C::ProcessCreationTime));
    let (unasked, berlin) = (Reading::default(), Reading::new("Europe/Berlin".parse().ok(), None));
    let (local, zulu) = ("2026-05-03T02:00:00", "2026-05-03T02:00:00Z");
    let (as_utc, as_berlin) = ("2026-05-03T02:00:00.0000000Z", "2026-05-03T00:00:00.0000000Z");
    let table = [
        (local, &unasked, none, none, Ok(as_utc)),
        (local, &berlin, none, none, Ok(as_berlin)),
        (local, &unasked, column, none, Err(Expected::Zone)),
        (local, &berlin, column, none, Ok(as_berlin)),
        (local, &berlin, none, column, Ok(as_utc)),
        (zulu, &berlin, column, none, Ok(as_utc)),
        (zulu, &unasked, column, none, Ok(as_utc)),
        ("2026-03-29T02:30:00", &berlin, none, none, Err(Expected::ShownTime)),
        ("2026-10-25T02:30:00", &berlin, none, none, Ok("2026-10-25T00:30:00.0000000Z")),
    ];
    for (text, reading, of_local, of_utc, expected) in table {
        let found = time_in(text, reading, of_local, of_utc);
        assert_eq!(found, expected.map(str::to_owned), "{text} {reading:?}");
    }
    assert!(unasked.noticed().without_zone.is_some() && berlin.noticed().twice.is_some());
}

#[test]
fn dates_of_figures_are_read_in_one_order_alone() {
    let time = |text, order| time_in(text, &Reading::new(None, order), ColumnSet::NONE, ColumnSet::NONE);
    let (day, month) = (Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst));
    assert!(matches!(time("05/12/2026 08:00", None), Err(Expected::Order(..))));
    // The rest of the export has a say in what comes first, so that no row is read before it.
    assert!(matches!(time("13/12/2026 08:00", None), Err(Expected::Order(..))));
    assert_eq!(time("05/12/2026 08:00", day).as_deref(), Ok("2026-12-05T08:00:00.0000000Z"));
    assert_eq!(time("05/12/2026 08:00", month).as_deref(), Ok("2026-05-12T08:00:00.0000000Z"));
    assert_eq!(time("13/12/2026 08:00", month), Err(Expected::DateIn(DateOrder::MonthFirst)));
    assert_eq!(time("13.12.2026 08:00", month).as_deref(), Ok("2026-12-13T08:00:00.0000000Z"));
}

#[test]
fn some_times_stand_for_none() {
    let reading = Reading::default();
    for text in [
        "0001-01-01T00:00:00Z",
        "1601-01-01T00:00:00.0000000Z",
        "9999-12-31T23:59:59.9999999Z",
        "Invalid date",
        "0001-01-01 00:00:00",
        "NaT",
        "null",
        "N/A",
        "None",
        "-",
        "(null)",
        " ",
        "01/01/0001 00:00:00",
    ] {
        let reading = Reading::new(None, Some(DateOrder::DayFirst));
        assert_eq!(time_in(text, &reading, ColumnSet::NONE, ColumnSet::NONE).as_deref(), Ok(""), "{text}");
    }
    let row = Row::minimal().with(C::Timestamp, "1601-01-01T00:00:00Z");
    let fault = row.fields().read_as(&reading).to_event().unwrap_err();
    assert_eq!((fault.column, fault.expected), (C::Timestamp, Expected::TimeOfEvent));
    // What the case holds is read as it stands.
    assert!(row.fields().to_event().is_ok());
}

#[test]
fn words_that_stand_for_nothing_are_empty() {
    let reading = Reading::default();
    let row = Row::minimal()
        .with(C::AccountUpn, "-")
        .with(C::FileName, "(null)")
        .with(C::LogonId, "null")
        .with(C::IsProcessRemoteSession, "N/A")
        .with(C::BilledSize, "NaN")
        .with(C::ProcessCommandLine, "null");
    let event = row.fields().read_as(&reading).to_event().unwrap();
    assert_eq!((event.created.logon.account.upn, event.created.image.file_name), ("", ""));
    assert_eq!((event.created.logon.logon_id, event.created.logon.is_remote), (None, None));
    assert_eq!((event.billed_size, event.created.command_line), (None, "null"));
    let words: Vec<String> = reading.noticed().empty_words.into_iter().collect();
    assert_eq!(words, ["(null)", "-", "N/A", "NaN", "null"]);
    assert_eq!(row.fields().to_event().unwrap_err().column, C::LogonId);
}

#[test]
fn an_id_that_a_spreadsheet_rounded_is_missing() {
    let reading = Reading::default();
    let row = Row::minimal()
        .with(C::ProcessUniqueId, "2.53E+15")
        .with(C::ReportId, "1.2E+5")
        .with(C::ProcessId, "4.112E+3");
    let event = row.fields().read_as(&reading).to_event().unwrap();
    assert_eq!((event.created.unique_id, event.report_id, event.report_key), ("", None, ""));
    assert_eq!(event.created.pid, Some(4112));
    assert_eq!(reading.noticed().rounded.map(|sample| sample.column), Some(C::ReportId));
}

#[test]
fn a_hexadecimal_report_id_is_a_text() {
    let reading = Reading::default();
    let key_of = |text| {
        let row = Row::minimal().with(C::ReportId, text);
        let read = row.fields().read_as(&reading).to_event();
        read.map(|event| (event.report_id, event.report_key.to_owned())).map_err(|fault| fault.column)
    };
    assert_eq!(key_of("0x1aF"), Ok((None, "0x1aF".to_owned())));
    assert_eq!(key_of("0X1AF"), Ok((None, "0X1AF".to_owned())));
    assert_eq!(key_of("8dc1-ab"), Ok((None, "8dc1-ab".to_owned())));
    assert_eq!(key_of("99999999999999999999"), Ok((None, "99999999999999999999".to_owned())));
    assert_eq!(key_of("12"), Ok((Some(12), String::new())));
    assert_eq!(key_of("row 12"), Err(C::ReportId));
}

#[test]
fn truths_are_read_as_the_exports_write_them() {
    let reading = Reading::default();
    for (text, expected) in
        [("1.0", Some(true)), ("0.0", Some(false)), ("TRUE", Some(true)), ("fALSE", Some(false)), ("", None)]
    {
        let row = Row::minimal().with(C::IsProcessRemoteSession, text);
        let event = row.fields().read_as(&reading).to_event().unwrap();
        assert_eq!(event.created.logon.is_remote, expected, "{text}");
    }
}

#[test]
fn the_two_processes_read_different_columns() {
    let strings = Column::ALL.iter().filter(|c| c.kind() == Kind::String);
    let row = strings.fold(Row::minimal(), |row, column| row.with(*column, column.name()));
    let event = row.fields().to_event().unwrap();
    assert_eq!(event.created.image.md5, "MD5");
    assert_eq!(event.initiating.process.image.md5, "InitiatingProcessMD5");
    assert_eq!(event.created.logon.remote_ip, "ProcessRemoteSessionIP");
    assert_eq!(event.initiating.process.logon.remote_ip, "InitiatingProcessRemoteSessionIP");
    assert_eq!(event.created.logon.account.upn, "AccountUpn");
}

#[test]
fn a_moment_is_the_same_part_of_the_event() {
    let row = Row::minimal()
        .with(C::ReportId, "7")
        .with(C::ProcessCommandLine, "x /y")
        .with(C::ProcessId, "12")
        .with(C::ProcessCreationTime, "2026-05-02T00:00:00Z")
        .with(C::ProcessUniqueId, "99")
        .with(C::AdditionalFields, "{}")
        .with(C::TimeGenerated, "2026-05-04T00:00:00Z")
        .with(C::BilledSize, "1.5");
    let fields = Fields::new(&row, r#"{"a":"b"}"#);
    let event = fields.to_event().unwrap();
    assert_eq!(fields.to_moment().unwrap(), event.moment());
    assert_eq!(event.created.pid, Some(12));
}

#[test]
fn a_part_is_told_by_each_of_its_columns_and_by_no_other() {
    let bytes_of = |row: &Row, part| {
        let mut bytes = Vec::new();
        row.fields().identify(part, &mut bytes);
        bytes
    };
    for part in Part::ALL {
        let plain = bytes_of(&Row::minimal(), part);
        for column in Column::ALL {
            let changed = bytes_of(&Row::minimal().with(*column, "9"), part);
            assert_eq!(changed != plain, column.part() == Some(part), "{}", column.name());
        }
    }
}

/// The parts by which events are recognized without being read must hold all that they are made of.
#[test]
fn what_is_no_part_is_in_the_moment() {
    let moment = [
        C::Timestamp,
        C::ProcessId,
        C::ProcessCommandLine,
        C::ProcessCreationTime,
        C::ReportId,
        C::AdditionalFields,
        C::ProcessUniqueId,
        C::BilledSize,
        C::TimeGenerated,
    ];
    let no_part: Vec<Column> = Column::ALL.iter().copied().filter(|c| c.part().is_none()).collect();
    assert_eq!(no_part, moment);
    let image: Vec<Column> = Part::Image.columns().collect();
    assert_eq!(
        image,
        Column::ALL[Column::FileName as usize..=Column::ProcessVersionInfoFileDescription as usize]
    );
}
