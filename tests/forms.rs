//! Every form in which exports arrive is read back as what was written.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::collections::BTreeMap;

use huntcase::store::{Import, Outcome};
use support::exports::{COLUMNS, Row, Spelling, to_csv};
use support::forms::{Form, events, forms, in_capitals};
use support::{CaseBuilder, EVER, assert_same, shipped};

const ROWS: usize = 60;
/// A day after the last generated event.
const AS_OF: &str = "2026-05-10T00:00:00Z";

/// Takes rows in that are written in a form.
fn ingest(case: &mut CaseBuilder, form: &Form, rows: &[Row]) -> Import {
    match case.try_ingest_as(form.name, form.write(rows), form.reading()) {
        Ok(Outcome::Imported(import)) => import,
        other => panic!("{}: {other:?}", form.name),
    }
}

/// The case that rows make as plain CSV, with a run; there are findings in it.
fn plain_case(rows: &[Row]) -> CaseBuilder {
    let case = CaseBuilder::with(to_csv(rows, &COLUMNS, Spelling::default()));
    case.run(&shipped(), AS_OF, EVER);
    assert!(case.dump().contains("\nfinding "), "there is nothing to find");
    case
}

#[test]
fn each_form_is_read_back_as_the_rows_that_were_written() {
    let mut expected = BTreeMap::new();
    for form in forms() {
        let rows = form.precision.cut(&events(1, ROWS));
        let expected = expected.entry(form.precision).or_insert_with(|| plain_case(&rows).dump());
        let mut case = CaseBuilder::new();
        let import = ingest(&mut case, &form, &rows);
        let counts = (import.rows_read, import.events_new, import.rows_rejected, import.rows_recovered);
        assert_eq!(counts, (ROWS as i64, ROWS as i64, 0, 0), "{}: {import:?}", form.name);
        case.run(&shipped(), AS_OF, EVER);
        assert_same(&case.dump(), expected, form.name);
    }
}

#[test]
fn each_form_is_known_wholly_after_others_of_its_precision() {
    let mut cases = BTreeMap::new();
    for form in forms() {
        let rows = form.precision.cut(&events(2, ROWS));
        let new_case = || {
            let case = plain_case(&rows);
            let dump = case.dump();
            (case, dump)
        };
        let (case, expected) = cases.entry(form.precision).or_insert_with(new_case);
        // The plain one itself would be the same file.
        if form.write(&rows) == to_csv(&rows, &COLUMNS, Spelling::default()) {
            continue;
        }
        let import = ingest(case, &form, &rows);
        let counts = (import.rows_read, import.events_known, import.rows_conflicting);
        assert_eq!(counts, (ROWS as i64, ROWS as i64, 0), "{}: {import:?}", form.name);
        assert_same(&case.dump(), expected, form.name);
    }
}

#[test]
fn forms_have_names_of_their_own() {
    let mut names: Vec<&str> = forms().iter().chain(&in_capitals()).map(|form| form.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// What a case has of devices, events and findings, in numbers.
fn counts(case: &CaseBuilder) -> Vec<Vec<String>> {
    case.rows(
        "SELECT (SELECT count(*) FROM device), (SELECT count(*) FROM process_event),
                (SELECT count(*) FROM finding), (SELECT count(*) FROM conflict)",
    )
}

#[test]
fn ids_in_capitals_make_no_second_device_event_finding_or_contradiction() {
    let rows = events(3, ROWS);
    let plain = forms()[0];
    let expected = counts(&plain_case(&rows));
    for capitals in in_capitals() {
        for order in [[plain, capitals], [capitals, plain]] {
            let mut case = CaseBuilder::new();
            ingest(&mut case, &order[0], &rows);
            case.run(&shipped(), AS_OF, EVER);
            let import = ingest(&mut case, &order[1], &rows);
            case.run(&shipped(), AS_OF, EVER);
            let names = order.map(|form| form.name);
            assert_eq!(import.events_known, ROWS as i64, "{names:?}: {import:?}");
            assert_eq!(counts(&case), expected, "{names:?}");
        }
    }
}

#[test]
fn ids_are_shown_as_they_were_spelled_first() {
    let rows = events(4, ROWS);
    let shown = |forms: &[Form]| {
        let mut case = CaseBuilder::new();
        for form in forms {
            ingest(&mut case, form, &rows);
        }
        case.run(&shipped(), AS_OF, EVER);
        case.dump()
    };
    let plain = forms()[0];
    for capitals in in_capitals() {
        let small = shown(&[plain]);
        let large = shown(&[capitals]);
        assert!(small != large, "{}", capitals.name);
        assert_same(&shown(&[plain, capitals]), &small, capitals.name);
        assert_same(&shown(&[capitals, plain]), &large, capitals.name);
    }
}
