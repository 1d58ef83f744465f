//! Where there are events, which rules were asked about them, and where there are none.

use serde_json::json;

use super::super::{Column, Value, When, counted, grouped};
use super::{Sheet, device_name, optional_time, rule_name, text};
use crate::event::{Span, Timestamp};
use crate::findings::RuleAsked;
use crate::store::{DayCoverage, DeviceCoverage, Gap};

/// Days with what devices said on them.
pub const DAYS: Sheet<DayCoverage> = Sheet { kind: "days", columns: day_columns, row: day_row };

fn day_columns() -> Vec<Column> {
    vec![
        Column::new("day", "Day"),
        Column::data_only("lastDay"),
        Column::new("days", "Days").when(When::Varying),
        Column::new("events", "Events").when(When::Filled),
        Column::new("devices", "Devices"),
        Column::new("devicesSilent", "Silent"),
    ]
}

fn day_row(day: &DayCoverage) -> Vec<Value> {
    vec![
        Value::shown(day.day.to_string(), days_shown(day)),
        text(&day.last_day().to_string()),
        count(day.days),
        day.events.map_or(Value::Null, count),
        count(day.devices),
        count(day.silent),
    ]
}

fn days_shown(day: &DayCoverage) -> String {
    match day.days {
        1 => day.day.to_string(),
        _ => format!("{} to {}", day.day, day.last_day()),
    }
}

/// Devices with when they spoke.
pub const DEVICE_COVERAGE: Sheet<DeviceCoverage> =
    Sheet { kind: "devices", columns: device_columns, row: device_row };

fn device_columns() -> Vec<Column> {
    vec![
        Column::new("deviceId", "Device id").when(When::Repeated("deviceName")),
        Column::new("deviceName", "Device"),
        Column::new("events", "Events"),
        Column::new("firstEvent", "First event").spare(),
        Column::new("lastEvent", "Last event"),
        Column::new("silentSeconds", "Silent for"),
        Column::new("daysWithEvents", "Days"),
        Column::data_only("daysOfCase"),
        Column::new("holes", "Holes"),
        Column::data_only("holeDays"),
        Column::new("longestHole", "Longest hole").when(When::Filled),
        Column::new("eventsAhead", "Ahead of the clock").when(When::Filled),
    ]
}

fn device_row(device: &DeviceCoverage) -> Vec<Value> {
    let silence = |silence: Span| match silence.seconds() {
        seconds @ 0..60 => Value::shown(seconds, "-"),
        seconds => Value::shown(seconds, silence.to_rough_text()),
    };
    let hole = |hole: crate::store::Hole| {
        let data = json!({
            "from": hole.first.to_string(),
            "to": hole.last().to_string(),
            "days": hole.days,
        });
        Value::shown(data, format!("{} from {}", counted(hole.days, "day", "days"), hole.first))
    };
    vec![
        text(&device.id),
        device_name(&device.name, &device.id),
        count(device.events),
        optional_time(device.first_event),
        optional_time(device.last_event),
        device.silence.map_or_else(|| Value::shown(None::<i64>, "never spoke"), silence),
        Value::shown(device.days, format!("{} of {}", grouped(device.days), grouped(device.case_days))),
        device.case_days.into(),
        count(device.holes),
        device.hole_days.into(),
        device.longest_hole.map_or(Value::Null, hole),
        count(device.ahead),
    ]
}

/// How far rules have been asked.
pub const RULES_ASKED: Sheet<RuleAsked> = Sheet { kind: "rules", columns: rule_columns, row: rule_row };

fn rule_columns() -> Vec<Column> {
    vec![
        Column::new("rule", "Rule"),
        Column::new("eventsAsked", "Asked"),
        Column::new("eventsUnasked", "Not asked"),
        Column::new("windowStart", "After"),
        Column::new("askedUntil", "Up to"),
        Column::new("eventsUnjudged", "Unjudged").when(When::Filled),
        Column::data_only("run"),
        Column::data_only("isOfLastRun"),
        Column::new("failure", "State").when(When::Filled),
    ]
}

fn rule_row(rule: &RuleAsked) -> Vec<Value> {
    let of = rule.events_asked + rule.events_unasked;
    vec![
        rule_name(&rule.rule),
        Value::shown(rule.events_asked, format!("{} of {}", grouped(rule.events_asked), grouped(of))),
        count(rule.events_unasked),
        optional_time(rule.window_start),
        optional_time(rule.asked_until),
        count(rule.events_unjudged),
        rule.run_id.into(),
        rule.is_of_last_run.into(),
        Value::shown(rule.failure.clone(), rule_state(rule)),
    ]
}

/// What a hunter should know of a rule that was not asked as usual; `""` where there is nothing.
fn rule_state(rule: &RuleAsked) -> String {
    let failed = rule.failure.as_ref().map(|cause| format!("failed: {cause}"));
    let earlier = (!rule.is_of_last_run).then(|| format!("not run since run {}", rule.run_id));
    earlier.into_iter().chain(failed).collect::<Vec<_>>().join("; ")
}

/// Spans that no import covers.
pub const GAPS: Sheet<Gap> = Sheet { kind: "gaps", columns: gap_columns, row: gap_row };

fn gap_columns() -> Vec<Column> {
    vec![
        Column::new("from", "From"),
        Column::new("to", "To"),
        Column::new("seconds", "Length"),
        Column::new("importBefore", "After import"),
        Column::new("importAfter", "Before import"),
    ]
}

fn gap_row(gap: &Gap) -> Vec<Value> {
    let instant = |instant: Timestamp| Value::shown(instant.to_string(), instant.to_seconds_text());
    vec![
        instant(gap.from),
        instant(gap.to),
        Value::shown(gap.length().seconds(), gap.length().to_rough_text()),
        gap.import_before.into(),
        gap.import_after.into(),
    ]
}

/// An import of which it is known that it may not have all that it seems to cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialImport {
    /// The import.
    pub id: i64,
    /// Its file.
    pub file_name: String,
    /// Why, each in words.
    pub why: Vec<String>,
}

/// Imports that may not have all that they seem to cover.
pub const PARTIAL_IMPORTS: Sheet<PartialImport> =
    Sheet { kind: "partialImports", columns: partial_columns, row: partial_row };

fn partial_columns() -> Vec<Column> {
    vec![
        Column::new("import", "Import"),
        Column::new("fileName", "File"),
        Column::new("why", "May lack rows"),
    ]
}

fn partial_row(import: &PartialImport) -> Vec<Value> {
    let why = Value::List(import.why.clone());
    vec![import.id.into(), text(&import.file_name), Value::shown(why, import.why.join("; "))]
}

fn count(count: i64) -> Value {
    Value::shown(count, grouped(count))
}
