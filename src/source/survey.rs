//! What comes first in the dates of an export: told by all of them together.

use std::io;

use super::{ReadRows, Row};
use crate::event::{Column, DateOrder, Kind, Sample, Spelled, Timestamp};

/// A date that tells something, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The line of its row.
    pub line: u64,
    /// The date.
    pub sample: Sample,
}

/// What the dates of figures in an export tell.
#[derive(Debug, Default)]
pub struct Survey {
    /// The first whose day comes first for sure.
    pub day_first: Option<Told>,
    /// The first whose month comes first for sure.
    pub month_first: Option<Told>,
    /// The first that has two readings: with the day first, and with the month.
    pub undecided: Option<(Told, Timestamp, Timestamp)>,
}

impl Survey {
    /// What comes first, with the date that tells so where one does. None where it is told both ways, or not at all
    /// though it matters.
    pub fn order(&self) -> Option<(DateOrder, Option<&Told>)> {
        match (&self.day_first, &self.month_first, &self.undecided) {
            (Some(told), None, _) => Some((DateOrder::DayFirst, Some(told))),
            (None, Some(told), _) => Some((DateOrder::MonthFirst, Some(told))),
            // 05/05/2024 is the same day either way.
            (None, None, None) => Some((DateOrder::DayFirst, None)),
            _ => None,
        }
    }

    fn see(&mut self, line: u64, column: Column, text: &str) {
        let Some(spelled) = Spelled::read(text) else { return };
        let told = || Told { line, sample: Sample { column, value: text.to_owned() } };
        match spelled.order() {
            Some(DateOrder::DayFirst) => _ = self.day_first.get_or_insert_with(told),
            Some(DateOrder::MonthFirst) => _ = self.month_first.get_or_insert_with(told),
            None => {
                if let (Some((day_first, month_first)), None) = (spelled.readings(), &self.undecided) {
                    self.undecided = Some((told(), day_first, month_first));
                }
            }
        }
    }
}

/// Looks at every time of every row.
///
/// # Errors
/// The reader's own.
pub fn survey(rows: &mut dyn ReadRows) -> io::Result<Survey> {
    let times: Vec<Column> =
        Column::ALL.iter().copied().filter(|column| column.kind() == Kind::Datetime).collect();
    let mut survey = Survey::default();
    while let Some(row) = rows.next_row()? {
        let Row::Event { line, fields, .. } = row else { continue };
        for column in &times {
            let text = fields.texts().text(*column);
            // Those of the usual form tell nothing of others.
            if !text.is_empty() && Timestamp::parse(text).is_none() {
                survey.see(line, *column, text);
            }
        }
    }
    Ok(survey)
}
