//! Rows of one kind, in any format.

use std::fmt;
use std::io::{self, Write};

use super::column::Column;
use super::delimited::CsvRows;
use super::json::{JsonRows, invalid};
use super::table::TableRows;
use super::value::Value;
use super::{Format, Layout};

/// Writes rows of one kind as they come.
///
/// JSON is one object, one row a line:
///
/// ```
/// use huntcase::report::{Column, Format, Layout, Writer};
///
/// let mut out = Vec::new();
/// let columns = vec![Column::new("id", "Id"), Column::data_only("rule")];
/// let mut writer = Writer::begin(&mut out, Layout::new(Format::Json), "findings", columns)?;
/// writer.row(vec!["F-1".into(), "encoded-powershell".into()])?;
/// assert_eq!(writer.finish()?, 1);
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     r#"{"schema_version":1,"findings":[
/// {"id":"F-1","rule":"encoded-powershell"}
/// ]}
/// "#
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "rows are only complete after `finish`"]
pub struct Writer<'w, W: Write + ?Sized> {
    rows: Rows<'w, W>,
    columns: usize,
    written: u64,
}

enum Rows<'w, W: Write + ?Sized> {
    Table(TableRows<'w, W>),
    Csv(Box<CsvRows<&'w mut W>>),
    Json(JsonRows<'w, W>),
}

impl<'w, W: Write + ?Sized> Writer<'w, W> {
    /// Begins to write rows with `columns`, as `layout` says.
    ///
    /// `kind` is the key of the rows in JSON, such as `findings`. Columns that have the same name
    /// keep it in CSV and are told apart in JSON and JSONL as `a`, `a_2`, `a_3`.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn begin(out: &'w mut W, layout: Layout, kind: &str, columns: Vec<Column>) -> io::Result<Self> {
        let rows = match layout.format {
            Format::Table => Rows::Table(TableRows::begin(out, &columns, layout.width)),
            Format::Csv => {
                let rows = CsvRows::begin(out, &columns, layout)?;
                Rows::Csv(Box::new(rows))
            }
            Format::Json => Rows::Json(JsonRows::object(out, kind, &columns)?),
            Format::Jsonl => Rows::Json(JsonRows::lines(out, &columns)),
        };
        Ok(Self { rows, columns: columns.len(), written: 0 })
    }

    /// Writes further members of the JSON object before its rows; other formats leave them out.
    ///
    /// # Errors
    ///
    /// What `out` says, and `InvalidInput` for a name that is taken (`schema_version` and the kind
    /// are) or once a row has been written.
    pub fn with_members(mut self, members: Vec<(&str, serde_json::Value)>) -> io::Result<Self> {
        if let Rows::Json(rows) = &mut self.rows {
            for (name, value) in members {
                rows.member(name, &value)?;
            }
        }
        Ok(self)
    }

    /// Writes one row, a cell for each column. Tables hold rows back until there are
    /// [`CHUNK_ROWS`](super::CHUNK_ROWS) of them.
    ///
    /// # Errors
    ///
    /// What `out` says, and `InvalidInput` for a row with too few or too many cells.
    pub fn row(&mut self, row: Vec<Value>) -> io::Result<()> {
        if row.len() != self.columns {
            let (cells, columns) = (row.len(), self.columns);
            return Err(invalid(format!("{cells} cells for {columns} columns")));
        }
        match &mut self.rows {
            Rows::Table(rows) => rows.row(&row)?,
            Rows::Csv(rows) => rows.row(&row)?,
            Rows::Json(rows) => rows.row(&row)?,
        }
        self.written += 1;
        Ok(())
    }

    /// Writes what is left, flushes, and gives the number of rows.
    ///
    /// A table of no rows has written nothing: what to say instead is for the caller. JSON is only
    /// well formed after this, and a writer dropped without it may lose rows.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn finish(self) -> io::Result<u64> {
        match self.rows {
            Rows::Table(rows) => rows.finish()?,
            Rows::Csv(rows) => rows.finish()?,
            Rows::Json(rows) => rows.finish()?,
        }
        Ok(self.written)
    }
}

impl<W: Write + ?Sized> fmt::Debug for Writer<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.rows {
            Rows::Table(_) => "table",
            Rows::Csv(_) => "csv",
            Rows::Json(_) => "json",
        };
        f.debug_struct("Writer")
            .field("format", &format)
            .field("columns", &self.columns)
            .field("written", &self.written)
            .finish()
    }
}
