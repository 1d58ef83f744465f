//! Rows whose event is in the case with other values.
//!
//! A value that one side lacks is no contradiction: the event is completed, so that the order of files does not
//! matter. Where two filled values differ, the row is kept aside and the event stays as it is.

use rusqlite::{Connection, named_params};
use serde_json::{Map, Value};

use super::doubt::Standing;
use super::encode::Encoder;
use super::row::EventRow;
use super::texts::{Texts, read_texts, to_event};
use super::writer::{Staged, Writer, Written};
use crate::error::Result;
use crate::event::{Column, Fields};
use crate::store::query;

/// Compares each staged row with its event, and takes it away; `standing` says how the row of a line stands in its file.
/// Gives what was written so far with what became of these rows.
pub fn merge(
    connection: &Connection,
    import_id: i64,
    encoder: &mut Encoder,
    mut written: Written,
    standing: &dyn Fn(u64) -> Standing,
) -> Result<Written> {
    let staged_rows = std::mem::take(&mut written.staged);
    let mut writer = Writer::resume(connection, import_id, 0, written)?;
    for staged in staged_rows {
        let stored = read_texts(connection, staged.event.event_id)?;
        let mut given = read_texts(connection, staged.staged_id)?;
        connection.prepare_cached(query!("store/delete_process_event"))?.execute([staged.staged_id])?;
        given.published[Column::ReportId as usize].clone_from(&stored.published[Column::ReportId as usize]);
        let contradictions = contradictions(&stored, &given);
        let filled = fill(&stored, &given);
        if contradictions.is_empty() {
            let (says_all, standing) = (says_all(&given, &stored), standing(staged.line));
            let repeat = match filled == stored {
                true => encoder.doubts().repeat(staged.event, says_all, standing),
                false => encoder.doubts().confirm(staged.event, says_all, standing),
            };
            repeat.map_or(Ok(()), |repeat| writer.keep_repeat(repeat))?;
        }
        if !contradictions.is_empty() {
            let is_kept = keep_conflict(connection, import_id, &staged, &contradictions, &given)?;
            writer.count_compared(is_kept);
        } else if filled == stored {
            writer.count_compared(false);
        } else {
            let row = encode_texts(&filled, encoder)?;
            writer.write_new_rows(&encoder.interner().take_new_rows())?;
            writer.complete(staged.event.event_id, &row, staged.line)?;
        }
    }
    Ok(writer.finish())
}

/// The names of columns that both fill, with different values.
fn contradictions(stored: &Texts, given: &Texts) -> Vec<String> {
    let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b && !is_same_json(a, b);
    let is_same_id = |column: &Column, a: &str, b: &str| column.ignores_case() && a.eq_ignore_ascii_case(b);
    let published = Column::ALL.iter().zip(stored.published.iter().zip(&given.published));
    let published = published
        .filter(|(column, (a, b))| differ(a, b) && !is_same_id(column, a, b))
        .map(|(column, _)| column.name().to_owned());
    let differ_aside = |name: &str, a: &str, b: &str| {
        // A ReportId that is a text is kept among the other columns.
        differ(a, b) && !(name == Column::ReportId.name() && a.eq_ignore_ascii_case(b))
    };
    let extra = given
        .extra
        .iter()
        .filter(|(name, b)| stored.extra.get(*name).is_some_and(|a| differ_aside(name, a, b)));
    published.chain(extra.map(|(name, _)| name.clone())).collect()
}

/// Whether two texts are the same JSON, written with other blanks or in another order: exports of the same event
/// differ in that.
fn is_same_json(a: &str, b: &str) -> bool {
    let object =
        |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    object(a).is_some_and(|a| object(b) == Some(a))
}

fn fill(stored: &Texts, given: &Texts) -> Texts {
    let filled = |(a, b): (&String, &String)| if a.is_empty() { b.clone() } else { a.clone() };
    let mut extra = given.extra.clone();
    extra.extend(stored.extra.clone());
    Texts { published: stored.published.iter().zip(&given.published).map(filled).collect(), extra }
}

/// Whether a row that contradicts its event nowhere leaves out nothing that the event says.
fn says_all(given: &Texts, stored: &Texts) -> bool {
    let published = given.published.iter().zip(&stored.published);
    published.into_iter().all(|(given, stored)| !given.is_empty() || stored.is_empty())
        && stored.extra.keys().all(|name| given.extra.contains_key(name))
}

/// False where the very same row is kept already.
fn keep_conflict(
    connection: &Connection,
    import_id: i64,
    staged: &Staged,
    columns: &[String],
    given: &Texts,
) -> Result<bool> {
    let published =
        Column::ALL.iter().map(|column| column.name().to_owned()).zip(given.published.iter().cloned());
    let filled = published.chain(given.extra.clone()).filter(|(_, text)| !text.is_empty());
    let row: Map<String, Value> = filled.map(|(name, text)| (name, Value::String(text))).collect();
    let kept = connection.prepare_cached(query!("store/insert_conflict"))?.execute(named_params! {
        ":event_id": staged.event.event_id,
        ":import_id": import_id,
        ":line": staged.line as i64,
        ":columns": Value::from(columns).to_string(),
        ":row": Value::Object(row).to_string(),
    })?;
    Ok(kept > 0)
}

fn encode_texts(texts: &Texts, encoder: &mut Encoder) -> Result<EventRow> {
    let extra = texts.extra_text();
    let fields = Fields::new(texts, &extra);
    Ok(encoder.encode_event(&to_event(&fields)?)?)
}
