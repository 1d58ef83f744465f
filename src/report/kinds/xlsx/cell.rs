//! One cell, within what Excel can hold.

use std::borrow::Cow;

use rust_xlsxwriter::Worksheet;

use super::super::super::{Value, printable, printable_lines};
use super::from_xlsx;
use crate::error::Result;
use crate::report::grouped;

/// How many characters a cell holds, in units of UTF-16.
const CELL_LENGTH: usize = 32_767;
/// How many line feeds a cell holds.
const CELL_LINES: usize = 253;
/// Room for what is said of the rest.
const MARK_LENGTH: usize = 80;
/// Numbers are stored as 64 bit floating point: whole ones are exact up to here.
const EXACT: u64 = 1 << 53;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'v> {
    /// No cell at all.
    Nothing,
    /// A number that a float holds exactly, or never was exact.
    Number(f64),
    /// `TRUE` or `FALSE`.
    Truth(bool),
    /// Text that fits.
    Text(Cow<'v, str>),
}

/// What a cell holds of a value. `has_lines` keeps line feeds in a text.
pub fn content(value: &Value, has_lines: bool) -> Content<'_> {
    let text: Cow<'_, str> = match value {
        Value::Null => return Content::Nothing,
        Value::Integer(number) if number.unsigned_abs() <= EXACT => return Content::Number(*number as f64),
        Value::Real(number) if number.is_finite() => return Content::Number(*number),
        Value::Bool(truth) => return Content::Truth(*truth),
        Value::Shown { data, .. } => return content(data, has_lines),
        Value::Text(text) => text.into(),
        Value::List(items) => items.join(", ").into(),
        Value::Json(serde_json::Value::Object(members)) if members.is_empty() => return Content::Nothing,
        Value::Json(json) => json.to_string().into(),
        Value::Integer(number) => number.to_string().into(),
        Value::Real(number) => number.to_string().into(),
    };
    match text {
        text if text.is_empty() => Content::Nothing,
        Cow::Borrowed(text) => Content::Text(fitting(readable(text, has_lines))),
        Cow::Owned(text) => Content::Text(Cow::Owned(fit(&readable(&text, has_lines)).into_owned())),
    }
}

/// Writes a cell.
pub fn write(sheet: &mut Worksheet, row: u32, column: u16, value: &Value, has_lines: bool) -> Result<()> {
    match content(value, has_lines) {
        Content::Nothing => return Ok(()),
        Content::Number(number) => sheet.write_number(row, column, number),
        Content::Truth(truth) => sheet.write_boolean(row, column, truth),
        Content::Text(text) => sheet.write_string(row, column, text),
    }
    .map_err(from_xlsx)?;
    Ok(())
}

/// Writes a text as a text, whatever it looks like.
pub fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, has_lines: bool) -> Result<()> {
    if !text.is_empty() {
        sheet.write_string(row, column, fit(&readable(text, has_lines))).map_err(from_xlsx)?;
    }
    Ok(())
}

/// The text as a cell shows it.
pub fn readable(text: &str, has_lines: bool) -> Cow<'_, str> {
    if has_lines && text.matches('\n').count() <= CELL_LINES {
        // A carriage return before a line feed says nothing more.
        return match text.contains("\r\n") {
            true => Cow::Owned(printable_lines(&text.replace("\r\n", "\n")).into_owned()),
            false => printable_lines(text),
        };
    }
    printable(text)
}

fn fitting(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => fit(text),
        Cow::Owned(text) => Cow::Owned(fit(&text).into_owned()),
    }
}

/// Cuts a text that no cell can hold, and says how much of it is missing and where it is.
pub fn fit(text: &str) -> Cow<'_, str> {
    if text.len() <= CELL_LENGTH || text.encode_utf16().count() <= CELL_LENGTH {
        return Cow::Borrowed(text);
    }
    let mut length = 0;
    let fits = |character: &char| {
        length += character.len_utf16();
        length <= CELL_LENGTH - MARK_LENGTH
    };
    let mut start: String = text.chars().take_while(fits).collect();
    let missing = text[start.len()..].chars().count() as i64;
    start += &format!("… ({} more characters; whole in the JSON report)", grouped(missing));
    Cow::Owned(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_only_where_a_cell_cannot_hold_it() {
        assert_eq!(fit(&"a".repeat(CELL_LENGTH)), "a".repeat(CELL_LENGTH));
        let crabs = "🦀".repeat(CELL_LENGTH / 2);
        assert_eq!(fit(&crabs), crabs);
        for text in ["a".repeat(40_000), "🦀".repeat(20_000), "é".repeat(32_768)] {
            let cut = fit(&text).into_owned();
            assert!(cut.encode_utf16().count() <= CELL_LENGTH);
            let (start, mark) = cut.split_once('…').unwrap();
            assert!(text.starts_with(start));
            let missing: String = mark.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(start.chars().count() + missing.parse::<usize>().unwrap(), text.chars().count());
            assert!(mark.ends_with(" more characters; whole in the JSON report)"), "{mark}");
        }
    }

    #[test]
    fn lines_are_kept_where_they_are_meant_and_are_not_too_many() {
        assert_eq!(readable("a\r\nb\u{1b}\rc", true), "a\nb\\x1b\\rc");
        assert_eq!(readable("a\nb", false), "a\\nb");
        assert!(!readable(&"\n".repeat(CELL_LINES + 1), true).contains('\n'));
    }
}
