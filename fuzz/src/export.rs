//! Exports of whatever kind, as an import reads them.

use std::collections::BTreeMap;

use huntcase::error::{Error, Result};
use huntcase::event::Reading;
use huntcase::source::{Export, Notice, Origin};

use crate::rows::{Pipe, Seen, check_places, readings};

/// What is said of a stream that would have to be read a second time.
const BUT_ONCE: &str = "standard input can be read but once";

/// All that is known of an export when it was read.
#[derive(Debug, PartialEq)]
pub struct Whole {
    format: &'static str,
    /// The rows, in order.
    pub rows: Vec<Seen>,
    other_tables: BTreeMap<String, u64>,
    lacking: Vec<String>,
    notices: Vec<Notice>,
    recovered_after: Option<u64>,
    size_and_digest: (u64, String),
}

/// A text and a pipe that gives the same bytes are the same export, or are refused for the same reason. No row is lost
/// between them, and no event is read before what it needs is settled.
pub fn export(bytes: &[u8]) {
    readings().iter().for_each(|reading| compare(bytes, reading));
}

fn compare(bytes: &[u8], reading: &Reading) {
    let text = read(Origin::Text(bytes.into()), reading);
    match (text, read(Origin::stream(Box::new(Pipe::new(bytes))), reading)) {
        (Ok(text), Ok(pipe)) => {
            assert_eq!(text, pipe, "a pipe gives another export");
            check(bytes, &text);
        }
        // Dates behind the first event may have to be told by the whole file.
        (_, Err(pipe)) if pipe.to_string().contains(BUT_ONCE) => {}
        (Err(text), Err(pipe)) => {
            assert_eq!(text.to_string(), pipe.to_string());
            assert!(matches!(text, Error::Export { .. }), "no refusal of an export: {text:?}");
        }
        (text, pipe) => panic!("a text gives {:?}, a pipe {:?}", text.err(), pipe.err()),
    }
}

fn check(bytes: &[u8], whole: &Whole) {
    check_places(bytes, &whole.rows);
    assert_eq!(whole.size_and_digest.0, bytes.len() as u64);
    let mut tables: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &whole.rows {
        if let Seen::Other(table) = row {
            *tables.entry(table).or_default() += 1;
        }
    }
    // Rows before the first event are counted while it is looked for.
    let counted: u64 = whole.other_tables.values().sum();
    assert!(tables.values().sum::<u64>() <= counted, "{tables:?} of {:?}", whole.other_tables);
}

/// Reads an export to its end as an import does.
pub fn read(origin: Origin, reading: &Reading) -> Result<Whole> {
    let mut export = Export::open("export", origin, reading.clone())?;
    let mut rows = Vec::new();
    while let Some(row) = export.next_row()?.map(Seen::new) {
        match row.unsettled() {
            Some((line, fault)) => {
                export.settle(line, fault)?;
                export.unread_row();
            }
            None => rows.push(row),
        }
    }
    Ok(Whole {
        format: export.format(),
        rows,
        other_tables: export.other_tables().clone(),
        lacking: export.lacking(),
        notices: export.notices(),
        recovered_after: export.recovered_after(),
        size_and_digest: export.finish()?,
    })
}
