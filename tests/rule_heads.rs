//! The heads of all rules at once, and what becomes of rules that are broken.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use huntcase::error::{Error, exit};
use huntcase::findings::{list_evidence, list_findings};
use huntcase::rules::{Origin, Severity, list_rule_runs, load_rules};
use support::{CaseBuilder, EVER, NOW, Program, SHIPPED_RULE, own_rules, rule_text, shipped};

#[test]
fn every_shipped_rule_has_a_whole_head() {
    let rules = shipped().rules;
    assert!(!rules.is_empty());
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.head.id.as_str()).collect();
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.head.name.as_str()).collect();
    assert_eq!((ids.len(), names.len()), (rules.len(), rules.len()), "ids and names are unique");
    for rule in &rules {
        let head = &rule.head;
        assert!(
            !head.techniques.is_empty() && head.techniques.iter().all(|id| is_technique(id)),
            "{}",
            head.name
        );
        for (key, text) in [
            ("false_positives", &head.false_positives),
            ("hypothesis", &head.hypothesis),
            ("description", &head.description),
        ] {
            assert!(!text.is_empty(), "{}: {key}", head.name);
        }
        assert!(!head.references.is_empty(), "{}", head.name);
        assert!(head.references.iter().all(|link| link.starts_with("https://")), "{:?}", head.references);
        assert_eq!(head.data_source, "DeviceProcessEvents");
    }
}

fn is_technique(id: &str) -> bool {
    regex::Regex::new(r"^T[0-9]{4}(\.[0-9]{3})?$").unwrap().is_match(id)
}

#[test]
fn the_published_rule_keeps_its_published_id_and_severity() {
    let catalogue = shipped();
    let head = &catalogue.find(SHIPPED_RULE).unwrap().head;
    assert_eq!(head.id, "7fdc5f4a-700d-4713-abfc-181f02968726");
    assert_eq!((head.severity, head.lookback.to_string().as_str()), (Severity::Medium, "7d"));
}

#[test]
fn the_embedded_rules_are_the_folder_of_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/rules");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    });
    let embedded = shipped().rules.into_iter().map(|rule| {
        assert_eq!(rule.origin, Origin::Shipped);
        (format!("{}.sql", rule.head.name), rule.text)
    });
    assert_eq!(embedded.collect::<BTreeSet<_>>(), files.collect::<BTreeSet<_>>());
}

/// A sound rule named `mine` with another text in place of a part of it.
fn changed(from: &str, to: &str) -> String {
    let sound =
        rule_text("mine", "SELECT event_id, FileName\nFROM DeviceProcessEvents\nWHERE FileName = 'cmd.exe'");
    assert!(sound.contains(from), "{from}");
    sound.replacen(from, to, 1)
}

#[test]
fn a_broken_rule_names_its_file_and_line() {
    // What is changed, the line that is named (the head has five), and what is said. Where SQLite does not say where
    // it stopped, it is the query's first line.
    let body = "SELECT event_id, FileName\nFROM DeviceProcessEvents\nWHERE FileName = 'cmd.exe'";
    let table = [
        ("-- severity: low", "-- severity: urgent", 3, "none of informational"),
        ("-- hypothesis: none", "-- hypotesis: none", 4, "unknown key \"hypotesis\""),
        ("-- id: id-of-mine\n", "", 4, "needs a line -- id"),
        ("-- name: mine", "-- name: yours", 1, "the head names \"yours\""),
        ("WHERE FileName = ", "WHERE FileNam = ", 8, "no such column: FileNam"),
        ("WHERE FileName = 'cmd.exe'", "WHERE FileName = \"cmd.exe\"", 8, "no such column"),
        ("FROM DeviceProcessEvents", "FROM DeviceFileEvents", 6, "it reads DeviceFileEvents"),
        ("WHERE FileName = ", "WHERE hass(FileName, 'x') AND FileName = ", 8, "no such function: hass"),
        ("'cmd.exe'", "'cmd.exe'; SELECT 1;\nSELECT 2", 9, "two statements at most"),
        (body, "INSERT INTO note VALUES (1, 1, 1, 'x', 'y')", 6, "a rule is one SELECT"),
        (body, "DELETE FROM finding RETURNING finding_id AS event_id", 6, "a rule is one SELECT"),
        (body, "ATTACH 'other.db' AS other", 6, "a rule is one SELECT"),
        (body, "PRAGMA user_version = 7", 6, "a rule is one SELECT"),
        (body, "PRAGMA user_version", 6, "a rule is one SELECT"),
        (body, "PRAGMA hard_heap_limit = 200000", 6, "a rule is one SELECT"),
        ("FileName = 'cmd.exe'", "FileName = 'cmd.exe' LIMIT 1", 8, "one event at a time"),
        ("FileName = 'cmd.exe'", "FileName = 'cmd.exe' GROUP BY DeviceId", 8, "one event at a time"),
        (
            "SELECT event_id, ",
            "SELECT event_id, row_number() OVER (ORDER BY Timestamp), ",
            6,
            "calls row_number",
        ),
        (
            "SELECT event_id, ",
            "SELECT event_id, (SELECT count(*) FROM DeviceProcessEvents), ",
            6,
            "calls count",
        ),
        (
            "FROM DeviceProcessEvents",
            "FROM DeviceProcessEvents JOIN process_event AS event USING (event_id)",
            6,
            "it reads process_event",
        ),
        ("'cmd.exe'", "'cmd.exe' /* never closed", 6, "cannot be narrowed"),
        (body, "CREATE TEMP TABLE t (event_id)", 6, "a rule is one SELECT"),
        (
            "SELECT event_id, FileName",
            "SELECT FileName, event_id",
            6,
            "the first column is \"FileName\", expected event_id",
        ),
        ("SELECT event_id, FileName", "SELECT FileName", 6, "expected event_id"),
        ("'cmd.exe'", ":name", 6, "parameters"),
        ("'cmd.exe'", "?1", 6, "parameters"),
        (body, ";", 6, "no statement"),
        (body, "-- nothing but a remark", 6, "expected -- key: value"),
    ];
    for (from, to, line, problem) in table {
        let text = changed(from, to);
        let catalogue = own_rules(&[("mine", text.clone())]);
        assert!(catalogue.rules.is_empty(), "{text}");
        let [(name, error)] = catalogue.broken.as_slice() else { panic!("{:?}\n{text}", catalogue.broken) };
        assert_eq!(name, "mine");
        assert_eq!(error.exit_code(), exit::INCOMPLETE, "{text}");
        let Error::Rule { file, line: found, problem: said } = error else { panic!("{error:?}\n{text}") };
        assert!(Path::new(file).is_absolute() && file.ends_with("mine.sql"), "{file}");
        assert!(said.contains(problem), "{said:?} does not say {problem:?}\n{text}");
        assert_eq!(*found, line, "{said}\n{text}");
    }
}

#[test]
fn a_rule_with_the_id_of_another_is_broken_and_the_other_stays() {
    let text = |name: &str| rule_text(name, "SELECT event_id FROM DeviceProcessEvents");
    let same = text("second").replace("id-of-second", "id-of-first");
    let shipped_id = text("third").replace("id-of-third", "7fdc5f4a-700d-4713-abfc-181f02968726");
    let catalogue = own_rules(&[("first", text("first")), ("second", same), ("third", shipped_id)]);
    let sound: Vec<&str> = catalogue.rules.iter().map(|rule| rule.head.name.as_str()).collect();
    assert_eq!(sound, ["first"]);
    let broken: Vec<&str> = catalogue.broken.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(broken, ["second", "third"]);
    for (_, error) in &catalogue.broken {
        assert!(matches!(error, Error::Rule { line: 1, .. }), "{error:?}");
        assert!(error.to_string().contains("has the same id or name"), "{error}");
    }
}

#[test]
fn a_rule_that_is_no_text_is_broken_under_the_name_of_its_file() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("mine.sql"), [0xff, 0xfe, b'a']).unwrap();
    std::fs::write(folder.path().join("readme.txt"), "no rule").unwrap();
    let catalogue = load_rules(&[folder.path().to_owned()], None).unwrap();
    assert_eq!(catalogue.rules.len(), shipped().rules.len());
    let broken: Vec<&str> = catalogue.broken.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(broken, ["mine"]);
}

/// Two events; the pattern that the rule below reads from AccountName is sound in the first only.
const SOUND: &str =
    "Timestamp,DeviceId,FileName,ProcessCommandLine,AccountName,InitiatingProcessFileName,ReportId
2026-05-09T00:00:00Z,d1,cmd.exe,cmd.exe /c whoami,who.*,w3wp.exe,1
";
const UNSOUND: &str =
    "Timestamp,DeviceId,FileName,ProcessCommandLine,AccountName,InitiatingProcessFileName,ReportId
2026-05-09T01:00:00Z,d1,cmd.exe,cmd.exe /c whoami,who(,w3wp.exe,2
";

#[test]
fn a_rule_that_fails_at_run_time_is_recorded_as_failed_while_others_run() {
    let pattern = "SELECT event_id, 'pattern' AS why FROM DeviceProcessEvents\n\
                   WHERE \"matches regex\"(ProcessCommandLine, AccountName)";
    let mut catalogue = own_rules(&[
        ("a-pattern", rule_text("a-pattern", pattern)),
        (
            "z-other",
            rule_text("z-other", "SELECT event_id FROM DeviceProcessEvents WHERE FileName = 'cmd.exe'"),
        ),
    ]);
    assert_eq!((catalogue.rules.len(), catalogue.broken.len()), (2, 0));

    let mut case = CaseBuilder::with(SOUND);
    assert!(case.run(&catalogue, NOW, EVER).failures.is_empty());
    let before = list_findings(&case.case, "kim").unwrap();
    assert_eq!(before.len(), 2);

    case.ingest("more", UNSOUND);
    let outcome = case.run(&catalogue, NOW, EVER);
    assert_eq!(outcome.failures.len(), 1);
    assert!(outcome.failures[0].starts_with("a-pattern: "), "{:?}", outcome.failures);
    assert!(outcome.failures[0].contains("who("), "the pattern is named: {:?}", outcome.failures);
    let runs = list_rule_runs(&case.case, outcome.run_id).unwrap();
    let [failed, other] = runs.as_slice() else { panic!("{runs:?}") };
    assert_eq!((failed.rule.as_str(), failed.matches), ("a-pattern", 0));
    assert!(failed.failure.as_deref().is_some_and(|cause| cause.contains("who(")), "{failed:?}");
    assert_eq!((other.rule.as_str(), other.matches, &other.failure), ("z-other", 1, &None));

    // Its earlier finding stays as it was; the other rule's has grown.
    let events = |rule: &str| {
        let findings = list_findings(&case.case, "kim").unwrap();
        let finding = findings.iter().find(|finding| finding.rule == rule).unwrap();
        assert_eq!(finding.events as usize, list_evidence(&case.case, finding.id, "kim").unwrap().len());
        finding.events
    };
    assert_eq!((events("a-pattern"), events("z-other")), (1, 2));

    // The events that made it fail are not taken for looked at: mended, it reads them.
    let mended = rule_text("a-pattern", &pattern.replace("AccountName)", "'whoami')"));
    catalogue = own_rules(&[("a-pattern", mended)]);
    assert!(case.run(&catalogue, NOW, EVER).failures.is_empty());
    assert_eq!(events("a-pattern"), 2);
}

#[test]
fn a_rule_that_failed_looks_at_the_same_events_again_in_the_next_run() {
    let body =
        "SELECT event_id FROM DeviceProcessEvents WHERE \"matches regex\"(ProcessCommandLine, AccountName)";
    let catalogue = own_rules(&[("mine", rule_text("mine", body))]);
    let case = CaseBuilder::with(UNSOUND);
    assert_eq!(case.run(&catalogue, NOW, EVER).failures.len(), 1);
    assert_eq!(case.run(&catalogue, NOW, EVER).failures.len(), 1, "it cannot have run");
    assert_eq!(case.cell("SELECT count(*) FROM rule_match"), "0");
}

#[test]
fn the_program_ends_with_four_when_a_rule_failed_and_keeps_what_others_found() {
    let program = Program::new();
    program.write("export.csv", SOUND);
    std::fs::create_dir(program.folder.path().join("rules")).unwrap();
    program.write("rules/mine.sql", changed("FileName = ", "FileNam = "));
    let (code, errors) = program.fails(&["run", "--rules", "rules", "export.csv"]);
    assert_eq!(code, i32::from(exit::INCOMPLETE));
    assert!(errors.contains("mine.sql line 8") && errors.contains("FileNam"), "{errors}");
    let findings = program.ok(&["findings", "--json"]);
    let findings: serde_json::Value = serde_json::from_str(&findings).unwrap();
    assert_eq!(findings["findings"].as_array().unwrap().len(), 1, "{findings}");
}

#[test]
fn a_broken_copy_of_a_shipped_rule_does_not_hide_that_the_shipped_one_ran() {
    let folder = tempfile::TempDir::new().unwrap();
    let text = shipped().find(SHIPPED_RULE).unwrap().text.clone();
    std::fs::write(folder.path().join(format!("{SHIPPED_RULE}.sql")), text).unwrap();
    let catalogue = load_rules(&[folder.path().to_owned()], None).unwrap();
    assert_eq!((catalogue.rules.len(), catalogue.broken.len()), (1, 1));
    let case = CaseBuilder::with(SOUND);
    let outcome = case.run(&catalogue, NOW, EVER);
    assert_eq!(list_findings(&case.case, "kim").unwrap().len(), 1);
    let runs = list_rule_runs(&case.case, outcome.run_id).unwrap();
    assert!(runs.iter().any(|run| run.failure.is_some()), "the copy failed: {runs:?}");
    assert!(
        runs.iter().any(|run| run.failure.is_none() && run.matches == 1),
        "the shipped rule ran: {runs:?}"
    );
}
