//! `huntcase query`

use std::process::Stdio;

use super::support::{Folder, assert_expected, assert_formats_agree};

const BY_PARENT: &str = "SELECT InitiatingProcessFileName AS parent, count(*) AS events
                         FROM DeviceProcessEvents GROUP BY 1 ORDER BY 2 DESC, 1";

#[test]
fn an_answer_comes_in_every_format() {
    let folder = Folder::with_case();
    assert_expected("query.txt", &folder.run(&["query", BY_PARENT]).code(0).text());
    assert_formats_agree(&folder, &["query", BY_PARENT], "rows");
    let piped = folder.run_with_input(&["query", "-", "--format", "csv"], BY_PARENT.as_bytes()).code(0);
    assert!(piped.stdout.starts_with("parent,events\n"), "{}", piped.stdout);
}

#[test]
fn an_answer_without_rows_says_so_beside_a_table() {
    let folder = Folder::with_case();
    let nothing = ["query", "SELECT 1 WHERE 0"];
    let ran = folder.run(&nothing).code(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "no rows\n"));
    for option in ["--quiet", "--json"] {
        assert_eq!(folder.run(&[&nothing[..], &[option]].concat()).code(0).stderr, "", "{option}");
    }
}

#[test]
fn only_one_statement_that_reads_is_run() {
    let folder = Folder::with_case();
    let statements = [
        "DELETE FROM finding",
        "UPDATE finding SET status = 'resolved'",
        "SELECT 1; DELETE FROM finding",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = DELETE",
        "VACUUM INTO 'copy.db'",
        "SELECT load_extension('x')",
        "SELECT ?1",
        "",
    ];
    for statement in statements {
        let ran = folder.run(&["query", statement]).code(1);
        assert_eq!((ran.stdout.as_str(), ran.stderr.lines().count()), ("", 1), "{statement}: {}", ran.stderr);
    }
    assert!(!folder.exists("other.db") && !folder.exists("copy.db"));
    let count =
        folder.run(&["query", "SELECT count(*) AS n FROM finding WHERE status = 'new'", "--format", "csv"]);
    assert_eq!(count.stdout, "n\n3\n");
}

#[test]
fn a_mistyped_column_in_double_quotes_is_an_error() {
    let ran = Folder::with_case().run(&["query", "SELECT \"FileNam\" FROM DeviceProcessEvents"]).code(1);
    assert!(ran.stderr.contains("no such column"), "{}", ran.stderr);
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let folder = Folder::with_case();
    let many =
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT x FROM n";
    for format in ["csv", "json", "jsonl", "table"] {
        let mut command = folder.command(&["query", many, "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{format}");
    }
}

#[test]
fn a_blob_is_shown_in_hexadecimal_in_every_format() {
    let folder = Folder::with_case();
    for format in ["csv", "json", "jsonl", "table"] {
        let ran = folder.run(&["query", "SELECT x'00ff41' AS b", "--format", format]).code(0);
        assert!(ran.stdout.contains("00ff41"), "{format}: {}", ran.stdout);
    }
}
