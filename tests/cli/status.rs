//! `huntcase status`

use super::support::{Folder, assert_expected, csv_rows, lack_parents};

#[test]
fn what_the_case_holds_is_said() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-1", "--status", "in-progress"]).code(0);
    assert_expected("status.txt", &folder.run(&["status"]).code(0).text());
}

#[test]
fn what_rules_could_not_judge_stands_there_a_line_a_rule() {
    let folder = Folder::with_case();
    lack_parents(&folder);
    let said = folder.run(&["status"]).code(0).stdout;
    let expected = "Not looked at         could not judge 53 events, whose exports lack InitiatingProcessParentFileName: \
                    detect-suspicious-commands-initiated-by-web-server-processes; taking in a fuller export";
    assert_eq!(said.lines().filter(|line| line.starts_with(expected)).count(), 1, "{said}");
    let csv = csv_rows(&folder.run(&["status", "--format", "csv"]).code(0).stdout);
    let json = folder.run(&["status", "--json"]).code(0).json();
    assert_eq!(csv[0]["limits"], json["status"]["limits"].to_string());
}

#[test]
fn all_formats_give_the_same_values() {
    let folder = Folder::with_case();
    let json = folder.run(&["status", "--json"]).code(0).json();
    assert_eq!(json["schema_version"], 1);
    assert_eq!((&json["status"]["events"], &json["status"]["rowsRejected"]), (&53.into(), &1.into()));
    let lines = folder.run(&["status", "--format", "jsonl"]).code(0).stdout;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&lines).unwrap(), json["status"]);
    let csv = csv_rows(&folder.run(&["status", "--format", "csv"]).code(0).stdout);
    assert_eq!(csv.len(), 1);
    assert_eq!(csv[0]["lastEvent"], json["status"]["lastEvent"]);
}
