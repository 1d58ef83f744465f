//! `huntcase findings`

use super::support::{DAYS, Folder, assert_expected, assert_formats_agree, csv_rows};

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
    let table: [(&[&str], &[&str]); 8] = [
        (&[], &["F-3", "F-2"]),
        (&["--all"], &["F-3", "F-1", "F-2"]),
        (&["--status", "resolved"], &["F-1"]),
        (&["--status", "in-progress"], &[]),
        (&["--device", "WEB01"], &["F-2"]),
        (&["--all", "--device", "33108a839d85fa4a20dec1978db91d9d7a1ed2cd"], &["F-1"]),
        (&["--rule", "detect-suspicious"], &["F-3", "F-2"]),
        (&["--device", "intra04.example", "--where", "severity=medium"], &["F-3"]),
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
    let none = ["findings", "--status", "in-progress"];
    let table = folder.run(&none).code(0);
    assert_eq!(table.stdout, "");
    let rejected = "1 row rejected, which no rule saw; huntcase imports list says of which files\n";
    assert_eq!(table.stderr, format!("no in-progress findings; 3 new\n{rejected}"));
    let json = folder.run(&[&none[..], &["--json"]].concat()).json();
    assert_eq!((&json["findings"], &json["limits"]["rowsRejected"]), (&serde_json::json!([]), &1.into()));
    assert_eq!(folder.run(&[&none[..], &["--quiet"]].concat()).text(), "");
}

#[test]
fn matches_that_a_window_left_out_are_listed_until_a_run_takes_them_up() {
    let folder = Folder::new();
    folder.run(&["run", DAYS[0], DAYS[1], "--lookback", "6h"]).code(0);
    let outside = csv_rows(&folder.run(&["findings", "--outside", "--format", "csv"]).code(0).stdout);
    let said = folder.run(&["findings"]).code(0).stderr;
    let expected = format!("{} matches in no finding, since a window left them out", outside.len());
    assert!(outside.len() > 1 && said.contains(&expected), "{said}");
    assert!(outside[0]["reasons"].contains("\"column\""), "{:?}", outside[0]);
    let whole = folder.run(&["run", "--json"]).json();
    assert_eq!(whole["run"]["limits"]["matchesOutside"], 0);
    let none = folder.run(&["findings", "--outside"]).code(0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "every match of a rule is in a finding\n"));
}

#[test]
fn a_filter_that_names_something_unknown_is_an_error_with_the_nearest_names() {
    let folder = Folder::with_case();
    let rule = "detect-suspicious-commands-initiated-by-web-server-processes";
    let device = "no device \"wbe01\", expected web01.example.com (the nearest of 7)";
    let account = "no account \"svc-montor\", expected svc-monitor (the nearest of";
    let analyst = "no analyst \"lee\", expected kim";
    let rule = format!("no rule \"nosuch\", expected {rule}");
    let table: [(&[&str], &str); 14] = [
        (&["findings", "--where", "device=wbe01"], device),
        (&["findings", "--device", "wbe01", "--all"], device),
        (&["findings", "--hidden", "--device", "wbe01"], device),
        (&["report", "--where", "device=wbe01"], device),
        (&["set", "--where", "device=wbe01", "--tag", "x", "--yes"], device),
        (&["set", "F-1", "--where", "device=wbe01", "--tag", "x"], device),
        (&["devices", "review", "wbe01"], device),
        (&["findings", "--where", "account=svc-montor"], account),
        (&["findings", "--where", "assigned=lee"], analyst),
        (&["history", "--by", "lee"], analyst),
        (&["history", "wbe01"], "no rule or device \"wbe01\", expected web01.example.com (the nearest of 8)"),
        (&["findings", "--rule", "nosuch"], &rule),
        (&["findings", "--where", "hunt=H-7"], "no hunt \"H-7\", expected H-1 (detect-suspicious"),
        (&["findings", "--where", "status=done"], "status: found \"done\", expected one of new, in-progress"),
    ];
    for (arguments, said) in table {
        let ran = folder.run(arguments).code(2);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    for known in
        ["device!=wbe01", "device~=wbe01", "assigned=", "assigned=KIM", "rule=detect", "tag=none", "hunt=h-1"]
    {
        folder.run(&["findings", "--where", known]).code(0);
    }
}

#[test]
fn a_filter_that_selects_nothing_says_what_there_is_instead() {
    let folder = Folder::with_case();
    folder.run(&["set", "F-2", "--status", "resolved", "--verdict", "fp"]).code(0);
    let table: [(&[&str], &str); 6] = [
        (&["--device", "web01"], "no open findings on web01.example.com; 1 resolved (--all shows it)\n"),
        (
            &["--where", "device=web01", "--ids"],
            "no open findings on web01.example.com; 1 resolved (--all shows it)\n",
        ),
        (&["--where", "device=web01,status=new"], "no new findings on web01.example.com; 1 resolved\n"),
        (&["--all", "--device", "dc01"], "no findings on dc01.example.com; there are 3 of other kinds\n"),
        (
            &["--where", "tag=x,command~=who am i"],
            "no open findings with tag=x and \"command~=who am i\"; there are 3 of other kinds\n",
        ),
        (&["--hidden"], "suppressions hide no evidence of findings of this kind\n"),
    ];
    for (arguments, said) in table {
        let stderr = folder.run(&[&["findings"], arguments].concat()).stderr;
        assert!(stderr.starts_with(said), "{arguments:?}: {stderr}");
    }
    folder.run(&["show", "F-1"]).code(0);
    folder.run(&["show", "F-3"]).code(0);
    let news = folder.run(&["findings", "--since", "last-review", "--where", "status=open"]).code(0);
    let said = "nothing new since last-review; 2 findings without --since\n";
    assert!(news.stderr.starts_with(said), "{}", news.stderr);
    let empty = Folder::new();
    empty.run(&["ingest", super::support::DAYS[0]]).code(0);
    let none = empty.run(&["findings", "--where", "severity=high"]).code(0).stderr;
    assert!(none.starts_with("no findings yet\n21 events not asked about by every rule yet"), "{none}");
}
