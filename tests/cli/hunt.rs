//! `huntcase hunt`, and `huntcase rules set`

use super::support::{Folder, assert_expected, assert_formats_agree};

const RULE: &str = "detect-suspicious-commands-initiated-by-web-server-processes";

#[test]
fn a_rules_first_run_opens_its_hunt_from_its_head() {
    let folder = Folder::with_case();
    let hunts = assert_formats_agree(&folder, &["hunt", "list"], "hunts");
    let [hunt] = hunts.as_slice() else { panic!("{hunts:?}") };
    assert_eq!(
        (&hunt["id"], &hunt["name"], &hunt["status"]),
        (&"H-1".into(), &RULE.into(), &"active".into())
    );
    assert!(hunt["hypothesis"].as_str().unwrap().starts_with("Someone runs commands through a web server"));
    assert_eq!(hunt["rules"], serde_json::json!([RULE]));
}

#[test]
fn a_hunt_is_shown_in_numbers() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-1", "--status", "resolved", "--verdict", "fp", "--as", "lee"]).code(0);
    folder
        .run(&["hunt", "set", "h-1", "--owner", "lee", "--lookback", "30d", "--comment", "asked\nfor more"])
        .code(0);
    folder.run(&["devices", "review", "dc01"]).code(0);
    assert_expected("hunt_show.txt", &folder.run(&["hunt", "show", "detect"]).code(0).text());
    let hunt = folder.run(&["hunt", "show", "H-1", "--json"]).code(0).json()["hunt"].clone();
    assert_eq!(hunt["findings"]["status"], serde_json::json!({ "new": 2, "inProgress": 0, "resolved": 1 }));
    assert_eq!(hunt["findings"]["classification"]["falsePositive"], 1);
    assert_eq!(hunt["findings"]["medianSecondsToResolve"], 0);
    assert_eq!(hunt["rules"][0]["falsePositiveShare"], serde_json::Value::Null, "one verdict says nothing");
    assert_eq!(hunt["devices"], serde_json::json!({ "total": 7, "reviewed": 1, "stale": 0 }));
    assert_eq!((&hunt["lookback"], &hunt["comments"][0]["text"]), (&"30d".into(), &"asked\nfor more".into()));
}

#[test]
fn the_share_of_false_positives_is_told_from_five_verdicts_on() {
    let folder = Folder::new();
    let head =
        "Timestamp,DeviceId,DeviceName,FileName,ProcessCommandLine,InitiatingProcessFileName,ReportId\n";
    let row = |n| format!("2026-05-04T10:00:0{n}Z,d{n},web{n},cmd.exe,whoami,w3wp.exe,{n}\n");
    folder.write("five.csv", head.to_owned() + &(1..6).map(row).collect::<String>());
    folder.run(&["run", "five.csv"]).code(0);
    folder.run(&["set", "F-1..F-4", "--verdict", "tp"]).code(0);
    let share = || {
        folder.run(&["hunt", "show", "H-1", "--json"]).json()["hunt"]["rules"][0]["falsePositiveShare"]
            .clone()
    };
    assert_eq!(share(), serde_json::Value::Null);
    folder.run(&["set", "F-5", "--verdict", "fp"]).code(0);
    assert_eq!(share(), 0.2);
}

#[test]
fn the_rules_of_a_closed_hunt_do_not_run() {
    let folder = Folder::new();
    folder.run(&["run", "tests/fixtures/walk/2026-05-04.csv"]).code(0);
    let closed =
        folder.run(&["hunt", "close", "H-1", "--hypothesis-status", "validated", "--why", "see F-1"]).code(0);
    assert!(closed.stderr.contains("1 finding of it is still open"), "{}", closed.stderr);
    let run = folder.run(&["run", "tests/fixtures/walk/2026-05-05.csv"]).code(0);
    assert!(
        run.stdout.contains("0 new findings, 0 updated, 0 repeated, 0 reopened, 1 unchanged"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains(&format!("not run, since their hunts are closed: {RULE}")), "{}", run.stdout);
    folder.run(&["hunt", "set", "H-1", "--status", "active"]).code(0);
    let run = folder.run(&["run"]).code(0);
    assert!(run.stdout.contains("1 new finding, 1 updated"), "nothing is missed: {}", run.stdout);
}

#[test]
fn a_hunt_is_opened_with_rules_before_anything_runs() {
    let folder = Folder::new();
    folder
        .run(&["hunt", "open", "May", "--rule", "detect", "--hypothesis", "shells", "--lookback", "1d"])
        .code(0);
    let run = folder
        .run(&["run", "tests/fixtures/walk/2026-05-04.csv", "tests/fixtures/walk/2026-05-06.csv"])
        .code(0);
    assert!(
        run.stdout.contains("matches in no finding, since a window left them out"),
        "its lookback is taken: {}",
        run.stdout
    );
    let hunts = folder.run(&["hunt", "list", "--json"]).json();
    assert_eq!(hunts["hunts"].as_array().unwrap().len(), 1, "the rule has a hunt already");
    assert_eq!(hunts["hunts"][0]["status"], "new");
}

#[test]
fn names_and_words_that_cannot_be_are_refused_and_change_nothing() {
    let folder = Folder::with_case();
    let before = folder.run(&["hunt", "list", "--json"]).stdout;
    let long = "x".repeat(10_000);
    for (command, said) in [
        (&["hunt", "open", ""][..], "expected a name of 1 to 200 characters on one line"),
        (&["hunt", "open", &long], "expected a name of 1 to 200 characters on one line"),
        (&["hunt", "open", "a\nb"], "expected a name"),
        (&["hunt", "open", "H-2"], "a hunt cannot be called as hunts are numbered"),
        (&["hunt", "set", "H-1", "--lookback", "0d"], "expected a number and d, h, m or s"),
        (&["hunt", "open", &RULE.to_uppercase()], "is called \"detect-suspicious"),
        (&["hunt", "open", "x", "--rule", "nope"], "no rule \"nope\", expected detect-suspicious"),
        (&["hunt", "set", "H-1", "--why", "x"], "nothing to change; say at least one of --name"),
        (&["hunt", "set", "H-9", "--owner", "kim"], "no hunt \"H-9\", expected H-1 (detect-suspicious"),
        (&["hunt", "set", "H-1", "--owner", &long], "the owner: found"),
        (
            &["hunt", "set", "H-1", "--status", "done"],
            "expected one of new, active, closed, backlog, approved",
        ),
        (
            &["hunt", "set", "H-1", "--lookback", "soon"],
            "expected a number and d, h, m or s, such as 7d, or none",
        ),
        (&["hunt", "set", "H-1", "--reopen", "maybe"], "expected one of novel, always, never"),
        (&["hunt", "set", "H-1", "--comment", " "], "a note needs a text"),
        (&["rules", "set", "detect", "--reopen", "maybe"], "expected one of novel, always, never, hunt"),
    ] {
        let ran = folder.run(command).code(2);
        assert!(ran.stderr.contains(said), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.lines().next().unwrap().len() < 300, "{}", ran.stderr);
    }
    assert_eq!(folder.run(&["hunt", "list", "--json"]).stdout, before);
}

#[test]
fn a_name_that_cannot_be_makes_no_case() {
    let folder = Folder::new();
    folder.run(&["hunt", "open", ""]).code(2);
    assert!(!folder.exists("case.db"));
}

#[test]
fn a_rule_that_moves_to_another_hunt_is_named_and_in_the_history_of_both() {
    let folder = Folder::with_case();
    let moved = folder.run(&["hunt", "open", "May", "--rule", "detect"]).code(0);
    assert_eq!(moved.stderr, format!("{RULE} and its findings moved from H-1 to H-2\n"));
    for hunt in ["H-1", "H-2"] {
        let rows = folder.run(&["history", hunt, "--format", "jsonl"]).code(0).stdout;
        assert!(rows.lines().any(|row| row.contains("\"old\":\"H-1\",\"new\":\"H-2\"")), "{hunt}: {rows}");
    }
}

#[test]
fn a_hunt_without_rules_leaves_no_device_to_review() {
    let folder = Folder::with_case();
    folder.run(&["devices", "review", "dc01"]).code(0);
    folder.run(&["hunt", "open", "ideas", "--status", "backlog"]).code(0);
    assert!(folder.run(&["devices"]).stderr.contains("reviewed 1 of 7"));
}

#[test]
fn a_rule_reopens_otherwise_than_its_hunt_where_it_says_so() {
    let folder = Folder::with_case();
    folder.run(&["rules", "set", "detect", "--reopen", "always", "--why", "too quiet"]).code(0);
    let history = folder.run(&["history", RULE, "--json"]).json();
    let last = history["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["field"], &last["new"], &last["why"]),
        (&"reopen".into(), &"always".into(), &"too quiet".into())
    );
    folder.run(&["rules", "set", "detect", "--reopen", "hunt"]).code(0);
    let history = folder.run(&["history", RULE, "--json"]).json();
    let last = history["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["old"], &last["new"]), (&"always".into(), &"".into()));
}

#[test]
fn what_rules_of_a_closed_hunt_were_not_asked_about_is_said_everywhere() {
    let folder = Folder::new();
    folder.run(&["run", super::support::DAYS[0]]).code(0);
    folder.run(&["hunt", "close", "H-1"]).code(0);
    folder.run(&["run", super::support::DAYS[1]]).code(0);
    let said = "19 events not asked about by rules of closed hunts";
    for command in [&["run"][..], &["findings"], &["status"], &["hunt", "show", "H-1"], &["report"]] {
        let text = folder.run(command).code(0).text();
        assert!(text.contains(said), "{command:?}: {text}");
    }
    assert!(!folder.run(&["report"]).stdout.contains("every event"));
    folder.run(&["hunt", "set", "H-1", "--status", "active"]).code(0);
    assert!(!folder.run(&["run"]).code(0).text().contains(said));
}
