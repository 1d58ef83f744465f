//! The whole report as one JSON object, or as one object a line.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::{Classification, Extract, Reported, RuleOfCase, Status};
use crate::report::sheets::report::{REPORTED, event_columns, event_row};
use crate::report::sheets::{DEVICES, HUNTS, IMPORTS, SUPPRESSIONS};
use crate::report::{SCHEMA_VERSION, json_safe, limits_data, object_text};

/// The JSON Schema of a report as [`super::Kind::Json`].
pub const SCHEMA: &str = include_str!("schema.json");

/// Writes one object: what was asked, the hunts, rules, imports, suppressions and devices, then each finding with its
/// events.
pub fn write_object<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    write!(out, "{{\"schema_version\":{SCHEMA_VERSION},\n\"report\":{}", safe(&summary(extract)))?;
    for (name, items) in lists(extract) {
        write!(out, ",\n\"{name}\":")?;
        write_array(out, items.iter())?;
    }
    write!(out, ",\n\"findings\":[")?;
    for (index, reported) in extract.findings.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        write_finding(out, extract, reported)?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(())
}

fn write_array<'j, W: Write>(out: &mut W, items: impl Iterator<Item = &'j Json>) -> Result<()> {
    out.write_all(b"[")?;
    for (index, item) in items.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        out.write_all(safe(item).as_bytes())?;
    }
    out.write_all(b"]")?;
    Ok(())
}

/// A finding's object, its events last, since they may be too many to hold.
fn write_finding<W: Write>(out: &mut W, extract: &Extract<'_>, reported: &Reported) -> Result<()> {
    let id = reported.finding.id;
    let object = safe(&REPORTED.object(&(reported.clone(), extract.parts(id)?)));
    out.write_all(object.strip_suffix('}').unwrap_or(&object).as_bytes())?;
    out.write_all(b",\"evidence\":[")?;
    let names = event_names();
    let mut is_first = true;
    extract.each_event(id, None, &mut |event| {
        out.write_all(if is_first { b"\n" } else { b",\n" })?;
        is_first = false;
        let row = event_row(&event, extract.import(event.import_id));
        Ok(out.write_all(object_text(&names, &row)?.as_bytes())?)
    })?;
    out.write_all(b"]}")?;
    Ok(())
}

/// Writes one object a line, each with its `type`: `report`, `hunt`, `rule`, `import`, `suppression`, `device`, and
/// each `finding` before its `event`s.
pub fn write_lines<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    let mut report = summary(extract);
    report["schema_version"] = SCHEMA_VERSION.into();
    write_line(out, "report", report)?;
    for (name, items) in lists(extract) {
        for item in items {
            write_line(out, name.trim_end_matches('s'), item)?;
        }
    }
    let mut names = vec!["type".to_owned(), "finding".to_owned()];
    names.extend(event_names());
    for reported in &extract.findings {
        let id = reported.finding.id;
        write_line(out, "finding", REPORTED.object(&(reported.clone(), extract.parts(id)?)))?;
        extract.each_event(id, None, &mut |event| {
            let mut row = vec!["event".into(), id.to_string().into()];
            row.extend(event_row(&event, extract.import(event.import_id)));
            Ok(writeln!(out, "{}", object_text(&names, &row)?)?)
        })?;
    }
    Ok(())
}

fn write_line<W: Write>(out: &mut W, kind: &str, mut object: Json) -> Result<()> {
    object["type"] = kind.into();
    Ok(writeln!(out, "{}", safe(&object))?)
}

fn safe(json: &Json) -> String {
    json_safe(&json.to_string()).into_owned()
}

fn event_names() -> Vec<String> {
    event_columns().into_iter().map(|column| column.name.into_owned()).collect()
}

/// What was asked and what there is, in numbers.
fn summary(extract: &Extract<'_>) -> Json {
    let statuses =
        Status::ALL.iter().map(|s| (s.name().to_owned(), json!(extract.count(|f| f.status == *s))));
    let verdicts = Classification::ALL
        .iter()
        .map(|c| (c.name().to_owned(), json!(extract.count(|f| f.classification == *c))));
    json!({
        "asOf": time(extract.as_of),
        "since": time(extract.since.map(|mark| mark.at)),
        "isNarrowed": extract.is_narrowed,
        "findings": extract.findings.len(),
        "events": extract.events(),
        "status": statuses.collect::<Map<_, _>>(),
        "classification": verdicts.collect::<Map<_, _>>(),
        "limits": limits_data(&extract.limits),
        "rulesFailed": extract.failed.iter().map(|run| json!({
            "rule": run.rule,
            "runId": run.run_id,
            "failure": run.failure,
        })).collect::<Vec<_>>(),
    })
}

/// What stands beside the findings, each kind under its name.
fn lists(extract: &Extract<'_>) -> [(&'static str, Vec<Json>); 5] {
    let as_of = extract.as_of.unwrap_or_default();
    let suppressions = extract.suppressions.iter().cloned();
    [
        ("hunts", extract.hunts.iter().map(|hunt| HUNTS.object(hunt)).collect()),
        ("rules", extract.rules.iter().map(rule).collect()),
        ("imports", extract.imports.iter().map(|import| IMPORTS.object(import)).collect()),
        ("suppressions", suppressions.map(|s| SUPPRESSIONS.object(&(s, as_of))).collect()),
        ("devices", extract.devices.iter().map(|device| DEVICES.object(device)).collect()),
    ]
}

fn rule(rule: &RuleOfCase) -> Json {
    let versions = rule.versions.iter().map(|version| {
        json!({
            "sha256": version.sha256,
            "version": version.head.as_ref().map(|head| &head.version),
            "firstRunAt": version.first_run_at.to_string(),
            "events": version.events,
            "text": version.text,
        })
    });
    json!({
        "name": rule.name,
        "id": rule.id,
        "hunt": rule.hunt.map(|id| id.to_string()),
        "windowStart": time(rule.window.and_then(|window| window.start)),
        "windowEnd": time(rule.window.and_then(|window| window.end)),
        "versions": versions.collect::<Vec<_>>(),
    })
}

fn time(instant: Option<Timestamp>) -> Option<String> {
    instant.map(|instant| instant.to_string())
}
