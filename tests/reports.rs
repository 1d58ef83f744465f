//! Troubles that people reported with exports, each as a small input of our own with what is right for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::event::{DateOrder, Reading};
use huntcase::findings::{list_devices, list_findings};
use huntcase::source::Notice;
use huntcase::store::{Import, Outcome};
use serde_json::Value;
use support::{CaseBuilder, Program, at, shared};

const HEAD: &str = "Timestamp,DeviceId,DeviceName,ReportId,FileName,ProcessCommandLine,AccountName,\
                    InitiatingProcessFileName,InitiatingProcessParentFileName";
/// A device whose web server is asked for what the shipped rule looks for.
const IIS: &str = "5e0c2f71b8a94d3360c7e1f2a4958b6d7c3e9f10";
/// A device that only a broken row names.
const FORGED: &str = "c41d7be25a0f9683d1e74b20f6a95c38e7d0b1f2";

/// A row of a web server that starts a shell, at a minute past noon.
fn row(minute: u32) -> String {
    format!(
        "2026-05-06T12:{minute:02}:00Z,{IIS},iis07.contoso.test,{minute},cmd.exe,\
         \"\"\"cmd.exe\"\" /c ping -n 3 198.51.100.7\",svc-shop,w3wp.exe,svchost.exe\n"
    )
}

/// The same of another device, as it may stand inside a broken cell.
fn forged_row() -> String {
    format!(
        "2026-05-06T11:00:00Z,{FORGED},pdc02.contoso.test,770,cmd.exe,cmd /c systeminfo,root,httpd.exe,init.exe\n"
    )
}

/// An export of these rows.
fn export(rows: &[String]) -> String {
    format!("{HEAD}\n{}", rows.concat())
}

/// The same with more columns: their headings, and what each row has in them.
fn export_with(headings: &str, cells: &[&str]) -> String {
    let row = |(minute, cells): (u32, &&str)| format!("{},{cells}\n", row(minute).trim_end());
    format!("{HEAD},{headings}\n{}", (1..).zip(cells).map(row).collect::<String>())
}

/// The same row as JSON, with these members before it.
fn object(minute: u32, members: &str) -> String {
    format!(
        "{{{members},\"DeviceId\":\"{IIS}\",\"DeviceName\":\"iis07.contoso.test\",\"ReportId\":{minute},\
         \"FileName\":\"cmd.exe\",\"ProcessCommandLine\":\"\\\"cmd.exe\\\" /c ping -n 3 198.51.100.7\",\
         \"AccountName\":\"svc-shop\",\"InitiatingProcessFileName\":\"w3wp.exe\",\
         \"InitiatingProcessParentFileName\":\"svchost.exe\"}}"
    )
}

/// An export of times alone, with what a case needs besides.
fn times(times: &[&str]) -> String {
    let row = |(number, time): (usize, &&str)| format!("\"{time}\",iis07,{number},cmd.exe /c dir\n");
    let rows: String = times.iter().enumerate().map(row).collect();
    format!("Timestamp,DeviceName,ReportId,ProcessCommandLine\n{rows}")
}

/// Takes an export in and runs the shipped rules over everything.
fn case_of(text: &str) -> (CaseBuilder, Import) {
    let mut case = CaseBuilder::new();
    let import = case.ingest("export", text);
    assert!(case.run_all().failures.is_empty());
    (case, import)
}

/// How many devices, events, findings and contradictions a case has.
fn counts(case: &CaseBuilder) -> [usize; 4] {
    ["device", "process_event", "finding", "conflict"]
        .map(|table| case.cell(&format!("SELECT count(*) FROM {table}")).parse().unwrap())
}

/// The values of a column of the view, by time.
fn values(case: &CaseBuilder, column: &str) -> Vec<String> {
    let rows = case.rows(&format!("SELECT {column} FROM DeviceProcessEvents ORDER BY Timestamp, ReportId"));
    rows.into_iter().map(|row| row[0].trim_matches('"').to_owned()).collect()
}

/// What is said of a file that is not taken in: the fault and the way out, a line each.
fn refusal(text: impl AsRef<[u8]>, options: &[&str]) -> (String, String) {
    let program = Program::new();
    program.write("export.txt", text);
    let (code, said) = program.fails(&[&["ingest", "export.txt"], options].concat());
    let lines: Vec<&str> = said.lines().collect();
    let [fault, way_out] = lines.as_slice() else { panic!("expected two lines: {said}") };
    assert_eq!(code, 1, "{said}");
    assert!(!program.case().exists(), "{said}");
    let fault = fault.strip_prefix("error: export.txt: ").unwrap_or_else(|| panic!("{said}"));
    let way_out = way_out.strip_prefix("hint: ").unwrap_or_else(|| panic!("{said}"));
    (fault.to_owned(), way_out.to_owned())
}

/// The answer of a command as JSON.
fn json(program: &Program, arguments: &[&str]) -> Value {
    serde_json::from_str(&program.ok(&[arguments, &["--json"]].concat())).unwrap()
}

#[test]
fn a_folder_with_exports_of_other_tables_is_one_event_and_they_are_named_and_counted() {
    let program = Program::new();
    std::fs::create_dir(program.folder.path().join("hunt")).unwrap();
    let common = "Timestamp,DeviceId,DeviceName,ActionType,ReportId,InitiatingProcessFileName,\
                  InitiatingProcessCommandLine,InitiatingProcessParentFileName,FileName";
    let cells = |minute: u32, action: &str| {
        format!(
            "2026-05-06T13:{minute:02}:00Z,{IIS},iis07.contoso.test,{action},{minute},w3wp.exe,w3wp,svchost.exe,cmd.exe"
        )
    };
    let files = [
        (
            "a-DeviceEvents.csv",
            "ProcessCommandLine,RemoteIP",
            vec![("OpenProcessApiCall", "cmd.exe /c ping ::1,")],
        ),
        (
            "b-DeviceFileEvents.csv",
            "FolderPath,PreviousFileName",
            vec![("FileCreated", r"C:\web\cmd.exe,"), ("FileDeleted", r"C:\web\cmd.exe,")],
        ),
        ("c-DeviceImageLoadEvents.csv", "FolderPath", vec![("ImageLoaded", r"C:\Windows\amsi.dll")]),
        ("d-DeviceNetworkEvents.csv", "RemoteIP,RemotePort", vec![("ConnectionSuccess", "198.51.100.9,443")]),
        ("e-DeviceRegistryEvents.csv", "RegistryKey", vec![("RegistryValueSet", r"HKLM\Software\Contoso")]),
        ("f-DeviceLogonEvents.csv", "LogonType,LogonId", vec![("LogonSuccess", "Network,8123")]),
        (
            "z-DeviceProcessEvents.csv",
            "ProcessCommandLine,ProcessId",
            vec![("ProcessCreated", "cmd.exe /c ping ::1,77")],
        ),
    ];
    for (name, more, rows) in &files {
        let rows =
            (1..).zip(rows).map(|(minute, (action, rest))| format!("{},{rest}\n", cells(minute, action)));
        let text = format!("{common},{more}\n{}", rows.collect::<String>());
        program.write(&format!("hunt/{name}"), text);
    }
    let said = program.ok(&["run", "hunt"]);
    for (table, rows) in [
        ("DeviceEvents", 1),
        ("DeviceFileEvents", 2),
        ("DeviceImageLoadEvents", 1),
        ("DeviceNetworkEvents", 1),
        ("DeviceRegistryEvents", 1),
        ("DeviceLogonEvents", 1),
    ] {
        let words = format!("no row of DeviceProcessEvents, {rows} of {table} skipped");
        assert_eq!(said.matches(&words).count(), 1, "{table}: {said}");
    }
    let findings = json(&program, &["findings"]);
    let findings = findings["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &findings[0]["events"]), (1, &Value::from(1)), "{findings:?}");
    assert_eq!(
        program.ok(&["query", "SELECT count(*) FROM DeviceProcessEvents", "--format", "csv"]).lines().last(),
        Some("1")
    );
}

#[test]
fn an_export_that_was_cut_inside_a_cell_of_several_lines_has_no_rows_in_that_cell() {
    let cut = format!(
        "2026-05-06T12:30:00Z,{IIS},iis07.contoso.test,30,powershell.exe,\"powershell -c @'\n{}and more",
        forged_row()
    );
    let (case, import) = case_of(&export(&[row(1), cut]));
    assert_eq!((import.events_new, import.rows_rejected, import.rows_recovered), (1, 1, 0), "{import:?}");
    assert_eq!(counts(&case), [1, 1, 1, 0]);
    assert!(!case.dump().contains(FORGED));
}

/// Rows behind a row that breaks inside a text, of which the text may go on.
fn assert_recovered(text: &str, broken: i64, forged: i64) {
    let program = Program::new();
    program.write("export", text);
    let said = program.ok(&["run", "export"]);
    let words =
        format!("recovered behind the broken row of line {broken}: huntcase imports show 1 --recovered");
    assert!(said.contains(&words), "{said}");
    let import = &json(&program, &["imports", "show", "1"])["imports"][0];
    assert_eq!((&import["eventsNew"], &import["rowsRecovered"]), (&2.into(), &1.into()), "{import}");
    let recovered = &json(&program, &["imports", "show", "1", "--recovered"])["recovered"];
    assert_eq!(recovered.as_array().map(Vec::len), Some(1), "{recovered}");
    assert_eq!(
        (&recovered[0]["line"], &recovered[0]["deviceName"]),
        (&forged.into(), &"pdc02.contoso.test".into())
    );
    let findings = &json(&program, &["findings"])["findings"];
    let marks: Vec<(&str, i64)> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (finding["deviceName"].as_str().unwrap(), finding["eventsRecovered"].as_i64().unwrap())
        })
        .collect();
    let on = |device| marks.iter().find(|(name, _)| *name == device).map(|(_, recovered)| *recovered);
    assert_eq!((on("iis07.contoso.test"), on("pdc02.contoso.test")), (Some(0), Some(1)), "{findings}");
}

#[test]
fn rows_behind_an_undoubled_quote_are_counted_apart_listed_and_marked() {
    let broken = format!(
        "2026-05-06T12:30:00Z,{IIS},iis07.contoso.test,30,powershell.exe,\"powershell -c \"y\"\n{}end\",svc-shop,w3wp.exe,svchost.exe\n",
        forged_row()
    );
    assert_recovered(&export(&[row(1), broken]), 3, 4);
}

#[test]
fn rows_behind_a_raw_line_end_in_a_json_text_are_counted_apart_listed_and_marked() {
    let time = "\"Timestamp\":\"2026-05-06T12:00:00Z\"";
    let forged = object(770, time).replace(IIS, FORGED).replace("iis07", "pdc02");
    let broken = object(30, time).replace("198.51.100.7", &format!("x\n{forged}\n"));
    assert_recovered(&format!("{}\n{broken}\n", object(1, time)), 2, 3);
}

#[test]
fn rows_behind_a_broken_one_that_another_file_says_too_are_confirmed() {
    let broken =
        format!("2026-05-06T12:30:00Z,{IIS},iis07,30,cmd.exe,\"a \"b\"\n{}end\",x,w3wp.exe,y\n", row(2));
    let program = Program::new();
    program.write("broken.csv", export(&[row(1), broken]));
    program.write("whole.csv", export(&[row(2)]));
    program.ok(&["ingest", "broken.csv", "whole.csv"]);
    let recovered = &json(&program, &["imports", "show", "1", "--recovered"])["recovered"];
    assert_eq!(recovered[0]["confirmed"], true, "{recovered}");
}

#[test]
fn cells_behind_commas_with_blanks_are_found_by_rules() {
    let text = "Timestamp, DeviceName, FileName, ProcessCommandLine, InitiatingProcessFileName\n\
                2026-05-06T12:00:00Z, iis07, cmd.exe, cmd.exe /c timeout 9, w3wp.exe\n";
    let (case, import) = case_of(text);
    assert_eq!((import.events_new, counts(&case)), (1, [1, 1, 1, 0]));
    assert_eq!(values(&case, "FileName"), ["cmd.exe"]);
}

/// Only the headings say whether blanks mean something.
#[test]
fn blanks_around_cells_stay_where_headings_have_none() {
    let text = "Timestamp,DeviceName,FileName,ProcessCommandLine\n2026-05-06T12:00:00Z,iis07,cmd.exe, dir \n";
    let (case, _) = case_of(text);
    assert_eq!(values(&case, "ProcessCommandLine"), [" dir "]);
}

#[test]
fn years_that_stand_for_no_time_are_no_time_of_an_event_and_the_span_does_not_hold_them() {
    let years = ["0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"];
    for year in years {
        let (_, import) = case_of(&export(&[row(1), row(2).replace("2026-05-06T12:02:00Z", year), row(3)]));
        assert_eq!((import.events_new, import.rows_rejected), (2, 1), "{year}: {import:?}");
        let span = (import.first_event, import.last_event);
        assert_eq!(span, (Some(at("2026-05-06T12:01:00Z")), Some(at("2026-05-06T12:03:00Z"))), "{year}");
        // Elsewhere such a time is missing, and the event stays.
        let (case, import) = case_of(&export_with("ProcessCreationTime", &[year]));
        assert_eq!(values(&case, "ProcessCreationTime"), ["NULL"], "{year}");
        assert!(matches!(&import.notices[..], [Notice::NoTime { value, .. }] if value == year), "{import:?}");
    }
}

#[test]
fn a_device_id_or_a_hash_in_other_letters_is_the_same() {
    let hash = "9b1e5d20c7fa48836d0e2b7145c9af6038d1e7b4";
    let text = export_with("SHA1", &[hash]);
    for (what, other) in
        [("id", text.replace(IIS, &IIS.to_uppercase())), ("hash", text.replace(hash, &hash.to_uppercase()))]
    {
        for (first, second) in [(&text, &other), (&other, &text)] {
            let (mut case, _) = case_of(first);
            let before = case.dump();
            let import = case.ingest("second", second);
            case.run_all();
            assert_eq!((import.events_known, counts(&case)), (1, [1, 1, 1, 0]), "{what}");
            assert_eq!(case.dump(), before, "{what}: the first spelling is shown");
        }
    }
}

#[test]
fn truths_that_pandas_wrote_as_floats_are_read() {
    let cells = ["1.0,1204.0", "0.0,1204.0", ",1204.0", "True,1204.0", "False,1204.0"];
    let (case, import) = case_of(&export_with("IsProcessRemoteSession,ProcessId", &cells));
    assert_eq!((import.events_new, import.rows_rejected), (5, 0), "{import:?}");
    assert_eq!(values(&case, "IsProcessRemoteSession"), ["1", "0", "NULL", "1", "0"]);
    assert_eq!(values(&case, "ProcessId"), ["1204"; 5]);
}

/// A column of texts becomes one of floats where some of its numbers are missing.
#[test]
fn a_unique_id_that_pandas_wrote_as_a_float_is_the_same_id() {
    let whole = export_with("ProcessUniqueId", &["2533274790311233"]);
    let (mut case, _) = case_of(&whole);
    let import = case.ingest("pandas", whole.replace("790311233", "790311233.0"));
    assert_eq!((import.events_known, import.rows_conflicting), (1, 0), "{import:?}");
}

#[test]
fn dashes_and_null_in_brackets_are_empty_and_that_is_said_once() {
    let cells = ["-,-,-,-", "(null),(null),(null),(null)", "-,-,-,-"];
    let (case, import) =
        case_of(&export_with("LogonId,ProcessCreationTime,IsProcessRemoteSession,AccountUpn", &cells));
    assert_eq!((import.events_new, import.rows_rejected), (3, 0), "{import:?}");
    for column in ["LogonId", "ProcessCreationTime", "IsProcessRemoteSession"] {
        assert_eq!(values(&case, column), ["NULL"; 3], "{column}");
    }
    assert_eq!(values(&case, "AccountUpn"), [""; 3]);
    assert!(
        matches!(&import.notices[..], [Notice::EmptyWords { words }] if words == &["(null)", "-"]),
        "{import:?}"
    );
}

#[test]
fn a_dash_in_a_column_of_the_analysts_own_is_empty_too() {
    for word in ["-", "(null)"] {
        let (mut case, _) = case_of(&export_with("Site", &[word]));
        let import = case.ingest("filled", export_with("Site", &["Lyon"]));
        assert_eq!((import.events_completed, import.rows_conflicting), (1, 0), "{word}: {import:?}");
    }
}

/// A frame of pandas that was written with its index twice has the first one as a column.
#[test]
fn row_numbers_of_pandas_are_no_column_of_the_event() {
    let numbered = |number: &str| export_with("Unnamed: 0", &[number]);
    let (mut case, _) = case_of(&numbered("0"));
    let import = case.ingest("again", numbered("7"));
    assert_eq!((import.events_known, import.rows_conflicting), (1, 0), "{import:?}");
}

#[test]
fn separators_are_told_whatever_letters_the_analysts_own_headings_have() {
    for own in ["Ger\u{e4}t", "host-nr", "Unnamed: 0"] {
        let text = format!("Timestamp;DeviceName;ProcessId;{own}\n2026-05-06T12:00:00Z;iis07;4;x\n");
        let taken = CaseBuilder::new().try_ingest("export", text);
        assert!(
            matches!(&taken, Ok(Outcome::Imported(import)) if import.events_new == 1),
            "{own}: {taken:?}"
        );
    }
}

/// A second part that is read by the heading of the first puts values into columns of others, and nobody is told.
#[test]
fn a_heading_among_rows_is_read_as_one_whatever_letters_the_analysts_own_headings_have() {
    for own in ["Site", "Ger\u{e4}t", "host-nr"] {
        let first = format!(
            "Timestamp,DeviceName,FileName,ProcessId,{own}\n2026-05-06T12:00:00Z,iis07,cmd.exe,4,x\n"
        );
        let second = format!(
            "Timestamp,FileName,DeviceName,ProcessId,{own}\n2026-05-06T12:01:00Z,cmd.exe,iis08,5,x\n"
        );
        let (case, _) = case_of(&(first + &second));
        assert_eq!(values(&case, "DeviceName"), ["iis07", "iis08"], "{own}");
    }
}

#[test]
fn a_heading_behind_a_last_row_without_a_line_end_reads_the_rows_behind_it_or_rejects_them() {
    let text = "Timestamp,DeviceName,FileName,ProcessId\n2026-05-06T12:00:00Z,iis07,cmd.exe,4\n\
                2026-05-06T12:01:00Z,iis07,cmd.exe,5\u{feff}Timestamp,FileName,DeviceName,ProcessId\n\
                2026-05-06T12:02:00Z,cmd.exe,iis08,6\n";
    let (case, _) = case_of(text);
    assert!(!values(&case, "DeviceName").contains(&"cmd.exe".to_owned()), "{}", case.dump());
}

#[test]
fn times_that_windows_powershell_wrote_into_json_are_read() {
    let ticks = "\\/Date(1778068805047)\\/";
    let time = format!("\"Timestamp\":\"{ticks}\"");
    let as_object =
        format!("\"Timestamp\":{{\"value\":\"{ticks}\",\"DisplayHint\":2,\"DateTime\":\"6 May\"}}");
    for members in [time, as_object] {
        let (case, import) = case_of(&format!("[{}]", object(1, &members)));
        assert_eq!((import.events_new, counts(&case)), (1, [1, 1, 1, 0]), "{members}");
        assert_eq!(import.first_event, Some(at("2026-05-06T12:00:05.047Z")), "{members}");
    }
}

#[test]
fn names_of_2019_are_read_and_that_is_said() {
    let text = format!("[{}]", object(1, "\"EventTime\":\"2026-05-06T12:00:00Z\""))
        .replace("DeviceId", "MachineId")
        .replace("DeviceName", "ComputerName");
    let (case, import) = case_of(&text);
    assert_eq!((import.events_new, counts(&case)), (1, [1, 1, 1, 0]));
    let [Notice::HeadingsRead { read }] = &import.notices[..] else { panic!("{import:?}") };
    let mut read: Vec<(&str, &str)> =
        read.iter().map(|(name, column)| (name.as_str(), column.as_str())).collect();
    read.sort_unstable();
    assert_eq!(read, [("ComputerName", "DeviceName"), ("EventTime", "Timestamp"), ("MachineId", "DeviceId")]);
}

#[test]
fn one_id_of_several_hosts_is_said_with_their_names() {
    let rows: Vec<String> =
        (1..=3).map(|n| row(n).replace("iis07.contoso", &format!("vdi{n}.contoso"))).collect();
    let (_, import) = case_of(&export(&rows));
    let [Notice::ManyNames { device_id, names, more: 0 }] = &import.notices[..] else { panic!("{import:?}") };
    assert_eq!(device_id, IIS);
    assert_eq!(names, &["vdi1.contoso.test", "vdi2.contoso.test", "vdi3.contoso.test"]);
    // A host with and without its domain is one.
    let (_, import) = case_of(&export(&[row(1), row(2).replace("iis07.contoso.test", "IIS07")]));
    assert!(import.notices.is_empty(), "{import:?}");
}

#[test]
fn a_quote_that_does_not_close_in_the_heading_is_named_with_the_way_out() {
    let (fault, way_out) =
        refusal("\"Timestamp\",\"DeviceName,\"ProcessId\"\n2026-05-06T12:00:00Z,iis07,4\n", &[]);
    assert!(fault.starts_with("line 1: a quote in the heading does not close"), "{fault}");
    assert!(way_out.contains("close the quote"), "{way_out}");
}

#[test]
fn lines_that_are_texts_are_named_as_such_with_the_way_out() {
    let line = Value::from(object(1, "\"Timestamp\":\"2026-05-06T12:00:00Z\"")).to_string();
    let (fault, way_out) = refusal(format!("{line}\n{line}\n"), &[]);
    assert!(fault.starts_with("its lines are texts that hold JSON"), "{fault}");
    assert!(way_out.contains("jq -r"), "{way_out}");
}

#[test]
fn as_many_rows_as_an_export_is_cut_at_are_remarked() {
    let rows = |count: u32| {
        let row = |n: u32| format!("2026-05-06T12:{:02}:{:02}Z,iis07,{n}\n", n / 60 % 60, n % 60);
        format!("Timestamp,DeviceName,ProcessId\n{}", (0..count).map(row).collect::<String>())
    };
    let notices = |count| CaseBuilder::new().ingest("export", rows(count)).notices;
    let (first, last) = ("2026-05-06 12:00:00Z".to_owned(), "2026-05-06 12:59:59Z".to_owned());
    assert_eq!(notices(10_000), [Notice::ProbablyCut { rows: 10_000, first, last }]);
    assert_eq!(notices(9_999), []);
}

#[test]
fn a_hexadecimal_report_id_tells_events_apart_and_a_fuller_row_completes_its_event() {
    let hex = |minute: u32, id: &str| {
        row(1).replace(",1,cmd", &format!(",{id},cmd")).replace("12:01", &format!("12:{minute:02}"))
    };
    let (mut case, import) = case_of(&export(&[hex(1, "0x1c9f"), hex(1, "0x1ca0")]));
    assert_eq!((import.events_new, import.rows_without_report_id), (2, 0), "{import:?}");
    assert_eq!(import.notices, [Notice::TextReportId { value: "0x1c9f".to_owned() }]);
    let fuller = format!("{HEAD},ProcessId\n{},4242\n", hex(1, "0x1c9f").trim_end());
    let import = case.ingest("fuller", fuller);
    assert_eq!(
        (import.events_completed, import.events_new, import.rows_conflicting),
        (1, 0, 0),
        "{import:?}"
    );
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "2");
}

#[test]
fn ids_that_a_spreadsheet_rounded_are_missing_and_contradict_nothing() {
    let whole = export_with("ProcessUniqueId,LogonId", &["2533274790311233,81234567"]);
    let rounded = whole.replace("2533274790311233,81234567", "2.53327E+15,8.12E+07");
    for (first, second) in [(&whole, &rounded), (&rounded, &whole)] {
        let mut case = CaseBuilder::new();
        let notices = [first, second].map(|text| case.ingest("export", text).notices);
        assert_eq!(counts(&case)[1..], [1, 0, 0]);
        assert_eq!(values(&case, "ProcessUniqueId"), ["2533274790311233"]);
        assert_eq!(values(&case, "LogonId"), ["81234567"]);
        let is_said = |notices: &Vec<Notice>| matches!(&notices[..], [Notice::Rounded { .. }]);
        assert_eq!(notices.iter().filter(|notices| is_said(notices)).count(), 1, "{notices:?}");
    }
}

#[test]
fn local_times_whose_zone_nobody_said_are_refused_and_read_once_it_is() {
    let text = times(&["5/6/2026, 2:00:05.047 PM"]).replacen("Timestamp", "Timestamp [Local Time]", 1);
    let (fault, way_out) = refusal(&text, &["--dates", "mdy"]);
    assert!(fault.contains("line 2, Timestamp: \"5/6/2026, 2:00:05.047 PM\" names no zone"), "{fault}");
    assert!(way_out.contains("--tz"), "{way_out}");
    let reading = Reading::new("Europe/Madrid".parse().ok(), Some(DateOrder::MonthFirst));
    let mut case = CaseBuilder::new();
    case.try_ingest_as("export", &text, reading).unwrap();
    assert_eq!(values(&case, "Timestamp"), ["2026-05-06T12:00:05.0470000Z"]);
}

#[test]
fn dates_with_two_readings_are_refused_with_both() {
    let (fault, way_out) = refusal(times(&["06/05/2026 12:00:05", "07/05/2026 12:00:05"]), &[]);
    assert!(fault.contains("\"06/05/2026 12:00:05\" may be 2026-05-06 or 2026-06-05"), "{fault}");
    assert!(way_out.contains("--dates dmy") && way_out.contains("--dates mdy"), "{way_out}");
}

#[test]
fn dates_that_contradict_each_other_are_refused_with_both_rows() {
    let (fault, way_out) = refusal(times(&["21/05/2026 12:00:05", "05/22/2026 12:00:05"]), &[]);
    assert!(fault.contains("contradict each other"), "{fault}");
    assert!(fault.contains("line 2") && fault.contains("line 3") && fault.contains("05/22/2026"), "{fault}");
    assert!(way_out.contains("format_datetime"), "{way_out}");
}

#[test]
fn a_date_that_tells_is_believed_for_all_and_that_is_said() {
    let (case, import) = case_of(&times(&["06/05/2026 12:00:05", "21/05/2026 12:00:05"]));
    assert_eq!(values(&case, "Timestamp")[0], "2026-05-06T12:00:05.0000000Z");
    let told = import.notices.iter().find_map(|notice| match notice {
        Notice::DatesDecided { order, line, value, .. } => Some((order.as_str(), *line, value.as_str())),
        _ => None,
    });
    assert_eq!(told, Some(("dmy", 3, "21/05/2026 12:00:05")));
}

#[test]
fn a_date_with_two_readings_far_down_in_a_file_is_settled_by_the_rest_of_it() {
    let far = ["2026-05-06T12:00:05Z", "yesterday", "06/05/2026 12:00:06", "21/05/2026 12:00:05"];
    let (case, import) = case_of(&times(&far));
    assert_eq!((import.rows_read, import.events_new, import.rows_rejected), (4, 3, 1), "{import:?}");
    assert_eq!(values(&case, "Timestamp")[1], "2026-05-06T12:00:06.0000000Z");
    let mut case = CaseBuilder::new();
    let said = case.try_ingest("export", times(&far[..3])).unwrap_err().to_string();
    assert!(said.starts_with("export: line 4, Timestamp: \"06/05/2026 12:00:06\" may be"), "{said}");
    assert_eq!(counts(&case), [0; 4], "{said}");
}

#[test]
fn dates_on_standard_input_are_settled_at_its_start_alone() {
    let program = Program::new();
    let piped = |times: &[&str]| {
        program.write("piped", self::times(times));
        let file = std::fs::File::open(program.folder.path().join("piped")).unwrap();
        program.command(&["ingest", "-"]).stdin(file).output().unwrap()
    };
    let output = piped(&["06/05/2026 12:00:05", "21/05/2026 12:00:05"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("covers 2026-05-06 12:00:05Z to 2026-05-21 12:00:05Z"), "{said}");
    let output = piped(&["2026-05-06T12:00:05Z", "06/05/2026 12:00:05", "21/05/2026 12:00:05"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("standard input can be read but once\nhint: ") && said.contains("--dates dmy"),
        "{said}"
    );
}

#[test]
fn an_order_that_was_said_rejects_the_dates_that_contradict_it() {
    let program = Program::new();
    program.write("export.csv", times(&["06/05/2026 12:00:05", "05/22/2026 12:00:05"]));
    let said = program.ok(&["ingest", "--dates", "dmy", "export.csv"]);
    assert!(said.contains("2 rows read: 1 new, 0 already known, 1 rejected"), "{said}");
    assert!(
        said.contains(
            "rejected line 3: Timestamp: \"05/22/2026 12:00:05\" is not a date whose day comes first"
        ),
        "{said}"
    );
    assert!(said.contains("covers 2026-05-06 12:00:05Z"), "{said}");
}

#[test]
fn times_that_clocks_showed_twice_or_never_are_taken_as_the_first_or_rejected() {
    let text = times(&["2025-10-26 02:30:00", "2026-03-29 02:30:00", "2026-03-29 03:30:00"]);
    let program = Program::new();
    program.write("export.csv", text);
    let said = program.ok(&["ingest", "--tz", "Europe/Madrid", "export.csv"]);
    assert!(said.contains("3 rows read: 2 new, 0 already known, 1 rejected"), "{said}");
    assert!(said.contains("covers 2025-10-26 00:30:00Z to 2026-03-29 01:30:00Z"), "{said}");
    assert!(said.contains("taken as the first, such as Timestamp \"2025-10-26 02:30:00\""), "{said}");
    assert!(
        said.contains("rejected line 3: Timestamp: \"2026-03-29 02:30:00\" is not a time that clocks showed"),
        "{said}"
    );
}

#[test]
fn zone_and_order_may_stand_in_the_configuration_and_options_go_before_it() {
    let program = Program::new();
    std::fs::create_dir_all(program.folder.path().join("config/huntcase")).unwrap();
    program.write("config/huntcase/config.toml", "tz = \"Asia/Tokyo\"\ndates = \"dmy\"\n");
    program.write("export.csv", times(&["06/05/2026 12:00:05"]));
    let covers = |case: &str, options: &[&str]| {
        let said = program.ok(&[&["--case", case, "ingest", "export.csv"], options].concat());
        said.split("covers ").nth(1).unwrap_or_default()[..20].to_owned()
    };
    assert_eq!(covers("one.db", &[]), "2026-05-06 03:00:05Z");
    assert_eq!(covers("two.db", &["--tz", "UTC", "--dates", "mdy"]), "2026-06-05 12:00:05Z");
    for (line, key) in [("tz = \"Atlantis\"", "tz"), ("dates = \"ymd\"", "dates")] {
        program.write("config/huntcase/config.toml", line);
        let (code, said) = program.fails(&["ingest", "export.csv"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.starts_with(&format!("error: the configuration's {key}: ")), "{said}");
    }
}

#[test]
fn an_export_is_explained_without_a_change() {
    let rows: String =
        (1..=5).map(|n| format!("\"06/05/2026 12:00:0{n}\";iis07;{n};cmd.exe /c job {n};Lyon\n")).collect();
    let text = format!("TimeStamp;DeviceName;ReportId;ProcessCommandLine;Site\n{rows}");
    let program = Program::new();
    program.write("export.csv", text);
    let said = program.ok(&["ingest", "--explain", "export.csv"]);
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "File export.csv",
        "Kind CSV, cells separated by ;",
        "Columns read Timestamp, DeviceName, ProcessCommandLine, ReportId",
        "TimeStamp as Timestamp",
        "Kept beside Site",
        "Missing DeviceId, ActionType, FileName,",
        "Time Timestamp \"06/05/2026 12:00:01\"",
        "--dates dmy: 2026-05-06 12:00:01",
        "--dates mdy: 2026-06-05 12:00:01",
        "Zone named by nothing in the file; UTC, unless --tz says otherwise",
        "Rows 5 rows looked at",
    ] {
        assert!(flat.contains(words), "{words}: {said}");
    }
    let events: Vec<bool> =
        (1..=5).map(|n| flat.contains(&format!("ProcessCommandLine=cmd.exe /c job {n}"))).collect();
    assert_eq!(events, [true, true, true, false, false], "{said}");
    let mut left: Vec<_> =
        std::fs::read_dir(program.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["export.csv"], "nothing was made");
    // A case that is there stays as it is.
    program.write("other.csv", times(&["2026-05-06T12:00:05Z"]));
    program.ok(&["ingest", "other.csv"]);
    let before = std::fs::read(program.case()).unwrap();
    program.ok(&["ingest", "--explain", "--tz", "Europe/Madrid", "--dates", "dmy", "export.csv"]);
    assert!(std::fs::read(program.case()).unwrap() == before);
}

#[test]
fn rows_that_name_another_table_are_counted_by_its_name_wherever_the_name_stands() {
    for heading in ["Type", "$table", "TableName"] {
        let text = export_with(
            heading,
            &["DeviceProcessEvents", "DeviceFileEvents", "SecurityEvent", "DeviceFileEvents"],
        );
        let (_, import) = case_of(&text);
        assert_eq!((import.events_new, import.rows_of_other_tables), (1, 3), "{heading}");
        let tables: Vec<(&str, i64)> =
            import.other_tables.iter().map(|(table, rows)| (table.as_str(), *rows)).collect();
        assert_eq!(tables, [("DeviceFileEvents", 2), ("SecurityEvent", 1)], "{heading}");
    }
    let time = "\"Timestamp\":\"2026-05-06T12:00:00Z\"";
    for key in ["Type", "$table", "TableName"] {
        let line = |minute, table: &str| object(minute, &format!("\"{key}\":\"{table}\",{time}")) + "\n";
        let (_, import) = case_of(&(line(1, "DeviceProcessEvents") + &line(2, "DeviceLogonEvents")));
        assert_eq!((import.events_new, import.other_tables["DeviceLogonEvents"]), (1, 1), "{key} in JSON");
    }
    let envelope = |minute, table: &str| {
        format!("{{\"category\":\"AdvancedHunting-{table}\",\"properties\":{}}}\n", object(minute, time))
    };
    let (_, import) = case_of(&(envelope(1, "DeviceProcessEvents") + &envelope(2, "DeviceImageLoadEvents")));
    assert_eq!((import.events_new, import.other_tables["DeviceImageLoadEvents"]), (1, 1), "category");
}

#[test]
fn what_is_no_tables_name_says_nothing_of_whose_row_it_is() {
    for name in ["PrimaryResult", "Table_0", ""] {
        let (_, import) = case_of(&export_with("$table,Type", &[&format!("{name},{name}")]));
        assert_eq!((import.events_new, import.rows_of_other_tables), (1, 0), "{name}");
    }
}

/// A file of shared/reports, and what it must give: events, rejected rows, rows of other tables, findings.
type Expected = (&'static str, [i64; 4]);

#[test]
fn reported_inputs_give_what_is_right_for_them() {
    let Some(folder) = shared("reports") else { return };
    let right: [Expected; 16] = [
        ("tables/DeviceEvents.csv", [0, 0, 1, 0]),
        ("tables/DeviceFileEvents.csv", [0, 0, 1, 0]),
        ("tables/DeviceImageLoadEvents.csv", [0, 0, 1, 0]),
        ("tables/DeviceProcessEvents.csv", [1, 0, 0, 1]),
        ("cut-inside-cell.csv", [1, 1, 0, 1]),
        ("comma-blank.csv", [1, 0, 0, 1]),
        ("no-time.csv", [1, 3, 0, 1]),
        ("deviceid-case-1.csv", [1, 0, 0, 1]),
        ("hash-case-1.csv", [1, 0, 0, 1]),
        ("pandas-bool.csv", [3, 0, 0, 1]),
        ("kibana-dash.csv", [1, 0, 0, 1]),
        ("ps51-date.json", [1, 0, 0, 1]),
        ("ps51-date-object.json", [1, 0, 0, 1]),
        ("names-of-2019.json", [1, 0, 0, 1]),
        ("one-id-many-names.csv", [3, 0, 0, 1]),
        ("formula-guard.csv", [6, 0, 0, 1]),
    ];
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for (name, expected) in right {
        let (case, import) = case_of(&read(name));
        let findings = list_findings(&case.case, "kim").unwrap().len() as i64;
        let found = [import.events_new, import.rows_rejected, import.rows_of_other_tables, findings];
        assert_eq!(found, expected, "{name}: {import:?}");
        assert!(list_devices(&case.case, &[]).unwrap().len() <= 1, "{name}");
    }
    for name in ["undoubled-quote.csv", "raw-newline.ndjson"] {
        let (case, import) = case_of(&read(name));
        assert_eq!((import.events_new, import.rows_recovered), (2, 1), "{name}: {import:?}");
        let findings = list_findings(&case.case, "kim").unwrap();
        assert_eq!(findings.iter().map(|finding| finding.recovered_events).sum::<i64>(), 1, "{name}");
    }
    for name in ["deviceid-case", "hash-case"] {
        let (mut case, _) = case_of(&read(&format!("{name}-1.csv")));
        let Outcome::Imported(import) = case.try_ingest("second", read(&format!("{name}-2.csv"))).unwrap()
        else {
            panic!("{name}: these are other bytes");
        };
        case.run_all();
        assert_eq!((import.events_known, counts(&case)), (1, [1, 1, 1, 0]), "{name}");
    }
    for (name, fault) in [("header-quote.csv", "does not close"), ("quoted-lines.json", "are texts")] {
        let (said, _) = refusal(read(name), &[]);
        assert!(said.contains(fault), "{name}: {said}");
    }
}

const INNER_ROW: &str = "2026-05-04T09:00:00Z,dc01.example.com,cmd.exe,7,cmd /c whoami";
const INNER: &str = "Timestamp,DeviceName,FileName,ProcessId,ProcessCommandLine";

#[test]
fn a_row_behind_one_with_too_few_cells_is_a_recovered_one() {
    let text = format!(
        "{INNER}\n2026-05-04T08:00:00Z,web09,cmd.exe,5,a\n2026-05-04T08:01:00Z,web09,b\n{INNER_ROW}\n"
    );
    let import = CaseBuilder::new().ingest("short", text);
    assert_eq!((import.events_new, import.rows_recovered, import.recovered_after), (2, 1, Some(3)));
}

#[test]
fn a_heading_behind_a_broken_row_is_not_believed() {
    let turned = "Timestamp,DeviceName,ProcessCommandLine,ProcessId,FileName";
    let text = format!("{INNER}\n2026-05-04T08:00:00Z,web09,cmd.exe,5,a\nhalf,row\n{turned}\n{INNER_ROW}\n");
    let import = CaseBuilder::new().ingest("forged heading", text);
    assert_eq!((import.events_new, import.rows_rejected), (1, 2));
}

#[test]
fn json_behind_a_line_that_breaks_behind_a_quote_is_recovered_too() {
    let row = |device: &str| {
        format!(r#"{{"Timestamp":"2026-05-04T08:00:00Z","DeviceName":"{device}","ProcessId":1}}"#)
    };
    let broken = r#"{"Timestamp":"2026-05-04T08:00:00Z","DeviceName":"web09","ProcessCommandLine":"a" b"#;
    let import =
        CaseBuilder::new().ingest("broken", format!("{}\n{broken}\n{}\n", row("web09"), row("dc01")));
    assert_eq!((import.events_new, import.rows_recovered, import.recovered_after), (2, 1, Some(2)));
}

#[test]
fn rows_that_nothing_names_are_counted_also_before_the_first_event() {
    let unnamed = "2026-05-04T08:00:00Z,web09,a.exe,,\n";
    let text = format!("{INNER}\n{unnamed}{unnamed}{INNER_ROW}\n{unnamed}");
    let import = CaseBuilder::new().ingest("mixed", text);
    assert_eq!((import.rows_read, import.events_new, import.rows_of_other_tables), (4, 1, 3));
    assert_eq!(import.other_tables[""], 3);
}

#[test]
fn a_time_of_year_1601_stands_for_none_in_whatever_zone_it_is_shown() {
    let text = format!("{INNER}\n{INNER_ROW}\n1601-01-01T00:00:00+05:00,web09,cmd.exe,5,a\n");
    let import = CaseBuilder::new().ingest("zone", text);
    assert_eq!((import.events_new, import.rows_rejected), (1, 1));
}

/// An answer of Log Analytics with one event, and these members behind its tables.
fn answer(members: &str) -> String {
    let names = ["Timestamp", "DeviceId", "DeviceName", "ReportId", "FileName", "ProcessCommandLine"];
    let columns: Vec<Value> = names.iter().map(|name| serde_json::json!({ "name": name })).collect();
    let cells = serde_json::json!(["2026-05-06T12:01:00Z", IIS, "iis07", 1, "cmd.exe", "cmd /c whoami"]);
    let columns = Value::from(columns);
    format!(r#"{{"tables":[{{"name":"PrimaryResult","columns":{columns},"rows":[{cells}]}}]{members}}}"#)
}

const FAILED: &str = r#","error":{"code":"PartialError","message":"some shards failed"}"#;

#[test]
fn rows_that_are_arrays_and_those_in_additional_properties_are_events() {
    let sdk = format!(
        r#"{{"Results":[{{"AdditionalProperties":{}}}]}}"#,
        object(1, r#""Timestamp":"2026-05-06T12:01:00Z""#)
    );
    for text in [answer(""), sdk] {
        let (case, import) = case_of(&text);
        assert_eq!((import.rows_read, counts(&case)[1]), (1, 1), "{text}");
    }
}

#[test]
fn an_answer_whose_service_says_that_rows_are_missing_changes_no_case_without_being_asked_for() {
    let program = Program::new();
    program.write("whole.json", answer(""));
    program.write("part.json", answer(FAILED).replace("12:01", "12:02"));
    program.ok(&["ingest", "whole.json"]);
    let (code, said) = program.fails(&["ingest", "part.json"]);
    assert_eq!(code, 1);
    assert!(said.contains("\"PartialError: some shards failed\"") && said.contains("--partial"), "{said}");
    let imports =
        |program: &Program| json(program, &["imports", "list"])["imports"].as_array().unwrap().len();
    assert_eq!(imports(&program), 1);
    program.ok(&["ingest", "--partial", "part.json"]);
    assert_eq!(imports(&program), 2);
    let shown = program.ok(&["imports", "show", "2"]);
    assert!(shown.contains("rows are missing in it") && shown.contains("some shards failed"), "{shown}");
}

#[test]
fn an_answer_that_is_only_an_error_is_refused_with_what_its_service_said() {
    let (fault, way_out) = refusal(r#"{"error":{"code":"TooManyRequests","message":"slow down"}}"#, &[]);
    assert!(fault.contains("\"TooManyRequests: slow down\""), "{fault}");
    assert!(way_out.contains("narrow the query"), "{way_out}");
}

#[test]
fn what_huntcase_writes_itself_is_read_back_as_the_same_case() {
    let program = Program::new();
    // The second command line is one that a spreadsheet would run, the third one that looks as if it was guarded.
    let with = |number, start| row(number).replace("\"\"\"cmd.exe\"\" /c", &format!("\"{start}cmd /c"));
    program.write("export.csv", export(&[row(1), with(2, "="), with(3, "'=")]));
    program.ok(&["ingest", "export.csv"]);
    let rows = |program: &Program, format| {
        program.ok(&["query", "SELECT * FROM DeviceProcessEvents ORDER BY ReportId", "--format", format])
    };
    let expected = rows(&program, "jsonl");
    for format in ["csv", "json", "jsonl"] {
        let again = Program::new();
        again.write("own", rows(&program, format));
        again.ok(&["ingest", "own"]);
        assert_eq!(rows(&again, "jsonl"), expected, "{format}");
        let extra =
            again.ok(&["query", "SELECT count(DISTINCT extra_id) FROM process_event", "--format", "csv"]);
        assert_eq!(extra.lines().last(), Some("0"), "{format}");
    }
}

#[test]
fn the_report_id_of_a_union_is_whichever_column_is_filled() {
    let head = "Timestamp,DeviceName,ProcessCommandLine,ReportId_long,ReportId_string";
    let cells = ["7,", ",8", "9,9", "1,2"];
    let rows = cells.map(|ids| format!("2026-05-06T12:01:00Z,iis07,cmd /c dir,{ids}\n"));
    let objects = cells.map(|ids| {
        let (long, string) = ids.split_once(',').unwrap();
        format!(
            "{{\"Timestamp\":\"2026-05-06T12:01:00Z\",\"DeviceName\":\"iis07\",\"ProcessCommandLine\":\"cmd /c dir\",\
             \"ReportId_long\":\"{long}\",\"ReportId_string\":\"{string}\"}}\n"
        )
    });
    for text in [format!("{head}\n{}", rows.concat()), objects.concat()] {
        let (case, import) = case_of(&text);
        assert_eq!(values(&case, "ReportId"), ["7", "8", "9"], "{text}");
        assert_eq!(import.rows_rejected, 1, "{text}");
    }
}
