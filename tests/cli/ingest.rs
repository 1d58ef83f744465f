//! `huntcase ingest`

use super::support::{DAYS, Folder, assert_expected, export_of};

#[test]
fn a_summary_says_what_became_of_each_file() {
    let folder = Folder::new();
    let ran = folder.run(&["ingest", DAYS[0], DAYS[1], DAYS[2], DAYS[0]]).code(0);
    assert_expected("ingest.txt", &ran.text());
    let runs = folder.run(&["status", "--json"]).json();
    assert_eq!(runs["status"]["runs"], 0, "no rule ran");
}

#[test]
fn what_is_no_export_is_refused_with_the_fault_and_the_way_out_and_makes_no_case() {
    let folder = Folder::new();
    folder.write("wrong.csv", "a,b\n1,2\n");
    folder.write("empty.csv", "");
    folder.write("binary.csv", [0, 7, 0, 0, 9].repeat(200));
    folder.write("random.txt", "it was a dark and stormy night\n");
    folder.write("utf16.csv", b"\xff\xfeT\0i\0m\0e\0");
    folder.write("export.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0");
    folder.write("other.json", r#"{"a":1}"#);
    let names =
        ["wrong.csv", "empty.csv", "binary.csv", "random.txt", "utf16.csv", "export.csv.gz", "other.json"];
    let mut said = String::new();
    for name in names {
        let ran = folder.run(&["ingest", name]).code(1);
        assert_eq!((ran.stdout.as_str(), ran.stderr.lines().count()), ("", 2), "{name}: {}", ran.stderr);
        assert!(ran.stderr.lines().nth(1).is_some_and(|line| line.starts_with("hint: ")), "{name}");
        assert!(!folder.exists("case.db"), "{name}");
        said += &ran.stderr;
    }
    assert_expected("ingest_refused.txt", &said);
}

#[test]
fn a_missing_file_ends_with_3_and_makes_no_case() {
    let folder = Folder::new();
    let ran = folder.run(&["ingest", "missing.csv"]).code(3);
    assert!(ran.stderr.starts_with("error: missing.csv: "), "{}", ran.stderr);
    assert!(!folder.exists("case.db"));
}

#[test]
fn a_bad_file_among_good_ones_does_not_keep_them_out() {
    let folder = Folder::new();
    folder.write("wrong.csv", "a,b\n1,2\n");
    let ran = folder.run(&["ingest", DAYS[0], "wrong.csv", DAYS[1], "missing.csv"]).code(1);
    let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 2, "{}", ran.stderr);
    let imports = folder.run(&["imports", "list", "--json"]).json();
    assert_eq!(imports["imports"].as_array().unwrap().len(), 2);
}

#[test]
fn standard_input_and_any_file_name_do() {
    let folder = Folder::new();
    let row = r#"{"Timestamp":"2026-05-04T10:00:00Z","DeviceId":"d9","FileName":"cmd.exe","ProcessId":4,"ReportId":1}"#;
    folder.write("rows.txt", format!("{row}\n{}\n", row.replace("10:00", "11:00")));
    let text = folder.run(&["ingest", "rows.txt"]).code(0);
    assert!(text.stdout.starts_with("rows.txt: 2 rows read: 2 new,"), "{}", text.stdout);
    let piped = folder.run_with_input(&["ingest", "-"], export_of(&["whoami"]).as_bytes()).code(0);
    assert!(piped.stdout.starts_with("-: 1 row read: 1 new,"), "{}", piped.stdout);
    let imports = folder.run(&["imports", "list", "--json"]).json();
    let formats: Vec<_> =
        imports["imports"].as_array().unwrap().iter().map(|i| i["format"].clone()).collect();
    assert_eq!(formats, ["json", "csv"]);
}

#[test]
fn a_file_that_is_named_as_standard_input_is_does_not_stand_for_it() {
    let folder = Folder::new();
    folder.write("-", export_of(&["whoami"]));
    folder.run(&["ingest", "./-"]).code(0);
    let piped = folder.run_with_input(&["ingest", "-"], export_of(&["hostname"]).as_bytes()).code(0);
    assert!(piped.stdout.starts_with("-: 1 row read:"), "{}", piped.stdout);
}

#[test]
fn a_known_file_under_another_name_is_named_as_given_and_counts_nothing() {
    let folder = Folder::new();
    folder.write("new.csv", export_of(&["whoami"]));
    folder.write("renamed.csv", export_of(&["whoami"]));
    let first = folder.run(&["ingest", "new.csv", "--json"]).code(0).json();
    let ran = folder.run(&["ingest", "renamed.csv"]).code(0);
    assert_eq!(ran.stdout, "renamed.csv: nothing new, the same file as import 1 (new.csv)\n");
    let again = folder.run(&["ingest", "renamed.csv", "--json"]).code(0).json();
    let (first, again) = (&first["imports"][0], &again["imports"][0]);
    assert_eq!((&first["result"], &again["result"]), (&"imported".into(), &"alreadyImported".into()));
    assert_eq!((&first["rowsRead"], &again["rowsRead"]), (&1.into(), &0.into()));
    assert_eq!((&first["id"], &first["sha256"]), (&again["id"], &again["sha256"]));
}

#[test]
fn rejected_rows_are_an_error_when_strict() {
    let folder = Folder::new();
    let ran = folder.run(&["ingest", "--strict", DAYS[2]]).code(4);
    assert!(ran.stdout.contains("rejected line 21: found 26 cells, expected 58"), "{}", ran.stdout);
}

#[test]
fn an_output_that_is_there_already_is_refused_before_anything_is_taken_in() {
    let folder = Folder::new();
    folder.write("answer.txt", "mine");
    for command in ["ingest", "run"] {
        folder.run(&[command, DAYS[0], "-o", "answer.txt"]).code(2);
        assert!(!folder.exists("case.db"), "{command}");
    }
}

#[test]
fn a_folder_stands_for_the_exports_in_it_and_within_by_name() {
    let folder = Folder::new();
    folder.write("tests/fixtures/walk/notes.txt", "no export");
    folder.write("tests/fixtures/walk/older/2026-05-01.csv", export_of(&["whoami"]));
    let ran = folder.run(&["run", "tests/fixtures/walk"]).code(0);
    let named: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|line| line.0)
        .filter(|name| name.starts_with("tests/"))
        .collect();
    assert_eq!(named[..3], DAYS, "{}", ran.stdout);
    assert_eq!(named.last(), Some(&"tests/fixtures/walk/older/2026-05-01.csv"), "{}", ran.stdout);
    assert_eq!(folder.run(&["status", "--json"]).json()["status"]["imports"], 4);
    let again = folder.run(&["ingest", "tests/fixtures/walk", "--json"]).code(0).json();
    let results: Vec<_> =
        again["imports"].as_array().unwrap().iter().map(|import| &import["result"]).collect();
    assert_eq!(results, ["alreadyImported"; 4]);
    folder.run(&["ingest", "tests/fixtures/walk", "-o", DAYS[1], "--force"]).code(2);
}

#[test]
fn a_folder_without_exports_is_refused_like_a_missing_file() {
    let folder = Folder::new();
    folder.write("empty/notes.txt", "no export");
    let ran = folder.run(&["ingest", "empty"]).code(3);
    let endings =
        ".csv, .tsv, .json, .jsonl, .ndjson, .xlsx, .xlsm or .zip file, or one with .gz or .zst behind, in";
    assert_eq!(ran.stderr, format!("error: no {endings} \"empty\"\n"));
    assert!(!folder.exists("case.db"));
    let ran = folder.run(&["ingest", "empty", DAYS[0]]).code(3);
    assert!(ran.stdout.contains("21 new"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn one_bar_on_the_terminal_tells_how_far_all_files_are() {
    use std::io::Read;

    let folder = Folder::new();
    folder.run(&["ingest", DAYS[0]]).code(0);
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    pty.resize(pty_process::Size::new(24, 200)).unwrap();
    let mut child = pty_process::blocking::Command::from(folder.command(&["ingest", "tests/fixtures/walk"]))
        .spawn(pts)
        .unwrap();
    let (mut said, mut bytes) = (Vec::new(), [0; 4096]);
    // The end of a terminal is an error on Linux.
    while let Ok(count @ 1..) = pty.read(&mut bytes) {
        said.extend_from_slice(&bytes[..count]);
    }
    assert!(child.wait().unwrap().success());
    let said = String::from_utf8_lossy(&said).into_owned();
    let total = DAYS.iter().map(|day| folder.read(day).len()).sum::<usize>() as f64 / 1024.0;
    assert!(said.contains(&format!("/{total:.2} KiB")), "{said}");
    assert!(said.contains("2/3 tests/fixtures/walk/2026-05-05.csv"), "{said}");
    assert!(said.contains("3/3 tests/fixtures/walk/2026-05-06.csv"), "{said}");
}
