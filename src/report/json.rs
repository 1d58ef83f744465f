//! Rows as one JSON object, or as one object a line.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::column::{Column, unique_names};
use super::escape::json_safe;
use super::value::Value;

/// The version of the JSON this program writes; raised when a reader would have to change.
pub const SCHEMA_VERSION: u32 = 1;

const VERSION_KEY: &str = "schema_version";

/// Writes rows as objects whose keys stand in the order of the columns.
pub(super) struct JsonRows<'w, W: Write + ?Sized> {
    out: &'w mut W,
    names: Vec<String>,
    buffer: Vec<u8>,
    envelope: Option<Envelope>,
}

/// What stands around the rows of JSON; JSONL has none.
struct Envelope {
    members: Vec<String>,
    kind: String,
    is_open: bool,
}

impl<'w, W: Write + ?Sized> JsonRows<'w, W> {
    /// Begins JSONL.
    pub(super) fn lines(out: &'w mut W, columns: &[Column]) -> Self {
        Self { out, names: unique_names(columns), buffer: Vec::new(), envelope: None }
    }

    /// Begins the object whose member `kind` will hold the rows.
    pub(super) fn object(out: &'w mut W, kind: &str, columns: &[Column]) -> io::Result<Self> {
        let mut rows = Self::lines(out, columns);
        write!(rows.out, "{{\"{VERSION_KEY}\":{SCHEMA_VERSION}")?;
        rows.envelope = Some(Envelope {
            members: vec![VERSION_KEY.to_owned(), kind.to_owned()],
            kind: kind.to_owned(),
            is_open: false,
        });
        Ok(rows)
    }

    /// Writes one more member before the rows.
    pub(super) fn member(&mut self, name: &str, value: &serde_json::Value) -> io::Result<()> {
        let Some(envelope) = &mut self.envelope else {
            return Ok(());
        };
        if envelope.is_open {
            return Err(invalid(format!("member {name:?} comes after the first row")));
        }
        if envelope.members.iter().any(|member| member == name) {
            return Err(invalid(format!("member {name:?} is there already")));
        }
        envelope.members.push(name.to_owned());
        let member = format!(",{}:{value}", serde_json::Value::from(name));
        self.out.write_all(json_safe(&member).as_bytes())
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        self.buffer.clear();
        match &mut self.envelope {
            Some(envelope) if envelope.is_open => self.buffer.extend(b",\n"),
            Some(envelope) => envelope.open(&mut self.buffer),
            None => {}
        }
        self.buffer.extend(object_text(&self.names, row)?.as_bytes());
        if self.envelope.is_none() {
            self.buffer.push(b'\n');
        }
        self.out.write_all(&self.buffer)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Some(envelope) = &mut self.envelope {
            self.buffer.clear();
            if envelope.is_open {
                self.buffer.push(b'\n');
            } else {
                envelope.open(&mut self.buffer);
                self.buffer.truncate(self.buffer.len() - 1);
            }
            self.buffer.extend(b"]}\n");
            self.out.write_all(&self.buffer)?;
        }
        self.out.flush()
    }
}

impl Envelope {
    /// Writes the key and the bracket that the rows stand in, and a line feed.
    fn open(&mut self, buffer: &mut Vec<u8>) {
        let key = serde_json::Value::from(self.kind.as_str());
        buffer.extend(format!(",{key}:[\n").as_bytes());
        self.is_open = true;
    }
}

/// A row as the text of an object whose keys stand in the order of `names`.
pub(super) fn object_text(names: &[String], row: &[Value]) -> io::Result<String> {
    let json = serde_json::to_string(&Object { names, row })?;
    Ok(match json_safe(&json) {
        std::borrow::Cow::Borrowed(_) => json,
        std::borrow::Cow::Owned(safe) => safe,
    })
}

/// One row as an object. Not a `serde_json::Map`, which would sort the keys.
struct Object<'r> {
    names: &'r [String],
    row: &'r [Value],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.row.len()))?;
        for (name, value) in self.names.iter().zip(self.row) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Makes the error for a caller's mistake.
pub(super) fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
