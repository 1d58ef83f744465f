//! Rows as a table for people, or, where the terminal is too narrow for one, as a list.

use std::collections::HashSet;
use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::style::HorizontalLine;
use tabled::settings::{Alignment, Padding, Style, Width};

use super::column::{Column, When};
use super::escape::printable;
use super::value::Value;
use super::wrap::{share_width, text_width, width_of, wrap};

/// The most rows a table holds in memory; widths may grow from one such chunk to the next.
pub const CHUNK_ROWS: usize = 1_000;

/// The most lines a cell takes in a table made to fit; longer text is cut and ends in `…`.
const CELL_LINES: usize = 6;

/// The width up to which a cell makes its column wider where nothing has to fit. A longer one
/// pushes the rest of its own row aside, and does not fill every other row with blanks.
const ALIGNED_WIDTH: usize = 200;

/// The narrowest terminal taken into account.
const MIN_WIDTH: usize = 20;

/// What a column must keep of its width for the rows to be a table rather than a list.
const READABLE_WIDTH: usize = 10;

/// The narrowest column: one wide character.
const MIN_COLUMN: usize = 2;

/// Blanks between two columns.
const GAP: usize = 2;

/// Writes rows in chunks, with headings before the first.
pub(super) struct TableRows<'w, W: Write + ?Sized> {
    out: &'w mut W,
    width: Option<usize>,
    columns: Vec<Shown>,
    rows: Vec<Vec<String>>,
    shape: Option<Shape>,
}

/// A column that tables show, and what its cells have been so far.
struct Shown {
    index: usize,
    when: When,
    is_spare: bool,
    name: String,
    heading: String,
    natural: usize,
    has_numbers: bool,
    has_others: bool,
}

/// How the rows are laid out, decided with the first chunk and kept.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Grid,
    List,
}

impl<'w, W: Write + ?Sized> TableRows<'w, W> {
    pub(super) fn begin(out: &'w mut W, columns: &[Column], width: Option<usize>) -> Self {
        let shown = columns.iter().enumerate().filter_map(|(index, column)| {
            let title = column.title.as_deref()?;
            Some(Shown::new(index, column, title))
        });
        Self {
            out,
            width: width.map(|width| width.max(MIN_WIDTH)),
            columns: shown.collect(),
            rows: Vec::new(),
            shape: None,
        }
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let cells = self.columns.iter_mut().map(|column| column.cell(row));
        self.rows.push(cells.collect());
        if self.rows.len() >= CHUNK_ROWS {
            self.write_chunk()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.write_chunk()?;
        self.out.flush()
    }

    fn write_chunk(&mut self) -> io::Result<()> {
        let mut rows = std::mem::take(&mut self.rows);
        if self.shape.is_none() {
            self.leave_out_columns(&mut rows);
        }
        if rows.is_empty() || self.columns.is_empty() {
            return Ok(());
        }
        let is_first = self.shape.is_none();
        let natural = self.natural();
        let shape = *self.shape.get_or_insert(choose_shape(&natural, self.width));
        match shape {
            Shape::Grid => self.write_grid(rows, &natural, is_first),
            Shape::List => self.write_list(rows, is_first),
        }
    }

    /// Drops the columns that say nothing, and then those that can be spared where there is no room for all, for good.
    fn leave_out_columns(&mut self, rows: &mut [Vec<String>]) {
        let kept: Vec<bool> =
            (0..self.columns.len()).map(|column| self.says_something(column, rows)).collect();
        self.keep_columns(rows, &kept);
        while choose_shape(&self.natural(), self.width) == Shape::List {
            let Some(spare) = self.columns.iter().rposition(|column| column.is_spare) else { return };
            let kept: Vec<bool> = (0..self.columns.len()).map(|column| column != spare).collect();
            self.keep_columns(rows, &kept);
        }
    }

    fn keep_columns(&mut self, rows: &mut [Vec<String>], kept: &[bool]) {
        let mut kept_columns = kept.iter();
        self.columns.retain(|_| kept_columns.next() == Some(&true));
        for row in rows {
            let mut kept_cells = kept.iter();
            row.retain(|_| kept_cells.next() == Some(&true));
        }
    }

    fn says_something(&self, column: usize, rows: &[Vec<String>]) -> bool {
        match self.columns[column].when {
            When::Always => true,
            When::Filled => rows.iter().any(|row| !matches!(row[column].as_str(), "" | "0")),
            When::Varying => rows.iter().any(|row| row[column] != rows[0][column]),
            When::Repeated(name) => {
                self.columns.iter().position(|other| other.name == name).is_some_and(|other| {
                    let mut seen = HashSet::new();
                    rows.iter().any(|row| !seen.insert(&row[other]))
                })
            }
        }
    }

    fn write_grid(
        &mut self,
        mut rows: Vec<Vec<String>>,
        natural: &[usize],
        is_first: bool,
    ) -> io::Result<()> {
        if is_first {
            rows.insert(0, self.headings());
        }
        let widths = match self.width {
            Some(width) => share_width(natural, width - gaps(natural.len())),
            None => self.columns.iter().map(Shown::aligned_width).collect(),
        };
        if self.width.is_some() {
            wrap_cells(&mut rows, &widths);
        }
        let numeric: Vec<bool> = self.columns.iter().map(Shown::is_numeric).collect();
        let fits = |row: &[String]| row.iter().zip(&widths).all(|(c, w)| text_width(c) <= *w);
        let mut with_rule = is_first;
        for run in rows.chunk_by(|row, next| fits(row) && fits(next)) {
            self.write_trimmed(&draw(run, &widths, &numeric, with_rule))?;
            with_rule = false;
        }
        Ok(())
    }

    /// Writes each row as lines of heading and value, an empty line between two rows.
    fn write_list(&mut self, rows: Vec<Vec<String>>, is_first: bool) -> io::Result<()> {
        let budget = self.width.unwrap_or(MIN_WIDTH) - GAP;
        let headings = self.headings();
        let widest = headings.iter().map(|h| width_of(h)).max().unwrap_or(0);
        let label = widest.clamp(MIN_COLUMN, budget * 2 / 5);
        let widths = [label, budget - label];
        for (number, row) in rows.into_iter().enumerate() {
            if !is_first || number > 0 {
                writeln!(self.out)?;
            }
            let pairs = headings.iter().zip(row);
            let mut lines: Vec<_> = pairs.map(|(h, cell)| vec![h.clone(), cell]).collect();
            wrap_cells(&mut lines, &widths);
            self.write_trimmed(&draw(&lines, &widths, &[false, false], false))?;
        }
        Ok(())
    }

    fn natural(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.natural).collect()
    }

    fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.heading.clone()).collect()
    }

    fn write_trimmed(&mut self, text: &str) -> io::Result<()> {
        for line in text.lines() {
            self.out.write_all(line.trim_end_matches(' ').as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }
}

impl Shown {
    fn new(index: usize, column: &Column, title: &str) -> Self {
        let heading = printable(title).into_owned();
        Self {
            index,
            when: column.when,
            is_spare: column.is_spare,
            name: column.name.to_string(),
            natural: width_of(&heading).max(MIN_COLUMN),
            heading,
            has_numbers: false,
            has_others: false,
        }
    }

    /// Takes this column's cell out of a row and notes what it is.
    fn cell(&mut self, row: &[Value]) -> String {
        let value = &row[self.index];
        if value.is_number() {
            self.has_numbers = true;
        } else if !value.is_null() {
            self.has_others = true;
        }
        let text = printable(&value.table_text()).into_owned();
        self.natural = self.natural.max(width_of(&text));
        text
    }

    /// Gives the width of the column where nothing has to fit; its heading always does.
    fn aligned_width(&self) -> usize {
        self.natural.min(ALIGNED_WIDTH.max(width_of(&self.heading)))
    }

    fn is_numeric(&self) -> bool {
        self.has_numbers && !self.has_others
    }
}

fn gaps(columns: usize) -> usize {
    GAP * columns.saturating_sub(1)
}

/// Decides on a grid unless its columns would become too narrow to read.
fn choose_shape(natural: &[usize], width: Option<usize>) -> Shape {
    let readable: usize = natural.iter().map(|n| (*n).min(READABLE_WIDTH)).sum();
    match width {
        Some(width) if readable + gaps(natural.len()) > width => Shape::List,
        _ => Shape::Grid,
    }
}

fn wrap_cells(rows: &mut [Vec<String>], widths: &[usize]) {
    for row in rows {
        for (cell, &width) in row.iter_mut().zip(widths) {
            if width_of(cell) > width {
                *cell = wrap(cell, width, CELL_LINES);
            }
        }
    }
}

/// Draws a grid with columns of the given widths and, where asked for, a rule under its first row.
fn draw(rows: &[Vec<String>], widths: &[usize], numeric: &[bool], with_rule: bool) -> String {
    let last = widths.len().saturating_sub(1);
    let mut builder = Builder::new();
    for row in rows {
        builder.push_record(row);
    }
    let mut table = builder.build();
    if with_rule {
        table.with(Style::empty().horizontals([(1, HorizontalLine::new('─'))]));
    } else {
        table.with(Style::empty());
    }
    table.with(Padding::new(0, GAP, 0, 0));
    table.modify(Columns::one(last), Padding::zero());
    for (column, _) in numeric.iter().enumerate().filter(|(_, is)| **is) {
        table.modify(Columns::one(column), Alignment::right());
    }
    table.with(Width::list(padded_widths(rows, widths)));
    table.to_string()
}

/// Gives the widths with the blanks after each column but the last.
///
/// A column is never narrower than its cells: `tabled` subtracts the one from the other unchecked.
fn padded_widths(rows: &[Vec<String>], widths: &[usize]) -> Vec<usize> {
    let mut padded = widths.to_vec();
    for row in rows {
        for (width, cell) in padded.iter_mut().zip(row) {
            *width = (*width).max(text_width(cell));
        }
    }
    for width in padded.iter_mut().rev().skip(1) {
        *width += GAP;
    }
    padded
}
