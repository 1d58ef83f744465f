//! The rows of a sheet that hold anything, in order.

use std::io::{Read, Seek};

use calamine::{Cell, DataRef, Xlsx, XlsxCellReader};

use crate::source::LONGEST_ROW;

/// How many rows and columns a sheet of Excel has.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;

/// Reads the rows of a sheet.
pub struct SheetRows<'a, R: Read + Seek> {
    name: String,
    cells: XlsxCellReader<'a, R>,
    /// A cell that was read beyond its row's end.
    next: Option<Cell<DataRef<'a>>>,
    /// Whether the sheet has ended: the reader of cells must not be asked again.
    is_over: bool,
    /// The row and column of the last cell, from 0.
    last: Option<(u32, u32)>,
}

/// A row of a sheet.
pub struct SheetRow<'a> {
    /// Its number as the sheet shows it, from 1.
    pub number: u64,
    /// The cells that hold anything, with their columns from 0.
    pub cells: Vec<(usize, DataRef<'a>)>,
}

impl<'a, R: Read + Seek> SheetRows<'a, R> {
    /// The rows of the sheet of this name.
    ///
    /// # Errors
    /// In words: the sheet cannot be read.
    pub fn open(book: &'a mut Xlsx<R>, name: &str) -> Result<Self, String> {
        let cells = book.worksheet_cells_reader(name).map_err(|cause| in_sheet(name, &cause))?;
        Ok(Self { name: name.to_owned(), cells, next: None, is_over: false, last: None })
    }

    /// The next row that holds anything, or None at the end.
    ///
    /// # Errors
    /// In words: the sheet cannot be read, or its cells do not stand in order.
    pub fn next_row(&mut self) -> Result<Option<SheetRow<'a>>, String> {
        let Some(first) = self.next_filled()? else { return Ok(None) };
        let (row, _) = first.get_position();
        let mut found = SheetRow { number: u64::from(row) + 1, cells: Vec::new() };
        let (mut next, mut length) = (Some(first), 0);
        while let Some(cell) = next.take_if(|cell| cell.get_position().0 == row) {
            length += length_of(cell.get_value());
            if length > LONGEST_ROW {
                return Err(in_sheet(
                    &self.name,
                    &format!("row {} is longer than {} MiB", found.number, LONGEST_ROW >> 20),
                ));
            }
            found.cells.push((cell.get_position().1 as usize, cell.get_value().clone()));
            next = self.next_filled()?;
        }
        self.next = next;
        Ok(Some(found))
    }

    fn next_filled(&mut self) -> Result<Option<Cell<DataRef<'a>>>, String> {
        if let Some(cell) = self.next.take() {
            return Ok(Some(cell));
        }
        while !self.is_over {
            let Some(cell) = self.cells.next_cell().map_err(|cause| in_sheet(&self.name, &cause))? else {
                self.is_over = true;
                break;
            };
            self.check_place(cell.get_position())?;
            if length_of(cell.get_value()) > 0 {
                return Ok(Some(cell));
            }
        }
        Ok(None)
    }

    fn check_place(&mut self, place: (u32, u32)) -> Result<(), String> {
        let words = |(row, column): (u32, u32)| {
            format!("row {} column {}", u64::from(row) + 1, u64::from(column) + 1)
        };
        if place.0 >= MOST_ROWS || place.1 >= MOST_COLUMNS {
            let problem = format!(
                "a cell of {}, expected at most {MOST_ROWS} rows and {MOST_COLUMNS} columns",
                words(place)
            );
            return Err(in_sheet(&self.name, &problem));
        }
        if let Some(last) = self.last.replace(place)
            && last >= place
        {
            let problem = format!(
                "the cell of {} stands behind that of {}, expected cells in order",
                words(place),
                words(last)
            );
            return Err(in_sheet(&self.name, &problem));
        }
        Ok(())
    }
}

/// How long a value is at most; 0 for none.
fn length_of(value: &DataRef<'_>) -> usize {
    const NUMBER: usize = 1;
    match value {
        DataRef::Empty => 0,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => NUMBER,
    }
}

/// What is wrong with a sheet.
pub fn in_sheet(name: &str, problem: &impl std::fmt::Display) -> String {
    format!("sheet {name:?}: {problem}")
}
