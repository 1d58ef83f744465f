//! What an export is taken for, told from its head.

use huntcase::event::{Reading, Spelled, Timestamp};
use huntcase::source::{Explanation, Export, Origin, Row, ZoneSaid, explain as explain_export};

use crate::rows::readings;

/// How many rows are looked at.
const ROWS: u64 = 1000;

/// What is explained is what an import then finds: the same kind, the same tables, the same first rejected row. What cannot
/// be explained cannot be taken in either.
pub fn explain(bytes: &[u8]) {
    readings().iter().for_each(|reading| compare(bytes, reading));
}

fn compare(bytes: &[u8], reading: &Reading) {
    let export = Export::open("export", Origin::Text(bytes.into()), reading.clone());
    match (explain_export("export", Origin::Text(bytes.into()), reading), export) {
        (Ok(explanation), Ok(export)) => {
            check(&explanation);
            agree(&explanation, export);
        }
        (Ok(explanation), Err(_)) => check(&explanation),
        (Err(explained), Err(opened)) => assert_eq!(explained.to_string(), opened.to_string()),
        (Err(explained), Ok(_)) => panic!("taken in, but not explained: {explained}"),
    }
}

fn check(explanation: &Explanation) {
    assert!(explanation.rows <= ROWS);
    assert!(explanation.other_tables.values().sum::<u64>() <= explanation.rows);
    assert!(explanation.events.iter().is_sorted_by_key(|event| event.line));
    assert!(explanation.missing.iter().all(|column| !explanation.columns.has(*column)));
    let Some(time) = &explanation.time else { return };
    if time.zone == ZoneSaid::Time {
        let text = &time.sample.value;
        let said = match Timestamp::parse(text) {
            Some((instant, _)) => Some(Spelled::Instant(instant)),
            None => Spelled::read(text),
        };
        assert_eq!(said, time.instant.map(Spelled::Instant), "{text}");
    }
}

/// Compares the explanation of a short export with its rows.
fn agree(explanation: &Explanation, mut export: Export) {
    assert_eq!(explanation.format, export.format());
    let (mut rows, mut rejected) = (0, None);
    while let Some(row) = export.next_row().expect("a text in memory can be read") {
        rows += 1;
        match row {
            Row::Rejected { line, reason, .. } => _ = rejected.get_or_insert((line, reason)),
            Row::OtherTable(_) => {}
            Row::Event { line, fields, .. } => match fields.to_event() {
                Err(fault) if !fault.is_unsettled() => _ = rejected.get_or_insert((line, fault.to_string())),
                _ => {}
            },
        }
    }
    let counted: u64 = export.other_tables().values().sum();
    // What dates mean may have been found out by reading the whole, which an explanation does not.
    if rows < ROWS && counted < ROWS && explanation.time.as_ref().is_none_or(|time| time.readings.is_none()) {
        assert_eq!(&explanation.other_tables, export.other_tables());
        assert_eq!(explanation.rejected, rejected);
    }
}
