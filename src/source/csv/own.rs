//! Cells that hold something else than the value: behind a formula guard, or in one of two columns of a union.

use super::CsvRows;
use crate::event::Column;

/// A cell of huntcase's own answers without the `'` that it puts before what a spreadsheet would run, or what has one.
pub fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

impl CsvRows {
    /// Of `ReportId_long` and `ReportId_string` takes the one that the row fills. A reason where it fills both, and
    /// differently.
    pub(super) fn choose_report_id(&mut self) -> Option<String> {
        let (first, second) = self.layout.report_ids?;
        let (one, other) = (self.cell(first), self.cell(second));
        if !one.is_empty() && !other.is_empty() && one != other {
            return Some(format!("{} appears twice with different values", Column::ReportId.name()));
        }
        self.layout.published[Column::ReportId as usize] = Some(if one.is_empty() { second } else { first });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guard_is_taken_away() {
        let table = [
            ("'=1+1", "=1+1"),
            ("'-x", "-x"),
            ("'x", "'x"),
            ("'", "'"),
            ("", ""),
            ("=1", "=1"),
            ("''=", "'="),
            ("''", "''"),
        ];
        for (cell, expected) in table {
            assert_eq!(without_guard(cell), expected, "{cell}");
        }
    }
}
