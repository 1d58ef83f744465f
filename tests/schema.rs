//! The case file: its schema, files that are no case of ours, and what can never be written.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use huntcase::error::exit;
use huntcase::event::Column;
use huntcase::findings::{
    Author, Change, FindingId, ReviewState, Status, change_findings, review_devices, write_note,
};
use huntcase::store::{Access, Case, functions};
use rusqlite::Connection;
use support::exports::{COLUMNS, Spelling, generate, to_csv};
use support::{CaseBuilder, NOW, Program, at, columns, shipped};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files below a folder, with their text.
fn files(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found.sort();
    found
}

/// A case with something in every table that ingesting, running and judging fill.
fn used_case() -> CaseBuilder {
    let rows = generate(1, 300);
    let mut case = CaseBuilder::new();
    case.ingest(
        "few columns",
        to_csv(
            &rows,
            &["ReportId", "Timestamp", "DeviceId", "ProcessCommandLine", "Site"],
            Spelling::default(),
        ),
    );
    case.ingest("all columns", to_csv(&rows, &COLUMNS, Spelling::default()));
    let mut other = rows[..20].to_vec();
    for row in &mut other {
        row.insert("ProcessId", "7".to_owned());
    }
    case.ingest("contradictions", to_csv(&other, &COLUMNS, Spelling::default()) + "half a row");
    case.run_all();
    let author = Author { by: "kim", at: at(NOW), command: "set", why: "", dry_run: false };
    let change = Change { status: Some(Status::InProgress), ..Change::default() };
    change_findings(&case.case, &[FindingId(1)], &change, author).unwrap();
    write_note(&case.case, FindingId(1), "asked the owner", author).unwrap();
    let device = case.rows("SELECT external_id FROM device LIMIT 1")[0][0].trim_matches('"').to_owned();
    review_devices(&case.case, &[device], ReviewState::Reviewed, &[], author).unwrap();
    case
}

#[test]
fn a_new_case_has_seen_every_migration_of_the_folder() {
    let case = CaseBuilder::new();
    let seen: BTreeSet<String> = case
        .rows("SELECT 'V' || version || '__' || name || '.sql' FROM refinery_schema_history")
        .concat()
        .into_iter()
        .collect();
    let folder: BTreeSet<String> = std::fs::read_dir(project("migrations"))
        .unwrap()
        .map(|entry| format!("{:?}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    assert_eq!(seen, folder);
}

#[test]
fn the_view_has_the_published_columns_and_then_the_cases_own() {
    let case = CaseBuilder::new();
    let found = columns(&case.case, "SELECT * FROM DeviceProcessEvents");
    let expected: Vec<&str> =
        Column::ALL.iter().map(|column| column.name()).chain(["event_id", "import_id", "ticks"]).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_used_case_is_sound() {
    let case = used_case();
    let connection = case.connect();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    for table in [
        "process_event",
        "event_completion",
        "conflict",
        "reject",
        "rule_match",
        "evidence",
        "note",
        "history",
        "device_review",
    ] {
        assert!(
            count(&format!("SELECT count(*) FROM {table}")) > 0,
            "{table} is empty, so that nothing is shown"
        );
    }
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let words: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "ok");
    assert_eq!(
        count("SELECT count(*) FROM process_event WHERE event_id < 1"),
        0,
        "staged rows are left over"
    );
}

#[test]
fn counts_that_are_kept_agree_with_what_they_count() {
    let case = used_case();
    let wrong = |sql: &str| assert_eq!(case.rows(sql), Vec::<Vec<String>>::new(), "{sql}");
    wrong(
        "SELECT device_id FROM device WHERE (events, first_event, last_event) IS NOT
           (SELECT count(*), min(time), max(time) FROM process_event WHERE process_event.device_id = device.device_id)",
    );
    wrong(
        "SELECT finding_id FROM finding WHERE (events, first_activity, last_activity) IS NOT
           (SELECT count(*), min(time), max(time) FROM evidence JOIN process_event USING (event_id)
            WHERE evidence.finding_id = finding.finding_id)",
    );
    wrong(
        "SELECT import_id FROM import WHERE rows_read <> events_new + events_known + events_completed
           + rows_conflicting + rows_rejected + rows_of_other_tables",
    );
    wrong(
        "SELECT import_id FROM import WHERE
           events_new <> (SELECT count(*) FROM process_event AS e WHERE e.import_id = import.import_id)
           OR events_completed <> (SELECT count(*) FROM event_completion AS c WHERE c.import_id = import.import_id)
           OR rows_conflicting <> (SELECT count(*) FROM conflict AS c WHERE c.import_id = import.import_id)
           OR rows_rejected <> (SELECT count(*) FROM reject AS r WHERE r.import_id = import.import_id)",
    );
}

#[test]
fn every_table_is_strict() {
    let case = CaseBuilder::new();
    let loose = case.rows(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict
         AND name NOT LIKE 'sqlite_%' AND name <> 'refinery_schema_history'",
    );
    assert_eq!(loose, Vec::<Vec<String>>::new());
    let tables = case
        .cell("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict");
    assert!(tables.parse::<usize>().unwrap() > 20, "{tables}");
}

#[test]
fn history_is_neither_rewritten_nor_erased() {
    let case = used_case();
    let connection = case.connect();
    for sql in ["UPDATE history SET new = 'x'", "DELETE FROM history", "UPDATE history SET why = why"] {
        let error = connection.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("history is append-only"), "{sql}: {error}");
    }
    for table in ["history", "operation"] {
        for sql in [
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"),
            "REPLACE INTO operation (command, done_at, done_by, run_id) SELECT 'x', 1, 'k', max(run_id) FROM run"
                .to_owned(),
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET operation_id = operation_id"),
        ] {
            let error = connection.execute(&sql, []).unwrap_err().to_string();
            assert!(error.contains("history is append-only"), "{sql}: {error}");
        }
    }
    assert_eq!(case.cell("SELECT count(*) FROM history WHERE new = 'inProgress'"), "1");
}

/// Commands that open a case, each refusing a file in the same way. Gives what they said.
fn refused(program: &Program, path: &Path) -> String {
    let before = std::fs::read(path).unwrap();
    program.write("export.csv", to_csv(&generate(1, 3), &COLUMNS, Spelling::default()));
    let path_text = path.to_str().unwrap();
    let mut said = String::new();
    for command in [
        &["status"][..],
        &["findings"],
        &["run", "export.csv"],
        &["ingest", "export.csv"],
        &["query", "SELECT 1"],
    ] {
        let arguments = [&["--case", path_text], command].concat();
        let (code, errors) = program.fails(&arguments);
        assert_eq!(code, i32::from(exit::CASE), "{command:?}: {errors}");
        assert!(std::fs::read(path).unwrap() == before, "{command:?} changed the file");
        said = errors;
    }
    said
}

#[test]
fn a_case_of_a_newer_version_is_refused_and_left_as_it_is() {
    let program = Program::new();
    program.write("first.csv", to_csv(&generate(2, 20), &COLUMNS, Spelling::default()));
    program.ok(&["ingest", "first.csv"]);
    let connection = Connection::open(program.case()).unwrap();
    connection
        .execute(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             SELECT max(version) + 1, 'of_tomorrow', applied_on, '1' FROM refinery_schema_history",
            [],
        )
        .unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let said = refused(&program, &program.case());
    assert!(said.contains("written by a newer version"), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let program = Program::new();
    let path = program.folder.path().join("letter.db");
    std::fs::write(&path, "Dear Kim, this is no database. ".repeat(500)).unwrap();
    assert!(refused(&program, &path).contains("not a case of huntcase"));
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let program = Program::new();
    let path = program.folder.path().join("other.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('https://example.com')",
        )
        .unwrap();
    drop(other);
    assert!(refused(&program, &path).contains("not a case of huntcase"));
    let files = std::fs::read_dir(program.folder.path()).unwrap();
    let left: Vec<String> = files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.starts_with("other.db-")), "{left:?}");
}

#[test]
fn a_truncated_case_is_refused() {
    let program = Program::new();
    program.write("first.csv", to_csv(&generate(2, 400), &COLUMNS, Spelling::default()));
    program.ok(&["ingest", "first.csv"]);
    let whole = std::fs::read(program.case()).unwrap();
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    for (name, length) in
        [("half", whole.len() / 2), ("one page", page), ("all but a page", whole.len() - page)]
    {
        let path = program.folder.path().join(format!("{name}.db"));
        std::fs::write(&path, &whole[..length]).unwrap();
        refused(&program, &path);
    }
}

#[test]
fn a_case_that_is_not_there_is_not_made_by_reading() {
    let program = Program::new();
    for command in [&["status"][..], &["findings"], &["run"], &["query", "SELECT 1"], &["devices"]] {
        let (code, errors) = program.fails(command);
        assert_eq!(code, i32::from(exit::NOTHING), "{command:?}: {errors}");
        assert!(!program.case().exists(), "{command:?}");
    }
}

#[test]
fn every_query_has_a_comment_and_is_used() {
    let sources: String = files(&project("src"), "rs").into_iter().map(|(_, text)| text).collect();
    let queries = files(&project("queries"), "sql");
    assert!(queries.len() > 40);
    let mut names = BTreeSet::new();
    for (path, text) in queries {
        let name = path
            .strip_prefix(project("queries"))
            .unwrap()
            .with_extension("")
            .to_str()
            .unwrap()
            .replace('\\', "/");
        assert!(sources.contains(&format!("query!(\"{name}\")")), "{name} is used nowhere");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("-- ") && lines.len() > 1, "{name} says nothing of itself");
        names.insert(name);
    }
    let used = regex::Regex::new(r#"query!\("([a-z_/-]+)"\)"#).unwrap();
    let used: BTreeSet<String> =
        used.captures_iter(&sources).map(|captures| captures[1].to_owned()).collect();
    assert_eq!(used, names);
}

#[test]
fn a_query_of_the_analysts_cannot_write() {
    let program = Program::new();
    program.write("first.csv", to_csv(&generate(3, 60), &COLUMNS, Spelling::default()));
    program.ok(&["run", "first.csv"]);
    let bytes = || std::fs::read(program.case()).unwrap();
    let before = bytes();
    let table = [
        "INSERT INTO note (finding_id, noted_at, noted_by, text) VALUES (1, 1, 'x', 'y')",
        "INSERT INTO device (external_id, name_key) VALUES ('x', '') RETURNING device_id",
        "WITH x AS (SELECT 1) INSERT INTO case_info SELECT 2, randomblob(32) FROM x",
        "UPDATE finding SET status = 'resolved'",
        "UPDATE finding SET status = 'resolved' RETURNING finding_id",
        "DELETE FROM process_event",
        "REPLACE INTO text VALUES (1, 'x')",
        "CREATE TABLE mine (a)",
        "CREATE TEMP TABLE mine (a)",
        "DROP VIEW DeviceProcessEvents",
        "ALTER TABLE note RENAME TO notes",
        "ATTACH 'other.db' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 9",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "VACUUM",
        "VACUUM INTO 'copy.db'",
        "REINDEX",
        "ANALYZE",
        "BEGIN IMMEDIATE",
        "SAVEPOINT mine",
        "SELECT load_extension('mine')",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM note",
        "",
        ";",
        "/* nothing */",
    ];
    for sql in table {
        let output = program.run(&["query", sql]);
        // What SQLite answers without doing it is no harm; all others fail.
        let is_answered = matches!(sql, "PRAGMA journal_mode = DELETE" | "PRAGMA user_version = 9");
        assert!(is_answered || output.status.code() == Some(i32::from(exit::FAILED)), "{sql}: {output:?}");
        assert!(bytes() == before, "{sql} changed the case");
    }
    let files: BTreeSet<String> = std::fs::read_dir(program.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("case.db-"))
        .collect();
    assert_eq!(files, BTreeSet::from(["case.db".to_owned(), "first.csv".to_owned()]));
    assert_eq!(
        Connection::open(program.case())
            .unwrap()
            .query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0))
            .unwrap(),
        "wal"
    );
}

#[test]
fn a_text_in_double_quotes_is_an_error_and_no_text() {
    let program = Program::new();
    program.write("first.csv", to_csv(&generate(3, 6), &COLUMNS, Spelling::default()));
    program.ok(&["ingest", "first.csv"]);
    let (code, errors) =
        program.fails(&["query", "SELECT count(*) FROM DeviceProcessEvents WHERE FileName = \"cmd.exe\""]);
    assert_eq!(code, i32::from(exit::FAILED));
    assert!(errors.contains("no such column") && errors.contains("cmd.exe"), "{errors}");
    assert!(
        program
            .ok(&["query", "SELECT count(*) AS n FROM DeviceProcessEvents WHERE \"=~\"(FileName, 'x')"])
            .contains('0')
    );
}

/// SQLite's plan for a rule as the program puts it: what the lines say of `process_event`.
fn plan(connection: &Connection, select: &str, condition: &str) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM (\n{select}\n) WHERE {condition}");
    let mut statement = connection.prepare(&sql).unwrap();
    let lines = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    lines
        .into_iter()
        .filter(|line| line.split(' ').any(|word| word == "event" || word == "process_event"))
        .collect()
}

#[test]
fn a_query_for_a_device_or_a_time_uses_the_index() {
    let case = CaseBuilder::new();
    let (device, time) = ("DeviceId = 'x'", "ticks >= ticks('2026-05-03') AND ticks < ticks('2026-05-04')");
    let table = [
        (device, "SEARCH event USING INDEX process_event_key (device_id=?)"),
        (time, "SEARCH event USING INDEX process_event_key (ANY(device_id) AND time>? AND time<?)"),
        (
            &format!("{time} AND {device}"),
            "SEARCH event USING INDEX process_event_key (device_id=? AND time>? AND time<?)",
        ),
    ];
    let connection = case.connect();
    functions::register(&connection).unwrap();
    for (condition, expected) in table {
        let select =
            "SELECT FileName, ProcessCommandLine, AccountName, ticks, DeviceId FROM DeviceProcessEvents";
        assert_eq!(plan(&connection, select, condition), [expected], "{condition}");
    }
}

#[test]
fn a_rule_reads_only_the_events_that_it_is_asked_about() {
    let case = used_case();
    assert_reads_what_it_is_asked_about(&case);
    case.case.analyze().unwrap();
    let known = case.cell("SELECT count(DISTINCT tbl) FROM sqlite_stat1");
    assert!(known.parse::<usize>().unwrap() > 5, "{known}");
    assert_reads_what_it_is_asked_about(&case);
}

fn assert_reads_what_it_is_asked_about(case: &CaseBuilder) {
    let connection = case.connect();
    functions::register(&connection).unwrap();
    for rule in shipped().rules {
        let lines = plan(&connection, &rule.select, "event_id > 5 AND event_id <= 9");
        assert!(!lines.is_empty(), "{}", rule.head.name);
        for line in lines {
            assert!(
                line.starts_with("SEARCH event USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
                "{line}"
            );
        }
        let completed = "event_id IN (SELECT event_id FROM event_completion
                         WHERE event_completion_id > 5 AND event_completion_id <= 9)";
        let lines = plan(&connection, &rule.select, completed);
        assert!(!lines.is_empty(), "{}", rule.head.name);
        for line in lines {
            assert!(line.starts_with("SEARCH event USING INTEGER PRIMARY KEY (rowid=?)"), "{line}");
        }
    }
    // The check can fail: without the condition, the events are scanned.
    let lines = plan(&connection, &shipped().rules[0].select, "1");
    assert!(lines.iter().any(|line| line.starts_with("SCAN event")), "{lines:?}");
}

#[test]
fn a_case_whose_making_was_cut_short_is_finished_at_the_next_opening() {
    // What is there when the program ends between the last migration and the case's secret.
    let case = CaseBuilder::new();
    let path = case.path().to_owned();
    let CaseBuilder { folder, case } = case;
    drop(case);
    Connection::open(&path).unwrap().execute("DELETE FROM case_info", []).unwrap();
    let mut again = CaseBuilder { case: Case::open(&path, Access::Create).unwrap(), folder };
    let outcome = again.try_ingest("export", to_csv(&generate(1, 3), &COLUMNS, Spelling::default()));
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// What the times of all events are read for takes a small part of the case.
#[test]
fn where_there_are_events_is_read_out_of_an_index_alone() {
    let case = CaseBuilder::new();
    let connection = case.connect();
    let queries = [
        (include_str!("../queries/store/list_event_times.sql"), "(device_id=? AND time>?)"),
        (include_str!("../queries/findings/get_last_asked_time.sql"), "(device_id=? AND time<?)"),
    ];
    for (query, place) in queries {
        let steps = steps_of(&connection, query);
        let expected = format!("USING COVERING INDEX process_event_key {place}");
        assert!(steps.iter().any(|step| step.ends_with(&expected)), "{query}\n{steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{query}\n{steps:#?}");
    }
}

/// SQLite's plan for a statement, whatever its parameters.
fn steps_of(connection: &Connection, query: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
    for number in 1..=statement.parameter_count() {
        statement.raw_bind_parameter(number, 1).unwrap();
    }
    let (mut rows, mut steps) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get("detail").unwrap());
    }
    steps
}

/// What an import looks for grows with the import, whatever the case holds, and events of one instant are told by their
/// key: not one by one.
#[test]
fn what_finds_events_told_otherwise_uses_the_whole_key_and_never_reads_the_whole_case() {
    let case = CaseBuilder::new();
    let connection = case.connect();
    connection.execute_batch(include_str!("../queries/store/create_pair.sql")).unwrap();
    let numbered = "process_event_key (device_id=? AND time=? AND report_id=?)";
    let content = "process_event_content (device_id=? AND time=? AND content_hash=?)";
    let queries = [
        (include_str!("../queries/store/insert_finer_pairs.sql"), vec![numbered, "(rowid>?)"]),
        (include_str!("../queries/store/get_earlier_event.sql"), vec![numbered]),
        (include_str!("../queries/store/list_new_events.sql"), vec!["(rowid>?)"]),
        (include_str!("../queries/store/insert_pairs_of_both.sql"), vec![numbered, content]),
        (include_str!("../queries/store/list_same_keys.sql"), vec![numbered]),
        (include_str!("../queries/store/is_key_taken.sql"), vec![numbered]),
        (
            include_str!("../queries/store/has_events.sql"),
            vec!["process_event_key (device_id=? AND time>? AND time<?)"],
        ),
    ];
    for (query, expected) in queries {
        let steps = steps_of(&connection, query);
        for table in ["process_event", "gone", "kept", "news", "other", "fine", "coarse"] {
            let scan = format!("SCAN {table}");
            assert!(!steps.iter().any(|step| step.starts_with(&scan)), "{query}\n{steps:#?}");
        }
        for place in expected {
            assert!(steps.iter().any(|step| step.ends_with(place)), "{place}\n{query}\n{steps:#?}");
        }
    }
}
