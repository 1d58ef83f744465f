//! The columns of each kind of row, under the names that Microsoft Graph would give them.
//!
//! The names in CSV, JSON and JSONL are promised to users and kept apart from the program's own, so that those can
//! change.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::{Column, Layout, Value, When, Writer};
use crate::event::Timestamp;
use crate::findings::{Classification, DeviceRow, Evidence, Finding, FindingChange, ReviewState};
use crate::rules::{DeviceResult, Origin, Rule};
use crate::store::{Conflict, Import, Outcome, Reject};

/// How many characters of a rule's name tables show.
const RULE_SHOWN: usize = 20;

/// How rows of one kind look.
pub struct Sheet<T> {
    /// What the rows are, as the member of a JSON answer is called.
    pub kind: &'static str,
    columns: fn() -> Vec<Column>,
    row: fn(&T) -> Vec<Value>,
}

impl<T> Sheet<T> {
    /// Writes rows; `members` go before them in a JSON answer. Gives how many there were.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write<'i, W: Write + ?Sized>(
        &self,
        out: &mut W,
        layout: Layout,
        members: Vec<(&str, Json)>,
        items: impl IntoIterator<Item = &'i T>,
    ) -> io::Result<u64>
    where
        T: 'i,
    {
        let mut writer = Writer::begin(out, layout, self.kind, (self.columns)())?.with_members(members)?;
        for item in items {
            writer.row((self.row)(item))?;
        }
        writer.finish()
    }

    /// Begins rows that come one at a time.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin<'w, W: Write + ?Sized>(
        &self,
        out: &'w mut W,
        layout: Layout,
    ) -> io::Result<RowSink<'w, W, T>> {
        Ok(RowSink { writer: Writer::begin(out, layout, self.kind, (self.columns)())?, row: self.row })
    }

    /// One row as a JSON object.
    pub fn object(&self, item: &T) -> Json {
        let names = (self.columns)().into_iter().map(|column| column.name.into_owned());
        Json::Object(names.zip((self.row)(item).iter().map(|value| json!(value))).collect::<Map<_, _>>())
    }
}

/// Takes rows of one kind, one at a time.
pub struct RowSink<'w, W: Write + ?Sized, T> {
    writer: Writer<'w, W>,
    row: fn(&T) -> Vec<Value>,
}

impl<W: Write + ?Sized, T> RowSink<'_, W, T> {
    /// Writes one row.
    ///
    /// # Errors
    /// What the output says.
    pub fn row(&mut self, item: &T) -> io::Result<()> {
        self.writer.row((self.row)(item))
    }

    /// Ends the rows; gives how many there were.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(self) -> io::Result<u64> {
        self.writer.finish()
    }
}

/// A time: whole minutes for people, to fit a table, 100 ns for data.
fn time(instant: Timestamp) -> Value {
    Value::shown(instant.to_string(), instant.to_minutes_text())
}

fn optional_time(instant: Option<Timestamp>) -> Value {
    instant.map_or(Value::Null, time)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A device for people: its name, or its id where it has none.
fn device_name(name: &str, id: &str) -> Value {
    match name.is_empty() {
        true => Value::shown("", id),
        false => text(name),
    }
}

/// A rule's name; the start of it for people, since one that is long leaves no room for the rest.
fn rule_name(name: &str) -> Value {
    let start: String = name.chars().take(RULE_SHOWN).collect();
    if start.len() == name.len() { text(name) } else { Value::shown(name, format!("{start}…")) }
}

/// Findings.
pub const FINDINGS: Sheet<Finding> = Sheet { kind: "findings", columns: finding_columns, row: finding_row };

fn finding_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("rule", "Rule").when(When::Varying),
        Column::data_only("deviceId"),
        Column::new("deviceName", "Device"),
        Column::new("status", "Status"),
        Column::new("classification", "Verdict"),
        Column::data_only("determination"),
        Column::new("severity", "Severity"),
        Column::new("assignedTo", "Assigned").when(When::Filled),
        Column::data_only("tags"),
        Column::new("events", "Events"),
        Column::data_only("firstActivity"),
        Column::new("lastActivity", "Last activity"),
        Column::data_only("createdAt"),
        Column::data_only("resolvedAt"),
        Column::data_only("reopenCount"),
        Column::data_only("noteCount"),
    ]
}

fn finding_row(finding: &Finding) -> Vec<Value> {
    vec![
        text(&finding.id.to_string()),
        rule_name(&finding.rule),
        text(&finding.device_id),
        device_name(&finding.device_name, &finding.device_id),
        Value::shown(finding.status.name(), finding.status.shown()),
        Value::shown(finding.classification.name(), finding.classification.shown()),
        Value::shown(finding.determination.name(), finding.determination.shown()),
        text(finding.severity.name()),
        text(&finding.assigned_to),
        Value::List(finding.tags.clone()),
        finding.events.into(),
        time(finding.first_activity),
        time(finding.last_activity),
        time(finding.created_at),
        optional_time(finding.resolved_at),
        finding.reopen_count.into(),
        finding.notes.into(),
    ]
}

/// What a run changed.
pub const CHANGES: Sheet<FindingChange> =
    Sheet { kind: "findings", columns: change_columns, row: change_row };

fn change_columns() -> Vec<Column> {
    let mut columns = finding_columns();
    // A new finding has no verdict yet, and the table has to fit 80 columns.
    for column in columns.iter_mut().filter(|column| column.name == "classification") {
        column.when = When::Filled;
    }
    columns.splice(1..1, [Column::new("change", "Change"), Column::new("eventsAdded", "Added")]);
    columns
}

fn change_row(change: &FindingChange) -> Vec<Value> {
    let mut row = finding_row(&change.finding);
    for (column, value) in finding_columns().iter().zip(&mut row) {
        if column.name == "classification" && change.finding.classification == Classification::Unknown {
            *value = Value::shown(Classification::Unknown.name(), "");
        }
    }
    row.splice(1..1, [text(change.change.name()), change.events_added.into()]);
    row
}

/// The events of a finding.
pub const EVIDENCE: Sheet<Evidence> =
    Sheet { kind: "evidence", columns: evidence_columns, row: evidence_row };

fn evidence_columns() -> Vec<Column> {
    [
        "eventId",
        "timestamp",
        "reportId",
        "deviceName",
        "parentFileName",
        "parentProcessId",
        "initiatingProcessFileName",
        "initiatingProcessId",
        "initiatingProcessCommandLine",
        "fileName",
        "folderPath",
        "processId",
        "processCommandLine",
        "accountDomain",
        "accountName",
        "sha1",
        "sha256",
        "reason",
        "ruleVersion",
        "runId",
        "importId",
        "importFileName",
        "importLine",
    ]
    .into_iter()
    .map(Column::named)
    .collect()
}

fn evidence_row(event: &Evidence) -> Vec<Value> {
    vec![
        event.event_id.into(),
        text(&event.time.to_string()),
        event.report_id.into(),
        text(&event.device_name),
        text(&event.parent_file_name),
        event.parent_process_id.into(),
        text(&event.initiating_file_name),
        event.initiating_process_id.into(),
        text(&event.initiating_command_line),
        text(&event.file_name),
        text(&event.folder_path),
        event.process_id.into(),
        text(&event.command_line),
        text(&event.account_domain),
        text(&event.account_name),
        text(&event.sha1),
        text(&event.sha256),
        Value::Json(Json::Object(event.reason.clone())),
        text(&event.rule_sha256),
        event.run_id.into(),
        event.import_id.into(),
        text(&event.import_file_name),
        event.line.into(),
    ]
}

/// Devices and their reviews.
pub const DEVICES: Sheet<DeviceRow> = Sheet { kind: "devices", columns: device_columns, row: device_row };

fn device_columns() -> Vec<Column> {
    vec![
        Column::new("deviceId", "Device id").when(When::Repeated("deviceName")),
        Column::new("deviceName", "Device"),
        Column::new("firstEvent", "First event"),
        Column::new("lastEvent", "Last event"),
        Column::new("events", "Events"),
        Column::data_only("findings"),
        Column::new("openFindings", "Open findings"),
        Column::new("review", "Review"),
        Column::new("reviewedBy", "By").when(When::Filled),
        Column::new("reviewedAt", "At").when(When::Filled),
        Column::data_only("reviewComment"),
    ]
}

fn device_row(device: &DeviceRow) -> Vec<Value> {
    let review = device.review.as_ref();
    let state = review.map_or(ReviewState::NotReviewed, |review| review.state);
    vec![
        text(&device.id),
        device_name(&device.name, &device.id),
        time(device.first_event),
        time(device.last_event),
        device.events.into(),
        device.findings.into(),
        device.open_findings.into(),
        Value::shown(state.name(), state.shown()),
        text(review.map_or("", |review| &review.by)),
        optional_time(review.map(|review| review.at)),
        text(review.map_or("", |review| &review.comment)),
    ]
}

/// Imports.
pub const IMPORTS: Sheet<Import> = Sheet { kind: "imports", columns: import_columns, row: import_row };

fn import_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("fileName", "File"),
        Column::data_only("sha256"),
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
        Column::data_only("rowsWithoutReportId"),
        Column::data_only("rowsWithoutDeviceId"),
        Column::data_only("firstEvent"),
        Column::new("lastEvent", "Last event"),
    ]
}

fn import_row(import: &Import) -> Vec<Value> {
    vec![
        import.id.into(),
        text(&import.file_name),
        text(&import.sha256),
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
        import.rows_of_other_tables.into(),
        import.rows_without_report_id.into(),
        import.rows_without_device_id.into(),
        optional_time(import.first_event),
        optional_time(import.last_event),
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

/// Rules.
pub const RULES: Sheet<Rule> = Sheet { kind: "rules", columns: rule_columns, row: rule_row };

fn rule_columns() -> Vec<Column> {
    vec![
        Column::new("name", "Rule"),
        Column::data_only("id"),
        Column::data_only("version"),
        Column::new("severity", "Severity"),
        Column::new("status", "Status"),
        Column::new("lookback", "Lookback"),
        Column::data_only("tactics"),
        Column::data_only("techniques"),
        Column::data_only("dataSource"),
        Column::data_only("hypothesis"),
        Column::data_only("description"),
        Column::data_only("falsePositives"),
        Column::data_only("references"),
        Column::data_only("sha256"),
        Column::new("origin", "Origin"),
    ]
}

fn rule_row(rule: &Rule) -> Vec<Value> {
    let head = &rule.head;
    vec![
        text(&head.name),
        text(&head.id),
        text(&head.version),
        text(head.severity.name()),
        text(&head.status),
        text(&head.lookback.to_string()),
        Value::List(head.tactics.clone()),
        Value::List(head.techniques.clone()),
        text(&head.data_source),
        text(&head.hypothesis),
        text(&head.description),
        text(&head.false_positives),
        Value::List(head.references.clone()),
        text(&rule.sha256),
        match &rule.origin {
            Origin::Shipped => text("shipped"),
            Origin::File(path) => text(&path.display().to_string()),
        },
    ]
}

/// What a rule's published query returns. The names are Kusto's for `any` and `makeset` columns.
pub const RULE_RESULT: Sheet<DeviceResult> =
    Sheet { kind: "result", columns: rule_result_columns, row: rule_result_row };

fn rule_result_columns() -> Vec<Column> {
    [
        "DeviceId",
        "any_Timestamp",
        "any_Timestamp1",
        "any_FileName",
        "set_ProcessCommandLine",
        "any_InitiatingProcessFileName",
        "any_InitiatingProcessParentFileName",
    ]
    .into_iter()
    .map(Column::named)
    .collect()
}

fn rule_result_row(result: &DeviceResult) -> Vec<Value> {
    vec![
        text(&result.device_id),
        text(&result.timestamp.to_string()),
        text(&result.timestamp.to_string()),
        text(&result.file_name),
        Value::List(result.command_lines.clone()),
        text(&result.initiating_file_name),
        text(&result.parent_file_name),
    ]
}
