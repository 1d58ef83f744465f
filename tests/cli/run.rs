//! `huntcase run`

use super::support::{DAYS, Folder, assert_expected, assert_formats_agree, lack_parents};

const BROKEN: &str = "-- id: b-1\n-- name: broken\n-- severity: low\n-- hypothesis: a typing error\n\
                      SELECT event_id, FileNam FROM DeviceProcessEvents\n";
const NOTEPAD: &str = "-- id: n-1\n-- name: notepad\n-- severity: high\n-- hypothesis: someone takes notes\n\
                       SELECT event_id, ProcessCommandLine AS opened FROM DeviceProcessEvents\n\
                       WHERE \"=~\"(FileName, 'notepad.exe')\n";

#[test]
fn days_that_overlap_raise_and_then_update_findings() {
    let folder = Folder::new();
    let mut said = String::new();
    for day in DAYS {
        said += &folder.run(&["run", day]).code(0).text();
    }
    assert_expected("run.txt", &said);
}

#[test]
fn a_rule_whose_file_is_not_at_hand_asks_what_the_case_keeps() {
    let folder = Folder::new();
    let rule = "-- id: mine\n-- name: mine\n-- severity: low\n-- hypothesis: x\nSELECT event_id FROM DeviceProcessEvents\n";
    folder.write("rules/mine.sql", rule);
    folder.run(&["run", DAYS[0], "--rules", "rules"]).code(0);
    let without = folder.run(&["run"]).code(0).stdout;
    assert!(without.contains("in the text that the case keeps, since no file is at hand: mine"), "{without}");
    let ran = folder.run(&["run", DAYS[1], "--json"]).json();
    assert_eq!(ran["run"]["rulesOfCase"], serde_json::json!(["mine"]));
    assert!(ran["run"]["counts"]["updated"].as_i64() > Some(1), "it found something: {ran}");
    let rules = folder.run(&["rules", "list", "--json"]).json();
    assert_eq!(rules["rules"][1]["origin"], "case", "{rules}");
    folder.run(&["hunt", "close", "mine"]).code(0);
    let closed = folder.run(&["run"]).code(0).stdout;
    assert!(closed.contains("not run, since their hunts are closed: mine"), "{closed}");
}

#[test]
fn a_rule_of_the_case_that_is_refused_now_is_named_with_the_command_that_retires_it() {
    let folder = Folder::new();
    let rule = "-- id: mine\n-- name: mine\n-- severity: low\n-- hypothesis: x\nSELECT event_id FROM DeviceProcessEvents\n";
    folder.write("rules/mine.sql", rule);
    folder.run(&["run", DAYS[0], "--rules", "rules"]).code(0);
    let connection = rusqlite::Connection::open(folder.path("case.db")).unwrap();
    let changed = "UPDATE rule_version SET text = text || 'LIMIT 1' WHERE text LIKE '%name: mine%'";
    assert_eq!(connection.execute(changed, []).unwrap(), 1);
    drop(connection);
    let refused = folder.run(&["run"]).code(4);
    assert!(refused.stderr.contains("the case's mine.sql line 6: found LIMIT"), "{}", refused.stderr);
    assert!(refused.stderr.contains("huntcase hunt close H-2"), "{}", refused.stderr);
    folder.run(&["hunt", "close", "H-2"]).code(0);
    folder.run(&["run"]).code(0);
    // Where other rules belong to the hunt, one of its own is opened first.
    folder.run(&["hunt", "set", "H-2", "--status", "active"]).code(0);
    folder.run(&["hunt", "set", "H-2", "--rule", "detect"]).code(0);
    let refused = folder.run(&["run"]).code(4);
    let command = "huntcase hunt open retired-mine --rule mine --status closed";
    assert!(refused.stderr.contains(command), "{}", refused.stderr);
    folder.run(&command.split(' ').skip(1).collect::<Vec<_>>()).code(0);
    folder.run(&["run"]).code(0);
}

#[test]
fn a_rule_that_could_not_judge_events_says_so() {
    let folder = Folder::new();
    folder.run(&["ingest", DAYS[0]]).code(0);
    lack_parents(&folder);
    let said = folder.run(&["run"]).code(0).stdout;
    let notice = "  could not judge 21 events, whose exports lack InitiatingProcessParentFileName: \
                  detect-suspicious-commands-initiated-by-web-server-processes; \
                  taking in a fuller export completes them, huntcase imports show N lists what is missing\n";
    assert!(said.contains(notice), "{said}");
    let unjudged = serde_json::json!([{
        "rule": "detect-suspicious-commands-initiated-by-web-server-processes",
        "events": 21,
        "columns": ["InitiatingProcessParentFileName"],
    }]);
    assert_eq!(folder.run(&["run", "--json"]).json()["run"]["limits"]["unjudged"], unjudged);
    assert_eq!(folder.run(&["status", "--json"]).json()["status"]["limits"]["unjudged"], unjudged);
}

#[test]
fn the_same_file_again_is_named_and_changes_nothing() {
    let folder = Folder::with_case();
    let before = folder.run(&["findings", "--all", "--json"]).stdout;
    let said = folder.run(&["run", DAYS[1]]).code(0);
    assert_expected("run_again.txt", &said.text());
    assert_eq!(folder.run(&["findings", "--all", "--json"]).stdout, before);
}

#[test]
fn all_formats_give_the_same_changes() {
    // Every format runs in a case of its own, since the second run finds nothing new.
    let answers: Vec<_> = ["json", "jsonl", "csv"]
        .map(|format| Folder::new().run(&["run", DAYS[0], DAYS[1], "--format", format]).code(0))
        .into();
    let json = answers[0].json();
    let rows = json["findings"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["id"], &rows[0]["change"], &rows[0]["eventsAdded"]),
        (&"F-2".into(), &"new".into(), &4.into())
    );
    assert_eq!(json["imports"].as_array().unwrap().len(), 2);
    assert_eq!(json["run"]["failures"], serde_json::json!([]));
    assert_eq!(answers[1].stdout.lines().count(), 2);
    assert_eq!(answers[2].stdout.lines().count(), 3);
    for answer in &answers {
        assert!(answer.stderr.contains("25 rows read: 19 new, 6 already known"), "{}", answer.stderr);
    }
    let folder = Folder::with_case();
    assert_formats_agree(&folder, &["findings"], "findings");
}

#[test]
fn quiet_leaves_out_the_summaries_beside_data() {
    let ran = Folder::new().run(&["run", DAYS[0], "--json", "--quiet"]).code(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_broken_rule_of_the_analysts_is_told_and_the_others_run() {
    let folder = Folder::new();
    folder.write("my-rules/broken.sql", BROKEN);
    folder.write("my-rules/notepad.sql", NOTEPAD);
    let ran = folder.run(&["run", DAYS[0], "--rules", "my-rules"]).code(4);
    assert_expected("run_broken_rule.txt", &ran.text().replace('\\', "/"));
    let failed = folder.run(&["status", "--json"]).json();
    assert_eq!(failed["status"]["rulesFailed"], 1);
}

#[test]
fn half_a_row_is_rejected_kept_and_an_error_only_when_strict() {
    let folder = Folder::new();
    let ran = folder.run(&["run", DAYS[2]]).code(0);
    assert!(ran.stdout.contains("20 rows read: 19 new, 0 already known, 1 rejected"), "{}", ran.stdout);
    let rejects = folder.run(&["imports", "show", "1", "--rejects", "--json"]).json();
    let raw = rejects["rejects"][0]["raw"].as_str().unwrap().to_owned();
    let file = std::fs::read_to_string(folder.path(DAYS[2])).unwrap();
    assert!(file.ends_with(&raw) && !raw.is_empty());

    let strict = Folder::new().run(&["run", DAYS[2], "--strict"]).code(4);
    assert!(strict.stdout.contains("F-1"), "the run itself is done and shown:\n{}", strict.stdout);
    assert!(strict.stderr.contains("hint: see them with: huntcase imports show N --rejects"));
}

#[test]
fn a_folder_of_rules_that_is_not_there_shows_before_anything_is_taken_in() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], "--rules", "missing"]).code(3);
    assert!(!folder.exists("case.db"));
}

#[test]
fn a_gate_that_holds_ends_with_10() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], "--fail-on", "new"]).code(10);
    let table = [("new", 0), ("open", 10), ("severity=medium", 10), ("severity=high", 0), ("sometimes", 2)];
    for (condition, code) in table {
        folder.run(&["run", "--fail-on", condition]).code(code);
    }
    folder.run(&["set", "F-1", "--status", "resolved", "--verdict", "benign"]).code(0);
    folder.run(&["run", "--fail-on", "open"]).code(0);
}

#[test]
fn the_window_says_what_becomes_a_finding() {
    let folder = Folder::new();
    let early = folder.run(&["run", DAYS[0], DAYS[1], "--as-of", "2026-05-04", "--lookback", "1d"]).code(0);
    assert!(early.stdout.contains(": 0 new findings,"), "{}", early.stdout);
    let whole = folder.run(&["run"]).code(0);
    assert!(whole.stdout.contains(": 2 new findings,"), "{}", whole.stdout);
    folder.run(&["run", "--lookback", "soon"]).code(2);
    folder.run(&["run", "--as-of", "yesterday"]).code(2);
}

#[test]
fn without_files_there_has_to_be_a_case() {
    let folder = Folder::new();
    let ran = folder.run(&["run"]).code(3);
    assert!(ran.stderr.contains("hint: make one with: huntcase run EXPORT.csv"), "{}", ran.stderr);
    assert!(!folder.exists("case.db"));
}
