//! Options that every command has, and what holds for all commands.

use super::support::{DAYS, Folder, csv_rows, finish};

#[test]
fn the_case_is_named_before_or_after_the_command_or_by_the_environment() {
    let folder = Folder::new();
    folder.run(&["--case", "a.db", "run", DAYS[0]]).code(0);
    folder.run(&["run", DAYS[0], "--case", "b.db"]).code(0);
    finish(folder.command(&["run", DAYS[0]]).env("HUNTCASE_CASE", "c.db")).code(0);
    folder.write("home/config/huntcase/config.toml", "case = \"d.db\"\n");
    folder.run(&["run", DAYS[0]]).code(0);
    for case in ["a.db", "b.db", "c.db", "d.db"] {
        assert!(folder.exists(case), "{case}");
        folder.run(&["--case", case, "show", "F-1"]).code(0);
    }
    assert!(!folder.exists("case.db"));
}

#[test]
fn without_a_case_every_command_that_needs_one_ends_with_3_and_makes_none() {
    let folder = Folder::new();
    let commands: [&[&str]; 12] = [
        &["run"],
        &["findings"],
        &["show", "F-1"],
        &["set", "F-1", "--assign", "lee"],
        &["note", "F-1", "x"],
        &["devices"],
        &["rules", "result", "detect"],
        &["imports", "list"],
        &["query", "SELECT 1"],
        &["status"],
        &["prune", "--before", "2026-05-05"],
        &["optimize"],
    ];
    for command in commands {
        let ran = folder.run(command).code(3);
        assert_eq!(
            ran.stderr, "error: no case \"case.db\"\nhint: make one with: huntcase run EXPORT.csv\n",
            "{command:?}"
        );
        assert!(!folder.exists("case.db"), "{command:?}");
    }
}

#[test]
fn a_file_that_is_no_case_ends_with_5_and_is_left_alone() {
    let folder = Folder::new();
    let before = folder.read(DAYS[0]);
    let ran = folder.run(&["--case", DAYS[0], "run", DAYS[1]]).code(5);
    assert!(ran.stderr.contains("this is not a case of huntcase"), "{}", ran.stderr);
    assert_eq!(folder.read(DAYS[0]), before);
}

#[test]
fn errors_are_json_where_the_answer_is() {
    let folder = Folder::with_case();
    let table: [(&[&str], u8); 5] = [
        (&["show", "F-99", "--json"], 2),
        (&["--format", "jsonl", "query", "SELECT nothing"], 1),
        (&["--json", "set", "F-1", "--status", "resolved"], 2),
        (&["set", "F-1", "--status", "done", "--json"], 2),
        (&["--json", "frobnicate"], 2),
    ];
    for (command, code) in table {
        let ran = folder.run(command).code(code);
        let error: serde_json::Value = serde_json::from_str(&ran.stderr).expect(&ran.stderr);
        assert_eq!(error["error"]["exitCode"], code, "{command:?}");
        assert!(error["error"]["message"].as_str().is_some_and(|text| !text.contains('\n')), "{error}");
    }
}

#[test]
fn an_output_file_is_not_overwritten_unless_forced_and_only_its_owner_can_read_it() {
    let folder = Folder::with_case();
    let to_file = ["findings", "--format", "csv", "-o", "answer.csv"];
    assert_eq!(folder.run(&to_file).code(0).stdout, "");
    assert_eq!(csv_rows(&folder.read("answer.csv")).len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path("answer.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    folder.write("answer.csv", "mine");
    let refused = folder.run(&to_file).code(2);
    assert!(refused.stderr.contains("overwrite it with --force"), "{}", refused.stderr);
    assert_eq!(folder.read("answer.csv"), "mine");
    folder.run(&[&to_file[..], &["--force"]].concat()).code(0);
    assert_eq!(csv_rows(&folder.read("answer.csv")).len(), 3);
    let out = folder.run(&["findings", "--format", "csv", "-o", "-"]).code(0);
    assert_eq!(out.stdout, folder.read("answer.csv"));
}

#[test]
fn an_answer_never_overwrites_the_case_or_an_input_not_even_by_force() {
    let folder = Folder::with_case();
    let (case, export) = (std::fs::read(folder.path("case.db")).unwrap(), folder.read(DAYS[0]));
    std::fs::create_dir(folder.path("answers")).unwrap();
    let refused = |command: &[&str], target: &str, why: &str| {
        let ran = folder.run(&[command, &["--force", "-o", target]].concat()).code(2);
        assert!(ran.stderr.contains(why), "{command:?} to {target}: {}", ran.stderr);
    };
    for target in ["case.db", "./tests/../case.db"] {
        refused(&["findings"], target, "this is the case");
    }
    for target in ["case.db-wal", "case.db-shm"] {
        refused(&["findings"], target, "a part of the case");
    }
    refused(&["--case", "fresh.db", "run", DAYS[0]], "fresh.db", "this is the case");
    assert!(!folder.exists("fresh.db"));
    for command in ["run", "ingest"] {
        refused(&[command, DAYS[0]], DAYS[0], "one of the files to take in");
    }
    refused(&["findings"], "answers", "this is a folder");
    #[cfg(unix)]
    {
        refused(&["findings"], "/dev/null", "not a regular file; -o - writes");
        refused(&["findings"], "/dev/stdout", "-o - writes to standard output");
        std::os::unix::fs::symlink(folder.path("case.db"), folder.path("link.db")).unwrap();
        refused(&["findings"], "link.db", "this is the case");
        refused(&["--case", "link.db", "findings"], "case.db", "this is the case");
    }
    assert_eq!(std::fs::read(folder.path("case.db")).unwrap(), case);
    assert_eq!(folder.read(DAYS[0]), export);
}

#[test]
fn an_answer_that_fails_leaves_no_file_behind() {
    let folder = Folder::with_case();
    folder.run(&["query", "SELECT nothing", "-o", "answer.csv"]).code(1);
    folder.run(&["show", "F-99", "-o", "answer.csv"]).code(2);
    let left: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    let strange = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        !name.starts_with("case.db") && name != "tests" && name != "home"
    };
    assert_eq!(left.iter().find(|name| strange(name)), None);
}

#[test]
fn a_present_that_is_no_time_is_named_by_where_it_was_said() {
    let folder = Folder::with_case();
    let ran = finish(folder.command(&["status"]).env("HUNTCASE_NOW", "garbage")).code(2);
    assert!(ran.stderr.starts_with("error: HUNTCASE_NOW: found \"garbage\""), "{}", ran.stderr);
    let ran = folder.run(&["status", "--now", "garbage"]).code(2);
    assert!(ran.stderr.starts_with("error: --now: found"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn what_is_no_text_is_refused_in_one_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::with_case();
    let broken = OsStr::from_bytes(b"k\xffm");
    let ran = finish(folder.command(&["set", "F-1", "--assign"]).arg(broken)).code(2);
    assert_eq!(ran.stderr, "error: an argument is not valid UTF-8, expected text\n");
    let ran = finish(folder.command(&["note", "F-1", "x"]).env("HUNTCASE_AS", broken)).code(2);
    assert_eq!(ran.stderr, "error: HUNTCASE_AS: its value is not valid UTF-8, expected text\n");
}

#[test]
fn a_long_value_is_not_repeated() {
    let folder = Folder::with_case();
    let long = "x".repeat(10_000);
    for arguments in
        [["--tag", &long], ["--status", &long], ["--assign", &long], ["--as", &long], ["--where", &long]]
    {
        let ran = folder.run(&[&["set", "F-1", "--severity", "low"], &arguments[..]].concat()).code(2);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert!(lines.len() == 1 && lines[0].len() < 400, "{}", ran.stderr);
        assert!(lines[0].contains("expected"), "{}", ran.stderr);
    }
}

#[test]
fn an_analysts_name_must_be_one() {
    let folder = Folder::with_case();
    folder.run(&["note", "F-1", "x", "--as", " "]).code(2);
    folder.run(&["note", "F-1", "x", "--as", &"n".repeat(201)]).code(2);
}

#[test]
fn every_commands_help_has_an_example() {
    let folder = Folder::new();
    let commands: [&[&str]; 40] = [
        &[],
        &["run"],
        &["ingest"],
        &["findings"],
        &["show"],
        &["triage"],
        &["set"],
        &["note"],
        &["devices"],
        &["devices", "list"],
        &["devices", "review"],
        &["rules"],
        &["rules", "list"],
        &["rules", "show"],
        &["rules", "result"],
        &["imports"],
        &["imports", "list"],
        &["imports", "show"],
        &["query"],
        &["report"],
        &["status"],
        &["prune"],
        &["optimize"],
        &["undo"],
        &["history"],
        &["hunt"],
        &["hunt", "open"],
        &["hunt", "list"],
        &["hunt", "show"],
        &["hunt", "set"],
        &["hunt", "close"],
        &["suppress"],
        &["suppress", "add"],
        &["suppress", "list"],
        &["suppress", "lift"],
        &["rules", "set"],
        &["config"],
        &["config", "path"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let help = folder.run(&[command, &["--help"]].concat()).code(0).stdout;
        assert!(help.contains("Example"), "{command:?}:\n{help}");
    }
    let top = folder.run(&["--help"]).stdout;
    let listed: Vec<&str> = top
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(listed.len() > 10, "{top}");
    for line in listed {
        let name = line.split_whitespace().next().unwrap();
        assert!(
            name == "help" || commands.iter().any(|c| c.first() == Some(&name)),
            "{name} is not checked here"
        );
    }
    assert!(folder.run(&["--version"]).code(0).stdout.starts_with("huntcase "));
}
