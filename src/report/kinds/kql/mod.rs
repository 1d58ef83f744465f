//! Queries for Defender's advanced hunting that find the events of the findings again.
//!
//! An event is named by `DeviceId`, `Timestamp` and `ReportId`, as Microsoft says that it is:
//! <https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-deviceprocessevents-table>. Blank lines separate the
//! queries, as its editor wants them. No text of a command line is in them.

mod comment;
mod literal;
mod part;

use std::io::Write;

use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::{Evidence, Extract, Finding};

use part::Parts;

/// Writes the queries, after comments that tell of the findings, the rules and the inputs.
///
/// # Errors
/// The case's database, the temporary file that holds the queries until their number is known, or what `out` says.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    let mut parts = Parts::new(Limits::default())?;
    for reported in &extract.findings {
        let finding = &reported.finding;
        extract.each_event(finding.id, None, &mut |event| parts.add(&Name::of(finding, &event)))?;
    }
    let kept = parts.finish()?;
    comment::write(out, extract, &kept)?;
    kept.write(out, extract.as_of)?;
    Ok(out.flush()?)
}

/// How much one query holds.
///
/// Advanced hunting returns at most 30,000 rows in the portal, 10,000 in its early days, and 100,000 through the API:
/// <https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-limits>. How long the text of a query may be is not
/// documented; what an editor and a request take without trouble is well below a megabyte.
#[derive(Debug, Clone, Copy)]
struct Limits {
    events: usize,
    bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: 1_000, bytes: 128 * 1024 }
    }
}

/// By which columns events are named, beside the time. The exact ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    device: Option<&'static str>,
    number: Option<&'static str>,
}

impl Shape {
    /// By which nothing else is named.
    const EXACT: Self = Self { device: Some("DeviceId"), number: Some("ReportId") };
}

/// What names an event.
#[derive(Debug, Clone, Copy)]
struct Name<'e> {
    finding: &'e Finding,
    shape: Shape,
    device: &'e str,
    time: Timestamp,
    number: i64,
}

impl<'e> Name<'e> {
    /// The exact name where the export has it, or else what is nearest to it.
    fn of(finding: &'e Finding, event: &'e Evidence) -> Self {
        let of = |shape, device, number| Self { finding, shape, device, time: event.time, number };
        if let (false, Some(report)) = (finding.device_id.is_empty(), event.report_id) {
            return of(Shape::EXACT, finding.device_id.as_str(), report);
        }
        let (column, device) = match (event.device_name.as_str(), finding.device_id.as_str()) {
            ("", "") => (None, ""),
            ("", id) => (Some("DeviceId"), id),
            (name, _) => (Some("DeviceName"), name),
        };
        let number = event.process_id.map(|_| "ProcessId");
        of(Shape { device: column, number }, device, event.process_id.unwrap_or_default())
    }
}
