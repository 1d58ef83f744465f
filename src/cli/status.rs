//! `huntcase status`

use std::io::Write;

use serde_json::json;

use super::context::Context;
use super::count::grouped;
use super::global::Format;
use super::select::is_open;
use crate::error::{Result, exit};
use crate::event::Timestamp;
use crate::findings::{
    HuntStatus, ReviewState, Status, list_devices, list_findings, list_hunts, list_suppressions,
};
use crate::report::{Column, SCHEMA_VERSION, Value, Writer, json_safe, page};
use crate::rules::{list_rule_runs, list_runs};

/// Runs `huntcase status`.
pub fn run(context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let (imports, runs, devices, findings) = (
        case.list_imports()?,
        list_runs(&case)?,
        list_devices(&case, &[])?,
        list_findings(&case, &context.analyst)?,
    );
    let hunts = list_hunts(&case)?;
    let active = list_suppressions(&case)?.iter().filter(|s| s.is_active(context.now)).count() as i64;
    let hidden: i64 = devices.iter().map(|device| device.hidden_events).sum();
    let closed = hunts.iter().filter(|hunt| hunt.status == HuntStatus::Closed).count() as i64;
    let reviewed = devices.iter().filter(|device| device.state == ReviewState::Reviewed).count() as i64;
    let stale = devices.iter().filter(|device| !device.stale.is_empty()).count() as i64;
    let unseen = findings.iter().filter(|f| is_open(f) && f.unseen.is_any()).count() as i64;
    let events: i64 = devices.iter().map(|device| device.events).sum();
    let rejected: i64 = imports.iter().map(|import| import.rows_rejected).sum();
    let first = devices.iter().map(|device| device.first_event).min();
    let last = devices.iter().map(|device| device.last_event).max();
    let of = |status| findings.iter().filter(|finding| finding.status == status).count() as i64;
    let last_run = runs.last();
    let rule_runs = last_run.map(|run| list_rule_runs(&case, run.id)).transpose()?.unwrap_or_default();
    let failed = rule_runs.iter().filter(|run| run.failure.is_some()).count() as i64;
    let window_start = rule_runs.iter().filter_map(|run| run.window_start).min();

    let text = |time: Option<Timestamp>| {
        time.map_or(Value::Null, |t| Value::shown(t.to_string(), t.to_seconds_text()))
    };
    let fields: Vec<(&'static str, &'static str, Value)> = vec![
        ("case", "Case", Value::Text(case.path().display().to_string())),
        ("imports", "Imports", (imports.len() as i64).into()),
        ("rowsRejected", "Rows rejected", rejected.into()),
        ("events", "Events", events.into()),
        ("devices", "Devices", (devices.len() as i64).into()),
        ("devicesReviewed", "Devices reviewed", reviewed.into()),
        ("devicesStale", "Reviews stale", stale.into()),
        ("firstEvent", "First event", text(first)),
        ("lastEvent", "Last event", text(last)),
        ("runs", "Runs", (runs.len() as i64).into()),
        ("lastRunAt", "Last run", text(last_run.map(|run| run.at))),
        ("lastRunBy", "Last run by", last_run.map(|run| run.by.clone()).into()),
        ("windowStart", "Window after", text(window_start)),
        ("windowEnd", "Window up to", text(last_run.map(|run| run.as_of))),
        ("rulesFailed", "Rules failed", failed.into()),
        ("huntsOpen", "Hunts open", (hunts.len() as i64 - closed).into()),
        ("huntsClosed", "Hunts closed", closed.into()),
        ("findingsUnseen", "Findings unseen", unseen.into()),
        ("findingsNew", "Findings new", of(Status::New).into()),
        ("findingsInProgress", "Findings in progress", of(Status::InProgress).into()),
        ("findingsResolved", "Findings resolved", of(Status::Resolved).into()),
        ("suppressionsActive", "Suppressions active", active.into()),
        ("eventsHidden", "Events hidden", hidden.into()),
    ];
    let mut output = context.output()?;
    match context.format() {
        Format::Table => {
            let pairs: Vec<(&str, String)> =
                fields.iter().map(|(_, title, value)| (*title, shown(value))).collect();
            page(&mut output, &pairs, context.layout().width)?;
        }
        Format::Json => {
            let members = fields.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value)));
            let status: serde_json::Map<_, _> = members.collect();
            let answer = json!({ "schema_version": SCHEMA_VERSION, "status": status }).to_string();
            writeln!(output, "{}", json_safe(&answer))?;
        }
        _ => {
            let columns = fields.iter().map(|(name, _, _)| Column::named(*name)).collect();
            let mut writer = Writer::begin(&mut output, context.layout(), "status", columns)?;
            writer.row(fields.into_iter().map(|(_, _, value)| value).collect())?;
            writer.finish()?;
        }
    }
    output.finish()?;
    Ok(exit::DONE)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(count) => grouped(*count),
        Value::Text(text) => text.clone(),
        Value::Shown { table, .. } => table.clone(),
        _ => "-".to_owned(),
    }
}
