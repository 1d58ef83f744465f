//! How the values of one export are to be read, and what was noticed while they were.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{Column, DateOrder, TimeZone};

/// What an export does not say of its own values, and what was noticed in reading them.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The zone of times that name none; None: nobody said, and they are read as UTC.
    pub zone: Option<TimeZone>,
    /// What comes first in dates of figures; None: nobody said yet.
    pub order: Option<DateOrder>,
    /// Whether exports are read of which a service said that rows are missing.
    pub partial: bool,
    noticed: RefCell<Noticed>,
}

/// A value with the column that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The column.
    pub column: Column,
    /// The value.
    pub value: String,
}

/// What was noticed, each with the first value of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noticed {
    /// A time that names no zone.
    pub without_zone: Option<Sample>,
    /// A time that comes twice, since clocks went back.
    pub twice: Option<Sample>,
    /// A time that stands for none.
    pub no_time: Option<Sample>,
    /// A number of which a spreadsheet took digits away.
    pub rounded: Option<Sample>,
    /// A ReportId that is no decimal number.
    pub text_report_id: Option<Sample>,
    /// Words that stand for nothing.
    pub empty_words: BTreeSet<String>,
}

impl Reading {
    /// Values read so.
    pub fn new(zone: Option<TimeZone>, order: Option<DateOrder>) -> Self {
        Self { zone, order, ..Self::default() }
    }

    /// The same, and whether exports are read of which a service said that rows are missing.
    pub fn with_partial(self, partial: bool) -> Self {
        Self { partial, ..self }
    }

    /// What was noticed so far.
    pub fn noticed(&self) -> Noticed {
        self.noticed.borrow().clone()
    }

    /// Notices the first value of a kind.
    pub(super) fn notice(&self, which: fn(&mut Noticed) -> &mut Option<Sample>, column: Column, value: &str) {
        let mut noticed = self.noticed.borrow_mut();
        which(&mut noticed).get_or_insert_with(|| Sample { column, value: value.to_owned() });
    }

    /// Notices a word that stands for nothing.
    pub(super) fn notice_word(&self, word: &str) {
        let mut noticed = self.noticed.borrow_mut();
        if !noticed.empty_words.contains(word) {
            noticed.empty_words.insert(word.to_owned());
        }
    }
}
