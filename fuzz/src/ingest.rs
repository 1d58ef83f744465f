//! Whole imports.

use std::path::Path;

use huntcase::error::Result;
use huntcase::source::{Origin, unfold};
use huntcase::store::{Access, Answer, Case, Cell, Import, Outcome};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::case::take_in;
use crate::rows::{Pipe, is_plain};

/// What editors of Windows put before a text: other bytes, the same rows.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Every row is counted once, and nothing that a row refers to is missing. The same export changes nothing the second
/// time, nor do the same rows in another file. A pipe gives the same events as a text; a refused file gives none.
pub fn ingest(bytes: &[u8]) {
    let folder = TempDir::with_prefix("huntcase-fuzz-").expect("there is a folder for temporary files");
    let mut case = empty_case(&folder.path().join("case.db"));
    let Ok(outcomes) = take_in_all(&mut case, Origin::Text(bytes.into())) else {
        return check_imports(&case, 0);
    };
    let imports: Vec<Import> = outcomes.into_iter().flatten().map(imported).collect();
    check_imports(&case, imports.len());
    imports.iter().for_each(check_counts);
    if let ([import], false) = (&imports[..], bytes.starts_with(b"PK")) {
        assert_eq!(import.size_bytes, bytes.len() as i64);
    }
    check_references(case.path());
    let events = events_of(&case);
    // What one member of an archive tells may show that two of another are one.
    let new: i64 = imports.iter().map(|import| import.events_new).sum();
    let joined = new - events.len() as i64;
    assert!(joined == 0 || joined > 0 && imports.len() > 1, "{joined} of {new} new events are missing");
    check_again(&mut case, bytes, &imports);
    assert_eq!(events_of(&case), events, "the second time changed events");
    check_pipe(folder.path(), bytes, &events);
}

fn check_imports(case: &Case, expected: usize) {
    let imports = case.list_imports().expect("a case can be read");
    assert_eq!(imports.len(), expected, "a refused file left something, or an import is lost");
}

/// A copy of a case that was made before: to make its tables takes longer than all the rest.
fn empty_case(path: &Path) -> Case {
    thread_local!(static EMPTY: Vec<u8> = {
        let folder = TempDir::with_prefix("huntcase-fuzz-").expect("there is a folder for temporary files");
        let path = folder.path().join("case.db");
        drop(Case::open(&path, Access::Create).expect("a case can be made"));
        std::fs::read(&path).expect("a case can be read")
    });
    EMPTY.with(|empty| std::fs::write(path, empty)).expect("a case can be copied");
    Case::open(path, Access::Write).expect("a copy is a case")
}

/// Takes in each export that a file holds.
fn take_in_all(case: &mut Case, origin: Origin) -> Result<Vec<Result<Outcome>>> {
    let parts = unfold("export", origin)?;
    Ok(parts.into_iter().map(|part| part.origin.and_then(|origin| take_in(case, origin))).collect())
}

fn imported(outcome: Outcome) -> Import {
    match outcome {
        Outcome::Imported(import) => import,
        Outcome::AlreadyImported(import) => panic!("a new case has import {}", import.id),
    }
}

fn check_counts(import: &Import) {
    let events = import.rows_read - import.rows_rejected - import.rows_of_other_tables;
    let parts = [import.events_new, import.events_known, import.events_completed, import.rows_conflicting];
    assert!(parts.iter().all(|count| *count >= 0), "new, known, completed, conflicting: {parts:?}");
    assert_eq!(parts.iter().sum::<i64>(), events, "new, known, completed, conflicting: {parts:?}");
    let told_again = events - import.events_new;
    assert!((0..=told_again).contains(&import.events_matched), "{} of {told_again}", import.events_matched);
    assert_eq!(import.other_tables.values().sum::<i64>(), import.rows_of_other_tables);
    assert!(import.rows_recovered <= events);
    assert_eq!(import.first_event.is_some(), events > 0);
}

/// An import does without SQLite's own checks.
fn check_references(path: &Path) {
    let connection = Connection::open(path).expect("a case can be opened twice");
    let mut statement = connection.prepare("PRAGMA foreign_key_check").expect("SQLite has this pragma");
    let missing: Option<String> = statement.query_row([], |row| row.get(0)).ok();
    assert_eq!(missing, None, "rows of this table refer to what is missing");
}

fn check_again(case: &mut Case, bytes: &[u8], imports: &[Import]) {
    let again = take_in_all(case, Origin::Text(bytes.into())).expect("it was taken in before");
    let known: Vec<Outcome> = imports.iter().cloned().map(Outcome::AlreadyImported).collect();
    assert_eq!(again.into_iter().flatten().collect::<Vec<_>>(), known);
    if let ([import], true) =
        (imports, is_plain(bytes) && !bytes.starts_with(BOM) && !bytes.starts_with(b"PK"))
    {
        let marked = [BOM, bytes].concat();
        let other = imported(take_in(case, Origin::Text(marked.into())).expect("it was taken in before"));
        assert_eq!(other.events_new, 0, "the same rows are new events");
        assert_eq!(other.rows_read, import.rows_read);
        assert_eq!(other.rows_rejected, import.rows_rejected);
    }
}

fn check_pipe(folder: &Path, bytes: &[u8], events: &[Vec<Cell>]) {
    let mut case = empty_case(&folder.join("pipe.db"));
    // Dates may have to be told by what comes after them, which a pipe does not give twice.
    let stream = Origin::stream(Box::new(Pipe::new(bytes)));
    if take_in_all(&mut case, stream).is_ok_and(|outcomes| outcomes.iter().all(Result::is_ok)) {
        assert_eq!(events_of(&case), events, "a pipe gives other events");
    }
}

fn events_of(case: &Case) -> Vec<Vec<Cell>> {
    let mut rows = Rows(Vec::new());
    let sql = "SELECT * FROM DeviceProcessEvents ORDER BY event_id";
    case.query(sql, &mut rows).expect("events can be listed");
    rows.0
}

struct Rows(Vec<Vec<Cell>>);

impl Answer for Rows {
    fn columns(&mut self, _: Vec<String>) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        self.0.push(cells);
        Ok(())
    }
}
