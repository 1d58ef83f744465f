//! Sheets of rows under a heading, that go on in another sheet where Excel's end.

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::super::super::{Column, Value};
use super::{LEFT_OUT, cell, from_xlsx};
use crate::error::Result;

/// How many rows a sheet holds, the heading among them. Source:
/// <https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3>.
pub const ROWS_A_SHEET: u32 = 1_048_576;

/// Rows of one kind, in as many sheets as they need.
pub struct Table {
    name: &'static str,
    columns: Vec<Option<Column>>,
    heading: Format,
    limit: u32,
    row: u32,
    sheets: Vec<Worksheet>,
}

impl Table {
    /// Begins rows; the columns of [`LEFT_OUT`] are left out of all of them.
    pub fn new(book: &mut Workbook, name: &'static str, columns: Vec<Column>) -> Result<Self> {
        Self::with_limit(book, name, columns, ROWS_A_SHEET)
    }

    /// The same, with fewer rows a sheet.
    pub fn with_limit(
        book: &mut Workbook,
        name: &'static str,
        columns: Vec<Column>,
        limit: u32,
    ) -> Result<Self> {
        let keep = |column: Column| (!LEFT_OUT.contains(&column.name.as_ref())).then_some(column);
        let columns = columns.into_iter().map(keep).collect();
        let heading = Format::new().set_bold();
        let mut table = Self { name, columns, heading, limit, row: 0, sheets: Vec::new() };
        table.begin_sheet(book)?;
        Ok(table)
    }

    /// Writes one row, a cell for each column that it began with.
    pub fn row(&mut self, book: &mut Workbook, cells: &[Value]) -> Result<()> {
        if self.row == self.limit {
            self.end_sheet()?;
            self.begin_sheet(book)?;
        }
        let columns = self.columns.iter().zip(cells);
        let shown = columns.filter_map(|(column, cell)| column.as_ref().map(|column| (column, cell)));
        if let Some(sheet) = self.sheets.last_mut() {
            for (number, (column, cell)) in (0..).zip(shown) {
                cell::write(sheet, self.row, number, cell, has_lines(&column.name))?;
            }
        }
        self.row += 1;
        Ok(())
    }

    /// Begins sheets for rows that will be written later; gives how many there will be in each.
    pub fn leave_room(&mut self, book: &mut Workbook, rows: u64) -> Result<Vec<u32>> {
        let mut planned = Vec::new();
        let mut left = rows;
        loop {
            let here = u32::try_from(left).unwrap_or(u32::MAX).min(self.limit - 1);
            planned.push(here);
            self.row = 1 + here;
            left -= u64::from(here);
            if left == 0 {
                return Ok(planned);
            }
            self.end_sheet()?;
            self.begin_sheet(book)?;
        }
    }

    /// Gives the sheets; there is always one.
    pub fn finish(mut self) -> Result<Vec<Worksheet>> {
        self.end_sheet()?;
        Ok(self.sheets)
    }

    fn begin_sheet(&mut self, book: &mut Workbook) -> Result<()> {
        let mut sheet = book.new_worksheet_with_constant_memory().map_err(from_xlsx)?;
        let name = match self.sheets.len() {
            0 => self.name.to_owned(),
            before => format!("{} {}", self.name, before + 1),
        };
        sheet.set_name(name).map_err(from_xlsx)?;
        for (number, column) in (0..).zip(self.columns.iter().flatten()) {
            sheet.set_column_width(number, width(&column.name)).map_err(from_xlsx)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(from_xlsx)?;
        for (number, column) in (0..).zip(self.columns.iter().flatten()) {
            sheet
                .write_string_with_format(0, number, column.name.as_ref(), &self.heading)
                .map_err(from_xlsx)?;
        }
        self.row = 1;
        self.sheets.push(sheet);
        Ok(())
    }

    /// Lets the heading filter all rows that were written.
    fn end_sheet(&mut self) -> Result<()> {
        let columns = self.columns.iter().flatten().count();
        if let (Some(sheet), Ok(columns)) = (self.sheets.last_mut(), u16::try_from(columns)) {
            sheet.autofilter(0, 0, self.row - 1, columns.saturating_sub(1)).map_err(from_xlsx)?;
        }
        Ok(())
    }
}

/// Whether people write lines into a column, or read them there.
fn has_lines(name: &str) -> bool {
    matches!(name, "text" | "sqlText")
}

/// A column's width in characters.
fn width(name: &str) -> f64 {
    match name {
        "processCommandLine" | "initiatingProcessCommandLine" | "sqlText" | "text" | "reason" => 60.0,
        "hypothesis" | "falsePositives" | "why" | "scope" | "folderPath" | "formerVerdict" => 40.0,
        "timestamp" | "at" | "expiresAt" | "liftedAt" | "firstActivity" | "lastActivity" | "createdAt"
        | "resolvedAt" | "importedAt" | "firstEvent" | "lastEvent" | "windowStart" | "windowEnd"
        | "firstRunAt" | "verdictUntil" | "reviewedAt" | "reviewedUntil" => 29.0,
        "rule" | "deviceName" | "classification" | "importFileName" | "ruleVersions" | "imports" => 26.0,
        "id" | "finding" | "status" | "severity" | "events" | "eventId" | "reportId" => 11.0,
        _ => 18.0,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    #[test]
    fn a_full_sheet_goes_on_in_another_under_the_same_heading() {
        let mut book = Workbook::new();
        let columns = vec![Column::named("n"), Column::named("unseen")];
        let mut table = Table::with_limit(&mut book, "Evidence", columns, 3).unwrap();
        for number in 0..5_i64 {
            table.row(&mut book, &[number.into(), true.into()]).unwrap();
        }
        for sheet in table.finish().unwrap() {
            book.push_worksheet(sheet);
        }
        let bytes = book.save_to_buffer().unwrap();
        let mut reader = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(reader.sheet_names(), ["Evidence", "Evidence 2", "Evidence 3"]);
        let mut cells =
            |name| -> Vec<Data> { reader.worksheet_range(name).unwrap().rows().flatten().cloned().collect() };
        let heading = || Data::String("n".to_owned());
        assert_eq!(cells("Evidence"), [heading(), Data::Float(0.0), Data::Float(1.0)]);
        assert_eq!(cells("Evidence 2"), [heading(), Data::Float(2.0), Data::Float(3.0)]);
        assert_eq!(cells("Evidence 3"), [heading(), Data::Float(4.0)]);
    }
}
