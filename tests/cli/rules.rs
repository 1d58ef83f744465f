//! `huntcase rules`

use super::support::{Folder, assert_expected};

const MINE: &str = "-- id: n-1\n-- name: notepad\n-- severity: high\n-- hypothesis: someone takes notes\n\
                    SELECT event_id FROM DeviceProcessEvents WHERE \"=~\"(FileName, 'notepad.exe');\n";

#[test]
fn shipped_rules_and_the_analysts_own_are_listed() {
    let folder = Folder::new();
    folder.write("my-rules/notepad.sql", MINE);
    folder.write("my-rules/readme.txt", "no rule");
    let ran = folder.run(&["rules", "list", "--rules", "my-rules"]).code(0);
    assert_expected("rules_list.txt", &ran.text().replace('\\', "/"));
    assert!(!folder.exists("case.db"), "rules need no case");
}

#[test]
fn rules_are_found_where_the_configuration_and_the_usual_folders_are() {
    let folder = Folder::new();
    folder.write("home/config/huntcase/rules/notepad.sql", MINE);
    let other = MINE.replace("n-1", "n-2").replace("notepad\n", "paper\n");
    folder.write("home/data/huntcase/rules/paper.sql", other);
    folder.write("team/quill.sql", MINE.replace("n-1", "n-3").replace("notepad\n", "quill\n"));
    folder.write("home/config/huntcase/config.toml", "rules = [\"team\"]\n");
    let rules = folder.run(&["rules", "list", "--json"]).code(0).json();
    let names: Vec<_> =
        rules["rules"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names[1..], ["notepad", "paper", "quill"]);
}

#[test]
fn a_folder_named_twice_counts_once_and_a_rule_twice_names_the_other_file() {
    let folder = Folder::new();
    folder.write("team/notepad.sql", format!("\u{feff}{MINE}"));
    folder.write("home/config/huntcase/config.toml", "rules = [\"team\"]\n");
    let named_again = ["rules", "list", "--json", "--rules", "./tests/../team"];
    let rules = folder.run(&named_again).code(0).json();
    assert_eq!(rules["rules"].as_array().unwrap().len(), 2);
    folder.write("mine/notepad.sql", MINE);
    let ran = folder.run(&["rules", "list", "--rules", "mine"]).code(4);
    let expected = "notepad, in mine/notepad.sql, has the same id or name";
    assert!(ran.stderr.replace('\\', "/").contains(expected), "{}", ran.stderr);
}

#[test]
fn a_rule_is_shown_by_the_start_of_its_name() {
    let folder = Folder::new();
    let shown = folder.run(&["rules", "show", "detect-susp"]).code(0).stdout;
    let file = "queries/rules/detect-suspicious-commands-initiated-by-web-server-processes.sql";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    assert_eq!(shown, std::fs::read_to_string(path).unwrap());
    let ran = folder.run(&["rules", "show", "nope"]).code(2);
    assert!(ran.stderr.contains("hint: see the rules with: huntcase rules list"), "{}", ran.stderr);
}

#[test]
fn the_published_querys_result_is_one_row_a_device_whether_a_run_looked_or_not() {
    let folder = Folder::new();
    folder.run(&["ingest", super::support::DAYS[0], super::support::DAYS[1]]).code(0);
    let result = ["rules", "result", "detect-suspicious", "--format", "csv"];
    let before = folder.run(&result).code(0).stdout;
    assert_expected("rules_result.csv", &before);
    folder.run(&["run"]).code(0);
    assert_eq!(folder.run(&result).code(0).stdout, before);
    let narrow = folder.run(&[&result[..], &["--as-of", "2026-05-05", "--lookback", "1d"]].concat()).code(0);
    assert_eq!(narrow.stdout.lines().count(), 2, "one device on the first day:\n{}", narrow.stdout);
}

#[test]
fn a_broken_rule_is_named_with_file_and_line() {
    let folder = Folder::with_case();
    folder.write("my-rules/broken.sql", MINE.replace("notepad\n", "broken\n").replace("FileName", "FileNam"));
    let list = folder.run(&["rules", "list", "--rules", "my-rules"]).code(4);
    assert!(list.stdout.contains("detect-suspicious"), "the others are listed");
    assert!(list.stderr.contains("broken.sql line 5: no such column: FileNam"), "{}", list.stderr);
    for command in ["show", "result"] {
        folder.run(&["rules", command, "broken", "--rules", "my-rules"]).code(4);
    }
}
