//! `huntcase status`

use std::io::Write;

use serde_json::json;

use super::context::Context;
use super::global::Format;
use super::output::Output;
use super::select::is_open;
use crate::error::{Result, exit};
use crate::event::Timestamp;
use crate::findings::{
    DeviceRow, Finding, HuntStatus, ReviewState, Status, find_limits, list_devices, list_findings,
    list_hunts, list_prunes, list_suppressions,
};
use crate::report::grouped;
use crate::report::{Column, SCHEMA_VERSION, Value, Writer, json_safe, limits_data, limits_in_words, page};
use crate::rules::{list_rule_runs, list_runs};
use crate::store::Case;

/// One line of the answer: its name in data, its label for people, and its value.
type Line = (&'static str, &'static str, Value);

/// Runs `huntcase status`.
pub fn run(context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let devices = list_devices(&case, &[])?;
    let mut lines: Vec<Line> = vec![("case", "Case", Value::Text(case.path().display().to_string()))];
    lines.extend(of_imports(&case, &devices)?);
    lines.extend(of_runs(&case, context)?);
    lines.extend(of_findings(&case, &devices, context)?);
    let mut output = context.output()?;
    write(&mut output, lines, context)?;
    output.finish()?;
    Ok(exit::DONE)
}

fn of_imports(case: &Case, devices: &[DeviceRow]) -> Result<Vec<Line>> {
    let imports = case.list_imports()?;
    let rejected: i64 = imports.iter().map(|import| import.rows_rejected).sum();
    let events: i64 = devices.iter().map(|device| device.events).sum();
    let reviewed = count(devices, |device| device.state == ReviewState::Reviewed);
    let stale = count(devices, |device| !device.stale.is_empty());
    let prunes = list_prunes(case)?;
    let pruned: i64 = prunes.iter().map(|prune| prune.events).sum();
    Ok(vec![
        ("imports", "Imports", (imports.len() as i64).into()),
        ("rowsRejected", "Rows rejected", rejected.into()),
        ("events", "Events", events.into()),
        ("eventsPruned", "Events pruned", pruned.into()),
        ("prunedBefore", "Pruned before", time(prunes.iter().map(|prune| prune.before).max())),
        ("devices", "Devices", (devices.len() as i64).into()),
        ("devicesReviewed", "Devices reviewed", reviewed.into()),
        ("devicesStale", "Reviews stale", stale.into()),
        ("firstEvent", "First event", time(devices.iter().map(|device| device.first_event).min())),
        ("lastEvent", "Last event", time(devices.iter().map(|device| device.last_event).max())),
    ])
}

fn of_runs(case: &Case, context: &Context) -> Result<Vec<Line>> {
    let runs = list_runs(case)?;
    let last = runs.last();
    let rules = last.map(|run| list_rule_runs(case, run.id)).transpose()?.unwrap_or_default();
    let failed = count(&rules, |run| run.failure.is_some());
    let limits = find_limits(case, None)?;
    let mut lines: Vec<Line> = vec![
        ("runs", "Runs", (runs.len() as i64).into()),
        ("lastRunAt", "Last run", time(last.map(|run| run.at))),
        ("lastRunBy", "Last run by", last.map(|run| run.by.clone()).into()),
        ("windowStart", "Window after", time(rules.iter().filter_map(|run| run.window.start).min())),
        ("windowEnd", "Window up to", time(last.map(|run| run.as_of))),
        ("rulesFailed", "Rules failed", failed.into()),
    ];
    // People get a line for each, and none where all was looked at.
    match context.format() {
        Format::Table => {
            let limits = limits_in_words(&limits).into_iter();
            lines.extend(limits.map(|line| ("limits", "Not looked at", Value::Text(line))));
        }
        _ => lines.push(("limits", "Not looked at", limits_data(&limits).into())),
    }
    Ok(lines)
}

fn of_findings(case: &Case, devices: &[DeviceRow], context: &Context) -> Result<Vec<Line>> {
    let findings = list_findings(case, &context.analyst)?;
    let of = |status| count(&findings, |finding: &Finding| finding.status == status);
    let hunts = list_hunts(case)?;
    let closed = count(&hunts, |hunt| hunt.status == HuntStatus::Closed);
    let active = count(&list_suppressions(case)?, |suppression| suppression.is_active(context.now));
    let hidden: i64 = devices.iter().map(|device| device.hidden_events).sum();
    let unseen = count(&findings, |finding| is_open(finding) && finding.unseen.is_any());
    Ok(vec![
        ("huntsOpen", "Hunts open", (hunts.len() as i64 - closed).into()),
        ("huntsClosed", "Hunts closed", closed.into()),
        ("findingsUnseen", "Findings unseen", unseen.into()),
        ("findingsNew", "Findings new", of(Status::New).into()),
        ("findingsInProgress", "Findings in progress", of(Status::InProgress).into()),
        ("findingsResolved", "Findings resolved", of(Status::Resolved).into()),
        ("suppressionsActive", "Suppressions active", active.into()),
        ("eventsHidden", "Events hidden", hidden.into()),
    ])
}

fn count<T>(items: &[T], holds: impl Fn(&T) -> bool) -> i64 {
    items.iter().filter(|item| holds(item)).count() as i64
}

fn time(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| Value::shown(time.to_string(), time.to_seconds_text()))
}

fn write(output: &mut Output, lines: Vec<Line>, context: &Context) -> Result<()> {
    match context.format() {
        Format::Table => {
            let pairs: Vec<(&str, String)> =
                lines.iter().map(|(_, label, value)| (*label, shown(value))).collect();
            page(output, &pairs, context.layout().width)?;
        }
        Format::Json => {
            let members = lines.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value)));
            let status: serde_json::Map<_, _> = members.collect();
            let answer = json!({ "schema_version": SCHEMA_VERSION, "status": status }).to_string();
            writeln!(output, "{}", json_safe(&answer))?;
        }
        _ => {
            let columns = lines.iter().map(|(name, _, _)| Column::named(*name)).collect();
            let mut writer = Writer::begin(output, context.layout(), "status", columns)?;
            writer.row(lines.into_iter().map(|(_, _, value)| value).collect())?;
            writer.finish()?;
        }
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(count) => grouped(*count),
        Value::Text(text) => text.clone(),
        Value::Shown { table, .. } => table.clone(),
        _ => "-".to_owned(),
    }
}
