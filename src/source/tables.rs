//! Whose row it is: of `DeviceProcessEvents`, or of another table that an export mixes in.
//!
//! A row that names its table is taken at its word, where the name is that of a table. Where nothing names it, its shape
//! decides: other tables too have accounts, file names, folders and hashes, so that a row has to say something that only
//! the start of a process has.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::{Column, ColumnSet, Texts, stands_for_no_value};

/// Our table, and its name until 2019.
const OURS: [&str; 2] = ["DeviceProcessEvents", "ProcessCreationEvents"];
/// The action of most of our rows.
const PROCESS_CREATED: &str = "ProcessCreated";
/// Begins the `category` of what the streaming API sends.
const STREAMED: &str = "AdvancedHunting-";

/// Columns that this table alone has, or that others fill only where an `ActionType` tells them.
const OWN: [Column; 15] = [
    Column::ProcessId,
    Column::ProcessCommandLine,
    Column::ProcessCreationTime,
    Column::ProcessUniqueId,
    Column::ProcessIntegrityLevel,
    Column::ProcessTokenElevation,
    Column::ProcessVersionInfoCompanyName,
    Column::ProcessVersionInfoProductName,
    Column::ProcessVersionInfoProductVersion,
    Column::ProcessVersionInfoInternalFileName,
    Column::ProcessVersionInfoOriginalFileName,
    Column::ProcessVersionInfoFileDescription,
    Column::CreatedProcessSessionId,
    Column::IsProcessRemoteSession,
    Column::ProcessRemoteSessionDeviceName,
];

/// Headings that only one other table has, of tables whose rows have no `ActionType` to tell them.
const TELLING: [(&str, &str); 12] = [
    ("OSPlatform", "DeviceInfo"),
    ("NetworkAdapterName", "DeviceNetworkInfo"),
    ("CertificateSerialNumber", "DeviceFileCertificateInfo"),
    ("CveId", "DeviceTvmSoftwareVulnerabilities"),
    ("ConfigurationId", "DeviceTvmSecureConfigurationAssessment"),
    ("SoftwareVersion", "DeviceTvmSoftwareInventory"),
    ("AttachmentCount", "EmailEvents"),
    ("UrlChain", "UrlClickEvents"),
    ("UrlLocation", "EmailUrlInfo"),
    ("EvidenceRole", "AlertEvidence"),
    ("DetectionSource", "AlertInfo"),
    ("OAuthApplicationId", "CloudAppEvents"),
];

/// Whose row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    /// Ours.
    Ours,
    /// Another table's, of this name; `""` where nothing names it.
    Other(&'a str),
}

/// Whose row it is that has these texts.
pub fn owner_of(texts: &dyn Texts) -> Owner<'_> {
    if let Some(owner) = owner_by_name(texts.table()) {
        return owner;
    }
    let action = texts.bytes(Column::ActionType);
    if action == PROCESS_CREATED.as_bytes() {
        return Owner::Ours;
    }
    if let Some(table) = table_of_action(texts.text(Column::ActionType)) {
        return Owner::Other(table);
    }
    match OWN.iter().any(|column| is_filled(texts.text(*column))) {
        true => Owner::Ours,
        false => Owner::Other(""),
    }
}

/// Whose row a name makes it; None for a name that is no table's.
pub fn owner_by_name(name: &str) -> Option<Owner<'_>> {
    if name.is_empty() {
        return None;
    }
    let (bare, is_streamed) = match name.strip_prefix(STREAMED) {
        Some(bare) => (bare, true),
        None => (name, false),
    };
    if OURS.iter().any(|ours| ours.eq_ignore_ascii_case(bare)) {
        return Some(Owner::Ours);
    }
    match TABLES.get(bare.to_ascii_lowercase().as_str()) {
        Some(table) => Some(Owner::Other(table)),
        None => is_streamed.then_some(Owner::Other(if is_name(bare) { bare } else { "" })),
    }
}

/// Whether a text can be a table's name, and not whatever somebody chose to write in its place.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The other table that a header is of; None where it may be ours.
pub fn table_of_headings<'h>(headings: impl IntoIterator<Item = &'h str>) -> Option<&'static str> {
    let mut found = None;
    for heading in headings {
        if OWN.iter().any(|column| column.name().eq_ignore_ascii_case(heading)) {
            return None;
        }
        let told = TELLING.iter().find(|(telling, _)| telling.eq_ignore_ascii_case(heading));
        found = found.or(told.map(|(_, table)| *table));
    }
    found
}

/// Whether one of these columns may make a row ours: by what it says of a process, by its action or by its table.
pub fn can_be_ours(columns: ColumnSet) -> bool {
    OWN.iter().chain(&[Column::ActionType, Column::Type]).any(|column| columns.has(*column))
}

fn table_of_action(action: &str) -> Option<&'static str> {
    // Most are empty, and none is that long.
    if action.is_empty() || action.len() > 100 {
        return None;
    }
    ACTIONS.get(action.to_ascii_lowercase().as_str()).copied()
}

fn is_filled(text: &str) -> bool {
    !text.trim().is_empty() && !stands_for_no_value(text.trim())
}

static TABLES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = lines(include_str!("tables/names.txt"));
    names.map(|name| (name.to_ascii_lowercase(), name)).collect()
});

static ACTIONS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let pairs = lines(include_str!("tables/action_types.txt")).filter_map(|line| line.split_once('\t'));
    pairs.map(|(action, table)| (action.to_ascii_lowercase(), table)).collect()
});

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(Vec<(Column, &'static str)>, &'static str);

    impl Texts for Row {
        fn text(&self, column: Column) -> &str {
            self.0.iter().find(|(of, _)| *of == column).map_or("", |(_, text)| text)
        }

        fn table(&self) -> &str {
            self.1
        }
    }

    #[test]
    fn a_name_is_taken_at_its_word_where_it_is_a_tables() {
        let table = [
            ("DeviceProcessEvents", Some(Owner::Ours)),
            ("deviceprocessevents", Some(Owner::Ours)),
            ("AdvancedHunting-DeviceProcessEvents", Some(Owner::Ours)),
            ("ProcessCreationEvents", Some(Owner::Ours)),
            ("DeviceFileEvents", Some(Owner::Other("DeviceFileEvents"))),
            ("AdvancedHunting-DeviceInfo", Some(Owner::Other("DeviceInfo"))),
            ("AdvancedHunting-NewTable", Some(Owner::Other("NewTable"))),
            ("securityevent", Some(Owner::Other("SecurityEvent"))),
            ("PrimaryResult", None),
            ("Table_0", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(owner_by_name(name), expected, "{name}");
        }
    }

    #[test]
    fn where_nothing_names_the_table_the_shape_decides() {
        use Column as C;
        type Cells = &'static [(Column, &'static str)];
        let table: [(Cells, &str, Owner<'_>); 12] = [
            (&[(C::ActionType, "ProcessCreated")], "", Owner::Ours),
            (&[(C::ActionType, "ProcessCreated")], "DeviceEvents", Owner::Other("DeviceEvents")),
            (&[(C::ActionType, "FileCreated")], "DeviceProcessEvents", Owner::Ours),
            (&[(C::ActionType, "FileCreated"), (C::ProcessId, "4")], "", Owner::Other("DeviceFileEvents")),
            (&[(C::ActionType, "filecreated")], "", Owner::Other("DeviceFileEvents")),
            (
                &[(C::ActionType, "OpenProcessApiCall"), (C::ProcessCommandLine, "x")],
                "",
                Owner::Other("DeviceEvents"),
            ),
            (&[(C::ActionType, "SomethingNew"), (C::ProcessCommandLine, "x")], "", Owner::Ours),
            (&[(C::ActionType, "SomethingNew"), (C::FileName, "x")], "", Owner::Other("")),
            (
                &[(C::FileName, "x"), (C::FolderPath, "y"), (C::AccountName, "z"), (C::Sha1, "s")],
                "",
                Owner::Other(""),
            ),
            (&[(C::FileName, "x"), (C::ProcessCreationTime, "t")], "Table_0", Owner::Ours),
            (&[(C::FileName, "x"), (C::ProcessId, "-")], "", Owner::Other("")),
            (&[], "", Owner::Other("")),
        ];
        for (cells, name, expected) in table {
            assert_eq!(owner_of(&Row(cells.to_vec(), name)), expected, "{cells:?} {name}");
        }
    }

    #[test]
    fn a_header_tells_another_table_only_where_nothing_in_it_is_ours() {
        assert_eq!(table_of_headings(["Timestamp", "DeviceId", "OSPlatform"]), Some("DeviceInfo"));
        assert_eq!(table_of_headings(["Timestamp", "OSPlatform", "ProcessId"]), None);
        assert_eq!(table_of_headings(["Timestamp", "FileName"]), None);
    }

    #[test]
    fn the_lists_hold_what_they_say() {
        assert!(TABLES.len() > 900 && ACTIONS.len() > 300);
        for (action, table) in &*ACTIONS {
            assert!(TABLES.contains_key(&table.to_ascii_lowercase()), "{table}");
            assert!(
                !action.starts_with("processcreated") || action == "processcreatedusingwmiquery",
                "{action}"
            );
        }
        for list in [include_str!("tables/names.txt"), include_str!("tables/action_types.txt")] {
            assert!(lines(list).is_sorted() && !list.contains('\r'));
        }
    }
}
