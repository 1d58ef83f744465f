//! Imports, and the rows in them that are no events or contradict some.

use super::super::{Column, Value, When};
use super::{Sheet, optional_time, text, time};
use crate::store::{Conflict, Import, Outcome, Recovered, Reject};
use serde_json::json;

/// Imports.
pub const IMPORTS: Sheet<Import> = Sheet { kind: "imports", columns: import_columns, row: import_row };

fn import_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("fileName", "File"),
        Column::data_only("sha256"),
        Column::data_only("member"),
        Column::data_only("sizeBytes"),
        Column::data_only("format"),
        Column::new("importedAt", "Imported"),
        Column::new("importedBy", "By"),
        Column::new("rowsRead", "Rows"),
        Column::new("eventsNew", "New"),
        Column::new("eventsKnown", "Known"),
        Column::new("eventsCompleted", "Completed").when(When::Filled),
        Column::new("rowsConflicting", "Conflicts").when(When::Filled),
        Column::new("rowsRejected", "Rejected"),
        Column::new("rowsOfOtherTables", "Other tables").when(When::Filled),
        Column::new("eventsMatched", "Matched").when(When::Filled),
        Column::new("rowsRecovered", "Recovered").when(When::Filled),
        Column::data_only("recoveredAfter"),
        Column::data_only("rowsWithoutReportId"),
        Column::data_only("rowsWithoutDeviceId"),
        Column::data_only("firstEvent"),
        Column::new("lastEvent", "Last event"),
        Column::data_only("lacking"),
        Column::data_only("notices"),
    ]
}

fn import_row(import: &Import) -> Vec<Value> {
    vec![
        import.id.into(),
        text(&import.file_name),
        text(&import.sha256),
        text(&import.member),
        import.size_bytes.into(),
        text(&import.format),
        time(import.imported_at),
        text(&import.imported_by),
        import.rows_read.into(),
        import.events_new.into(),
        import.events_known.into(),
        import.events_completed.into(),
        import.rows_conflicting.into(),
        import.rows_rejected.into(),
        Value::shown(json!(import.other_tables), import.rows_of_other_tables.to_string()),
        import.events_matched.into(),
        import.rows_recovered.into(),
        import.recovered_after.into(),
        import.rows_without_report_id.into(),
        import.rows_without_device_id.into(),
        optional_time(import.first_event),
        optional_time(import.last_event),
        import.lacking.clone().into(),
        json!(import.notices).into(),
    ]
}

/// What became of the files of one command: imports, those known before with the counts of this command, all 0.
pub const INGESTED: Sheet<Outcome> = Sheet { kind: "imports", columns: ingested_columns, row: ingested_row };

fn ingested_columns() -> Vec<Column> {
    let mut columns = import_columns();
    columns.insert(0, Column::new("result", "Result"));
    columns
}

fn ingested_row(outcome: &Outcome) -> Vec<Value> {
    let (result, mut row) = match outcome {
        Outcome::Imported(import) => ("imported", import_row(import)),
        Outcome::AlreadyImported(import) => {
            let nothing = Import {
                id: import.id,
                file_name: import.file_name.clone(),
                sha256: import.sha256.clone(),
                member: import.member.clone(),
                size_bytes: import.size_bytes,
                format: import.format.clone(),
                imported_at: import.imported_at,
                imported_by: import.imported_by.clone(),
                first_event: import.first_event,
                last_event: import.last_event,
                ..Import::default()
            };
            ("alreadyImported", import_row(&nothing))
        }
    };
    row.insert(0, text(result));
    row
}

/// Rows that were no events.
pub const REJECTS: Sheet<Reject> = Sheet { kind: "rejects", columns: reject_columns, row: reject_row };

fn reject_columns() -> Vec<Column> {
    vec![Column::new("line", "Line"), Column::new("reason", "Reason"), Column::new("raw", "Row")]
}

fn reject_row(reject: &Reject) -> Vec<Value> {
    vec![reject.line.into(), text(&reject.reason), text(reject.raw.trim_end_matches(['\r', '\n']))]
}

/// Events that rest on rows recovered behind a broken one.
pub const RECOVERED: Sheet<Recovered> =
    Sheet { kind: "recovered", columns: recovered_columns, row: recovered_row };

fn recovered_columns() -> Vec<Column> {
    vec![
        Column::new("line", "Line"),
        Column::new("eventId", "Event"),
        Column::new("timestamp", "Time"),
        Column::new("deviceName", "Device"),
        Column::new("fileName", "File"),
        Column::new("commandLine", "Command line"),
        Column::new("confirmed", "Confirmed").when(When::Filled),
    ]
}

fn recovered_row(recovered: &Recovered) -> Vec<Value> {
    vec![
        recovered.line.into(),
        recovered.event_id.into(),
        text(&recovered.time),
        text(&recovered.device_name),
        text(&recovered.file_name),
        text(&recovered.command_line),
        Value::shown(recovered.is_confirmed, if recovered.is_confirmed { "yes" } else { "" }),
    ]
}

/// Rows that contradict events already known.
pub const CONFLICTS: Sheet<Conflict> =
    Sheet { kind: "conflicts", columns: conflict_columns, row: conflict_row };

fn conflict_columns() -> Vec<Column> {
    vec![
        Column::new("line", "Line"),
        Column::new("eventId", "Event"),
        Column::new("columns", "Columns"),
        Column::new("row", "Row"),
    ]
}

fn conflict_row(conflict: &Conflict) -> Vec<Value> {
    let json = |text: &str| Value::Json(serde_json::from_str(text).unwrap_or_default());
    vec![conflict.line.into(), conflict.event_id.into(), json(&conflict.columns), json(&conflict.row)]
}
