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

/// Which rules failed, a sentence each. A run and reports tell it with the cause.
pub fn failures_in_words(limits: &Limits) -> Vec<String> {
    let in_words = |rule: &String| {
        format!("{rule} failed in the last run: what it would find is not here; huntcase status says why")
    };
    limits.rules_failed.iter().map(in_words).collect()
}

/// What else a case cannot speak of, a sentence each with the command that lists it; nothing where all was looked at.
pub fn limits_in_words(limits: &Limits) -> Vec<String> {
    let events = ("event", "events");
    let rows = ("row", "rows");
    let matches = ("match", "matches");
    let of_events = [
        (limits.events_unasked, events, "not asked about by every rule yet; huntcase run asks"),
        (
            limits.events_unasked_of_closed,
            events,
            "not asked about by rules of closed hunts; huntcase status says by which",
        ),
        (
            limits.matches_outside(),
            matches,
            "in no finding, since a window left them out; huntcase findings --outside lists them, a run that nothing \
             narrows takes them up",
        ),
    ];
    let of_exports = [
        (
            limits.rows_rejected,
            rows,
            "rejected, which no rule saw; huntcase imports list says of which files",
        ),
        (
            limits.rows_conflicting,
            rows,
            "kept aside, which contradict an event and no rule saw; huntcase imports list says of which files",
        ),
        (
            limits.imports_cut,
            ("import lacks", "imports lack"),
            "rows, or may; huntcase status --gaps says which",
        ),
        (
            limits.rows_recovered,
            rows,
            "recovered behind a broken one, which may be forged; huntcase imports list says of which files",
        ),
        (limits.events_pruned, events, "pruned before any rule saw them; huntcase prune --list says when"),
    ];
    let some = |(count, (one, many), what): &(i64, (&str, &str), &str)| {
        (*count > 0).then(|| format!("{} {what}", counted(*count, one, many)))
    };
    let unjudged = limits.unjudged.iter().map(unjudged_in_words);
    of_events.iter().filter_map(some).chain(unjudged).chain(of_exports.iter().filter_map(some)).collect()
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

fn unjudged_in_words(unjudged: &Unjudged) -> String {
    format!(
        "could not judge {}, whose exports lack {}: {}; taking in a fuller export completes them, \
         huntcase imports show N lists what is missing",
        counted(unjudged.events, "event", "events"),
        column_names(unjudged).join(", "),
        unjudged.rule
    )
}

fn unjudged_data(unjudged: &[Unjudged]) -> Json {
    let of_rule =
        |of: &Unjudged| json!({ "rule": of.rule, "events": of.events, "columns": column_names(of) });
    unjudged.iter().map(of_rule).collect()
}

fn column_names(unjudged: &Unjudged) -> Vec<&'static str> {
    unjudged.columns.iter().map(|column| column.name()).collect()
}
