//! A layer for the ATT&CK Navigator: which techniques were searched for, and what was found.
//!
//! Source: layer format 4.5,
//! <https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value as Json, json};

use super::super::{json_safe, printable};
use super::words::{self, by_verdict};
use crate::error::Result;
use crate::findings::{Classification, Extract, Finding, RuleOfCase};
use crate::report::{counted, grouped, limits_in_words, window_in_words};

/// How many findings a technique names; the others are counted.
const FINDINGS_NAMED: usize = 20;
const NOTHING_FOUND: &str = "#dceefb";
const MOST_FOUND: &str = "#e5393f";

/// Writes the layer, one JSON object. A technique's score is the number of findings of its rules that nobody judged to
/// be informational, expected activity or a false positive: those that are not judged yet count, since they may mean
/// something. A technique that was searched for without any is in the layer with 0.
///
/// # Errors
/// The case's database, or what `out` says.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    let text = serde_json::to_string_pretty(&layer(extract)?).map_err(std::io::Error::from)?;
    writeln!(out, "{}", json_safe(&text))?;
    Ok(out.flush()?)
}

fn layer(extract: &Extract<'_>) -> Result<Json> {
    let searched = techniques(extract);
    let scored: Vec<(Technique<'_>, usize)> = searched
        .into_values()
        .map(|one| {
            let score = one.findings.iter().filter(|finding| counts(finding)).count();
            (one, score)
        })
        .collect();
    let most = scored.iter().map(|(_, score)| *score).max().unwrap_or_default().max(1);
    let techniques: Vec<Json> =
        scored.iter().map(|(one, score)| technique(extract, one, *score)).collect::<Result<_>>()?;
    Ok(json!({
        "name": name(extract),
        "versions": { "navigator": "4.9.0", "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": description(extract),
        "sorting": 3,
        "layout": { "layout": "side", "showID": true, "showName": true, "expandedSubtechniques": "annotated" },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": { "colors": [NOTHING_FOUND, MOST_FOUND], "minValue": 0, "maxValue": most },
        "legendItems": [
            { "label": "0: searched for, no finding that counts", "color": NOTHING_FOUND },
            {
                "label": format!(
                    "up to {most}: findings that are not judged informational (expected activity) or false \
                     positive; those not judged yet count"
                ),
                "color": MOST_FOUND,
            },
        ],
        "metadata": metadata(extract),
    }))
}

/// What was searched for a technique, and found.
struct Technique<'e> {
    id: String,
    rules: Vec<&'e RuleOfCase>,
    findings: Vec<&'e Finding>,
}

/// The techniques in the heads of the rules, by id.
fn techniques<'e>(extract: &'e Extract<'_>) -> BTreeMap<String, Technique<'e>> {
    let mut techniques = BTreeMap::new();
    for rule in &extract.rules {
        for id in ids(rule).into_iter().filter(|id| is_technique(id)) {
            let new = Technique { id: id.clone(), rules: Vec::new(), findings: Vec::new() };
            let technique: &mut Technique<'e> = techniques.entry(id).or_insert(new);
            technique.rules.push(rule);
            let all = extract.findings.iter().map(|reported| &reported.finding);
            technique.findings.extend(all.filter(|finding| finding.rule_key == rule.key));
        }
    }
    techniques
}

/// A rule's techniques, each once.
fn ids(rule: &RuleOfCase) -> Vec<String> {
    let techniques = rule.head().map(|head| head.techniques.as_slice()).unwrap_or_default();
    let mut ids: Vec<String> = techniques.iter().map(|id| id.trim().to_uppercase()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether a text is a technique's id, `T1059`, or a sub-technique's, `T1059.001`. The Navigator refuses others.
fn is_technique(id: &str) -> bool {
    let is_number = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let Some(number) = id.strip_prefix('T') else {
        return false;
    };
    match number.split_once('.') {
        Some((main, sub)) => is_number(main, 4) && is_number(sub, 3),
        None => is_number(number, 4),
    }
}

/// Whether a finding may mean something.
const fn counts(finding: &Finding) -> bool {
    matches!(finding.classification, Classification::TruePositive | Classification::Unknown)
}

fn technique(extract: &Extract<'_>, technique: &Technique<'_>, score: usize) -> Result<Json> {
    Ok(json!({
        "techniqueID": technique.id,
        "score": score,
        "comment": comment(extract, technique),
        "enabled": true,
        "showSubtechniques": true,
        "metadata": metadata_of(extract, technique)?,
    }))
}

/// How many findings there are, by verdict.
fn comment(extract: &Extract<'_>, technique: &Technique<'_>) -> String {
    let findings = &technique.findings;
    let mut text = counted(findings.len() as i64, "finding", "findings");
    if !findings.is_empty() {
        let events = findings.iter().map(|finding| finding.events).sum();
        text +=
            &format!(" ({}), {}", by_verdict(findings.iter().copied()), counted(events, "event", "events"));
    }
    for rule in &technique.rules {
        if extract.failed.iter().any(|run| run.rule == rule.name) {
            text += &format!("; RULE FAILED when it last ran: {}, what is said here is not all", rule.name);
        }
    }
    printable(&text).into_owned()
}

fn entry(name: impl AsRef<str>, value: impl AsRef<str>) -> Json {
    json!({ "name": printable(name.as_ref()), "value": printable(value.as_ref()) })
}

/// The rules with their versions, and what was found.
fn metadata_of(extract: &Extract<'_>, technique: &Technique<'_>) -> Result<Vec<Json>> {
    let mut entries = Vec::new();
    for rule in &technique.rules {
        entries.extend(metadata_of_rule(rule));
    }
    for finding in technique.findings.iter().take(FINDINGS_NAMED) {
        let mut value = words::finding(finding);
        if finding.notes > 0
            && let Some(newest) = extract.parts(finding.id)?.notes.last()
        {
            value += &format!(", the newest: {}", words::note(newest));
        }
        entries.push(entry("finding", value));
    }
    let others = technique.findings.len().saturating_sub(FINDINGS_NAMED);
    if others > 0 {
        entries.push(entry("findings", format!("{} more", grouped(others as i64))));
    }
    Ok(entries)
}

fn metadata_of_rule(rule: &RuleOfCase) -> Vec<Json> {
    let mut entries = vec![entry("rule", format!("{} ({})", rule.name, rule.id))];
    for version in &rule.versions {
        let head = version.head.as_ref();
        let number = head.map_or_else(String::new, |head| format!("version {}, ", head.version));
        let first = version.first_run_at.to_seconds_text();
        entries.push(entry("rule version", format!("{number}sha256 {}, first run {first}", version.sha256)));
    }
    if let Some(head) = rule.head()
        && !head.tactics.is_empty()
    {
        entries.push(entry("rule's tactics", head.tactics.join(", ")));
    }
    if let Some(window) = &rule.window {
        entries.push(entry("rule last asked", window_in_words(window)));
    }
    entries
}

fn name(extract: &Extract<'_>) -> String {
    let hunts: Vec<&str> = extract.hunts.iter().map(|hunt| hunt.name.as_str()).collect();
    printable(&format!("huntcase: {}", hunts.join(", "))).into_owned()
}

fn description(extract: &Extract<'_>) -> String {
    let as_of = extract.as_of.map_or_else(|| "before the first run".to_owned(), |at| format!("as of {at}"));
    let mut sentences = vec![format!(
        "What was searched for, {as_of}: {}, {}, {} from {}",
        counted(extract.rules.len() as i64, "rule", "rules"),
        counted(extract.findings.len() as i64, "finding", "findings"),
        counted(extract.events(), "event", "events"),
        counted(extract.imports.len() as i64, "input", "inputs"),
    )];
    if !extract.failed.is_empty() {
        let names: Vec<&str> = extract.failed.iter().map(|run| run.rule.as_str()).collect();
        sentences
            .push(format!("RULES FAILED when they last ran, of which not all is told: {}", names.join(", ")));
    }
    sentences.extend(limits_in_words(&extract.limits).iter().map(|line| format!("Not looked at: {line}")));
    if extract.is_narrowed {
        sentences.push("Only those findings that were asked for".to_owned());
    }
    for hunt in &extract.hunts {
        sentences.push(format!(
            "{} {}: {} ({}; hypothesis {})",
            hunt.id,
            hunt.name,
            hunt.hypothesis,
            hunt.status.shown(),
            hunt.hypothesis_status.shown()
        ));
    }
    printable(&(sentences.join(". ") + ".")).into_owned()
}

/// What belongs to no technique: the inputs, and the rules that name none.
fn metadata(extract: &Extract<'_>) -> Vec<Json> {
    let mut entries = Vec::new();
    for import in &extract.imports {
        let rows = counted(import.rows_read, "row", "rows");
        let rejected = grouped(import.rows_rejected);
        let value = format!("{}, sha256 {}, {rows}, {rejected} rejected", import.file_name, import.sha256);
        entries.push(entry(format!("input {}", import.id), value));
    }
    for rule in &extract.rules {
        let ids = ids(rule);
        if !ids.iter().any(|id| is_technique(id)) {
            let of_rule = || {
                extract.findings.iter().map(|reported| &reported.finding).filter(|f| f.rule_key == rule.key)
            };
            let value =
                format!("{}, {}", rule.name, counted(of_rule().count() as i64, "finding", "findings"));
            entries.push(entry("rule without technique", value));
            entries.extend(metadata_of_rule(rule));
        }
        for id in ids.iter().filter(|id| !is_technique(id)) {
            entries.push(entry("not a technique's id", format!("{id} of {}", rule.name)));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_techniques_are_taken() {
        for id in ["T1059", "T1059.001"] {
            assert!(is_technique(id), "{id}");
        }
        for id in
            ["", "T", "1059", "T105", "T10599", "T1059.", "T1059.01", "T1059.0011", "TA0002", "T1059.abc"]
        {
            assert!(!is_technique(id), "{id}");
        }
    }
}
