//! How far what is said of a case reaches, in words and as data: where nothing was found since nothing was looked at.

use serde_json::{Value as Json, json};

use super::counted;
use crate::findings::Limits;
use crate::rules::{Unjudged, Window};

/// What narrowed the last run of a rule: `without a window`, `in the window after 2026-05-01T00:00:00Z`.
pub fn window_in_words(window: &Window) -> String {
    let (start, end) = (window.start.map(|t| t.to_seconds_text()), window.end.map(|t| t.to_seconds_text()));
    match (start, end) {
        (None, None) => "without a window".to_owned(),
        (Some(start), None) => format!("in the window after {start}"),
        (None, Some(end)) => format!("in the window up to {end}"),
        (Some(start), Some(end)) => format!("in the window after {start} and up to {end}"),
    }
}

/// What a case cannot speak of, a sentence each with the command that lists it; nothing where all was looked at.
pub fn limits_in_words(limits: &Limits) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in &limits.rules_failed {
        lines.push(format!(
            "{rule} failed in the last run: what it would find is not here; huntcase status says why"
        ));
    }
    if limits.events_unasked > 0 {
        let events = counted(limits.events_unasked, "event", "events");
        lines.push(format!("{events} not asked about by every rule yet; huntcase run asks"));
    }
    if limits.events_unasked_of_closed > 0 {
        let events = counted(limits.events_unasked_of_closed, "event", "events");
        lines.push(format!(
            "{events} not asked about by rules of closed hunts; huntcase status says by which"
        ));
    }
    if limits.matches_outside() > 0 {
        let matches = counted(limits.matches_outside(), "match", "matches");
        lines.push(format!(
            "{matches} in no finding, since a window left them out; huntcase findings --outside lists them, \
             a run that nothing narrows takes them up"
        ));
    }
    for unjudged in &limits.unjudged {
        let words = unjudged_in_words(unjudged);
        lines.push(format!(
            "could not judge {words}; taking in a fuller export completes them, huntcase imports show N lists what is \
             missing"
        ));
    }
    if limits.rows_rejected > 0 {
        let rows = counted(limits.rows_rejected, "row", "rows");
        lines.push(format!("{rows} rejected, which no rule saw; huntcase imports list says of which files"));
    }
    if limits.rows_conflicting > 0 {
        let rows = counted(limits.rows_conflicting, "row", "rows");
        lines.push(format!(
            "{rows} kept aside, which contradict an event and no rule saw; huntcase imports list says of which files"
        ));
    }
    if limits.imports_cut > 0 {
        let imports = counted(limits.imports_cut, "import lacks", "imports lack");
        lines.push(format!("{imports} rows, or may; huntcase status --gaps says which"));
    }
    if limits.rows_recovered > 0 {
        let rows = counted(limits.rows_recovered, "row", "rows");
        lines.push(format!(
            "{rows} recovered behind a broken one, which may be forged; huntcase imports list says of which files"
        ));
    }
    if limits.events_pruned > 0 {
        let events = counted(limits.events_pruned, "event", "events");
        lines.push(format!("{events} pruned before any rule saw them; huntcase prune --list says when"));
    }
    lines
}

/// The same as an object.
pub fn limits_data(limits: &Limits) -> Json {
    let outside: Vec<Json> =
        limits.outside.iter().map(|(rule, matches)| json!({ "rule": rule, "matches": matches })).collect();
    json!({
        "eventsUnasked": limits.events_unasked,
        "eventsUnaskedOfClosedHunts": limits.events_unasked_of_closed,
        "rulesFailed": limits.rules_failed,
        "matchesOutside": limits.matches_outside(),
        "outside": outside,
        "unjudged": unjudged_data(&limits.unjudged),
        "rowsRejected": limits.rows_rejected,
        "rowsConflicting": limits.rows_conflicting,
        "importsCut": limits.imports_cut,
        "rowsRecovered": limits.rows_recovered,
        "eventsPrunedUnseen": limits.events_pruned,
    })
}

/// `1,204 events, whose exports lack InitiatingProcessParentFileName: name-of-the-rule`
pub fn unjudged_in_words(unjudged: &Unjudged) -> String {
    let events = counted(unjudged.events, "event", "events");
    format!("{events}, whose exports lack {}: {}", column_names(unjudged).join(", "), unjudged.rule)
}

/// An array with an object for each rule that could not judge events.
pub fn unjudged_data(unjudged: &[Unjudged]) -> Json {
    let of_rule =
        |of: &Unjudged| json!({ "rule": of.rule, "events": of.events, "columns": column_names(of) });
    unjudged.iter().map(of_rule).collect()
}

fn column_names(unjudged: &Unjudged) -> Vec<&'static str> {
    unjudged.columns.iter().map(|column| column.name()).collect()
}
