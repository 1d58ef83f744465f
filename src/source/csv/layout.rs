//! Where the columns stand in the rows behind a heading.

use std::ops::Range;

use crate::event::{Column, ColumnSet, Part};
use crate::source::extra::OWN_COLUMNS;
use crate::source::headings::{
    Heading, OtherNames, Published, Spelling, TABLE_NAMES, Zone, read_heading, trim,
};
use crate::source::tables::table_of_headings;

/// Where the columns stand in each row, by cells from 0.
#[derive(Debug)]
pub struct Layout {
    /// The headings as they stand.
    pub headings: Vec<String>,
    pub cells: usize,
    pub published: [Option<usize>; Column::COUNT],
    /// By part: the cells that make it up, as runs of neighbours.
    pub parts: [Vec<Range<usize>>; Part::ALL.len()],
    /// The unpublished columns with their names.
    pub others: Vec<(usize, String)>,
    /// The two columns that a union made of `ReportId`, of which a row fills one.
    pub report_ids: Option<(usize, usize)>,
    /// Whether huntcase itself wrote it.
    pub is_own: bool,
    /// Cells that may name the row's table.
    pub tables: Vec<usize>,
    /// The table that the whole heading is of, where nothing in it is ours.
    pub table: &'static str,
    /// The published columns that rows have.
    pub columns: ColumnSet,
    /// Those whose headings say that their times are local, and those in UTC.
    pub local_times: ColumnSet,
    pub utc_times: ColumnSet,
    /// The cells whose headings have blanks around them: then theirs say nothing either.
    pub blanks: Vec<bool>,
    /// Whether there are such.
    pub has_blanks: bool,
    /// Headings that are not the published names, with the columns that they were read as.
    pub read: Vec<(String, Column)>,
    /// Why no row can be read by it.
    pub fault: Option<String>,
}

impl Layout {
    /// The layout that headings give.
    pub fn new(headings: &[String]) -> Self {
        let is_own = OWN_COLUMNS.iter().all(|own| headings.iter().any(|heading| trim(heading) == *own));
        let meaning = |heading: &String| match is_own && OWN_COLUMNS.contains(&trim(heading)) {
            true => Heading::Nameless,
            false => read_heading(heading),
        };
        let meanings: Vec<Heading> = headings.iter().map(meaning).collect();
        let mut chosen = choose(&meanings);
        let report_ids = report_ids(&meanings);
        if let Some((first, _)) = report_ids {
            chosen[Column::ReportId as usize] = Some(first);
        }
        let mut layout = Self {
            headings: headings.to_vec(),
            cells: headings.len(),
            published: [None; Column::COUNT],
            parts: Default::default(),
            others: Vec::new(),
            report_ids,
            is_own,
            tables: Vec::new(),
            table: table_of_headings(headings.iter().map(|heading| trim(heading))).unwrap_or_default(),
            columns: ColumnSet::NONE,
            local_times: ColumnSet::NONE,
            utc_times: ColumnSet::NONE,
            blanks: headings.iter().map(|heading| is_padded(heading)).collect(),
            has_blanks: headings.iter().any(|heading| is_padded(heading)),
            read: Vec::new(),
            fault: twice(&meanings),
        };
        let mut names = OtherNames::new(headings.iter().map(|heading| trim(heading)));
        for (cell, (heading, meaning)) in headings.iter().zip(&meanings).enumerate() {
            let name = trim(heading);
            if TABLE_NAMES.iter().any(|table| table.eq_ignore_ascii_case(name)) {
                layout.tables.push(cell);
            }
            match meaning {
                Heading::Published(published) if chosen[published.column as usize] == Some(cell) => {
                    layout.place(cell, name, *published);
                }
                Heading::Nameless => {}
                _ if report_ids.is_some_and(|(_, second)| second == cell) => {}
                _ => layout.others.push((cell, names.tell_apart(name))),
            }
        }
        layout.tables.extend(layout.published[Column::Type as usize]);
        layout.parts = Part::ALL.map(|part| {
            let cells = part.columns().filter_map(|column| layout.published[column as usize]);
            runs_of(cells.collect())
        });
        layout
    }

    /// The layout by which the first heading is found: blanks may stand around its quotes.
    pub fn of_header() -> Self {
        Self { has_blanks: true, ..Self::new(&[]) }
    }

    fn place(&mut self, cell: usize, name: &str, published: Published) {
        let Published { column, zone, spelling } = published;
        self.published[column as usize] = Some(cell);
        self.columns = self.columns.with(column);
        match zone {
            Zone::Local => self.local_times = self.local_times.with(column),
            Zone::Utc => self.utc_times = self.utc_times.with(column),
            Zone::Unsaid => {}
        }
        if spelling > Spelling::Typed {
            self.read.push((name.to_owned(), column));
        }
    }

    /// Where a heading that stands among rows is told from them: the cell of their time.
    pub fn time_cell(&self) -> Option<usize> {
        let of = |column: Column| self.published[column as usize];
        of(Column::Timestamp).or(of(Column::TimeGenerated))
    }
}

/// Whether a row of these cells is a heading, ours or another table's: all are names, that of a time and of another
/// published column among them.
pub fn is_heading<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let (mut has_time, mut published) = (false, 0);
    for cell in cells {
        let name = trim(cell);
        if read_heading(name) == Heading::Nameless {
            continue;
        }
        if !is_name(name) {
            return false;
        }
        if let Heading::Published(Published { column, .. }) = read_heading(name) {
            has_time |= matches!(column, Column::Timestamp | Column::TimeGenerated);
            published += 1;
        }
    }
    has_time && published > 1
}

/// Whether a text could be a column's name, with what the portal adds to it.
fn is_name(text: &str) -> bool {
    let is_usual = |c: char| c.is_alphanumeric() || "_$@.[]()-#/ ".contains(c);
    text.is_empty() || text.starts_with(|c: char| !c.is_ascii_digit()) && text.chars().all(is_usual)
}

/// By published column, the cell whose heading is nearest to its name. Two that are equally near are neither, and kept
/// as other columns.
fn choose(meanings: &[Heading]) -> [Option<usize>; Column::COUNT] {
    let mut best: [Option<(Spelling, Option<usize>)>; Column::COUNT] = [None; Column::COUNT];
    for (cell, meaning) in meanings.iter().enumerate() {
        let Heading::Published(Published { column, spelling, .. }) = meaning else { continue };
        let held = &mut best[*column as usize];
        *held = match *held {
            Some((nearest, cell)) if nearest < *spelling => Some((nearest, cell)),
            Some((nearest, _)) if nearest == *spelling => Some((nearest, None)),
            _ => Some((*spelling, Some(cell))),
        };
    }
    best.map(|held| held.and_then(|(_, cell)| cell))
}

/// The two cells of `ReportId`, where a union made two columns of it and nothing names it better.
fn report_ids(meanings: &[Heading]) -> Option<(usize, usize)> {
    let spelling = |meaning: &Heading| match meaning {
        Heading::Published(Published { column: Column::ReportId, spelling, .. }) => Some(*spelling),
        _ => None,
    };
    let spellings = meanings.iter().map(spelling).enumerate();
    let near: Vec<(usize, Spelling)> = spellings
        .filter_map(|(cell, spelling)| {
            Some((cell, spelling.filter(|spelling| *spelling <= Spelling::Typed)?))
        })
        .collect();
    match near.as_slice() {
        [(first, Spelling::Typed), (second, Spelling::Typed)] => Some((*first, *second)),
        _ => None,
    }
}

/// Says so where two headings are the published name of the same column.
fn twice(meanings: &[Heading]) -> Option<String> {
    let mut seen = ColumnSet::NONE;
    for meaning in meanings {
        let Heading::Published(Published { column, spelling: Spelling::Exact, .. }) = meaning else {
            continue;
        };
        if seen.has(*column) {
            return Some(format!("the column {} appears twice in the header", column.name()));
        }
        seen = seen.with(*column);
    }
    None
}

/// Whether a heading stands between blanks. A byte order mark is none.
fn is_padded(heading: &str) -> bool {
    heading.starts_with([' ', '\t']) || heading.ends_with([' ', '\t'])
}

/// The runs of neighbours in a list of numbers, in ascending order.
fn runs_of(mut cells: Vec<usize>) -> Vec<Range<usize>> {
    cells.sort_unstable();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for cell in cells {
        match runs.last_mut() {
            Some(run) if run.end == cell => run.end += 1,
            _ => runs.push(cell..cell + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(headings: &[&str]) -> Layout {
        Layout::new(&headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_nearest_heading_is_the_column_and_others_are_kept() {
        let layout = layout(&["timestamp", "Timestamp", "EventTime", "FILENAME", "filename", "computername"]);
        assert_eq!(layout.published[Column::Timestamp as usize], Some(1));
        assert_eq!(layout.published[Column::FileName as usize], None);
        assert_eq!(layout.read, [("computername".to_owned(), Column::DeviceName)]);
        let kept: Vec<&str> = layout.others.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(kept, ["timestamp", "EventTime", "FILENAME", "filename"]);
    }

    #[test]
    fn other_columns_of_one_name_are_told_apart_from_each_other_and_the_rest() {
        let layout = layout(&["Timestamp", "Site", "Site", "Site_2", "Site"]);
        let kept: Vec<&str> = layout.others.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(kept, ["Site", "Site_3", "Site_2", "Site_4"]);
    }

    #[test]
    fn a_row_of_names_with_that_of_a_time_is_a_heading() {
        let table = [
            (&["Timestamp", "DeviceName", "Site"][..], true),
            (&["TimeGenerated [UTC]", "", "DeviceId"], true),
            (&["EventTime", "MachineId"], true),
            (&["Timestamp", "FileName"], true),
            (&["DeviceName", "FileName"], false),
            (&["Timestamp"], false),
            (&["Timestamp", "Site"], false),
            (&["Oct 9, 2024 2:41:10 PM", "Timestamp", "DeviceName"], false),
            (&["2026-05-03T00:00:00Z", "Timestamp", "DeviceName"], false),
            (&[], false),
        ];
        for (cells, expected) in table {
            assert_eq!(is_heading(cells.iter().copied()), expected, "{cells:?}");
        }
    }
}
