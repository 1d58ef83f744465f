//! Findings as CSV, or their events.

use std::io::Write;

use crate::error::Result;
use crate::findings::Extract;
use crate::report::sheets::report::{REPORTED, event_columns, event_prefix, event_prefix_columns, event_row};
use crate::report::{Format, Layout, Writer};

/// Writes a header and one line a finding, with its notes and history as JSON.
pub fn write_findings<W: Write>(out: &mut W, extract: &Extract<'_>, layout: Layout) -> Result<()> {
    let mut rows = REPORTED.begin(out, Layout { format: Format::Csv, ..layout })?;
    for reported in &extract.findings {
        rows.row(&(reported.clone(), extract.parts(reported.finding.id)?))?;
    }
    rows.finish()?;
    Ok(())
}

/// Writes a header and one line an event, each with what was said of its finding.
pub fn write_events<W: Write>(out: &mut W, extract: &Extract<'_>, layout: Layout) -> Result<()> {
    let columns = [event_prefix_columns(), event_columns()].concat();
    let mut rows = Writer::begin(out, Layout { format: Format::Csv, ..layout }, "evidence", columns)?;
    for reported in &extract.findings {
        let finding = &reported.finding;
        let prefix = event_prefix(finding, &extract.parts(finding.id)?);
        extract.each_event(finding.id, None, &mut |event| {
            let mut row = prefix.clone();
            row.extend(event_row(&event, extract.import(event.import_id)));
            Ok(rows.row(row)?)
        })?;
    }
    rows.finish()?;
    Ok(())
}
