//! Cases that older versions made, brought up to date.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use huntcase::error::Error;
use huntcase::findings::{
    Action, Author, Classification, Determination, FindingId, HistoryFilter, HuntStatus, NewSuppression,
    ReviewState, Scope, Stale, Status, Subject, WhatChanged, add_suppression, find_finding, list_devices,
    list_findings, list_history, list_hunts, list_notes, review_devices, undo,
};
use huntcase::rules::list_rule_runs;
use huntcase::store::{Access, Case, functions};
use refinery::{Runner, Target, load_sql_migrations};
use rusqlite::Connection;
use support::exports::{COLUMNS, Row, Spelling, row, to_csv};
use support::{CaseBuilder, NOW, SHIPPED_RULE, at, shipped};
use tempfile::TempDir;

/// Tables that version 2 changed, with the columns that version 1 has.
const CHANGED: [(&str, &str); 2] = [
    (
        "finding",
        "finding_id, rule_id, device_id, status, classification, determination, severity, assigned_to, events,
         first_activity, last_activity, created_at, resolved_at, reopen_count",
    ),
    ("evidence", "finding_id, event_id, rule_version_id, run_id"),
];

/// What analysts had decided with version 1. Times are ticks of 8, 9 and, for the
/// review, 11 May 2026.
const DECIDED: &str = "
    UPDATE finding SET status = 'resolved', classification = 'falsePositive', determination = 'notMalicious',
      assigned_to = 'lee', resolved_at = 17782272000000000 WHERE finding_id = 1;
    INSERT INTO history (finding_id, changed_at, changed_by, field, old, new, why) VALUES
      (1, 17782272000000000, 'kim', 'status', 'new', 'resolved', 'the agent'),
      (1, 17782272000000000, 'kim', 'classification', 'unknown', 'falsePositive', 'the agent'),
      (2, 17783136000000000, 'lee', 'severity', 'low', 'medium', '');
    INSERT INTO note (finding_id, noted_at, noted_by, text) VALUES
      (1, 17783136000000000, 'lee', 'asked the owner'), (2, 17782272000000000, 'kim', 'look at this');
    INSERT INTO finding_tag (finding_id, tag) VALUES (2, 'urgent');
    INSERT INTO device_review (device_id, state, reviewed_at, reviewed_by, comment, import_id) VALUES
      ((SELECT device_id FROM finding WHERE finding_id = 2), 'reviewed', 17784864000000000, 'lee', 'odd', 1);
";

fn event(device: &str, report: &str, command: &str) -> Row {
    row([
        ("Timestamp", &format!("2026-05-04T00:00:0{}Z", report.len())),
        ("DeviceId", device),
        ("DeviceName", device),
        ("FileName", "cmd.exe"),
        ("ProcessCommandLine", command),
        ("AccountName", "svc"),
        ("InitiatingProcessFileName", "w3wp.exe"),
        ("InitiatingProcessParentFileName", "services.exe"),
        ("ReportId", report),
    ])
}

fn csv(rows: &[Row]) -> String {
    to_csv(rows, &COLUMNS, Spelling::default())
}

/// A case of version 1 with two findings, in a folder of its own.
fn case_of_version_1(folder: &TempDir) -> std::path::PathBuf {
    let newer = CaseBuilder::with(csv(&[event("web01", "1", "ping a"), event("web02", "2", "ping b")]));
    newer.run_all();
    let path = folder.path().join("case.db");
    let mut connection = Connection::open(&path).unwrap();
    let migrations = load_sql_migrations(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    Runner::new(&migrations).set_target(Target::Version(1)).run(&mut connection).unwrap();
    connection.execute("ATTACH ?1 AS newer", [newer.path().to_str().unwrap()]).unwrap();
    // The order in which tables are filled does not matter.
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for name in tables(&connection) {
        match CHANGED.iter().find(|(changed, _)| *changed == name) {
            Some((_, columns)) => copy(&connection, columns, &name),
            None if ["note", "history", "device_review", "finding_tag"].contains(&name.as_str()) => {}
            None => copy(&connection, &columns(&connection, &name), &name),
        }
    }
    connection.execute_batch("DETACH newer; PRAGMA foreign_keys = ON").unwrap();
    connection.execute_batch(DECIDED).unwrap();
    path
}

fn tables(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'refinery%'";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The columns of a table that the newer case has too; `""` for a table that newer versions do without.
fn columns(connection: &Connection, table: &str) -> String {
    let sql = "SELECT name FROM pragma_table_info(?1, 'main')
               WHERE name IN (SELECT name FROM pragma_table_info(?1, 'newer'))";
    let mut statement = connection.prepare(sql).unwrap();
    let names: Vec<String> =
        statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names.join(", ")
}

/// Fills columns of a table from the newer case.
fn copy(connection: &Connection, columns: &str, table: &str) {
    if !columns.is_empty() {
        let sql =
            format!("INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}");
        connection.execute(&sql, []).unwrap();
    }
}

fn upgraded() -> CaseBuilder {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_1(&folder);
    let case = Case::open(&path, Access::Write).unwrap();
    CaseBuilder { folder, case }
}

#[test]
fn findings_and_all_that_was_decided_are_carried_over() {
    let case = upgraded();
    let first = find_finding(&case.case, FindingId(1), "kim").unwrap();
    assert_eq!(
        (first.status, first.classification, first.determination, first.assigned_to.as_str()),
        (Status::Resolved, Classification::FalsePositive, Determination::NotMalicious, "lee")
    );
    assert_eq!((first.resolved_at, first.events), (Some(at("2026-05-08T08:00:00Z")), 1));
    assert_eq!((first.created_at, first.predecessor), (Some(at(NOW)), None));
    let second = find_finding(&case.case, FindingId(2), "kim").unwrap();
    assert_eq!((second.tags, second.notes, second.status), (vec!["urgent".to_owned()], 1, Status::New));
    let notes = list_notes(&case.case, Subject::Finding(FindingId(1))).unwrap();
    let note = (notes[0].at, notes[0].by.as_str(), notes[0].text.as_str());
    assert_eq!(note, (at("2026-05-09T08:00:00Z"), "lee", "asked the owner"));
}

#[test]
fn the_history_is_carried_over_in_the_order_of_time() {
    let case = upgraded();
    let mut entries = Vec::new();
    list_history(&case.case, &HistoryFilter::default(), &mut |entry| {
        entries.push(format!(
            "{} {} {} {}: {} -> {}",
            entry.at, entry.by, entry.what, entry.field, entry.old, entry.new
        ));
        Ok(())
    })
    .unwrap();
    assert_eq!(
        entries,
        [
            "2026-05-08T08:00:00.0000000Z kim F-1 status: new -> resolved",
            "2026-05-08T08:00:00.0000000Z kim F-1 classification: unknown -> falsePositive",
            "2026-05-08T08:00:00.0000000Z kim F-2 note:  -> look at this",
            "2026-05-09T08:00:00.0000000Z lee F-2 severity: low -> medium",
            "2026-05-09T08:00:00.0000000Z lee F-1 note:  -> asked the owner",
        ]
    );
}

#[test]
fn each_rule_gets_the_hunt_that_its_first_run_would_have_opened() {
    let case = upgraded();
    let hunts = list_hunts(&case.case).unwrap();
    let [hunt] = hunts.as_slice() else { panic!("{hunts:?}") };
    let rule = shipped().find(SHIPPED_RULE).unwrap().clone();
    assert_eq!((&hunt.name, &hunt.hypothesis), (&rule.head.name, &rule.head.hypothesis));
    assert_eq!((hunt.status, hunt.rules.len()), (HuntStatus::Active, 1));
    case.run_all();
    assert_eq!(list_hunts(&case.case).unwrap().len(), 1, "its next run opens no other");
}

#[test]
fn rules_of_one_name_get_hunts_of_their_own() {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_1(&folder);
    let connection = Connection::open(&path).unwrap();
    // What is left behind when a rule's id is changed, and a name that differs by case alone.
    connection
        .execute_batch(
            "INSERT INTO rule (published_id, name) SELECT 'other id', name FROM rule;
             INSERT INTO rule (published_id, name) SELECT 'third id', upper(name) FROM rule LIMIT 1;
             INSERT INTO rule_version (rule_id, sha256, text, first_run_at)
             SELECT rule_id, 'x', '-- hypothesis: other', 1 FROM rule WHERE published_id LIKE '% id';",
        )
        .unwrap();
    drop(connection);
    let case = Case::open(&path, Access::Write).unwrap();
    let hunts = list_hunts(&case).unwrap();
    let names: Vec<_> = hunts.iter().map(|hunt| hunt.name.to_lowercase()).collect();
    assert_eq!(names[1..], [format!("{SHIPPED_RULE} (2, rule 2)"), format!("{SHIPPED_RULE} (3, rule 3)")]);
    assert_eq!(hunts.iter().map(|hunt| hunt.rules.len()).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(hunts[1].hypothesis, "other");
}

#[test]
fn reviews_hold_in_every_hunt_until_newer_data_comes() {
    let mut case = upgraded();
    let review = |case: &CaseBuilder| {
        let devices = list_devices(&case.case, &[]).unwrap();
        devices.iter().map(|d| (d.state, d.stale.clone())).collect::<Vec<_>>()
    };
    let (not, fresh) = ((ReviewState::NotReviewed, vec![]), (ReviewState::Reviewed, vec![]));
    assert_eq!(review(&case), [not.clone(), fresh]);
    case.ingest("more", csv(&[event("web02", "333", "dir")]));
    assert_eq!(review(&case), [not, (ReviewState::Reviewed, vec![Stale::NewerData])]);
}

#[test]
fn what_evidence_does_is_known_so_that_more_of_the_same_does_not_reopen() {
    let mut case = upgraded();
    case.ingest("same", csv(&[event("web01", "333", "PING   a")]));
    assert_eq!(case.run_all().count(WhatChanged::Repeated), 1);
    case.ingest("other", csv(&[event("web01", "4444", "ping c")]));
    assert_eq!(case.run_all().count(WhatChanged::Reopened), 1);
    let finding =
        list_findings(&case.case, "kim").unwrap().into_iter().find(|f| f.id == FindingId(1)).unwrap();
    let former = finding.former.unwrap();
    assert_eq!((former.classification, former.by.as_str()), (Classification::FalsePositive, "kim"));
}

#[test]
fn what_version_1_did_is_not_undone_in_part() {
    let case = upgraded();
    let author = Author { by: "kim", at: at(NOW), command: "undo", why: "", dry_run: false };
    assert!(matches!(undo(&case.case, author), Err(Error::Usage(_))));
}

#[test]
fn a_review_of_a_case_that_never_ran_a_rule_is_kept() {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_1(&folder);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER history_is_not_erased;
             DELETE FROM evidence; DELETE FROM note; DELETE FROM history; DELETE FROM finding_tag;
             DELETE FROM finding; DELETE FROM rule_match; DELETE FROM rule_run; DELETE FROM run;
             DELETE FROM rule_version; DELETE FROM rule;
             CREATE TRIGGER history_is_not_erased BEFORE DELETE ON history BEGIN SELECT 1; END;",
        )
        .unwrap();
    drop(connection);
    let case = Case::open(&path, Access::Write).unwrap();
    let states: Vec<_> = list_devices(&case, &[]).unwrap().iter().map(|device| device.state).collect();
    assert_eq!(states, [ReviewState::NotReviewed, ReviewState::Reviewed]);
}

#[test]
fn the_case_is_sound() {
    let case = upgraded();
    let connection = case.connect();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(
        count("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB '*_1'"),
        0,
        "tables are left over"
    );
    let words: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "ok");
    let fresh = CaseBuilder::new();
    let schema =
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name";
    assert_eq!(case.rows(schema), fresh.rows(schema), "an upgraded case is made like a fresh one");
}

/// A case of version 5 with two imports: the first of a stream that mixed tables, and events without ReportId that
/// differ in nothing, or only in the case of an id.
fn case_of_version_5(folder: &TempDir) -> std::path::PathBuf {
    let without_id = |sha1: &str| {
        let mut row = event("web01", "1", "ping a");
        row.remove("ReportId");
        row.insert("SHA1", sha1.to_owned());
        row
    };
    let mut newer = CaseBuilder::with(csv(&[without_id("abcd"), event("web02", "22", "ping b")]));
    // Version 5 took this for another event.
    newer.ingest("capitals", csv(&[without_id("ef01")]));
    newer.connect().execute_batch("UPDATE image SET sha1 = 'ABCD' WHERE sha1 = 'ef01'").unwrap();
    newer.run_all();
    let path = folder.path().join("case.db");
    let mut connection = Connection::open(&path).unwrap();
    functions::register(&connection).unwrap();
    let migrations = load_sql_migrations(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    Runner::new(&migrations).set_target(Target::Version(5)).run(&mut connection).unwrap();
    connection.execute("ATTACH ?1 AS newer", [newer.path().to_str().unwrap()]).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for name in tables(&connection) {
        copy(&connection, &columns(&connection, &name), &name);
    }
    let counted = "UPDATE import SET rows_of_other_tables = 3, rows_read = rows_read + 3 WHERE import_id = 1";
    connection.execute_batch(&format!("DETACH newer; {counted}; PRAGMA foreign_keys = ON")).unwrap();
    path
}

#[test]
fn imports_of_version_5_keep_their_format_and_say_nothing_that_is_not_known() {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_5(&folder);
    let case = Case::open(&path, Access::Write).unwrap();
    let imports = case.list_imports().unwrap();
    assert_eq!(imports.len(), 2);
    assert_eq!((imports[0].format.as_str(), imports[0].other_tables[""]), ("csv", 3));
    assert!(imports[1].other_tables.is_empty());
    for import in imports {
        assert_eq!((import.rows_recovered, import.recovered_after), (0, None));
        assert!(import.lacking.is_empty() && import.notices.is_empty());
    }
}

#[test]
fn events_of_version_5_without_report_id_are_known_again_and_none_is_lost() {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_5(&folder);
    let mut case = CaseBuilder { case: Case::open(&path, Access::Write).unwrap(), folder };
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "3");
    let mut again = event("web01", "1", "ping a");
    again.remove("ReportId");
    again.insert("SHA1", "AbCd".to_owned());
    let import = case.ingest("again", csv(&[again]));
    assert_eq!((import.events_new, import.events_known), (0, 1));
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "3");
    assert_eq!(
        case.cell("SELECT count(DISTINCT content_hash) FROM process_event WHERE report_id IS NULL"),
        "2"
    );
}

#[test]
fn devices_of_version_5_are_found_whatever_the_case_of_their_id() {
    let folder = TempDir::new().unwrap();
    let path = case_of_version_5(&folder);
    let mut case = CaseBuilder { case: Case::open(&path, Access::Write).unwrap(), folder };
    let mut row = event("web02", "22", "ping b");
    row.insert("DeviceId", "WEB02".to_owned());
    let import = case.ingest("capitals", csv(&[row]));
    assert_eq!((import.events_new, import.events_known), (0, 1));
    assert_eq!(case.cell("SELECT count(*) FROM device"), "2");
}

/// What versions before 8 wrote otherwise: a version was the hash of the file, a match had words for reasons, and what a
/// suppression did stood before the reason of a change.
const BEFORE_8: &str = "
    UPDATE rule_version SET sha256 = 'of the file';
    UPDATE device_review SET rules_sha256 = sha256_hex(
      (SELECT published_id FROM rule) || ' of the file' || char(10)
    ) WHERE rules_sha256 <> '';
    UPDATE rule_match SET reason = json_object('matched_by', 'parent', 'matched_conditions', 'contains %temp%, has ping');
    DROP TRIGGER history_is_not_rewritten;
    UPDATE history SET why = 'S-1: ' || why
    WHERE history_id IN (SELECT history_id FROM newer.history WHERE by_suppression_id IS NOT NULL);
    CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON history
    BEGIN
      SELECT raise(ABORT, 'history is append-only');
    END;
";

/// A case with a reviewed device, web01, and a finding of another, web02, that a suppression resolved in a run.
fn decided() -> CaseBuilder {
    let mut case = CaseBuilder::with(csv(&[event("web01", "1", "ping %temp%")]));
    case.run_all();
    let author = Author { by: "kim", at: at(NOW), command: "test", why: "the agent", dry_run: false };
    let rule_key = list_findings(&case.case, "kim").unwrap()[0].rule_key;
    let suppression = NewSuppression {
        rule_key,
        scope: Scope { account: Some("svc".to_owned()), ..Scope::default() },
        action: Action::Resolve,
        classification: Classification::FalsePositive,
        determination: Determination::NotMalicious,
        expires_at: None,
    };
    let open = Author { why: "not this one", ..author };
    add_suppression(&case.case, &suppression, author).unwrap();
    case.ingest("second", csv(&[event("web02", "22", "ping %temp%")]));
    case.run_all();
    assert_eq!(find_finding(&case.case, FindingId(2), "kim").unwrap().status, Status::Resolved);
    review_devices(&case.case, &["web01".to_owned()], ReviewState::Reviewed, &[], open).unwrap();
    case
}

/// The same case as a version between 2 and 7 would have left it.
fn case_of_version(version: i32, newer: &CaseBuilder, folder: &TempDir) -> std::path::PathBuf {
    let path = folder.path().join(format!("{version}.db"));
    let mut connection = Connection::open(&path).unwrap();
    functions::register(&connection).unwrap();
    let migrations = load_sql_migrations(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    Runner::new(&migrations).set_target(Target::Version(version)).run(&mut connection).unwrap();
    connection.execute("ATTACH ?1 AS newer", [newer.path().to_str().unwrap()]).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for name in tables(&connection) {
        copy(&connection, &columns(&connection, &name), &name);
    }
    connection.execute_batch(&format!("{BEFORE_8} DETACH newer; PRAGMA foreign_keys = ON")).unwrap();
    path
}

#[test]
fn every_older_version_is_brought_to_what_this_one_would_have_made() {
    let newer = decided();
    let folder = TempDir::new().unwrap();
    let history = |case: &Case| {
        let mut entries = Vec::new();
        list_history(case, &HistoryFilter::default(), &mut |entry| {
            entries.push((entry.field, entry.new, entry.why, entry.by_suppression));
            Ok(())
        })
        .unwrap();
        entries
    };
    assert!(history(&newer.case).iter().any(|(_, _, why, by)| by.is_some() && why == "the agent"));
    for version in 2..=7 {
        let path = case_of_version(version, &newer, &folder);
        let case = Case::open(&path, Access::Write).unwrap();
        assert_eq!(support::dump(&case), newer.dump(), "version {version}");
        assert_eq!(history(&case), history(&newer.case), "version {version}");
        let reviews = |case: &Case| {
            let devices = list_devices(case, &[]).unwrap();
            devices.into_iter().map(|device| (device.state, device.stale)).collect::<Vec<_>>()
        };
        assert_eq!(reviews(&case), reviews(&newer.case), "version {version}");
        let sql = "SELECT sha256 FROM rule_version";
        assert_eq!(support::rows(&case, sql), newer.rows(sql), "version {version}");
        let request = support::whole();
        let outcome = huntcase::findings::run_rules(&case, &shipped(), &request).unwrap();
        assert!(outcome.changes().is_empty(), "version {version}: {:?}", outcome.changes());
        let looked = list_rule_runs(&case, outcome.run_id).unwrap()[0].events_looked_at;
        assert_eq!(looked, 0, "version {version}: what is asked has not changed");
    }
}

#[test]
fn texts_of_a_rule_that_ask_the_same_become_one_version_the_one_that_ran_last() {
    let newer = decided();
    let folder = TempDir::new().unwrap();
    let path = case_of_version(7, &newer, &folder);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "INSERT INTO rule_version (rule_id, sha256, text, first_run_at)
             SELECT rule_id, 'with another head', '-- another head' || char(10) || text, 1 FROM rule_version;
             INSERT INTO rule_version (rule_id, sha256, text, first_run_at)
             SELECT rule_id, 'asks otherwise', 'SELECT 1', 1 FROM rule_version LIMIT 1;",
        )
        .unwrap();
    drop(connection);
    let case = Case::open(&path, Access::Write).unwrap();
    let asked = newer.cell("SELECT sha256 FROM rule_version");
    let versions = support::rows(&case, "SELECT sha256 FROM rule_version ORDER BY rule_version_id");
    assert_eq!((&versions[0][0], versions[1][0].as_str()), (&asked, "\"with another head\""));
    assert!(versions[2][0].len() == asked.len() && versions[2][0] != asked, "{versions:?}");
}
