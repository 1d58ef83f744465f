use serde_json::Value;

use super::support::{Folder, assert_expected, csv_rows};

fn judged() -> Folder {
    let folder = Folder::with_case();
    let benign =
        ["set", "F-1", "--status", "resolved", "--verdict", "benign", "--why", "the monitoring agent"];
    folder.run(&benign).code(0);
    folder.run(&["set", "F-2", "--status", "resolved", "--verdict", "tp", "--tag", "urgent"]).code(0);
    folder.run(&["note", "F-2", "isolated the server"]).code(0);
    folder
}

#[test]
fn without_a_file_a_report_is_text_for_a_ticket() {
    assert_expected("report.md", &judged().run(&["report"]).code(0).text());
}

#[test]
fn the_kind_follows_the_ending_or_the_format() {
    let folder = judged();
    for (arguments, start) in [
        (vec!["-o", "a.html"], "<!DOCTYPE html>"),
        (vec!["-o", "a.md"], "# Hunt report"),
        (vec!["-o", "a.csv"], "id,rule,"),
        (vec!["-o", "b.csv", "--evidence"], "finding,rule,"),
        (vec!["-o", "a.json"], "{\"schema_version\":1"),
        (vec!["-o", "a.jsonl"], "{\"asOf\":"),
        (vec!["-o", "a.NDJSON"], "{\"asOf\":"),
        (vec!["-o", "a.kql"], "//"),
        (vec!["-o", "a.txt", "--format", "md"], "# Hunt report"),
        (vec!["-o", "t.jsonl", "--format", "timesketch"], "{\"message\":"),
        (vec!["-o", "t.csv", "--format", "timesketch"], "message,datetime,timestamp_desc"),
        (vec!["-o", "layer.json", "--format", "navigator"], "{"),
    ] {
        folder.run(&[vec!["report"], arguments.clone()].concat()).code(0);
        let text = folder.read(arguments[1]);
        assert!(text.starts_with(start), "{arguments:?}: {}", &text[..60]);
    }
    let layer: Value = serde_json::from_str(&folder.read("layer.json")).unwrap();
    assert_eq!(layer["domain"], "enterprise-attack");
    folder.run(&["report", "-o", "a.xlsx"]).code(0);
    assert_eq!(std::fs::read(folder.path("a.xlsx")).unwrap()[..2], *b"PK");
}

#[test]
fn what_cannot_be_a_report_is_refused_before_anything_is_written() {
    let folder = judged();
    for (arguments, problem) in [
        (vec!["-o", "a.pdf"], "found a file that ends in .pdf, expected --format html, md,"),
        (vec!["--format", "table"], "found table, expected --format html, md,"),
        (vec!["-o", "a.html", "--evidence"], "--evidence goes with --format csv"),
        (vec!["--since", "yesterday"], "--since: found \"yesterday\", expected last-report, a span"),
        (vec!["--hunt", "H-9"], "no hunt \"H-9\""),
    ] {
        let ran = folder.run(&[vec!["report"], arguments].concat()).code(2);
        assert!(ran.stderr.contains(problem), "{}", ran.stderr);
    }
    assert!(!folder.exists("a.pdf") && !folder.exists("a.html"));
    let ran = folder.run(&["findings", "--format", "html"]).code(2);
    assert!(ran.stderr.contains("the other formats are those of huntcase report"), "{}", ran.stderr);
}

#[test]
fn a_file_is_replaced_only_with_force_and_is_its_owners_alone() {
    let folder = judged();
    folder.write("a.html", "mine");
    let ran = folder.run(&["report", "-o", "a.html"]).code(2);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    assert_eq!(folder.read("a.html"), "mine");
    folder.run(&["report", "-o", "a.html", "--force"]).code(0);
    assert!(folder.read("a.html").starts_with("<!DOCTYPE html>"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.path("a.html")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(folder.run(&["report", "--format", "html", "-o", "-"]).code(0).stdout, folder.read("a.html"));
}

#[test]
fn filters_choose_findings_and_the_report_says_that_it_is_a_part() {
    let folder = judged();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let ran = folder.run(&[&["report", "--format", "csv"], arguments].concat()).code(0);
        csv_rows(&ran.stdout).into_iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(ids(&[]), ["F-2", "F-3", "F-1"]);
    assert_eq!(ids(&["--where", "status=open"]), ["F-3"]);
    assert_eq!(ids(&["--hunt", "H-1", "--where", "verdict=tp"]), ["F-2"]);
    assert_eq!(ids(&["--since", "2026-05-07T07:00:00Z"]), ["F-2", "F-3", "F-1"]);
    let page = folder.run(&["report", "--format", "html", "--where", "status=open"]).code(0).stdout;
    assert!(page.contains("this report tells a part"));
}

#[test]
fn the_next_report_says_what_is_new() {
    let folder = judged();
    let write = |arguments: &[&str]| {
        folder.run(&[&["report", "--force", "-o", "r.md"], arguments].concat()).code(0).stderr
    };
    let reports =
        || folder.run(&["query", "SELECT count(*) AS n FROM report", "--format", "csv"]).code(0).stdout;
    folder.run(&["report"]).code(0);
    assert_eq!(reports(), "n\n0\n", "what is only looked at is not handed over");
    assert_eq!(write(&[]), "the next report says what is new since this one\n");
    let first = folder.read("r.md");
    assert!(first.contains("This is the first report"));
    write(&[]);
    assert_eq!(folder.read("r.md"), first, "the same case gives the same report");
    folder.run(&["set", "F-3", "--status", "in-progress"]).code(0);
    assert_eq!(write(&["--where", "status=open"]), "");
    assert_eq!(reports(), "n\n1\n", "a part is no report of all");
    write(&["--since", "last-report"]);
    let news = folder.read("r.md");
    assert!(news.contains("- Since 2026-05-07 08:00:00Z: 0 new findings, 1 changed\n"), "{news}");
    assert_eq!(news.matches("\n## F-").count(), 1);
    write(&[]);
    let whole = folder.read("r.md");
    assert!(
        whole.contains("0 new findings, 1 changed"),
        "the page of today does not empty the news of today"
    );
    folder.run(&["note", "F-1", "asked again"]).code(0);
    write(&["--since", "last-report"]);
    assert!(folder.read("r.md").contains("\n## F-1"), "the next news begin where these end");
    assert!(!folder.read("r.md").contains("\n## F-3"));
}

#[test]
fn a_filter_that_selects_nothing_gives_no_all_clear() {
    let folder = judged();
    let ran = folder.run(&["report", "--where", "device=dc01", "--format", "html"]).code(0);
    assert!(ran.stdout.contains("No finding is of the kind that was asked for."));
    assert!(!ran.stdout.contains("There are no findings"));
    assert_eq!(ran.stderr, "no findings on dc01.example.com; there are 3 of other kinds\n");
    let since = folder.run(&["report", "--since", "2026-05-07T08:00:00Z", "--where", "tag~=nosuch"]).code(0);
    assert_eq!(since.stderr, "no findings with tag~=nosuch; there are 3 of other kinds\n");
}

#[test]
fn a_span_counts_back_from_the_data_and_not_from_the_clock() {
    let folder = judged();
    let at = |now: &str| {
        let mut command = folder.command(&["report", "--format", "json", "--since", "2d"]);
        super::support::finish(command.env("HUNTCASE_NOW", now)).code(0).stdout
    };
    assert_eq!(at("2026-05-08T00:00:00Z"), at("2027-01-01T00:00:00Z"));
}

#[test]
fn the_schema_is_printed_without_a_case() {
    let schema = Folder::new().run(&["report", "--schema"]).code(0).json();
    assert_eq!(schema["title"], "huntcase report");
}

#[test]
fn a_case_that_has_not_run_says_so() {
    let folder = Folder::new();
    folder.run(&["ingest", super::support::DAYS[0]]).code(0);
    for format in ["html", "md", "json", "jsonl", "csv", "xlsx", "timesketch", "navigator", "kql"] {
        folder.run(&["report", "--format", format, "-o", &format!("out.{format}")]).code(0);
    }
    assert!(folder.read("out.html").contains("No rule has run yet"));
    assert!(folder.read("out.md").contains("No rule has run yet"));
}

#[test]
fn every_kind_has_the_same_bytes_whatever_the_clock() {
    let folder = judged();
    for format in ["html", "md", "csv", "json", "jsonl", "xlsx", "timesketch", "navigator", "kql"] {
        let [first, second] = ["2026-05-08T00:00:00Z", "2031-01-01T00:00:00Z"].map(|now| {
            let mut command = folder.command(&["report", "--format", format, "-o", "r", "--force"]);
            super::support::finish(command.env("HUNTCASE_NOW", now)).code(0);
            std::fs::read(folder.path("r")).unwrap()
        });
        assert!(!first.is_empty() && first == second, "{format}");
    }
}
