//! What was done with an export that a person should know.

use serde::{Deserialize, Serialize};

/// How many names a notice tells of many.
pub const MOST_NAMED: usize = 5;

/// Something that was done with an export, or is remarkable in it. Kept with the import; the words are made where it is
/// shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Headings that are not the published names, with the columns that they were read as.
    HeadingsRead {
        /// Heading and published name.
        read: Vec<(String, String)>,
    },
    /// A heading that stands in the middle of the file and was read as one.
    HeadingWithin {
        /// On which lines, the first few.
        lines: Vec<u64>,
        /// How many more.
        more: u64,
    },
    /// The sheets of a workbook that were read, where there is more to it than one sheet.
    Sheets {
        /// The sheets that were read, the first few, each with the line on which it begins: lines are rows, counted through all
        /// of the sheets.
        read: Vec<(String, u64)>,
        /// How many more were read.
        more: u64,
        /// Those of them that are hidden.
        hidden: Vec<String>,
        /// Sheets without our columns, which were not read, the first few.
        passed: Vec<String>,
        /// How many more were not read.
        more_passed: u64,
        /// How many rows above headings were not read.
        rows_above: u64,
    },
    /// Times name no zone, and nothing else did: they were read as UTC.
    ZoneAssumed {
        /// The column of the first such time.
        column: String,
        /// The time.
        value: String,
    },
    /// Times name no zone and were read in the one that was asked for.
    ZoneApplied {
        /// The zone.
        zone: String,
        /// The column of the first such time.
        column: String,
        /// The time.
        value: String,
    },
    /// A time that comes twice, since clocks went back: it was taken as the first.
    TimeTwice {
        /// The column of the first such time.
        column: String,
        /// The time.
        value: String,
    },
    /// Times that stand for no time, such as one of year 1, were taken as none.
    NoTime {
        /// The column of the first such time.
        column: String,
        /// The time.
        value: String,
    },
    /// What is first in dates such as 05/12/2024 was told by a date of the file.
    DatesDecided {
        /// `dmy` or `mdy`.
        order: String,
        /// The line of the row that tells.
        line: u64,
        /// The column.
        column: String,
        /// The date.
        value: String,
    },
    /// Something was no character of the text's encoding, and was replaced by U+FFFD.
    Replaced {
        /// The encoding.
        encoding: String,
    },
    /// The service that sent the rows said that some are missing; they were taken in all the same, as was asked for.
    Partial {
        /// What it said.
        reason: String,
    },
    /// Values `None` were taken as missing: so the az command line writes them.
    NoneRead,
    /// Words that stand for nothing, such as `-`, were taken as empty cells.
    EmptyWords {
        /// The words.
        words: Vec<String>,
    },
    /// Numbers that a spreadsheet rounded were taken as missing.
    Rounded {
        /// The column of the first such number.
        column: String,
        /// The number.
        value: String,
    },
    /// ReportIds that are no decimal numbers were kept as texts.
    TextReportId {
        /// The first.
        value: String,
    },
    /// One DeviceId has several names: masked or cloned ids make one device of several.
    ManyNames {
        /// The id.
        device_id: String,
        /// The names, the first few.
        names: Vec<String>,
        /// How many more there are at least.
        more: u64,
    },
    /// Events of devices came with and without ReportId or DeviceId, and nothing tells which are the same.
    ToldTwice {
        /// The devices, the first few.
        devices: Vec<String>,
        /// How many more.
        more: u64,
    },
    /// The number of rows is that at which exports are cut.
    ProbablyCut {
        /// How many.
        rows: u64,
        /// The time of its first event, to whole seconds.
        first: String,
        /// That of its last.
        last: String,
    },
}

impl Notice {
    /// Whether it says that the file lacks rows which were asked for, or is likely to.
    pub const fn says_rows_are_missing(&self) -> bool {
        matches!(self, Self::Partial { .. } | Self::ProbablyCut { .. })
    }
}
