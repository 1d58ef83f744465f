//! KQL's string operators through SQL, against tables of vectors.
//!
//! `tests/kql/vectors.csv` is the project's own. The larger one, `shared/kql/vectors.csv`, holds
//! documented and observed answers of Microsoft's engine; it lies beside the project and not in it,
//! so its test says that it is skipped where it is absent.

mod support;

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use huntcase::kusto::operator_names;
use huntcase::store::functions::register;
use rusqlite::Connection;
use support::shared;

type Outcome = Result<(), Box<dyn Error>>;

/// One row of a table of vectors.
#[derive(Debug)]
struct Vector {
    operator: String,
    haystack: String,
    /// A JSON array for list operators, unused for `isempty` and `isnotempty`.
    needle: String,
    expected: bool,
}

fn own_vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kql/vectors.csv")
}

/// Reads the first four columns: operator, haystack, needle, expected.
fn read_vectors(path: &Path) -> Result<Vec<Vector>, Box<dyn Error>> {
    let mut vectors = Vec::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let [operator, haystack, needle, expected] =
            [0, 1, 2, 3].map(|column| record.get(column).unwrap_or_default());
        vectors.push(Vector {
            operator: operator.to_owned(),
            haystack: haystack.to_owned(),
            needle: needle.to_owned(),
            expected: expected
                .parse()
                .map_err(|_| format!("{expected:?} is not true or false in {record:?}"))?,
        });
    }
    Ok(vectors)
}

/// Puts one vector to SQLite.
fn ask(conn: &Connection, vector: &Vector) -> rusqlite::Result<bool> {
    let Vector { operator, haystack, needle, .. } = vector;
    if operator.starts_with("is") || operator == "notempty" {
        let sql = format!("SELECT \"{operator}\"(?1)");
        return conn.query_row(&sql, [haystack], |row| row.get(0));
    }
    let sql = format!("SELECT \"{operator}\"(?1, ?2)");
    conn.query_row(&sql, [haystack, needle], |row| row.get(0))
}

/// Asserts that SQLite gives every answer in the file, and lists those it does not.
fn check_vectors(path: &Path) -> Outcome {
    let conn = Connection::open_in_memory()?;
    register(&conn)?;
    let vectors = read_vectors(path)?;
    assert!(!vectors.is_empty(), "{} has no rows", path.display());
    let mut wrong = Vec::new();
    for vector in vectors {
        let answer = ask(&conn, &vector);
        if !matches!(answer, Ok(given) if given == vector.expected) {
            wrong.push(format!("{vector:?} gave {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn the_projects_own_vectors_hold() -> Outcome {
    check_vectors(&own_vectors())
}

#[test]
fn the_shared_vectors_hold() -> Outcome {
    shared("kql/vectors.csv").map_or(Ok(()), |path| check_vectors(&path))
}

#[test]
fn every_operator_is_seen_to_hold_and_to_fail() -> Outcome {
    let seen: BTreeSet<(String, bool)> =
        read_vectors(&own_vectors())?.into_iter().map(|vector| (vector.operator, vector.expected)).collect();
    let wanted: BTreeSet<(String, bool)> =
        operator_names().flat_map(|name| [(name.to_owned(), true), (name.to_owned(), false)]).collect();
    assert_eq!(seen, wanted);
    Ok(())
}
