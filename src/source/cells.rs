//! The cells of a CSV row.

use memchr::memchr;

/// The texts of a row's cells that begin with a quote, in order: where each cell begins, and where its text lies.
#[derive(Default)]
pub struct Unquoted {
    text: String,
    cells: Vec<(usize, usize, usize)>,
}

impl Unquoted {
    /// Reads the cells of a row that are `quoted`, counted from 0; its commas outside quotes are at `commas`.
    pub fn read(&mut self, row: &str, commas: &[usize], quoted: &[usize]) {
        self.text.clear();
        self.cells.clear();
        for &cell in quoted {
            let start = cell.checked_sub(1).map_or(0, |before| commas[before] + 1);
            let end = commas.get(cell).copied().unwrap_or(row.len());
            // Blanks stand before the quote only where they say nothing.
            if let Some(text) = row[start..end].trim_start_matches([' ', '\t']).strip_prefix('"') {
                let from = self.text.len();
                self.push(text);
                self.cells.push((start, from, self.text.len()));
            }
        }
    }

    /// The text of the quoted cell that begins at `start`; None when the cell there is not quoted.
    pub fn get(&self, start: usize) -> Option<&str> {
        let index = self.cells.binary_search_by_key(&start, |(cell, ..)| *cell).ok()?;
        let (_, from, to) = self.cells[index];
        Some(&self.text[from..to])
    }

    /// A cell in quotes loses them, and each doubled quote in it becomes one. Text behind the closing quote,
    /// which only a header may have, is kept as it stands, as the `csv` crate does; blanks are not.
    fn push(&mut self, mut rest: &str) {
        while let Some(quote) = memchr(b'"', rest.as_bytes()) {
            self.text.push_str(&rest[..quote]);
            let behind = &rest[quote + 1..];
            match behind.strip_prefix('"') {
                Some(behind) => {
                    self.text.push('"');
                    rest = behind;
                }
                None => {
                    rest = if behind.trim_matches([' ', '\t']).is_empty() { "" } else { behind };
                    break;
                }
            }
        }
        self.text.push_str(rest);
    }
}

/// The texts of a row's cells, in order.
pub struct Cells<'a> {
    row: &'a str,
    commas: &'a [usize],
    unquoted: &'a str,
    quoted: &'a [(usize, usize, usize)],
    index: usize,
    start: usize,
}

impl<'a> Cells<'a> {
    /// The cells of `row`, whose commas outside quotes are at `commas`.
    pub fn new(row: &'a str, commas: &'a [usize], unquoted: &'a Unquoted) -> Self {
        Self { row, commas, unquoted: &unquoted.text, quoted: &unquoted.cells, index: 0, start: 0 }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.index > self.commas.len() {
            return None;
        }
        let (start, end) = (self.start, self.commas.get(self.index).copied().unwrap_or(self.row.len()));
        (self.index, self.start) = (self.index + 1, end + 1);
        match self.quoted {
            [(cell, from, to), rest @ ..] if *cell == start => {
                self.quoted = rest;
                Some(&self.unquoted[*from..*to])
            }
            _ => Some(&self.row[start..end]),
        }
    }
}
