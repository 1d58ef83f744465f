//! Which published column a heading of an export stands for.

use crate::event::{Column, Kind};

/// What a heading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// A published column. `local`: the heading says that its times are local.
    Published {
        /// The column.
        column: Column,
        /// Whether the heading ends in `[Local Time]`.
        local: bool,
    },
    /// Another column, kept under this name.
    Other(String),
    /// A column without a name, such as the index that pandas writes, or OData's annotations: left out.
    Nameless,
}

/// Reads a heading: blanks around it do not count; ` [UTC]` and ` [Local Time]`, which the Log Analytics portal
/// adds to times, and `_long` and the like, which a `union` of clashing types adds, are part of the spelling.
pub fn read_heading(text: &str) -> Heading {
    let name = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    if name.is_empty() || name.contains("@odata.") {
        return Heading::Nameless;
    }
    let (bare, local) = match name.strip_suffix(" [Local Time]") {
        Some(bare) => (bare, true),
        None => (name.strip_suffix(" [UTC]").unwrap_or(name), false),
    };
    let is_time = |column: &Column| column.kind() == Kind::Datetime || bare == name;
    let column = Column::from_name(bare).filter(is_time).or_else(|| from_union_name(name));
    column.map_or_else(|| Heading::Other(name.to_owned()), |column| Heading::Published { column, local })
}

/// `ReportId_long` is `ReportId` where a union met two types of it.
fn from_union_name(name: &str) -> Option<Column> {
    let (base, kind) = name.rsplit_once('_')?;
    Column::from_name(base).filter(|column| column.kind().name() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(column: Column) -> Heading {
        Heading::Published { column, local: false }
    }

    #[test]
    fn headings_are_read_as_the_portals_spell_them() {
        let other = |name: &str| Heading::Other(name.to_owned());
        let table = [
            ("Timestamp", published(Column::Timestamp)),
            (" FileName ", published(Column::FileName)),
            ("Timestamp [UTC]", published(Column::Timestamp)),
            ("Timestamp [Local Time]", Heading::Published { column: Column::Timestamp, local: true }),
            ("FileName [UTC]", other("FileName [UTC]")),
            ("ReportId_long", published(Column::ReportId)),
            ("ReportId_string", other("ReportId_string")),
            ("LogonId", published(Column::LogonId)),
            ("LogonID", other("LogonID")),
            ("timestamp", other("timestamp")),
            ("", Heading::Nameless),
            ("Timestamp@odata.type", Heading::Nameless),
        ];
        for (text, expected) in table {
            assert_eq!(read_heading(text), expected, "{text}");
        }
    }
}
