//! What a rule may ask, and what its conditions read.

use super::*;
use crate::event::Column;
use crate::rules::catalogue::SHIPPED;
use crate::store::Access;

/// Rules, and the columns that decide whether an event matches.
const RULES: [(&str, &str); 19] = [
    ("SELECT event_id FROM DeviceProcessEvents", ""),
    ("SELECT event_id, FileName, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a'", "FileName"),
    ("SELECT event_id FROM deviceprocessevents WHERE filename = 'a' -- SHA1", "FileName"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE SHA1 IS NOT NULL AND MD5 = SHA1;", "SHA1 MD5"),
    ("SELECT event_id, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a' ORDER BY MD5", "FileName"),
    // Shown only, however it is worked out.
    (
        "SELECT event_id, CASE WHEN SHA1 = 'a' THEN MD5 ELSE FolderPath END AS why
         FROM DeviceProcessEvents WHERE FileName = 'a'",
        "FileName",
    ),
    (
        "SELECT event_id, max(FileSize, 7) AS most FROM DeviceProcessEvents
         WHERE FileName LIKE 'a%' AND FolderPath GLOB 'b*'",
        "FileName FolderPath",
    ),
    // Worked out in a subquery, with the condition outside.
    (
        "SELECT event_id, why FROM (
           SELECT event_id, FolderPath, iif(SHA1 = 'a', MD5, '') AS why FROM DeviceProcessEvents
         ) WHERE why <> ''",
        "SHA1 MD5",
    ),
    (
        "WITH of_name AS (SELECT event_id, ProcessCommandLine FROM DeviceProcessEvents WHERE FileName = 'a')
         SELECT of_name.event_id FROM of_name WHERE has(ProcessCommandLine, 'b')",
        "FileName ProcessCommandLine",
    ),
    // The last column, beyond the 64 that SQLite tells apart where it keeps note of those used.
    ("SELECT * FROM (SELECT event_id, Type, FileName FROM DeviceProcessEvents) WHERE Type = 'b'", "Type"),
    (
        "SELECT event_id, field.value FROM DeviceProcessEvents, json_each(AdditionalFields) AS field
         WHERE field.key = 'a'",
        "AdditionalFields",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents
         WHERE EXISTS (SELECT 1 FROM json_each(AdditionalFields) WHERE value = FolderPath)",
        "FolderPath AdditionalFields",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE \"in~\"(FileName, '[\"a\"]')
           AND ticks >= ticks('2026-05-03') AND ReportId IN (SELECT value FROM json_each('[1]'))",
        "FileName ReportId",
    ),
    // Texts, and a table behind a comma.
    (
        "SELECT event_id, FileSize * 2 AS twice FROM json_each('[\"a\"]') AS j,
           (SELECT event_id, FileName, FileSize FROM DeviceProcessEvents)
         WHERE FileName = 'oid' AND j.value = 'a'",
        "FileName",
    ),
    ("SELECT event_id FROM DeviceProcessEvents WHERE AdditionalFields ->> 'oid' = 'x'", "AdditionalFields"),
    // Every event has what says which it is.
    (
        "SELECT DISTINCT event_id FROM DeviceProcessEvents WHERE Timestamp > '2026' AND DeviceId <> ''",
        "Timestamp DeviceId",
    ),
    // Not needed in truth, but SQLite compares it.
    ("SELECT DISTINCT event_id, SHA1 FROM DeviceProcessEvents WHERE FileName = 'a'", "FileName SHA1"),
    ("SELECT event_id, 'union limit ;' AS \"group\" FROM DeviceProcessEvents /* LIMIT 1 */", ""),
    (SHIPPED[0].1, "FileName ProcessCommandLine InitiatingProcessFileName InitiatingProcessParentFileName"),
];

/// What is no rule, and a part of what is said of it.
const REFUSED: [(&str, &str); 55] = [
    ("", "no statement"),
    ("SELECT 1", "first column is \"1\""),
    ("SELECT FileName FROM DeviceProcessEvents", "first column is \"FileName\""),
    ("DELETE FROM DeviceProcessEvents", "one SELECT"),
    ("PRAGMA table_info(device)", "one SELECT"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE FileName = ?1", "parameters"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE no_more(FileName)", "no such function"),
    // Other tables, also under the view's name.
    ("SELECT event_id FROM process_event", "it reads process_event"),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE event_id NOT IN (SELECT event_id FROM evidence)",
        "it reads evidence",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE (SELECT count(*) FROM process_event AS e) > 1",
        "it reads process_event",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE EXISTS (SELECT 1 FROM process_event AS e)",
        "it reads process_event",
    ),
    ("SELECT event_id FROM DeviceProcessEvents JOIN device ON external_id = DeviceId", "it reads device"),
    (
        "WITH DeviceProcessEvents AS (SELECT event_id, line FROM process_event)
         SELECT event_id FROM DeviceProcessEvents WHERE line > 1",
        "it reads process_event",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE 1 IN (SELECT rootpage FROM sqlite_schema)",
        "reads sqlite_",
    ),
    ("SELECT event_id FROM DeviceProcessEvents, pragma_table_info('device')", "reads pragma_table_info"),
    // Functions whose answer hangs on more than the event.
    ("SELECT event_id FROM DeviceProcessEvents WHERE random() % 2 = 0", "calls random"),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE Timestamp > datetime('now', '-7 days')",
        "calls datetime",
    ),
    ("SELECT event_id FROM DeviceProcessEvents WHERE date(FileName) = '2026-05-01'", "calls date"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE strftime('%s', FileName) > 1", "calls strftime"),
    (
        "SELECT event_id FROM DeviceProcessEvents WHERE Timestamp > CURRENT_TIMESTAMP",
        "calls current_timestamp",
    ),
    ("SELECT event_id FROM DeviceProcessEvents WHERE changes() = 0", "calls changes"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE sqlite_version() > '3'", "calls sqlite_version"),
    // Several events together.
    ("SELECT event_id, count(*) FROM DeviceProcessEvents", "calls count"),
    ("SELECT event_id, max(FileName) FROM DeviceProcessEvents", "one event at a time"),
    (
        "SELECT event_id, min(FileName) OVER (PARTITION BY DeviceId) FROM DeviceProcessEvents",
        "one event at a time",
    ),
    ("SELECT event_id, row_number() OVER () FROM DeviceProcessEvents", "calls row_number"),
    ("SELECT event_id FROM DeviceProcessEvents GROUP BY DeviceId", "found GROUP"),
    ("SELECT event_id FROM DeviceProcessEvents LIMIT 1", "found LIMIT"),
    ("SELECT event_id FROM (SELECT event_id FROM DeviceProcessEvents limit 1)", "found LIMIT"),
    ("SELECT event_id FROM DeviceProcessEvents UNION ALL SELECT 1", "found UNION"),
    ("SELECT event_id FROM DeviceProcessEvents EXCEPT SELECT 1", "found EXCEPT"),
    (
        "SELECT a.event_id FROM DeviceProcessEvents AS a JOIN DeviceProcessEvents AS b USING (DeviceId)",
        "one event at a time",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents AS a
         WHERE EXISTS (SELECT 1 FROM DeviceProcessEvents AS b WHERE b.FileName = a.FolderPath)",
        "one event at a time",
    ),
    (
        "WITH d AS MATERIALIZED (SELECT event_id, DeviceId FROM DeviceProcessEvents)
         SELECT a.event_id FROM d AS a JOIN d AS b ON a.DeviceId = b.DeviceId",
        "one event at a time",
    ),
    ("WITH RECURSIVE n AS (SELECT 1) SELECT event_id FROM n", "no such column"),
    // The order of arrival.
    ("SELECT event_id, import_id FROM DeviceProcessEvents", "import_id"),
    ("SELECT event_id, * FROM DeviceProcessEvents", "import_id"),
    ("SELECT event_id FROM DeviceProcessEvents WHERE event_id > 5", "order of arrival"),
    ("SELECT event_id + 0 AS event_id FROM DeviceProcessEvents", "order of arrival"),
    ("SELECT event_id, \"event_id\" % 2 FROM DeviceProcessEvents", "order of arrival"),
    ("SELECT event_id, x FROM (SELECT event_id, event_id AS x FROM DeviceProcessEvents)", "order of arrival"),
    ("SELECT event_id, rowid FROM DeviceProcessEvents", "order of arrival"),
    ("SELECT d.'event_id', d.'rowid' FROM DeviceProcessEvents AS d", "order of arrival"),
    (
        "SELECT event_id FROM DeviceProcessEvents
         WHERE 0 IS NOT DISTINCT FROM (SELECT event_id FROM json_each('[1]')) % 2",
        "order of arrival",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents
         WHERE (SELECT * FROM (SELECT event_id FROM json_each('[1]'))) > 3",
        "order of arrival",
    ),
    (
        "SELECT event_id FROM DeviceProcessEvents
         WHERE 5 IN (WITH d AS (SELECT event_id FROM json_each('[1]')) SELECT * FROM d)",
        "order of arrival",
    ),
    (
        "WITH z AS (SELECT 1 AS one) SELECT event_id FROM DeviceProcessEvents
         WHERE (WITH q AS (SELECT 1 AS o) SELECT event_id FROM q WHERE o = 1) > 3",
        "order of arrival",
    ),
    (
        "SELECT event_id FROM (SELECT event_id, * FROM (SELECT event_id, FileName FROM DeviceProcessEvents))
         WHERE \"event_id:1\" > 3",
        "beside event_id",
    ),
    (
        "SELECT event_id FROM (SELECT event_id, FileName FROM DeviceProcessEvents) WHERE \"event_id:1\" > 3",
        "event_id:1",
    ),
    (
        "SELECT event_id, d.* FROM (SELECT event_id, FileName FROM DeviceProcessEvents) AS d",
        "beside event_id",
    ),
    (
        "SELECT event_id, (SELECT event_id FROM json_each('[1]')) AS x FROM (SELECT event_id FROM DeviceProcessEvents)",
        "order of arrival",
    ),
    ("WITH d(a) AS (SELECT event_id FROM DeviceProcessEvents) SELECT a AS event_id FROM d", "other names"),
    ("WITH d(a) AS (SELECT FileName FROM DeviceProcessEvents) SELECT a FROM d", "first column is \"a\""),
    // What stands behind.
    ("SELECT event_id FROM DeviceProcessEvents; DELETE FROM device", "syntax error"),
    ("SELECT event_id FROM DeviceProcessEvents; SELECT 1; SELECT 2", "two statements"),
];

fn empty_case() -> (tempfile::TempDir, Case) {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
    (folder, case)
}

#[test]
fn a_rule_needs_what_its_conditions_read_and_not_what_it_shows() {
    let (_folder, case) = empty_case();
    let (checker, flat) = (Checker::new(Some(&case)).unwrap(), FlatCase::new(Some(&case)).unwrap());
    for (rule, expected) in RULES {
        let checked = checker.check(rule).unwrap_or_else(|fault| panic!("this is no rule: {fault:?} {rule}"));
        let needed: Vec<&str> =
            flat.needed_columns(&checked.select).unwrap().into_iter().map(Column::name).collect();
        assert_eq!(needed.join(" "), expected, "{rule}");
    }
}

#[test]
fn what_hangs_on_other_events_or_on_anything_but_events_is_refused() {
    let checker = Checker::new(None).unwrap();
    for (rule, reason) in REFUSED {
        match checker.check(rule) {
            Err((line, problem)) => {
                assert!(problem.contains(reason), "{rule}: {problem}");
                assert!(line >= 1 && line <= rule.lines().count().max(1), "{rule}: line {line}");
            }
            Ok(_) => panic!("this is taken: {rule}"),
        }
    }
}

#[test]
fn a_fault_names_its_line() {
    let checker = Checker::new(None).unwrap();
    let line = |rule: &str| checker.check(rule).unwrap_err().0;
    assert_eq!(line("\n\nSELECT FileName FROM DeviceProcessEvents"), 3);
    assert_eq!(line("SELECT event_id\nFROM DeviceProcessEvents\nLIMIT 1"), 3);
    assert_eq!(line("SELECT event_id,\n  nothing\nFROM DeviceProcessEvents"), 2);
    assert_eq!(line("SELECT event_id FROM DeviceProcessEvents;\n\nSELECT nothing FROM matched"), 3);
}

#[test]
fn a_second_select_is_the_rules_result() {
    let checker = Checker::new(None).unwrap();
    let result = |rule: &str| checker.check(rule).unwrap().result;
    assert_eq!(result("SELECT event_id FROM DeviceProcessEvents;\n-- nothing more\n"), None);
    let counted = "SELECT DeviceId, count(*) AS n FROM matched GROUP BY DeviceId LIMIT 3";
    let rule = format!("SELECT event_id FROM DeviceProcessEvents;\n{counted};\n");
    assert_eq!(result(&rule).as_deref(), Some(counted));
}

#[test]
fn a_text_that_is_no_rule_any_more_needs_nothing() {
    let (_folder, case) = empty_case();
    let text = "SELECT event_id FROM DeviceProcessEvents WHERE no_more(FileName)";
    assert_eq!(FlatCase::new(Some(&case)).unwrap().needed_columns(text).unwrap(), []);
}
