//! Which published column a heading of an export stands for.

use std::collections::{HashMap, HashSet};

use crate::event::{Column, Kind};

/// What a heading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// A published column.
    Published(Published),
    /// Another column, kept under this name.
    Other(String),
    /// A column without a name, such as the index that pandas writes, or OData's annotations: left out.
    Nameless,
}

/// A heading that stands for a published column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The column.
    pub column: Column,
    /// What it says of the zone of its times.
    pub zone: Zone,
    /// How near its name is to the published one.
    pub spelling: Spelling,
}

/// What a heading says of the zone of its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Nothing.
    Unsaid,
    /// They are in UTC.
    Utc,
    /// They are in one that it does not name, or not by a name that is known.
    Local,
}

/// How a heading spells the name of its column: the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// As it is published.
    Exact,
    /// With the type that a `union` of clashing types adds.
    Typed,
    /// With other capitals.
    OtherCase,
    /// As it was published until 2019.
    Former,
}

/// Names of other columns that differ from a published one in case alone.
const LOOKALIKES: [&str; 1] = ["LogonID"];

/// The names that `ProcessCreationEvents` had. Source: MicrosoftDocs/windows-itpro-docs,
/// microsoft-defender-atp/advanced-hunting-processcreationevents-table.md of July 2019, and for the last its page of 2018.
const FORMER: [(&str, Column); 4] = [
    ("EventTime", Column::Timestamp),
    ("MachineId", Column::DeviceId),
    ("ComputerName", Column::DeviceName),
    ("InitiatingProcessParentName", Column::InitiatingProcessParentFileName),
];

/// Columns, besides `Type`, that name the table of a row.
pub const TABLE_NAMES: [&str; 2] = ["$table", "TableName"];

/// Reads a heading: blanks around it do not count; ` [UTC]` and ` [Local Time]`, which the Log Analytics portal
/// adds to times, and `_long` and the like, which a `union` of clashing types adds, are part of the spelling.
pub fn read_heading(text: &str) -> Heading {
    let name = trim(text);
    if name.is_empty() || name.contains("@odata.") || is_row_number(name) {
        return Heading::Nameless;
    }
    let (bare, zone) = split_zone(name);
    let is_time = |(column, _): &(Column, Spelling)| column.kind() == Kind::Datetime || zone == Zone::Unsaid;
    match find(bare).filter(is_time) {
        Some((column, spelling)) => Heading::Published(Published { column, zone, spelling }),
        None => Heading::Other(name.to_owned()),
    }
}

/// `Unnamed: 0`, as pandas calls a column without a name that it read and wrote again.
fn is_row_number(name: &str) -> bool {
    name.strip_prefix("Unnamed: ").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A heading without what stands around it and means nothing.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}')
}

fn split_zone(name: &str) -> (&str, Zone) {
    match name.strip_suffix(']').and_then(|name| name.rsplit_once(" [")) {
        Some((bare, zone)) if zone.eq_ignore_ascii_case("utc") => (bare, Zone::Utc),
        Some((bare, _)) => (bare, Zone::Local),
        None => (name, Zone::Unsaid),
    }
}

fn find(name: &str) -> Option<(Column, Spelling)> {
    if let Some(column) = Column::from_name(name) {
        return Some((column, Spelling::Exact));
    }
    if let Some(column) = from_union_name(name) {
        return Some((column, Spelling::Typed));
    }
    if LOOKALIKES.iter().any(|other| other.eq_ignore_ascii_case(name)) {
        return None;
    }
    let of_any_case = Column::ALL.iter().find(|column| column.name().eq_ignore_ascii_case(name));
    let former = || FORMER.iter().find(|(former, _)| former.eq_ignore_ascii_case(name));
    of_any_case
        .map(|column| (*column, Spelling::OtherCase))
        .or_else(|| former().map(|(_, column)| (*column, Spelling::Former)))
}

/// `ReportId_long` is `ReportId` where a union met two types of it.
fn from_union_name(name: &str) -> Option<Column> {
    let (base, kind) = name.rsplit_once('_')?;
    // Other tables have texts for it.
    let is_kind = |column: Column| {
        column.kind().name() == kind || column == Column::ReportId && kind == Kind::String.name()
    };
    Column::from_name(base).filter(|column| is_kind(*column))
}

/// The names under which unpublished columns are kept: the second `Name` is `Name_2`, unless a heading is that.
pub struct OtherNames<'h> {
    taken: HashSet<&'h str>,
    /// How often each came.
    counts: HashMap<&'h str, usize>,
}

impl<'h> OtherNames<'h> {
    /// The names of columns that are not published, among these.
    pub fn new(names: impl Iterator<Item = &'h str>) -> Self {
        Self { taken: names.collect(), counts: HashMap::new() }
    }

    /// What the next column of this name is kept as.
    pub fn tell_apart(&mut self, name: &'h str) -> String {
        let count = self.counts.entry(name).or_default();
        *count += 1;
        if *count == 1 {
            return name.to_owned();
        }
        loop {
            let apart = format!("{name}_{count}");
            if !self.taken.contains(apart.as_str()) {
                return apart;
            }
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(column: Column, zone: Zone, spelling: Spelling) -> Heading {
        Heading::Published(Published { column, zone, spelling })
    }

    #[test]
    fn headings_are_read_as_the_portals_spell_them() {
        let other = |name: &str| Heading::Other(name.to_owned());
        let exact = |column| published(column, Zone::Unsaid, Spelling::Exact);
        let table = [
            ("Timestamp", exact(Column::Timestamp)),
            (" FileName ", exact(Column::FileName)),
            ("\u{feff}Timestamp", exact(Column::Timestamp)),
            ("Timestamp [UTC]", published(Column::Timestamp, Zone::Utc, Spelling::Exact)),
            ("Timestamp [Local Time]", published(Column::Timestamp, Zone::Local, Spelling::Exact)),
            ("Timestamp [Pacific Time]", published(Column::Timestamp, Zone::Local, Spelling::Exact)),
            ("FileName [UTC]", other("FileName [UTC]")),
            ("ReportId_long", published(Column::ReportId, Zone::Unsaid, Spelling::Typed)),
            ("ReportId_string", published(Column::ReportId, Zone::Unsaid, Spelling::Typed)),
            ("ReportId_guid", other("ReportId_guid")),
            ("LogonId", exact(Column::LogonId)),
            ("LogonID", other("LogonID")),
            ("logonid", other("logonid")),
            ("timestamp", published(Column::Timestamp, Zone::Unsaid, Spelling::OtherCase)),
            ("PROCESSID", published(Column::ProcessId, Zone::Unsaid, Spelling::OtherCase)),
            ("EventTime", published(Column::Timestamp, Zone::Unsaid, Spelling::Former)),
            ("MachineId", published(Column::DeviceId, Zone::Unsaid, Spelling::Former)),
            ("computername", published(Column::DeviceName, Zone::Unsaid, Spelling::Former)),
            ("", Heading::Nameless),
            ("Timestamp@odata.type", Heading::Nameless),
        ];
        for (text, expected) in table {
            assert_eq!(read_heading(text), expected, "{text}");
        }
    }
}
