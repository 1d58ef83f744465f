//! `huntcase devices`

use super::support::{Folder, assert_expected, assert_formats_agree, export_of};

#[test]
fn devices_are_listed_with_their_reviews() {
    let folder = Folder::with_case();
    let reviewed = folder.run(&["devices", "review", "dc01.example.com", "PROXY05.example.com"]).code(0);
    assert_eq!((reviewed.stdout.as_str(), reviewed.stderr.as_str()), ("", "reviewed: 2 devices\n"));
    let id = "ce79a632a9285c793d0aa91f7bb4067fe75abf59";
    folder.run(&["devices", "review", id, "--state", "in-review", "--as", "lee"]).code(0);
    assert_expected("devices.txt", &folder.run(&["devices"]).code(0).text());
}

#[test]
fn all_formats_give_the_same_rows_under_the_promised_names() {
    let folder = Folder::with_case();
    folder.run(&["devices", "review", "dc01.example.com", "--comment", "nothing found"]).code(0);
    let rows = assert_formats_agree(&folder, &["devices"], "devices");
    let promised = [
        "deviceId",
        "deviceName",
        "firstEvent",
        "lastEvent",
        "events",
        "findings",
        "review",
        "reviewedBy",
        "reviewedAt",
    ];
    for row in &rows {
        for name in promised {
            assert!(row.get(name).is_some(), "{name} in {row}");
        }
    }
    let reviews: Vec<_> = rows.iter().map(|row| row["review"].as_str().unwrap()).collect();
    assert_eq!(reviews.iter().filter(|review| **review == "reviewed").count(), 1);
    assert_eq!(rows[2]["reviewComment"], "nothing found");
    assert_eq!(rows[2]["reviewedAt"], "2026-05-07T08:00:00.0000000Z");
}

#[test]
fn a_review_of_a_device_that_is_not_there_changes_none() {
    let folder = Folder::with_case();
    let ran = folder.run(&["devices", "review", "dc01.example.com", "dc02.example.com"]).code(2);
    assert_eq!(
        ran.stderr,
        "error: no device \"dc02.example.com\", expected dc01.example.com (the nearest of 7)\n\
         hint: see the devices with: huntcase devices\n"
    );
    let devices = folder.run(&["devices", "--format", "jsonl"]).code(0).stdout;
    assert_eq!(devices.matches("\"review\":").count(), 7, "{devices}");
    assert!(!devices.contains("\"reviewed\""), "{devices}");
    folder.run(&["devices", "review", "dc01.example.com", "--state", "perhaps"]).code(2);
}

#[test]
fn devices_with_nothing_are_ticked_off_from_a_list() {
    let folder = Folder::with_case();
    let left = ["devices", "--unreviewed", "--without-findings", "--ids"];
    let ids = folder.run(&left).code(0).stdout;
    assert_eq!(ids.lines().count(), 4);
    let reviewed =
        folder.run_with_input(&["devices", "review", "-", "--comment", "nothing"], ids.as_bytes()).code(0);
    assert_eq!(reviewed.stderr, "reviewed: 4 devices\n");
    assert_eq!(folder.run(&left).code(0).stdout, "");
    folder.run_with_input(&["devices", "review", "-"], b"nope\n").code(2);
    folder.run(&["devices", "--ids", "--json"]).code(2);
}

#[test]
fn a_review_is_stale_for_what_weighs_most() {
    let folder = Folder::new();
    folder.run(&["run", "tests/fixtures/walk/2026-05-04.csv"]).code(0);
    folder.run(&["devices", "review", "app02", "ws07"]).code(0);
    assert!(folder.run(&["devices"]).stderr.contains("reviewed 2 of 6, 0 stale"));
    folder.run(&["run", "tests/fixtures/walk/2026-05-05.csv"]).code(0);
    let stale = folder.run(&["devices", "--stale"]).code(0);
    let line =
        |name: &str| stale.stdout.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("app02").contains("stale: newer findings"), "{}", stale.stdout);
    assert!(line("ws07").contains("stale: newer data"), "{}", stale.stdout);
    assert!(stale.stderr.contains("reviewed 2 of 6, 2 stale"), "{}", stale.stderr);
    let json = folder.run(&["devices", "--stale", "--json"]).json();
    assert_eq!(json["devices"][0]["staleBecause"], serde_json::json!(["newer findings", "newer data"]));
}

#[test]
fn silent_devices_are_those_without_an_event_for_a_while() {
    let folder = Folder::with_case();
    let names = |span: &[&str]| {
        let arguments = [&["devices", "--format", "jsonl", "--silent"], span].concat();
        folder.run(&arguments).code(0).stdout.lines().count()
    };
    assert_eq!((names(&[]), names(&["1h"]), names(&["2s"])), (0, 4, 6), "the newest event is a proxy's");
    assert!(folder.run(&["devices", "--silent", "1h"]).stderr.contains("4 silent"));
    folder.run(&["devices", "--silent", "soon"]).code(2);
}

#[test]
fn a_review_can_be_taken_back() {
    let folder = Folder::with_case();
    folder.run(&["devices", "review", "dc01.example.com"]).code(0);
    folder.run(&["devices", "review", "dc01.example.com", "--state", "not-reviewed"]).code(0);
    assert!(folder.run(&["devices"]).stderr.contains("reviewed 0 of 7"));
}

#[test]
fn a_device_is_found_by_the_first_label_of_its_name_when_it_is_the_only_one() {
    let folder = Folder::with_case();
    let reviewed = folder.run(&["devices", "review", "web01", "WEB01.example.com", "--json"]).code(0).json();
    let devices = reviewed["devices"].as_array().unwrap();
    assert_eq!((devices.len(), &devices[0]["deviceName"]), (1, &"web01.example.com".into()));
    assert_eq!(devices[0]["review"], "reviewed");
    let list = folder.run(&["devices", "list", "--json"]).code(0);
    assert_eq!(list.stdout, folder.run(&["devices", "--json"]).stdout);
    folder.write("more.csv", export_of(&["whoami"]).replace("web09", "web01.other.org"));
    folder.run(&["ingest", "more.csv"]).code(0);
    let ran = folder.run(&["devices", "review", "web01"]).code(2);
    assert!(ran.stderr.contains("web01.other.org (d9)"), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("web01.").count(), 2, "{}", ran.stderr);
    folder.run(&["devices", "review", "web0"]).code(2);
}
