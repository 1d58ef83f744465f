//! `huntcase optimize`

use rusqlite::Connection;

use super::support::{DAYS, Folder, csv_rows};

#[test]
fn the_room_before_and_after_is_said() {
    let folder = Folder::with_case();
    let connection = Connection::open(folder.path("case.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE filler (a); INSERT INTO filler VALUES (zeroblob(1 << 20)); DROP TABLE filler",
        )
        .unwrap();
    drop(connection);
    let size = || std::fs::metadata(folder.path("case.db")).unwrap().len();
    let before = size();
    let ran = folder.run(&["optimize"]).code(0);
    assert!(ran.stdout.starts_with("case.db: ") && ran.stdout.contains(" bytes before, "), "{}", ran.stdout);
    assert!(ran.stdout.contains("hold nothing; --vacuum gives them back"), "{}", ran.stdout);
    assert!(size() >= before);
    let ran = folder.run(&["optimize", "--vacuum"]).code(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(size() + (1 << 20) <= before + (1 << 14), "{before}, then {}", size());
    let again = folder.run(&["run"]).code(0).stdout;
    assert!(again.contains(": 0 new findings, 0 updated, 0 repeated, 0 reopened, 3 unchanged"), "{again}");
}

#[test]
fn all_formats_give_the_same_rows() {
    let folder = Folder::with_case();
    folder.run(&["optimize", "--vacuum"]).code(0);
    let json = folder.run(&["optimize", "--json"]).code(0).json()["spaces"][0].clone();
    assert_eq!((&json["bytesFree"], json["bytesAfter"].is_i64()), (&0.into(), true));
    let csv = csv_rows(&folder.run(&["optimize", "--format", "csv"]).code(0).stdout);
    assert_eq!(csv[0]["bytesAfter"], json["bytesAfter"].to_string());
}

#[test]
fn somebody_who_reads_is_no_hindrance() {
    let folder = Folder::with_case();
    let reader = Connection::open(folder.path("case.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM finding;").unwrap();
    let ran = folder.run(&["optimize", "--vacuum"]).code(0);
    let said = "others read the case: its log stays, and counts, until they are done\n";
    assert_eq!(ran.stderr, said);
}

#[test]
fn whoever_writes_is_waited_for_and_named() {
    let folder = Folder::with_case();
    let writer = Connection::open(folder.path("case.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = folder.run(&["optimize"]).code(5);
    assert_eq!(ran.stderr, "error: case.db: locked by another program; try again\n");
    drop(writer);
    folder.run(&["optimize"]).code(0);
}

#[test]
fn rules_and_lists_answer_the_same_afterwards() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1]]).code(0);
    let lists = || ["findings", "devices", "history"].map(|command| folder.run(&[command]).code(0).stdout);
    let before = lists();
    folder.run(&["optimize", "--vacuum"]).code(0);
    assert_eq!(lists(), before);
    let ran = folder.run(&["run", DAYS[2]]).code(0);
    assert!(ran.stdout.contains("1 new finding, 2 updated"), "{}", ran.stdout);
}
