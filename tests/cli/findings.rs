//! `huntcase findings`

use super::support::{Folder, assert_expected, assert_formats_agree};

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
    assert_eq!(
        folder.run(&[&none[..], &["--json"]].concat()).stdout,
        "{\"schema_version\":1,\"findings\":[]}\n"
    );
    assert_eq!(folder.run(&[&none[..], &["--quiet"]].concat()).text(), "");
}
