//! Findings, what a run did to them, and their evidence.

use serde_json::{Value as Json, json};

use super::super::{Column, Value, When};
use super::{Sheet, device_name, optional_time, rule_name, text, time};
use crate::findings::{
    Classification, Evidence, Finding, FindingChange, FormerVerdict, Status, sentinel_words,
};

/// Findings.
pub const FINDINGS: Sheet<Finding> = Sheet { kind: "findings", columns: finding_columns, row: finding_row };

fn finding_columns() -> Vec<Column> {
    vec![
        Column::new("id", "Id"),
        Column::new("unseen", "Unseen").when(When::Filled),
        Column::new("rule", "Rule").when(When::Varying),
        Column::data_only("hunt"),
        Column::data_only("deviceId"),
        Column::new("deviceName", "Device"),
        Column::new("status", "Status"),
        Column::new("classification", "Verdict"),
        Column::data_only("determination"),
        Column::data_only("sentinelClassification"),
        Column::data_only("sentinelReason"),
        Column::data_only("verdictUntil"),
        Column::data_only("formerVerdict"),
        Column::new("severity", "Severity").when(When::Varying),
        Column::new("assignedTo", "Assigned").when(When::Filled).spare(),
        Column::new("tags", "Tags").when(When::Filled).spare(),
        Column::new("events", "Events"),
        Column::data_only("eventsUnseen"),
        Column::data_only("eventsSinceResolved"),
        Column::new("eventsHidden", "Hidden").when(When::Filled),
        Column::new("eventsRecovered", "Recovered").when(When::Filled),
        Column::data_only("firstActivity"),
        Column::new("lastActivity", "Last activity"),
        Column::data_only("createdAt"),
        Column::data_only("resolvedAt"),
        Column::data_only("reopenCount"),
        Column::data_only("predecessor"),
        Column::data_only("successor"),
        Column::data_only("noteCount"),
    ]
}

fn finding_row(finding: &Finding) -> Vec<Value> {
    // Sentinel classifies what it closes.
    let is_resolved = finding.status == Status::Resolved;
    let sentinel = is_resolved.then(|| sentinel_words(finding.classification, finding.determination));
    vec![
        text(&finding.id.to_string()),
        Value::shown(finding.unseen.is_any(), unseen(finding)),
        rule_name(&finding.rule),
        finding.hunt.map(|id| id.to_string()).into(),
        text(&finding.device_id),
        device_name(&finding.device_name, &finding.device_id),
        Value::shown(finding.status.name(), finding.status.shown()),
        Value::shown(finding.classification.name(), verdict(finding)),
        Value::shown(finding.determination.name(), finding.determination.shown()),
        sentinel.map(|(classification, _)| classification.to_owned()).into(),
        sentinel.and_then(|(_, reason)| reason).map(str::to_owned).into(),
        optional_time(finding.verdict_until),
        finding.former.as_ref().map_or(Value::Null, former_verdict),
        text(finding.severity.name()),
        text(&finding.assigned_to),
        Value::List(finding.tags.clone()),
        finding.events.into(),
        finding.unseen.events.into(),
        finding.events_since_resolved().into(),
        finding.hidden_events.into(),
        finding.recovered_events.into(),
        time(finding.first_activity),
        time(finding.last_activity),
        optional_time(finding.created_at),
        optional_time(finding.resolved_at),
        finding.reopen_count.into(),
        finding.predecessor.map(|id| id.to_string()).into(),
        finding.successor.map(|id| id.to_string()).into(),
        finding.notes.into(),
    ]
}

/// What the analyst has not seen, for people; `""` where that is nothing.
fn unseen(finding: &Finding) -> String {
    match finding.unseen {
        unseen if unseen.is_new => "new".to_owned(),
        unseen if unseen.events > 0 => format!("+{}", unseen.events),
        unseen if unseen.changes > 0 => "changed".to_owned(),
        _ => String::new(),
    }
}

/// The verdict for people: one that was taken back stands as what it was.
fn verdict(finding: &Finding) -> String {
    match (&finding.former, finding.classification) {
        (Some(former), Classification::Unknown) => match former.classification {
            Classification::Unknown => "was undetermined".to_owned(),
            classification => format!("was {}", classification.shown()),
        },
        (_, classification) => classification.shown().to_owned(),
    }
}

fn former_verdict(former: &FormerVerdict) -> Value {
    Value::Json(json!({
        "classification": former.classification.name(),
        "determination": former.determination.name(),
        "by": former.by,
        "at": former.at.to_string(),
        "reopenedBecause": former.why,
    }))
}

/// What a run did to findings.
pub const CHANGES: Sheet<FindingChange> =
    Sheet { kind: "findings", columns: change_columns, row: change_row };

fn change_columns() -> Vec<Column> {
    let mut columns = finding_columns();
    for column in &mut columns {
        // A new finding has no verdict yet, what a run changed is unseen, and the table has to fit 80 columns.
        match column.name.as_ref() {
            "classification" => column.when = When::Filled,
            "unseen" => column.title = None,
            _ => {}
        }
    }
    columns.splice(1..1, [Column::new("change", "Change"), Column::new("eventsAdded", "Added")]);
    columns
}

fn change_row(change: &FindingChange) -> Vec<Value> {
    let mut row = finding_row(&change.finding);
    for (column, value) in finding_columns().iter().zip(&mut row) {
        if column.name == "classification" && verdict(&change.finding) == Classification::Unknown.shown() {
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
        "reasons",
        "ruleColumns",
        "ruleVersion",
        "runId",
        "importId",
        "importFileName",
        "importLine",
        "recovered",
        "aheadOfClock",
        "hiddenBy",
        "unseen",
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
        Value::Json(json!(event.why.reasons)),
        Value::Json(Json::Object(event.why.columns.clone())),
        text(&event.rule_sha256),
        event.run_id.into(),
        event.import_id.into(),
        text(&event.import_file_name),
        event.line.into(),
        event.is_recovered.into(),
        event.is_ahead.into(),
        event.hidden_by.map(|id| id.to_string()).into(),
        event.is_unseen.into(),
    ]
}
