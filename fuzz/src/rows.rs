//! What readers of exports hand out, in a form that can be kept and compared.

use std::io::{self, Cursor, Read};

use huntcase::event::{Column, Fault, Fields, Reading};
use huntcase::source::{Form, Input, ReadRows, Row};

/// One row as a reader handed it out.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A row in which an event may stand.
    Event {
        line: u64,
        raw: Vec<u8>,
        texts: Vec<(Column, String)>,
        table: String,
        event: Result<String, Fault>,
    },
    /// A row that is kept with its text.
    Rejected { line: u64, raw: Vec<u8>, reason: String },
    /// A row of another table.
    Other(String),
}

impl Seen {
    /// The row as it stands.
    pub fn new(row: Row<'_>) -> Self {
        match row {
            Row::Event { line, fields, raw } => Self::Event {
                line,
                raw: raw.to_vec(),
                texts: filled(&fields),
                table: fields.texts().table().to_owned(),
                event: event_of(&fields),
            },
            Row::Rejected { line, reason, raw } => Self::Rejected { line, raw: raw.to_vec(), reason },
            Row::OtherTable(table) => Self::Other(table.to_owned()),
        }
    }

    /// The line, and what has to be settled before it can be read.
    pub fn unsettled(&self) -> Option<(u64, &Fault)> {
        match self {
            Self::Event { line, event: Err(fault), .. } if fault.is_unsettled() => Some((*line, fault)),
            _ => None,
        }
    }

    /// The line and the bytes of a row that is kept.
    pub fn place(&self) -> Option<(u64, &[u8])> {
        match self {
            Self::Event { line, raw, .. } | Self::Rejected { line, raw, .. } => Some((*line, raw)),
            Self::Other(_) => None,
        }
    }
}

fn filled(fields: &Fields<'_>) -> Vec<(Column, String)> {
    let texts = Column::ALL.iter().map(|column| (*column, fields.texts().text(*column).to_owned()));
    texts.filter(|(_, text)| !text.is_empty()).collect()
}

/// The event's debugging text, or why there is none. What is read of it alone must be the same.
pub fn event_of(fields: &Fields<'_>) -> Result<String, Fault> {
    let event = fields.to_event()?;
    assert_eq!(fields.to_moment(), Ok(event.moment()), "an event and its moment differ");
    Ok(format!("{event:?}"))
}

/// How values are read where nobody says anything, and where somebody says the zone.
pub fn readings() -> [Reading; 2] {
    let zone = "Europe/Berlin".parse().expect("it is a zone");
    [Reading::default(), Reading::new(Some(zone), None)]
}

/// Every row that a reader hands out.
pub fn read_all(rows: &mut dyn ReadRows) -> Vec<Seen> {
    let reading = Reading::default();
    let mut seen = Vec::new();
    loop {
        let row = match rows.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => return seen,
            // What lacks rows for sure is refused whole.
            Err(cause) => {
                seen.push(Seen::Other(cause.to_string()));
                return seen;
            }
        };
        seen.push(Seen::new(match row {
            Row::Event { line, fields, raw } => Row::Event { line, fields: fields.read_as(&reading), raw },
            row => row,
        }));
    }
}

/// A window over bytes that grows by as many at a time as the bytes themselves choose, so that an input is the text alone.
pub fn in_steps(bytes: &[u8]) -> Input {
    Input::in_chunks(Box::new(Cursor::new(bytes.to_vec())), step_of(bytes))
}

/// From 1 to 256, and the same for the same bytes.
pub fn step_of(bytes: &[u8]) -> usize {
    1 + usize::from(bytes.iter().fold(0_u8, |sum, byte| sum.rotate_left(3) ^ byte))
}

/// Gives its bytes a few at a time, as a pipe does.
pub struct Pipe {
    bytes: Cursor<Vec<u8>>,
    step: usize,
}

impl Pipe {
    /// A pipe of these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: Cursor::new(bytes.to_vec()), step: step_of(bytes) }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.step);
        self.bytes.read(&mut buffer[..most])
    }
}

/// Whether bytes are text as it is read, neither packed nor in another encoding.
pub fn is_plain(bytes: &[u8]) -> bool {
    let mut input = Input::new(Box::new(Cursor::new(bytes.to_vec())));
    input.more().is_ok() && *input.form() == Form::default()
}

/// Checks that rows come in the order of their lines, and that each stands where it says. Of what is packed or decoded
/// nothing stands in the bytes.
pub fn check_places(bytes: &[u8], rows: &[Seen]) {
    if !is_plain(bytes) {
        return;
    }
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let mut last = 1;
    for (line, raw) in rows.iter().filter_map(Seen::place) {
        assert!(last <= line, "line {line} comes behind line {last}");
        last = line;
        let index = usize::try_from(line).expect("a line that fits") - 1;
        let start = *starts.get(index).unwrap_or_else(|| panic!("there is no line {line}"));
        let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
        let stands = raw.is_empty() || (start..end).any(|at| bytes[at..].starts_with(raw));
        assert!(stands, "line {line} has no row {:?}", String::from_utf8_lossy(raw));
    }
}
