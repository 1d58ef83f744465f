//! `huntcase status`

mod coverage;

use std::io::Write;

use clap::Args;
use serde_json::{Map, json};

use super::context::Context;
use super::global::Format;
use super::output::Output;
use super::select::is_open;
use crate::error::{Result, exit};
use crate::event::Timestamp;
use crate::findings::{
    DeviceRow, Finding, HuntStatus, Limits, ReviewState, Status, find_limits, list_devices, list_findings,
    list_hunts, list_prunes, list_rules_asked, list_suppressions,
};
use crate::report::grouped;
use crate::report::{Column, SCHEMA_VERSION, Value, Writer, json_safe, limits_data, limits_in_words, page};
use crate::rules::{list_rule_runs, list_runs};
use crate::store::Case;

use coverage::{Imports, Looked, Part, write_coverage, write_coverage_rows};

/// One line of the answer: its name in data, its label for people, and its value.
type Line = (&'static str, &'static str, Value);

/// `huntcase status`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase status\n  huntcase status --json\n  huntcase status --coverage\n  \
                        huntcase status --coverage days --format csv -o days.csv\n  huntcase status --gaps"
)]
pub struct Arguments {
    /// Say of every device and day where there are events and where there are none; CSV and JSONL have a row a device, or
    /// with --coverage days a row a day
    #[arg(long, value_name = "WHAT", num_args = 0..=1)]
    coverage: Option<Option<Part>>,
    /// List the spans that no import covers, and the imports that may lack rows
    #[arg(long, conflicts_with = "coverage")]
    gaps: bool,
}

/// Runs `huntcase status`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let mut output = context.output()?;
    match (context.format(), arguments.coverage) {
        (Format::Json, _) => write_json(&mut output, &case, context)?,
        (Format::Table, Some(part)) => {
            write_coverage(&mut output, &Looked::read(&case, true, context)?, part, context)?;
        }
        (_, Some(part)) => {
            write_coverage_rows(&mut output, &Looked::read(&case, true, context)?, part, context)?;
        }
        (Format::Table, None) if arguments.gaps => {
            Imports::read(&case, context)?.write(&mut output, context)?;
        }
        (_, None) if arguments.gaps => Imports::read(&case, context)?.write_rows(&mut output, context)?,
        (Format::Table, None) => write_table(&mut output, &case, context)?,
        (_, None) => write_row(&mut output, &case, context)?,
    }
    output.finish()?;
    Ok(exit::DONE)
}

fn list_lines(case: &Case, limits: &Limits, context: &Context) -> Result<Vec<Line>> {
    let devices = list_devices(case, &[])?;
    let mut lines: Vec<Line> = vec![("case", "Case", Value::Text(case.path().display().to_string()))];
    lines.extend(of_imports(case, &devices)?);
    lines.extend(of_runs(case, limits, context)?);
    lines.extend(of_findings(case, &devices, context)?);
    Ok(lines)
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

fn of_runs(case: &Case, limits: &Limits, context: &Context) -> Result<Vec<Line>> {
    let runs = list_runs(case)?;
    let last = runs.last();
    let rules = last.map(|run| list_rule_runs(case, run.id)).transpose()?.unwrap_or_default();
    let failed = count(&rules, |run| run.failure.is_some());
    // A rule that nothing narrowed leaves no bound for all.
    let starts: Option<Vec<Timestamp>> = rules.iter().map(|run| run.window.start).collect();
    let ends: Option<Vec<Timestamp>> = rules.iter().map(|run| run.window.end).collect();
    let mut lines: Vec<Line> = vec![
        ("runs", "Runs", (runs.len() as i64).into()),
        ("lastRunAt", "Last run", time(last.map(|run| run.at))),
        ("lastRunBy", "Last run by", last.map(|run| run.by.clone()).into()),
        ("asOf", "As of", time(last.map(|run| run.as_of))),
        ("windowStart", "Window after", time(starts.and_then(|starts| starts.into_iter().min()))),
        ("windowEnd", "Window up to", time(ends.and_then(|ends| ends.into_iter().max()))),
        ("rulesFailed", "Rules failed", failed.into()),
    ];
    // People get a line for each, and none where all was looked at.
    match context.format() {
        Format::Table => {
            let limits = limits_in_words(limits).into_iter();
            lines.extend(limits.map(|line| ("limits", "Not looked at", Value::Text(line))));
        }
        _ => lines.push(("limits", "Not looked at", limits_data(limits).into())),
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

fn write_table(output: &mut Output, case: &Case, context: &Context) -> Result<()> {
    let limits = find_limits(case, None)?;
    let lines = list_lines(case, &limits, context)?;
    let pairs: Vec<(&str, String)> = lines.iter().map(|(_, label, value)| (*label, shown(value))).collect();
    page(output, &pairs, context.layout().width)?;
    let rules = list_rules_asked(case, &limits.unjudged, context.now)?;
    Looked::read(case, false, context)?.write(output, &rules, context)
}

fn write_json(output: &mut Output, case: &Case, context: &Context) -> Result<()> {
    let limits = find_limits(case, None)?;
    let lines = list_lines(case, &limits, context)?;
    let status: Map<_, _> = lines.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))).collect();
    let mut answer = json!({ "schema_version": SCHEMA_VERSION, "status": status });
    if let Some(members) = answer.as_object_mut() {
        let rules = list_rules_asked(case, &limits.unjudged, context.now)?;
        members.extend(Looked::read(case, true, context)?.members(&rules));
    }
    writeln!(output, "{}", json_safe(&answer.to_string()))?;
    Ok(())
}

fn write_row(output: &mut Output, case: &Case, context: &Context) -> Result<()> {
    let lines = list_lines(case, &find_limits(case, None)?, context)?;
    let columns = lines.iter().map(|(name, _, _)| Column::named(*name)).collect();
    let mut writer = Writer::begin(output, context.layout(), "status", columns)?;
    writer.row(lines.into_iter().map(|(_, _, value)| value).collect())?;
    writer.finish()?;
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
