//! `huntcase show`

use super::support::{Folder, assert_expected, csv_rows, export_of};

#[test]
fn a_finding_is_shown_whole() {
    let folder = Folder::with_case();
    folder.run(&["note", "F-2", "two lines:\nasked the shop's owner"]).code(0);
    let tp = ["--verdict", "tp", "--determination", "compromised-account", "--why", "a web shell"];
    folder.run(&[&["set", "F-2", "--status", "resolved"], &tp[..]].concat()).code(0);
    assert_expected("show.txt", &folder.run(&["show", "F-2"]).code(0).text());
}

#[test]
fn csv_and_jsonl_give_one_row_an_event_and_json_everything() {
    let folder = Folder::with_case();
    let csv = csv_rows(&folder.run(&["show", "F-2", "--format", "csv"]).code(0).stdout);
    assert_eq!(csv.len(), 5);
    assert_eq!(csv[0]["processCommandLine"], "\"cmd.exe\" /c whoami");
    assert_eq!(csv[0]["importLine"], "8");
    assert_eq!(folder.run(&["show", "F-2", "--format", "jsonl"]).code(0).stdout.lines().count(), 5);
    let finding = folder.run(&["show", "2", "--json"]).code(0).json()["finding"].clone();
    for (part, count) in [("commandLines", 5), ("evidence", 5), ("notes", 0), ("history", 2)] {
        assert_eq!(finding[part].as_array().map(Vec::len), Some(count), "{part}");
    }
    let held = serde_json::json!({ "column": "ProcessCommandLine", "operator": "has", "needle": "whoami" });
    assert_eq!(finding["evidence"][0]["reasons"][2], held);
}

#[test]
fn a_folder_of_rules_that_is_not_there_keeps_no_finding_from_being_shown() {
    let folder = Folder::with_case();
    let shown = folder.run(&["show", "F-1", "--rules", "missing"]).code(0);
    assert!(shown.stdout.starts_with("F-1  "), "{}", shown.stdout);
}

#[test]
fn an_unknown_finding_is_named_with_those_there_are() {
    let folder = Folder::with_case();
    let unknown = folder.run(&["show", "F-99"]).code(2);
    assert_eq!(
        unknown.stderr,
        "error: no finding \"F-99\", expected F-1 to F-3\nhint: see the findings with: huntcase findings --all\n"
    );
    folder.run(&["show", "web01"]).code(2);
}

#[test]
fn a_command_line_that_begins_as_a_formula_is_guarded_in_csv() {
    let folder = Folder::new();
    folder.write("formula.csv", export_of(&["=cmd|'/c whoami'!A1"]));
    folder.run(&["run", "formula.csv"]).code(0);
    let show = ["show", "F-1", "--format", "csv"];
    assert_eq!(csv_rows(&folder.run(&show).stdout)[0]["processCommandLine"], "'=cmd|'/c whoami'!A1");
    let bare = folder.run(&[&show[..], &["--no-formula-guard"]].concat());
    assert_eq!(csv_rows(&bare.stdout)[0]["processCommandLine"], "=cmd|'/c whoami'!A1");
    let json = folder.run(&["show", "F-1", "--json"]).json();
    assert_eq!(json["finding"]["evidence"][0]["processCommandLine"], "=cmd|'/c whoami'!A1");
}

#[test]
fn nothing_that_drives_a_terminal_or_deceives_its_reader_comes_through() {
    let folder = Folder::new();
    let nasty = "cmd /c whoami \u{1b}]0;owned\u{7}\u{1b}[2J\r\n\t\u{202e}gpj.exe\u{200b}\u{9b}31m";
    let export = export_of(&[nasty]).replace("web09", "\"web\u{1b}[31m09\u{202e}\"");
    folder.write("nasty.csv", format!("{export}half,\u{1b}[2Ja row"));
    folder.run(&["run", "nasty.csv", "--as", "kim\u{202e}"]).code(0);
    folder.run(&["note", "F-1", "seen \u{1b}[31m\u{202e}"]).code(0);
    let commands: [&[&str]; 9] = [
        &["run", "nasty.csv"],
        &["findings"],
        &["show", "F-1"],
        &["devices"],
        &["rules", "result", "detect"],
        &["imports", "list"],
        &["imports", "show", "1"],
        &["imports", "show", "1", "--rejects"],
        &["query", "SELECT DeviceName, ProcessCommandLine AS \"\u{1b}[31m\" FROM DeviceProcessEvents"],
    ];
    for command in commands {
        let text = folder.run(command).code(0).text();
        assert!(!text.is_empty(), "{command:?}");
        let raw = |c: &char| (c.is_control() && *c != '\n') || ['\u{202e}', '\u{200b}'].contains(c);
        assert_eq!(text.chars().find(raw), None, "{command:?}:\n{}", text.escape_debug());
    }
    assert!(
        folder.run(&["show", "F-1"]).stdout.contains("\\x1b]0;owned\\x07\\x1b[2J\\r\\n\\t\\u{202e}gpj.exe")
    );
    let json = folder.run(&["show", "F-1", "--json"]).json();
    assert_eq!(json["finding"]["evidence"][0]["processCommandLine"], nasty, "programs get the text itself");
}
