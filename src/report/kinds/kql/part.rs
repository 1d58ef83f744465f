//! Events gathered into queries, which are kept in a file until it is known how many there are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use super::literal::{datetime, string};
use super::{Limits, Name, Shape};
use crate::error::Result;
use crate::event::{Span, Timestamp};
use crate::findings::FindingId;
use crate::report::counted;

/// How long Defender keeps what advanced hunting searches.
pub const KEPT_DAYS: i64 = 30;

/// The queries that are being filled, one of each shape at most, and those that are full.
pub struct Parts {
    limits: Limits,
    open: BTreeMap<Shape, Open>,
    full: Vec<Part>,
    file: BufWriter<File>,
    written: u64,
}

/// A query that is being filled.
struct Open {
    rows: String,
    part: Part,
}

/// A query: what it finds, and where its rows are.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub shape: Shape,
    pub events: usize,
    pub first: Timestamp,
    pub last: Timestamp,
    first_finding: FindingId,
    last_finding: FindingId,
    start: u64,
    length: u64,
}

impl Parts {
    /// No queries yet.
    pub fn new(limits: Limits) -> Result<Self> {
        let file = BufWriter::new(tempfile::tempfile()?);
        Ok(Self { limits, open: BTreeMap::new(), full: Vec::new(), file, written: 0 })
    }

    /// Adds an event to the query of its shape; a new one when it is full.
    pub fn add(&mut self, name: &Name<'_>) -> Result<()> {
        let row = row(name);
        let is_full = |open: &Open| {
            open.part.events == self.limits.events || open.rows.len() + row.len() > self.limits.bytes
        };
        if self.open.get(&name.shape).is_some_and(is_full)
            && let Some(open) = self.open.remove(&name.shape)
        {
            self.keep(open)?;
        }
        let new = || Open { rows: String::new(), part: Part::of(name) };
        self.open.entry(name.shape).or_insert_with(new).add(name, &row);
        Ok(())
    }

    fn keep(&mut self, open: Open) -> Result<()> {
        let part = Part { start: self.written, length: open.rows.len() as u64, ..open.part };
        self.file.write_all(open.rows.as_bytes())?;
        self.written += part.length;
        self.full.push(part);
        Ok(())
    }

    /// Ends the queries: those that name events exactly first.
    pub fn finish(mut self) -> Result<Kept> {
        for open in std::mem::take(&mut self.open).into_values() {
            self.keep(open)?;
        }
        // Stable: in the order of the findings within a shape.
        self.full.sort_by_key(|part| (part.shape != Shape::EXACT, part.shape));
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Kept { parts: self.full, file })
    }
}

impl Open {
    fn add(&mut self, name: &Name<'_>, row: &str) {
        if !self.rows.is_empty() {
            self.rows.push_str(",\n");
        }
        self.rows.push_str(row);
        self.part.events += 1;
        self.part.first = self.part.first.min(name.time);
        self.part.last = self.part.last.max(name.time);
        self.part.last_finding = name.finding.id;
    }
}

fn row(name: &Name<'_>) -> String {
    let mut row = format!("  {}", datetime(name.time));
    if name.shape.device.is_some() {
        row = format!("  {}, {}", string(name.device), datetime(name.time));
    }
    if name.shape.number.is_some() {
        row += &format!(", {}", name.number);
    }
    row
}

impl Part {
    /// A query without events yet, of the shape of one that will be in it.
    fn of(name: &Name<'_>) -> Self {
        let (time, finding) = (name.time, name.finding.id);
        Self {
            shape: name.shape,
            events: 0,
            first: time,
            last: time,
            first_finding: finding,
            last_finding: finding,
            start: 0,
            length: 0,
        }
    }

    fn head(&self, number: usize, of: usize, as_of: Option<Timestamp>) -> String {
        let events = counted(self.events as i64, "event", "events");
        let findings = match self.first_finding == self.last_finding {
            true => format!("of {}", self.first_finding),
            false => {
                format!("of findings from {} to {} in the list above", self.first_finding, self.last_finding)
            }
        };
        let mut text =
            format!("// Part {number} of {of}: {events} {findings}, {} to {}.\n", self.first, self.last);
        if self.shape != Shape::EXACT {
            text += &format!("// Not exact: {}.\n", self.shape.in_words());
        }
        let kept = Span::from_ticks(KEPT_DAYS * 86_400 * crate::event::TICKS_PER_SECOND);
        if as_of.is_some_and(|as_of| self.last < as_of.minus(kept)) {
            text += &format!("// All of it was older than {KEPT_DAYS} days at the as-of.\n");
        }
        text
    }

    /// What stands before the rows.
    fn opening(&self) -> String {
        let columns: Vec<String> =
            self.shape.columns().map(|(name, kind)| format!("{name}:{kind}")).collect();
        format!("let wanted = datatable({})\n[\n", columns.join(", "))
    }

    /// What stands after the rows.
    fn closing(&self) -> String {
        let columns: Vec<&str> = self.shape.columns().map(|(name, _)| name).collect();
        let mut text = "\n];\nDeviceProcessEvents\n".to_owned();
        text += &format!("| where Timestamp between ({} .. {})\n", datetime(self.first), datetime(self.last));
        if let Some(device) = self.shape.device {
            text += &format!("| where {device} in ((wanted | distinct {device}))\n");
        }
        text += &format!("| join kind=leftsemi wanted on {}\n", columns.join(", "));
        text + "| sort by Timestamp asc\n"
    }
}

impl Shape {
    /// The columns that name an event, each with its type.
    fn columns(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let device = self.device.map(|name| (name, "string"));
        let number = self.number.map(|name| (name, "long"));
        device.into_iter().chain([("Timestamp", "datetime")]).chain(number)
    }

    /// What is missing, and what that means.
    pub fn in_words(self) -> String {
        let columns: Vec<&str> = self.columns().map(|(name, _)| name).collect();
        format!(
            "these events have no ReportId or no DeviceId and are named by {}, so that others may be found too",
            columns.join(", ")
        )
    }
}

/// Queries that are complete.
pub struct Kept {
    pub parts: Vec<Part>,
    file: File,
}

impl Kept {
    /// Writes the queries, an empty line before each.
    pub fn write<W: Write>(mut self, out: &mut W, as_of: Option<Timestamp>) -> Result<()> {
        let count = self.parts.len();
        for (part, number) in self.parts.iter().zip(1..) {
            writeln!(out)?;
            out.write_all(part.head(number, count, as_of).as_bytes())?;
            out.write_all(part.opening().as_bytes())?;
            self.file.seek(SeekFrom::Start(part.start))?;
            io::copy(&mut (&self.file).take(part.length), out)?;
            out.write_all(part.closing().as_bytes())?;
        }
        Ok(())
    }
}
