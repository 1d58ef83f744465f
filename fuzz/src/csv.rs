//! CSV exports.

use std::io::Cursor;

use huntcase::source::{CsvRows, Input, ReadRows};

use crate::rows::{check_places, in_steps, read_all, step_of};

/// The same rows come out of the same bytes, however few arrive at a time. They stand where they say, and a reader
/// knows the size of what it read.
pub fn csv(bytes: &[u8]) {
    let whole = Input::new(Box::new(Cursor::new(bytes.to_vec())));
    let (whole, dripping) = (CsvRows::new(whole), CsvRows::new(in_steps(bytes)));
    let (mut whole, mut dripping) = match (whole, dripping) {
        (Ok(whole), Ok(dripping)) => (whole, dripping),
        (Err(whole), Err(dripping)) => {
            return assert_eq!(whole.of("x").to_string(), dripping.of("x").to_string());
        }
        (whole, _) => panic!("by {} its heading is another: {:?}", step_of(bytes), whole.err()),
    };
    let rows = read_all(&mut whole);
    assert_eq!(read_all(&mut dripping), rows, "by {}", step_of(bytes));
    check_places(bytes, &rows);
    assert_eq!(whole.remarks().notices(), dripping.remarks().notices());
    let (size, _) = whole.input().finish().expect("a text in memory can be read");
    assert_eq!(size, bytes.len() as u64);
}
