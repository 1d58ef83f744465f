//! `huntcase imports`

use super::support::{Folder, assert_expected, assert_formats_agree, export_of};

#[test]
fn imports_are_listed_and_shown() {
    let folder = Folder::with_case();
    let list = folder.run(&["imports", "list"]).code(0).text();
    let show = folder.run(&["imports", "show", "2"]).code(0).text();
    assert_expected("imports.txt", &format!("{list}\n{show}"));
    assert_formats_agree(&folder, &["imports", "list"], "imports");
}

#[test]
fn rejected_rows_are_kept_as_they_stood() {
    let folder = Folder::with_case();
    let rejects = folder.run(&["imports", "show", "3", "--rejects"]).code(0);
    assert_expected("imports_rejects.txt", &rejects.text());
    assert_formats_agree(&folder, &["imports", "show", "3", "--rejects"], "rejects");
    assert_eq!(folder.run(&["imports", "show", "1", "--rejects"]).code(0).stdout, "");
}

#[test]
fn a_row_that_contradicts_its_event_is_kept_aside() {
    let folder = Folder::new();
    folder.write("one.csv", export_of(&["whoami", "hostname"]));
    folder.write("two.csv", export_of(&["whoami", "hostname /x"]));
    let ran = folder.run(&["ingest", "one.csv", "two.csv"]).code(0);
    assert!(ran.stdout.contains("  1 row against events already known, kept aside"), "{}", ran.stdout);
    assert!(ran.stdout.contains("huntcase imports show 2 --conflicts"), "{}", ran.stdout);
    let conflicts = folder.run(&["imports", "show", "2", "--conflicts", "--json"]).code(0).json();
    assert_eq!(conflicts["conflicts"][0]["columns"], serde_json::json!(["ProcessCommandLine"]));
    assert_eq!(conflicts["conflicts"][0]["row"]["ProcessCommandLine"], "hostname /x");
    let kept =
        folder.run(&["query", "SELECT ProcessCommandLine FROM DeviceProcessEvents", "--format", "csv"]);
    assert_eq!(kept.stdout, "ProcessCommandLine\nwhoami\nhostname\n");
}

#[test]
fn an_unknown_import_ends_with_2() {
    let ran = Folder::with_case().run(&["imports", "show", "9"]).code(2);
    assert_eq!(ran.stderr, "error: no import \"9\"\nhint: see the imports with: huntcase imports list\n");
}
