//! Which sheets of a workbook are exports of ours.

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek};

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use super::broken;
use super::rows::{SheetRow, SheetRows};
use super::write::{headings_of, write_record};
use crate::error::WayOut;
use crate::source::kind::{EXPECTED, check_headings, describe_names};
use crate::source::refusal::{Accepted, Refusal};
use crate::source::{CsvRows, Input};

/// How many sheets are looked at.
const MOST_SHEETS: usize = 256;
/// How many rows of a sheet that hold anything are tried as its heading.
const ROWS_TRIED: u64 = 20;
/// How many sheets are named where none is ours.
const MOST_TOLD: usize = 5;

/// A sheet that has our columns.
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// The number of the row that holds its heading.
    pub heading: u64,
    /// How many rows above it hold anything.
    pub rows_above: u64,
}

/// What a sheet begins with.
enum Found {
    Nothing,
    Ours(Chosen),
    /// The first row, and why it is no heading.
    Other(Vec<String>, Refusal),
}

/// The sheets that are exports, in the workbook's order, and the names of others that hold anything.
///
/// # Errors
/// There is none, or a sheet cannot be read.
pub fn choose<R: Read + Seek>(book: &mut Xlsx<R>) -> Accepted<(Vec<Chosen>, Vec<String>)> {
    let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let sheets: Vec<_> = book.sheets_metadata().iter().filter(is_sheet).cloned().collect();
    if sheets.len() > MOST_SHEETS {
        return Err(broken(&format!("it has {} sheets, more than {MOST_SHEETS}", sheets.len())));
    }
    let (mut chosen, mut others, mut names) = (Vec::new(), Vec::new(), HashSet::new());
    for sheet in sheets {
        // A sheet is asked for by its name.
        if !names.insert(sheet.name.clone()) {
            return Err(broken(&format!("two of its sheets are called {:?}", sheet.name)));
        }
        let is_hidden = sheet.visible != SheetVisible::Visible;
        match look_at(book, &sheet.name, is_hidden)? {
            Found::Nothing => {}
            Found::Ours(sheet) => chosen.push(sheet),
            Found::Other(headings, refusal) => others.push((sheet.name, headings, refusal)),
        }
    }
    match chosen.is_empty() {
        true => Err(refuse(others)),
        false => Ok((chosen, others.into_iter().map(|(name, ..)| name).collect())),
    }
}

fn look_at<R: Read + Seek>(book: &mut Xlsx<R>, name: &str, is_hidden: bool) -> Accepted<Found> {
    let mut rows = SheetRows::open(book, name).map_err(|problem| broken(&problem))?;
    let mut found = Found::Nothing;
    for rows_above in 0..ROWS_TRIED {
        let Some(row) = rows.next_row().map_err(|problem| broken(&problem))? else { break };
        match judge(&row) {
            Ok(()) => {
                let name = name.to_owned();
                return Ok(Found::Ours(Chosen { name, is_hidden, heading: row.number, rows_above }));
            }
            Err(refusal) if rows_above == 0 => found = Found::Other(headings_of(&row), refusal),
            Err(_) => {}
        }
    }
    Ok(found)
}

/// Judges a row as the heading of a CSV export is judged.
fn judge(row: &SheetRow<'_>) -> Accepted<()> {
    let mut text = Vec::new();
    write_record(&mut text, headings_of(row).iter().map(String::as_str));
    check_headings(&CsvRows::of_records(Input::new(Box::new(Cursor::new(text))))?)
}

fn refuse(mut others: Vec<(String, Vec<String>, Refusal)>) -> Refusal {
    if others.is_empty() {
        return Refusal::new(format!("the workbook is empty; {EXPECTED}"), WayOut::Columns);
    }
    if others.len() == 1 {
        return others.remove(0).2;
    }
    let told = |(name, headings, _): &(String, Vec<String>, Refusal)| {
        format!("{name:?} has {}", describe_names("columns", headings))
    };
    let mut sheets: Vec<String> = others.iter().take(MOST_TOLD).map(told).collect();
    if others.len() > MOST_TOLD {
        sheets.push(format!("and {} sheets more", others.len() - MOST_TOLD));
    }
    Refusal::new(format!("none of its sheets is ours: {}; {EXPECTED}", sheets.join("; ")), WayOut::Columns)
}
