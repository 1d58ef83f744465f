//! `huntcase suppress`

use super::support::{DAYS, Folder, assert_expected, assert_formats_agree};

const AGENT: [&str; 10] = [
    "suppress",
    "add",
    "--rule",
    "detect",
    "--command",
    "startswith",
    "CMD.exe /c \"timeout /t 5",
    "--expires",
    "30d",
    "--why=the agent",
];

#[test]
fn what_is_suppressed_is_shown_before_hidden_counted_and_brought_back() {
    let folder = Folder::with_case();
    let before = folder.run(&["findings", "--json"]).stdout;
    let tried = folder.run(&[&AGENT[..], &["--dry-run"]].concat()).code(0);
    assert!(tried.stdout.contains("app02") && !tried.stdout.contains("web01"), "{}", tried.stdout);
    assert_eq!(tried.stderr, "dry run: 1 finding would be hidden, nothing was changed\n");
    assert_eq!(folder.run(&["findings", "--json"]).stdout, before);

    folder.run(&AGENT).code(0);
    assert_expected("findings_suppressed.txt", &folder.run(&["findings"]).code(0).text());
    assert_expected("suppress_list.txt", &folder.run(&["suppress", "list"]).code(0).text());
    let hidden = folder.run(&["findings", "--hidden", "--json"]).json();
    assert_eq!(
        (&hidden["findings"][0]["id"], &hidden["findings"][0]["eventsHidden"]),
        (&"F-1".into(), &12.into())
    );
    assert!(folder.run(&["show", "F-1"]).code(0).stdout.contains("Evidence (0, 12 hidden by S-1)"));
    let status = folder.run(&["status", "--json"]).json();
    assert_eq!(
        (&status["status"]["suppressionsActive"], &status["status"]["eventsHidden"]),
        (&1.into(), &12.into())
    );

    let lifted = folder.run(&["suppress", "lift", "S-1", "--restore", "--why", "the agent is gone"]).code(0);
    assert!(lifted.stderr.contains("S-1: 1 finding shown again"), "{}", lifted.stderr);
    assert!(folder.run(&["findings"]).stdout.contains("app02"));
    folder.run(&["suppress", "lift", "S-1"]).code(2);
}

#[test]
fn what_comes_later_is_hidden_and_the_run_says_how_much() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0]]).code(0);
    folder.run(&AGENT).code(0);
    let run = folder.run(&["run", DAYS[1]]).code(0).stdout;
    assert!(run.contains("1 new finding, 0 updated"), "{run}");
    assert!(run.contains("4 events hidden by suppressions, 9 in all"), "{run}");
    let json = folder.run(&["run", DAYS[2], "--json"]).code(0).json();
    assert_eq!(json["run"]["eventsHidden"], 3);
}

#[test]
fn a_finding_is_raised_and_resolved_with_the_verdict_of_a_suppression() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0]]).code(0);
    let verdict =
        ["--action", "resolve", "--verdict", "benign", "--determination", "line-of-business-application"];
    folder.run(&[&AGENT[..], &verdict].concat()).code(0);
    folder.run(&["run", DAYS[1]]).code(0);
    let all = folder.run(&["findings", "--all", "--json"]).json();
    let agent = all["findings"].as_array().unwrap().iter().find(|f| f["id"] == "F-1").unwrap().clone();
    assert_eq!(
        (&agent["status"], &agent["determination"], &agent["events"], &agent["eventsSinceResolved"]),
        (&"resolved".into(), &"lineOfBusinessApplication".into(), &9.into(), &4.into())
    );
}

#[test]
fn all_formats_give_the_same_rows() {
    let folder = Folder::with_case();
    folder.run(&AGENT).code(0);
    let rows = assert_formats_agree(&folder, &["suppress", "list"], "suppressions");
    assert_eq!((&rows[0]["id"], &rows[0]["commandOperator"]), (&"S-1".into(), &"startswith".into()));
    assert_eq!(rows[0]["expiresAt"], "2026-06-06T08:00:00.0000000Z");
}

#[test]
fn one_that_says_too_little_or_what_cannot_be_is_refused_and_changes_nothing() {
    let folder = Folder::with_case();
    let add = ["suppress", "add", "--rule", "detect"];
    let rest = ["--expires", "never", "--why", "x"];
    let device = ["--device", "app02"];
    for (options, said) in [
        ([&rest[..], &[]].concat(), "needs a scope: --device, --account, --command-line or --command"),
        ([&device[..], &["--expires", "never", "--why", " "]].concat(), "a suppression needs a reason"),
        ([&device[..], &["--expires", "never"]].concat(), "--why <TEXT>"),
        ([&device[..], &["--why", "x"]].concat(), "--expires <WHEN>"),
        ([&device[..], &["--expires", "2026-05-06", "--why", "x"]].concat(), "expected a time in the future"),
        ([&rest[..], &["--command", "has", " "]].concat(), "--command: found a blank text"),
        ([&rest[..], &["--command", "has_any", "[\"a\", \"\"]"]].concat(), "--command: found a blank text"),
        ([&rest[..], &["--command", "!in~", "[]"]].concat(), "--command: found a blank text"),
        ([&rest[..], &["--command-line", ""]].concat(), "--command: found a blank text"),
        ([&rest[..], &["--device", "app09"]].concat(), "no device \"app09\""),
        ([&rest[..], &["--command", "hass", "x"]].concat(), "found operator \"hass\", expected one of =="),
        ([&rest[..], &["--command", "matches regex", "("]].concat(), "is not a regular expression"),
        ([&rest[..], &device, &["--action", "resolve"]].concat(), "needs a verdict"),
        ([&rest[..], &device, &["--verdict", "fp"]].concat(), "say --action resolve"),
        (
            [&rest[..], &device, &["--action", "resolve", "--verdict", "fp", "--determination", "malware"]]
                .concat(),
            "malware does not go with fp",
        ),
    ] {
        let ran = folder.run(&[&add[..], &options].concat()).code(2);
        assert!(ran.stderr.contains(said), "{options:?}: {}", ran.stderr);
    }
    let none = folder.run(&["suppress", "list"]).code(0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "no suppressions\n"));
}
