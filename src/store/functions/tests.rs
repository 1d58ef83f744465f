//! The functions as SQL sees them: NULL, other types, errors, flags and prepared needles.

use rusqlite::{Connection, Result};

use super::register;
use crate::kusto::operator_names;

fn connection() -> Result<Connection> {
    let conn = Connection::open_in_memory()?;
    register(&conn)?;
    Ok(conn)
}

/// The answer to `SELECT {expression}`; an error if it is not 1 or 0.
fn answer(conn: &Connection, expression: &str) -> Result<bool> {
    let number: i64 = conn.query_row(&format!("SELECT {expression}"), [], |row| row.get(0))?;
    assert!(number == 0 || number == 1, "{expression}");
    Ok(number == 1)
}

/// The message of the error that `SELECT {expression}` ends with.
fn failure(conn: &Connection, expression: &str) -> String {
    let result = conn.query_row(&format!("SELECT {expression}"), [], |_| Ok(()));
    result.err().map(|error| error.to_string()).unwrap_or_default()
}

/// Whether the operator takes a JSON array.
fn takes_list(name: &str) -> bool {
    ["in", "!in", "in~", "!in~", "has_any", "has_all"].contains(&name)
}

#[test]
fn null_is_the_empty_string_to_every_function() -> Result<()> {
    let conn = connection()?;
    for name in operator_names() {
        let needles: &[&str] = match name {
            "isempty" | "isnotempty" | "notempty" => &[""],
            name if takes_list(name) => &[", '[]'", ", '[\"\"]'", ", '[null]'", ", '[\"a\"]'"],
            _ => &[", ''", ", 'a'"],
        };
        for needle in needles {
            let null = answer(&conn, &format!("\"{name}\"(NULL{needle})"))?;
            let empty = answer(&conn, &format!("\"{name}\"(''{needle})"))?;
            assert_eq!(null, empty, "{name} {needle}");
        }
        if !name.starts_with("is") && name != "notempty" && !takes_list(name) {
            for haystack in ["NULL", "''", "'abc'"] {
                let null = answer(&conn, &format!("\"{name}\"({haystack}, NULL)"))?;
                let empty = answer(&conn, &format!("\"{name}\"({haystack}, '')"))?;
                assert_eq!(null, empty, "{name} {haystack}");
            }
        }
    }
    Ok(())
}

#[test]
fn values_of_every_type_are_read_as_text() -> Result<()> {
    let conn = connection()?;
    for (expression, expected) in [
        (r#""=="(4104, '4104')"#, true),
        (r#""=="('4104', 4104)"#, true),
        (r#""=="(1.0, '1.0')"#, true),
        ("has(10.25, 25)", true),
        ("has(1025, 25)", false),
        ("endswith(-12, 12)", true),
        ("contains(x'636D64FF', 'CMD')", true),
        ("contains(x'FF', x'FF')", true),
        ("contains(CAST(x'61FF62' AS TEXT), 'b')", true),
        ("isempty(x'')", true),
        ("isempty(0)", false),
        (r#""in"(7, '[7]')"#, true),
        (r#""matches regex"(8443, '^\d{4}$')"#, true),
    ] {
        assert_eq!(answer(&conn, expression)?, expected, "{expression}");
    }
    Ok(())
}

#[test]
fn a_bad_needle_is_an_error_that_names_function_and_needle() -> Result<()> {
    let conn = connection()?;
    assert_eq!(
        failure(&conn, r#""matches regex"('a', '\d(')"#),
        r#"matches regex: "\d(" is not a regular expression: unclosed group"#
    );
    let empty = failure(&conn, r#""matches regex"(NULL, NULL)"#);
    assert_eq!(empty, "", "the empty pattern is a pattern");
    for name in operator_names().filter(|name| takes_list(name)) {
        for (argument, quoted) in [
            ("'cmd.exe'", "\"cmd.exe\""),
            ("'[\"cmd'", "\"[\"cmd\""),
            ("'{}'", "\"{}\""),
            ("7", "\"7\""),
            ("NULL", "\"\""),
            ("'[' || char(10) || char(0)", r#""[\n\u{0}""#),
        ] {
            let message = failure(&conn, &format!("\"{name}\"('a', {argument})"));
            let start = format!("{name}: {quoted} is not a JSON array: ");
            assert!(message.starts_with(&start), "{message}");
        }
    }
    Ok(())
}

#[test]
fn a_needle_of_another_row_or_binding_is_not_kept() -> Result<()> {
    let conn = connection()?;
    let hits: i64 = conn.query_row(
        r#"WITH pair(text, needle) AS (VALUES ('a b', 'a'), ('a b', 'x'), ('x', 'x'), ('x', NULL))
           SELECT sum(has(text, needle)) FROM pair"#,
        [],
        |row| row.get(0),
    )?;
    assert_eq!(hits, 3);
    let mut statement = conn.prepare(
        "WITH word(text) AS (VALUES ('one'), ('two'), ('two')) SELECT sum(has(text, ?1)) FROM word",
    )?;
    for (needle, expected) in [("one", 1), ("two", 2), ("three", 0)] {
        let hits: i64 = statement.query_row([needle], |row| row.get(0))?;
        assert_eq!(hits, expected, "{needle}");
    }
    Ok(())
}

#[test]
fn the_functions_may_stand_in_views_and_indexes() -> Result<()> {
    let conn = connection()?;
    conn.execute_batch(
        r#"PRAGMA trusted_schema = OFF;
           CREATE TABLE line (text TEXT NOT NULL);
           CREATE INDEX line_has_curl ON line (has(text, 'curl'));
           CREATE VIEW curl AS SELECT text FROM line WHERE has(text, 'curl');
           INSERT INTO line VALUES ('curl -o x'), ('curly');"#,
    )?;
    let lines: i64 = conn.query_row("SELECT count(*) FROM curl", [], |row| row.get(0))?;
    assert_eq!(lines, 1);
    Ok(())
}
