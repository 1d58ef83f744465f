//! `huntcase findings`

use super::support::{DAYS, Folder, assert_expected, assert_formats_agree, csv_rows};

#[test]
fn open_findings_are_listed_latest_activity_first() {
    assert_expected("findings.txt", &Folder::with_case().run(&["findings"]).code(0).text());
}

#[test]
fn all_formats_give_the_same_rows_under_the_promised_names() {
    let rows = assert_formats_agree(&Folder::with_case(), &["findings"], "findings");
    let promised = [
        "id",
        "rule",
        "deviceId",
        "deviceName",
        "status",
        "classification",
        "determination",
        "severity",
        "assignedTo",
        "tags",
        "events",
        "firstActivity",
        "lastActivity",
        "reopenCount",
    ];
    for row in &rows {
        for name in promised {
            assert!(row.get(name).is_some(), "{name} in {row}");
        }
    }
    assert_eq!(rows[0]["status"], "new");
    assert_eq!(rows[0]["firstActivity"], "2026-05-06T08:44:02.8262975Z");
}

#[test]
fn findings_are_chosen_by_status_rule_and_device() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-1", "--status", "resolved", "--verdict", "fp"]).code(0);
    let table: [(&[&str], &[&str]); 7] = [
        (&[], &["F-3", "F-2"]),
        (&["--all"], &["F-3", "F-1", "F-2"]),
        (&["--status", "resolved"], &["F-1"]),
        (&["--status", "in-progress"], &[]),
        (&["--device", "WEB01"], &["F-2"]),
        (&["--all", "--device", "33108a839d85fa4a20dec1978db91d9d7a1ed2cd"], &["F-1"]),
        (&["--rule", "detect-nothing"], &[]),
    ];
    for (options, expected) in table {
        let answer = folder.run(&[&["findings", "--json"], options].concat()).code(0).json();
        let ids: Vec<_> =
            answer["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{options:?}");
    }
}

#[test]
fn no_rows_are_a_word_to_people_and_an_empty_answer_to_programs() {
    let folder = Folder::with_case();
    let none = ["findings", "--rule", "detect-nothing"];
    let table = folder.run(&none).code(0);
    assert_eq!(table.stdout, "");
    assert!(table.stderr.contains("no findings of this kind"), "{}", table.stderr);
    let json = folder.run(&[&none[..], &["--json"]].concat()).json();
    assert_eq!((&json["findings"], &json["limits"]["rowsRejected"]), (&serde_json::json!([]), &1.into()));
    assert_eq!(folder.run(&[&none[..], &["--quiet"]].concat()).text(), "");
}

#[test]
fn matches_that_a_window_left_out_are_listed_until_a_run_takes_them_up() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1], "--lookback", "6h"]).code(0);
    let outside = csv_rows(&folder.run(&["findings", "--outside", "--format", "csv"]).code(0).stdout);
    let said = folder.run(&["findings"]).code(0).stderr;
    let expected = format!("{} matches in no finding, since a window left them out", outside.len());
    assert!(outside.len() > 1 && said.contains(&expected), "{said}");
    assert!(outside[0]["reasons"].contains("\"column\""), "{:?}", outside[0]);
    let whole = folder.run(&["run", "--json"]).json();
    assert_eq!(whole["run"]["limits"]["matchesOutside"], 0);
    let none = folder.run(&["findings", "--outside"]).code(0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "every match of a rule is in a finding\n"));
}
