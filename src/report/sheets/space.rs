//! The room that a case takes on disk.

use super::super::{Column, Value};
use super::Sheet;

/// What a case took on disk, and takes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// The bytes of the case and its log before.
    pub before: i64,
    /// The same now.
    pub after: i64,
    /// How many of them hold nothing.
    pub free: i64,
}

/// What cases take on disk.
pub const SPACES: Sheet<Space> = Sheet { kind: "spaces", columns: space_columns, row: space_row };

fn space_columns() -> Vec<Column> {
    vec![
        Column::new("bytesBefore", "Bytes before"),
        Column::new("bytesAfter", "Bytes after"),
        Column::new("bytesFree", "Bytes free"),
    ]
}

fn space_row(space: &Space) -> Vec<Value> {
    vec![space.before.into(), space.after.into(), space.free.into()]
}
