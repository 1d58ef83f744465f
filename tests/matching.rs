//! Events that several exports tell in different ways are one where that is sure, and are said to be two where it is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::findings::{Author, Change, Classification, Status, change_findings, list_findings};
use huntcase::source::Notice;
use support::exports::{COLUMNS, Row, Spelling, generate, row, to_csv, to_ndjson};
use support::forms::without;
use support::{CaseBuilder, EVER, NOW, assert_same, at, shipped};

const PLAIN: Spelling = Spelling { bom: false, crlf: false };
/// A day after the last generated event.
const AS_OF: &str = "2026-05-10T00:00:00Z";
const IDS: [&str; 2] = ["DeviceId", "ReportId"];

fn csv(rows: &[Row]) -> String {
    to_csv(rows, &COLUMNS, PLAIN)
}

/// Rows of devices that were not renamed.
fn rows_of(seed: u64, count: usize) -> Vec<Row> {
    let mut rows = generate(seed, count);
    rows.retain(|row| !row["DeviceName"].contains("-new"));
    rows
}

/// The same as an analyst's `project` without ids exports them.
fn without_ids(rows: &[Row]) -> Vec<Row> {
    IDS.iter().fold(rows.to_vec(), |rows, column| without(&rows, column))
}

fn case_of(texts: &[String]) -> CaseBuilder {
    let mut case = CaseBuilder::new();
    for (number, text) in texts.iter().enumerate() {
        case.ingest(&format!("file {number}"), text);
        case.run(&shipped(), AS_OF, EVER);
    }
    case
}

fn told_twice(case: &CaseBuilder, import: i64) -> Option<Vec<String>> {
    let notices = case.case.get_import(import).unwrap().notices;
    notices.into_iter().find_map(|notice| match notice {
        Notice::ToldTwice { devices, .. } => Some(devices),
        _ => None,
    })
}

/// One event; what several exports tell of it is changed in each.
fn event() -> Row {
    row([
        ("Timestamp", "2026-05-04T08:00:03.1926543Z"),
        ("DeviceId", "d1"),
        ("DeviceName", "web01"),
        ("ReportId", "7"),
        ("ActionType", "ProcessCreated"),
        ("FileName", "cmd.exe"),
        ("ProcessId", "400"),
        ("ProcessCreationTime", "2026-05-04T08:00:03.1234567Z"),
        ("ProcessCommandLine", "cmd.exe /c whoami"),
        ("InitiatingProcessFileName", "w3wp.exe"),
        ("InitiatingProcessCreationTime", "2026-05-01T00:00:00.1234567Z"),
    ])
}

fn with(mut row: Row, cells: &[(&'static str, &str)]) -> Row {
    row.extend(cells.iter().map(|(column, text)| (*column, (*text).to_owned())));
    row
}

/// The same event at the precision of seconds.
fn cut() -> Row {
    with(
        event(),
        &[
            ("Timestamp", "2026-05-04T08:00:03Z"),
            ("ProcessCreationTime", "2026-05-04T08:00:03Z"),
            ("InitiatingProcessCreationTime", "2026-05-01T00:00:00Z"),
        ],
    )
}

/// The events after two files in either order, which is to make no difference.
fn events_of(first: &Row, second: &Row) -> usize {
    let texts = [csv(std::slice::from_ref(first)), csv(std::slice::from_ref(second))];
    let [one, other] = [[0, 1], [1, 0]].map(|order| case_of(&order.map(|number| texts[number].clone())));
    assert_same(&one.dump(), &other.dump(), "the other order");
    one.cell("SELECT count(*) FROM process_event").parse().unwrap()
}

#[test]
fn what_confirms_it_makes_one_event_of_two_precisions() {
    assert_eq!(events_of(&event(), &cut()), 1);
    for column in ["ProcessId", "ProcessCreationTime", "ProcessCommandLine"] {
        let [confirmed] = &without(&[cut()], column)[..] else { unreachable!() };
        assert_eq!(events_of(&event(), confirmed), 1, "without {column}");
    }
    let all = ["ProcessId", "ProcessCreationTime", "ProcessCommandLine"];
    let bare = all.iter().fold(vec![cut()], |rows, column| without(&rows, column));
    assert_eq!(events_of(&event(), &bare[0]), 2, "with nothing to compare");
}

#[test]
fn what_contradicts_it_leaves_two_events_of_two_precisions() {
    let others = [
        ("ProcessId", "404"),
        ("ProcessCommandLine", "cmd.exe /c ver"),
        ("ProcessCreationTime", "2026-05-04T08:00:02Z"),
        ("ReportId", "8"),
        ("DeviceId", "d2"),
        ("Timestamp", "2026-05-04T08:00:05Z"),
    ];
    for other in others {
        assert_eq!(events_of(&event(), &with(cut(), &[other])), 2, "{other:?}");
    }
}

#[test]
fn every_time_keeps_its_finer_value_and_the_import_says_how_many_were_matched() {
    // Each has a time that is finer than the other's.
    let first = with(cut(), &[("InitiatingProcessCreationTime", "2026-05-01T00:00:00.1234567Z")]);
    let second = with(event(), &[("InitiatingProcessCreationTime", "2026-05-01T00:00:00Z")]);
    let [first, second] = [csv(&[first]), csv(&[second])];
    for texts in [[first.clone(), second.clone()], [second, first]] {
        let case = case_of(&texts);
        let times = case.rows(
            "SELECT Timestamp, ProcessCreationTime, InitiatingProcessCreationTime FROM DeviceProcessEvents",
        );
        let expected = ["Timestamp", "ProcessCreationTime", "InitiatingProcessCreationTime"]
            .map(|column| format!("{:?}", event()[column]));
        assert_eq!(times, [expected]);
        let import = case.case.get_import(2).unwrap();
        assert_eq!((import.events_new, import.events_completed, import.events_matched), (0, 1, 1));
        let device = case.rows("SELECT events, first_event = last_event, named_at = first_event FROM device");
        assert_eq!(device, [["1", "1", "1"]]);
    }
}

#[test]
fn a_coarser_export_that_comes_again_and_again_adds_nothing() {
    let rows = rows_of(3, 40);
    let seconds = support::forms::Precision::Seconds.cut(&rows);
    let case = case_of(&[csv(&rows), csv(&seconds), to_ndjson(&seconds)]);
    assert_same(&case.dump(), &case_of(&[csv(&rows)]).dump(), "the case");
    let counts = case.rows("SELECT sum(events_new), sum(events_known), sum(rows_conflicting) FROM import");
    assert_eq!(counts, [[rows.len().to_string(), (2 * rows.len()).to_string(), "0".to_owned()]]);
}

#[test]
fn other_values_of_a_matched_event_are_kept_aside() {
    let other = with(cut(), &[("FileName", "other.exe")]);
    let case = case_of(&[csv(&[event()]), csv(&[other])]);
    let import = case.case.get_import(2).unwrap();
    assert_eq!((import.events_new, import.rows_conflicting, import.events_matched), (0, 1, 1));
    let conflicts = case.case.list_conflicts(2).unwrap();
    assert_eq!(conflicts[0].columns, "[\"FileName\"]");
    assert_eq!(case.cell("SELECT Timestamp FROM DeviceProcessEvents"), format!("{:?}", event()["Timestamp"]));
}

#[test]
fn what_is_kept_of_an_event_goes_over_to_the_one_that_it_is() {
    // In one file: two rows of the minute, of which the second fills the first, then the event.
    let minute = with(cut(), &[("Timestamp", "2026-05-04T08:00:00Z")]);
    let fills = with(minute.clone(), &[("FolderPath", r"C:\cmd.exe"), ("AccountName", "kim")]);
    let contradicts = with(minute.clone(), &[("FileName", "other.exe")]);
    let case = case_of(&[csv(&[event()]), csv(&[minute, fills, contradicts])]);
    for table in ["event_completion", "conflict", "evidence"] {
        let lost = case.cell(&format!(
            "SELECT count(*) FROM {table} WHERE event_id NOT IN (SELECT event_id FROM process_event)"
        ));
        assert_eq!(lost, "0", "{table}");
        assert_ne!(case.cell(&format!("SELECT count(*) FROM {table}")), "0", "{table} shows nothing");
    }
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "1");
    assert_eq!(case.cell("SELECT AccountName FROM DeviceProcessEvents"), "\"kim\"");
    assert_eq!(case.cell("SELECT count(*) FROM conflict"), "1");
}

#[test]
fn what_repeated_an_event_goes_over_to_the_one_that_it_is() {
    let minute = [with(cut(), &[("Timestamp", "2026-05-04T08:00:00Z")])];
    let few: Vec<&str> = minute[0].keys().copied().collect();
    // The second file has more columns, with nothing in them: the event has nothing there.
    let case = case_of(&[to_csv(&minute, &few, PLAIN), csv(&minute), csv(&[event()])]);
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "1");
    let repeats = "SELECT count(*), count(process_event.event_id)
                   FROM repeated_event LEFT JOIN process_event USING (event_id)";
    let repeats = case.rows(repeats);
    assert!(repeats[0][0] != "0" && repeats[0][0] == repeats[0][1], "{repeats:?}");
}

/// Each of one minute's events used to be looked for among all of the others.
#[test]
fn many_events_of_one_minute_are_matched_quickly() {
    let rows: Vec<Row> = (0..4000)
        .map(|number| {
            let (id, time) =
                (number.to_string(), format!("2026-05-04T08:00:{:02}.{:07}Z", number % 60, number));
            with(event(), &[("ReportId", &id), ("ProcessId", &id), ("Timestamp", &time)])
        })
        .collect();
    let minutes = support::forms::Precision::Minutes.cut(&rows);
    let started = std::time::Instant::now();
    let case = case_of(&[csv(&rows), csv(&minutes)]);
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "4000");
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn events_without_ids_are_completed_by_others_in_either_order() {
    for seed in [1, 4] {
        let rows = rows_of(seed, 60);
        let expected = case_of(&[csv(&rows)]).dump();
        let bare = csv(&without_ids(&rows));
        for files in [[bare.clone(), csv(&rows)], [csv(&rows), bare.clone()]] {
            let case = case_of(&files);
            assert_same(&case.dump(), &expected, &format!("seed {seed}"));
            assert_eq!(
                case.cell("SELECT events_matched FROM import WHERE import_id = 2"),
                rows.len().to_string()
            );
            assert_eq!(told_twice(&case, 2), None);
        }
        // The export without ids comes again, with more than before.
        let case =
            case_of(&[csv(&without_ids(&rows[..20])), csv(&rows), bare, to_ndjson(&without_ids(&rows))]);
        assert_same(&case.dump(), &expected, &format!("seed {seed}, again"));
    }
}

#[test]
fn events_without_ids_at_another_precision_are_completed_too() {
    let rows = rows_of(2, 60);
    let bare = csv(&support::forms::Precision::Seconds.cut(&without_ids(&rows)));
    let expected = case_of(&[csv(&rows)]).dump();
    for files in [[bare.clone(), csv(&rows)], [csv(&rows), bare]] {
        assert_same(&case_of(&files).dump(), &expected, "the case");
    }
}

#[test]
fn what_was_decided_of_a_device_known_by_its_name_stays_when_its_id_comes() {
    let rows = rows_of(1, 60);
    let mut case = case_of(&[csv(&without_ids(&rows))]);
    let findings = list_findings(&case.case, "kim").unwrap();
    assert!(!findings.is_empty());
    let ids: Vec<_> = findings.iter().map(|finding| finding.id).collect();
    let change = Change {
        status: Some(Status::InProgress),
        classification: Some(Classification::FalsePositive),
        ..Change::default()
    };
    let author = Author { by: "kim", at: at(NOW), command: "set", why: "seen before", dry_run: false };
    change_findings(&case.case, &ids, &change, author).unwrap();
    case.ingest("with ids", csv(&rows));
    assert!(case.run(&shipped(), AS_OF, EVER).changes().is_empty());
    let after = list_findings(&case.case, "kim").unwrap();
    assert_eq!(after.iter().map(|finding| finding.id).collect::<Vec<_>>(), ids);
    for finding in after {
        assert_eq!((finding.status, finding.device_id.len()), (Status::InProgress, 40));
    }
}

#[test]
fn equal_rows_without_ids_take_one_event_each() {
    let bare: Vec<Row> = without_ids(&[event()]);
    let numbered = |id| with(event(), &[("ReportId", id)]);
    let three = csv(&[bare.clone(), bare.clone(), bare].concat());
    let two = csv(&[numbered("7"), numbered("8")]);
    for files in [[three.clone(), two.clone()], [two, three]] {
        let case = case_of(&files);
        let ids = case.rows("SELECT ReportId FROM DeviceProcessEvents ORDER BY 1");
        assert_eq!(ids, [["NULL"], ["7"], ["8"]]);
    }
}

#[test]
fn what_may_be_counted_twice_is_said() {
    let few = without(&without_ids(&[event()]), "ProcessId");
    let other_process = without_ids(&[with(event(), &[("ProcessCommandLine", "cmd.exe /c ver")])]);
    for bare in [&few, &other_process] {
        for files in [[csv(bare), csv(&[event()])], [csv(&[event()]), csv(bare)]] {
            let case = case_of(&files);
            assert_eq!(case.cell("SELECT count(*) FROM process_event"), "2");
            assert_eq!(told_twice(&case, 1), None);
            assert_eq!(told_twice(&case, 2), Some(vec!["web01".to_owned()]));
        }
    }
    // Exports of other days cannot have the same events.
    let later = with(event(), &[("Timestamp", "2026-05-06T08:00:03Z")]);
    assert_eq!(told_twice(&case_of(&[csv(&few), csv(&[later])]), 2), None);
}

#[test]
fn a_name_that_two_devices_have_is_neither() {
    let other = with(event(), &[("DeviceId", "d2"), ("ReportId", "9")]);
    let bare = csv(&without_ids(&[event()]));
    let case = case_of(&[bare, csv(&[event(), other])]);
    assert_eq!(case.cell("SELECT count(*) FROM device"), "3");
    assert_eq!(told_twice(&case, 2), Some(vec!["web01".to_owned()]));
}

/// Whether nothing refers to an event that is gone, and devices count what they have.
fn assert_sound(case: &CaseBuilder) {
    let missing: Vec<String> = {
        let connection = case.connect();
        let mut statement = connection.prepare("PRAGMA foreign_key_check").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(missing, Vec::<String>::new());
    let counted = "SELECT count(*) FROM device AS d
        WHERE events <> (SELECT count(*) FROM process_event AS e WHERE e.device_id = d.device_id)";
    assert_eq!(case.cell(counted), "0", "devices that count otherwise");
    assert_eq!(case.cell("SELECT count(*) FROM import WHERE events_new < 0"), "0");
}

#[test]
fn a_device_known_by_its_name_becomes_the_one_that_has_its_events_by_report_id() {
    let later = with(event(), &[("ReportId", "8"), ("Timestamp", "2026-05-04T08:01:03.1926543Z")]);
    let full = csv(&[event(), later.clone()]);
    // One event at its exact time shows it, the other is then found at its precision.
    let named = without(&[event(), with(later, &[("Timestamp", "2026-05-04T08:01:03Z")])], "DeviceId");
    let expected = case_of(std::slice::from_ref(&full)).dump();
    for files in [[csv(&named), full.clone()], [full.clone(), csv(&named)]] {
        let case = case_of(&files);
        assert_same(&case.dump(), &expected, "the case");
        assert_eq!(told_twice(&case, 2), None);
        assert_sound(&case);
    }
    // Rows without ReportId have the id, and those with it the name alone.
    let bare = csv(&without(&[event()], "ReportId"));
    for files in [[csv(&named[..1]), bare.clone()], [bare, csv(&named[..1])]] {
        let case = case_of(&files);
        assert_eq!(case.rows("SELECT DeviceId, ReportId FROM DeviceProcessEvents"), [["\"d1\"", "7"]]);
        assert_sound(&case);
    }
}

#[test]
fn what_may_be_of_a_device_known_by_its_name_is_said() {
    // Nothing that both hold confirms that the rows are one event.
    let named =
        without(&[with(event(), &[("ProcessCommandLine", ""), ("ProcessCreationTime", "")])], "DeviceId");
    let named = csv(&without(&named, "ProcessId"));
    for files in [[named.clone(), csv(&[event()])], [csv(&[event()]), named]] {
        let case = case_of(&files);
        assert_eq!(case.cell("SELECT count(*) FROM process_event"), "2");
        assert_eq!(told_twice(&case, 2), Some(vec!["web01".to_owned()]));
    }
}

#[test]
fn equal_rows_of_a_device_known_by_its_name_are_as_many_events() {
    let two = csv(&[without_ids(&[event()]), without_ids(&[event()])].concat());
    for files in [[csv(&[event()]), two.clone()], [two.clone(), csv(&[event()])]] {
        let case = case_of(&files);
        let ids = case.rows("SELECT ReportId FROM DeviceProcessEvents ORDER BY 1");
        assert_eq!(ids, [["NULL"], ["7"]]);
        assert_sound(&case);
    }
}

#[test]
fn evidence_is_never_taken_away() {
    let confirming = ["ProcessId", "ProcessCommandLine", "ProcessCreationTime"];
    let named =
        confirming.iter().fold(without(&[event()], "DeviceId"), |rows, column| without(&rows, column));
    let case = case_of(&[csv(&named), csv(&[event()]), csv(&without_ids(&[event()]))]);
    assert_sound(&case);
    assert_eq!(case.cell("SELECT count(*) FROM device"), "2", "both hold the event");
    assert_eq!(told_twice(&case, 3), Some(vec!["web01".to_owned()]));
    let evidence = "SELECT count(*) FROM evidence JOIN process_event USING (event_id)";
    assert_eq!(case.cell(evidence), case.cell("SELECT count(*) FROM evidence"));
    assert_ne!(case.cell(evidence), "0");
}

/// It used to refuse the whole file.
#[test]
fn a_row_whose_key_another_event_has_is_an_event_of_its_own() {
    let bare = with(event(), &[("ReportId", "")]);
    let second = with(cut(), &[("ReportId", "5")]);
    let other = with(event(), &[("ReportId", "5"), ("ProcessId", "43")]);
    for files in [
        [csv(&[second.clone(), other.clone()]), csv(std::slice::from_ref(&bare))],
        [csv(&[bare]), csv(&[second, other])],
    ] {
        let case = case_of(&files);
        assert_eq!(case.cell("SELECT count(*) FROM process_event"), "3");
        assert_eq!(told_twice(&case, 2), Some(vec!["web01".to_owned()]));
        assert_sound(&case);
    }
}

#[test]
fn a_time_keeps_its_finer_value_also_where_other_columns_contradict() {
    let other = with(cut(), &[("FileName", "other.exe")]);
    let [one, other] = [csv(&[event()]), csv(&[other])];
    for files in [[one.clone(), other.clone()], [other, one]] {
        let case = case_of(&files);
        let times = case.rows("SELECT Timestamp, ProcessCreationTime FROM DeviceProcessEvents");
        let expected = ["Timestamp", "ProcessCreationTime"].map(|column| format!("{:?}", event()[column]));
        assert_eq!(times, [expected]);
        let import = case.case.get_import(2).unwrap();
        let counts =
            (import.events_new, import.events_completed, import.rows_conflicting, import.events_matched);
        assert_eq!(counts, (0, 0, 1, 1));
        assert_sound(&case);
    }
}

#[test]
fn rules_look_again_at_the_events_of_a_device_whose_id_comes() {
    let later = with(event(), &[("ReportId", "8"), ("Timestamp", "2026-05-04T08:01:03.1926543Z")]);
    let case = case_of(&[csv(&without_ids(&[event(), later])), csv(&[event()])]);
    assert_eq!(case.cell("SELECT count(*) FROM DeviceProcessEvents WHERE DeviceId = 'd1'"), "2");
    assert_eq!(case.cell("SELECT count(DISTINCT event_id) FROM event_completion"), "2");
}

#[test]
fn another_device_with_the_name_of_one_whose_id_came_is_said() {
    let [monday, tuesday] = ["2026-05-04T08:00:03Z", "2026-05-05T08:00:03Z"];
    let of = |id, time, report| with(event(), &[("DeviceId", id), ("Timestamp", time), ("ReportId", report)]);
    let files = [
        csv(&without_ids(&[of("d1", monday, "1")])),
        csv(&[of("d1", monday, "1")]),
        csv(&[of("d2", tuesday, "2")]),
        csv(&without_ids(&[of("d2", tuesday, "2")])),
    ];
    let case = case_of(&files);
    assert_eq!([2, 3, 4].map(|import| told_twice(&case, import).is_some()), [false, false, true]);
}

#[test]
fn report_ids_that_are_texts_are_report_ids() {
    let text = with(event(), &[("ReportId", "0xab"), ("ProcessId", "401")]);
    for files in [[csv(&[event()]), csv(std::slice::from_ref(&text))], [csv(&[text]), csv(&[event()])]] {
        let case = case_of(&files);
        assert_eq!(case.cell("SELECT count(*) FROM process_event"), "2");
        assert_eq!(told_twice(&case, 2), None);
    }
}
