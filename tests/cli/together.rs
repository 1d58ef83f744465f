//! Two analysts at work in one case.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::{DAYS, Folder};

fn ids(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let list = folder.run(&[&["findings", "--ids"], arguments].concat()).code(0).stdout;
    list.lines().map(str::to_owned).collect()
}

#[test]
fn each_analyst_is_told_what_is_new_since_looking_and_listing_is_not_looking() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1]]).code(0);
    let unseen = |who| ids(&folder, &["--since", "last-review", "--as", who]);
    assert_eq!(
        (unseen("kim"), unseen("kim")),
        (vec!["F-2".into(), "F-1".into()], vec!["F-2".into(), "F-1".into()])
    );
    folder.run(&["show", "F-1"]).code(0);
    assert_eq!(unseen("kim"), ["F-2"]);
    assert_eq!(unseen("lee"), ["F-2", "F-1"], "lee has looked at nothing");
    folder.run(&["run", DAYS[2]]).code(0);
    let again = folder.run(&["show", "F-1"]).code(0).stdout;
    assert!(again.contains("Evidence (12, 3 new since you looked, marked *)"), "{again}");
    assert_eq!(again.lines().filter(|line| line.starts_with("* ")).count(), 3);
    assert_eq!(unseen("kim"), ["F-3", "F-2"]);
    folder.run(&["set", "F-1", "--severity", "low"]).code(0);
    assert_eq!(unseen("kim"), ["F-3", "F-2"], "one's own changes are no news");
    folder.run(&["note", "F-1", "mine", "--as", "lee"]).code(0);
    assert_eq!(unseen("kim"), ["F-3", "F-1", "F-2"], "another's are");
}

#[test]
fn a_finding_that_somebody_else_resolved_since_one_looked_is_news() {
    let folder = Folder::with_case();
    let news = || ids(&folder, &["--since", "last-review"]);
    folder.run(&["set", "F-3", "--status", "resolved", "--verdict", "fp", "--as", "lee"]).code(0);
    assert_eq!(news(), ["F-1", "F-2"], "what another has done with before one looked is no news");
    folder.run(&["show", "F-1"]).code(0);
    folder.run(&["set", "F-1", "--status", "resolved", "--verdict", "fp", "--as", "lee"]).code(0);
    assert_eq!(news(), ["F-1", "F-2"]);
    folder.run(&["show", "F-1"]).code(0);
    assert_eq!(news(), ["F-2"]);
}

#[test]
fn what_changed_since_a_time_is_listed() {
    let folder = Folder::with_case();
    fn later<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
        [arguments, &["--now", "2026-05-09T08:00:00Z"]].concat()
    }
    assert_eq!(ids(&folder, &later(&["--since", "1d"])).len(), 0);
    folder.run(&later(&["note", "F-2", "look"])).code(0);
    assert_eq!(ids(&folder, &later(&["--since", "1d"])), ["F-2"]);
    assert_eq!(ids(&folder, &later(&["--since", "2026-05-01"])).len(), 3);
    for when in ["2027-01-01", "yesterday"] {
        folder.run(&["findings", "--since", when]).code(2);
    }
}

#[test]
fn a_field_that_somebody_else_changed_since_one_looked_is_not_overwritten_unseen() {
    let folder = Folder::with_case();
    folder.run(&["show", "F-1"]).code(0);
    folder.run(&["set", "F-1", "--status", "in-progress", "--as", "lee"]).code(0);
    let noticed = folder.run(&["set", "F-1", "--severity", "high"]).code(0);
    let words = "F-1: lee set status to inProgress at 2026-05-07 08:00:00Z since you looked";
    assert_eq!(noticed.stderr, format!("{words}\n"), "another field is changed, and it is said");

    folder.run(&["show", "F-1", "--as", "lee"]).code(0);
    folder.run(&["set", "F-1", "--severity", "low", "--as", "lee"]).code(0);
    let refused = folder.run(&["set", "F-1", "--severity", "medium", "--assign", "kim"]).code(2);
    assert!(refused.stderr.contains("lee set severity to low"), "{}", refused.stderr);
    assert!(refused.stderr.contains("huntcase show F-1, or go on with --force"), "{}", refused.stderr);
    let finding =
        || folder.run(&["findings", "--json", "--where", "device=app02"]).json()["findings"][0].clone();
    assert_eq!((&finding()["severity"], &finding()["assignedTo"]), (&"low".into(), &"".into()));
    folder.run(&["show", "F-1"]).code(0);
    folder.run(&["set", "F-1", "--severity", "medium"]).code(0);
    folder.run(&["set", "F-1", "--severity", "low", "--as", "lee", "--force"]).code(0);
    folder.run(&["set", "F-1", "--severity", "high", "--force"]).code(0);
    assert_eq!(finding()["severity"], "high");
}

#[test]
fn findings_are_chosen_by_range_filter_and_standard_input() {
    let folder = Folder::with_case();
    let touched = |arguments: &[&str]| {
        let rows = folder
            .run(&[&["set"], arguments, &["--dry-run", "--format", "jsonl", "--tag", "x"]].concat())
            .code(0);
        let id = |line: &str| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
        };
        rows.stdout.lines().map(id).collect::<Vec<_>>()
    };
    assert_eq!(touched(&["F-2..F-3"]), ["F-2", "F-3"]);
    assert_eq!(touched(&["1..2", "F-2"]), ["F-1", "F-2"]);
    assert_eq!(touched(&["--where", "device=web01"]), ["F-2"]);
    assert_eq!(touched(&["--where", "command~=WHOAMI,account=\"iis apppool\\shop\""]), ["F-2"]);
    assert_eq!(touched(&["--where", "device!=web01", "--where", "rule=detect"]), ["F-3", "F-1"]);
    assert_eq!(touched(&["1..3", "--where", "account=svc-monitor"]), ["F-1"]);
    folder.run(&["set", "F-1", "--status", "resolved", "--verdict", "fp"]).code(0);
    assert_eq!(touched(&["--where", "rule=detect"]), ["F-3", "F-2"], "open ones");
    assert_eq!(touched(&["--where", "status=resolved"]), ["F-1"]);
    assert_eq!(touched(&["--where", "hunt=h-1,verdict!=unknown,status=resolved"]), ["F-1"]);
    for blank in ["rule=", "command~="] {
        let refused = folder.run(&["set", "--where", blank, "--tag", "x"]).code(2);
        assert!(refused.stderr.contains("found nothing, expected what to look for"), "{}", refused.stderr);
    }
    folder.run(&["set", "--where", "device=nope", "--tag", "x"]).code(2);
    let hyphen = folder.run(&["set", "F-1-F-3", "--tag", "x"]).code(2);
    assert!(hyphen.stderr.contains("or a range such as F-1..F-3"), "{}", hyphen.stderr);
    folder.run(&["set", "F-7..F-9", "--tag", "x"]).code(2);
    folder.run(&["set", "--tag", "x"]).code(2);

    let piped = folder.run_with_input(&["set", "-", "--tag", "+a,b", "--json"], b"F-2\nF-3\n").code(0).json();
    assert_eq!(piped["findings"][0]["tags"], serde_json::json!(["a", "b"]));
    folder.run(&["set", "F-2", "--tag", "-a,+c"]).code(0);
    assert_eq!(ids(&folder, &["--where", "tag=c,tag!=a"]), ["F-2"]);
    for (input, said) in
        [(&b"web01"[..], "expected a finding such as F-3"), (b"\n", "found nothing"), (b"\xff", "UTF-8")]
    {
        let ran = folder.run_with_input(&["set", "-", "--tag", "x"], input).code(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn whoever_finds_the_case_locked_is_told_by_whom() {
    let folder = Folder::with_case();
    // An ingest holds the case as long as its standard input goes on.
    let mut holding = folder.command(&["ingest", "-", "--as", "lee"]);
    let mut holding =
        holding.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let rows = folder.read(DAYS[0]);
    let (head, row) = (rows.lines().next().unwrap(), rows.lines().nth(1).unwrap());
    let mut input = holding.stdin.take().unwrap();
    input.write_all(format!("{head}\n{}", format!("{row}\n").repeat(20_000)).as_bytes()).unwrap();
    let started = Instant::now();
    while !folder.exists("case.db-writer") {
        assert!(started.elapsed() < Duration::from_secs(60), "nobody says who writes");
        std::thread::sleep(Duration::from_millis(10));
    }
    let shown = folder.run(&["show", "F-1"]).code(0);
    let held = "case.db: locked by lee (huntcase ingest, since 2026-05-07 08:00:00Z); try again";
    assert_eq!(shown.stderr, format!("not noted that you have seen F-1: {held}\n"), "reading goes on");
    let refused = folder.run(&["set", "F-1", "--status", "in-progress"]).code(5);
    assert_eq!(refused.stderr, format!("error: {held}\n"));
    drop(input);
    assert!(holding.wait().unwrap().success());
    folder.run(&["set", "F-1", "--status", "in-progress"]).code(0);
    assert!(!folder.exists("case.db-writer"));
}
