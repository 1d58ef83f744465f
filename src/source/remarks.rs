//! What a reader of rows noticed of its file.

use super::sheet::Sheets;
use super::{MOST_NAMED, Notice};
use crate::event::{Column, ColumnSet};

/// What a reader of rows noticed of its file.
#[derive(Debug, Default)]
pub struct Remarks {
    /// Headings that are not the published names, with the columns that they were read as.
    read: Vec<(String, Column)>,
    /// The lines of headings that stand among rows: the first few, and how many more.
    headings: (Vec<u64>, u64),
    /// The columns that every part of the file has; None before the first part.
    columns: Option<ColumnSet>,
    recovered_after: Option<u64>,
    /// The sheets of a workbook that the rows are of.
    sheets: Option<Sheets>,
    /// What stands around the rows.
    wrapper: Option<String>,
    /// Why rows are missing, in the words of the service that sent them.
    partial: Option<String>,
    /// Whether `None` was read as nothing.
    has_none: bool,
}

impl Remarks {
    /// A heading was read as a column.
    pub fn read_as(&mut self, heading: &str, column: Column) {
        let pair = (heading.to_owned(), column);
        if self.read.len() < Column::COUNT && !self.read.contains(&pair) {
            self.read.push(pair);
        }
    }

    /// A heading stands among the rows, on this line.
    pub fn see_heading(&mut self, line: u64) {
        let (lines, more) = &mut self.headings;
        if lines.len() < MOST_NAMED { lines.push(line) } else { *more += 1 }
    }

    /// A part of the file has these columns.
    pub fn lack_all_but(&mut self, columns: ColumnSet) {
        self.columns = Some(self.columns.unwrap_or(ColumnSet::ALL).and(columns));
    }

    /// The rows of the file have these columns, whether each of them has or not.
    pub fn have(&mut self, columns: ColumnSet) {
        self.columns = Some(columns);
    }

    /// The rows are of sheets of a workbook.
    pub fn are_of(&mut self, sheets: Sheets) {
        self.sheets = Some(sheets);
    }

    /// Whether a line is the heading of a sheet.
    pub fn has_heading_at(&self, line: u64) -> bool {
        self.sheets.as_ref().is_some_and(|sheets| sheets.has_heading_at(line))
    }

    /// The names of the sheets that the rows are of.
    pub fn sheets(&self) -> Vec<String> {
        self.sheets.as_ref().map(Sheets::names).unwrap_or_default()
    }

    /// What stands behind this line may be part of a text that broke off on it.
    pub fn recover_after(&mut self, line: u64) {
        self.recovered_after.get_or_insert(line);
    }

    /// Rows stand in something; the first is what counts.
    pub fn see_wrapper(&mut self, name: impl FnOnce() -> String) {
        self.wrapper.get_or_insert_with(name);
    }

    /// What stands around the rows, in words.
    pub fn wrapper(&self) -> Option<&str> {
        self.wrapper.as_deref()
    }

    /// Rows are missing, for this reason.
    pub fn see_partial(&mut self, reason: &str) {
        self.partial.get_or_insert_with(|| reason.to_owned());
    }

    /// Why rows are missing, if any are.
    pub fn partial(&self) -> Option<&str> {
        self.partial.as_deref()
    }

    /// `None` was read as nothing.
    pub fn see_none(&mut self) {
        self.has_none = true;
    }

    /// The first line that broke inside a text.
    pub fn recovered_after(&self) -> Option<u64> {
        self.recovered_after
    }

    /// The published columns that each part of the file has.
    pub fn columns(&self) -> ColumnSet {
        self.columns.unwrap_or(ColumnSet::ALL)
    }

    /// The published columns that the file, or a part of it, does not have: without those that Log Analytics adds, which
    /// say nothing of the event.
    pub fn lacking(&self) -> impl Iterator<Item = Column> {
        let has = self.columns();
        let of_event = &Column::ALL[..Column::BilledSize as usize];
        of_event.iter().copied().filter(move |column| !has.has(*column))
    }

    /// What a person should know of it.
    pub fn notices(&self) -> Vec<Notice> {
        let name = |(heading, column): &(String, Column)| (heading.clone(), column.name().to_owned());
        let mut notices = Vec::new();
        if !self.read.is_empty() {
            notices.push(Notice::HeadingsRead { read: self.read.iter().map(name).collect() });
        }
        notices.extend(self.sheets.as_ref().and_then(Sheets::notice));
        if let Some(reason) = &self.partial {
            notices.push(Notice::Partial { reason: reason.clone() });
        }
        if self.has_none {
            notices.push(Notice::NoneRead);
        }
        let (lines, more) = &self.headings;
        if !lines.is_empty() {
            notices.push(Notice::HeadingWithin { lines: lines.clone(), more: *more });
        }
        notices
    }
}
