//! All that a case says, a line a thing.

use serde_json::Value;

use super::commands::Desk;

/// The state at the end of a day; of the history, what came on the day.
pub fn of(desk: &Desk, day: usize) -> String {
    let mut text = String::new();
    let mut part = |title: &str, lines: Vec<String>| {
        text += &format!("\n== {title} ==\n");
        for line in lines {
            text += line.trim_end();
            text.push('\n');
        }
    };
    let list = |analyst: &str, command: &str, kind: &str| {
        desk.json(day, analyst, command)[kind].as_array().unwrap().clone()
    };
    let lines = |command: &str, kind: &str, line: fn(&Value) -> String| {
        list("kim", command, kind).iter().map(line).collect()
    };
    part("findings", lines("findings --all", "findings", finding));
    part("findings that suppressions hide", lines("findings --hidden", "findings", finding));
    for analyst in ["kim", "lee"] {
        let unseen = list(analyst, "findings --all --since last-review", "findings");
        let unseen =
            unseen.iter().map(|f| format!("{} {} events", word(&f["id"]), f["eventsUnseen"])).collect();
        part(&format!("not seen by {analyst}"), unseen);
    }
    part("devices", lines("devices", "devices", device));
    let hunts = list("kim", "hunt list", "hunts");
    let hunts = hunts.iter().map(|h| hunt(&desk.json(day, "kim", &format!("hunt show {}", word(&h["id"])))));
    part("hunts", hunts.collect());
    part("suppressions", lines("suppress list", "suppressions", suppression));
    part("status", status(&desk.json(day, "kim", "status")["status"]));
    let since = format!("history --since 2026-05-{:02}T08:00:00Z", 4 + day);
    part("history of the day", lines(&since, "history", change));
    text
}

/// A text as it is, anything else as JSON has it; times to the minute, null as `-`.
pub fn word(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => short(text),
        Value::Array(values) => values.iter().map(word).collect::<Vec<_>>().join(" "),
        Value::Object(counts) => {
            let counts = counts.iter().filter(|(_, count)| **count != 0);
            counts.map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// A text in which whole instants are shortened: `05-04 10:02` for `2026-05-04T10:02:00.0000000Z`.
fn short(text: &str) -> String {
    let is_time = text.len() == 28 && text.starts_with("2026-") && text.ends_with('Z');
    if is_time { text[5..16].replace('T', " ") } else { text.to_owned() }
}

/// `name value` of each of these that says something.
fn filled(of: &Value, names: &[&str]) -> String {
    let mut text = String::new();
    for name in names {
        let value = word(&of[*name]);
        if !matches!(value.as_str(), "" | "-" | "0") {
            text += &format!(", {name} {value}");
        }
    }
    text
}

fn first_label(value: &Value) -> String {
    value.as_str().unwrap().split('.').next().unwrap().to_owned()
}

fn rule(value: &Value) -> String {
    value.as_str().unwrap().split('-').next().unwrap().to_owned()
}

fn finding(of: &Value) -> String {
    let former = &of["formerVerdict"];
    let former = match former {
        Value::Null => String::new(),
        _ => format!(
            ", was {}/{} by {} at {}",
            word(&former["classification"]),
            word(&former["determination"]),
            word(&former["by"]),
            word(&former["at"]),
        ),
    };
    format!(
        "{} {} {} {}: {} {}/{} {}, events {}, {} to {}{}{former}",
        word(&of["id"]),
        word(&of["hunt"]),
        rule(&of["rule"]),
        first_label(&of["deviceName"]),
        word(&of["status"]),
        word(&of["classification"]),
        word(&of["determination"]),
        word(&of["severity"]),
        of["events"],
        word(&of["firstActivity"]),
        word(&of["lastActivity"]),
        filled(
            of,
            &[
                "eventsSinceResolved",
                "eventsHidden",
                "createdAt",
                "resolvedAt",
                "verdictUntil",
                "reopenCount",
                "predecessor",
                "successor",
                "assignedTo",
                "tags",
                "noteCount",
            ],
        ),
    )
}

fn device(of: &Value) -> String {
    format!(
        "{}: events {}, {} to {}, findings {}, {}{}",
        first_label(&of["deviceName"]),
        of["events"],
        word(&of["firstEvent"]),
        word(&of["lastEvent"]),
        of["findings"],
        word(&of["review"]),
        filled(
            of,
            &[
                "openFindings",
                "eventsHidden",
                "staleBecause",
                "reviewedBy",
                "reviewedAt",
                "reviewComment",
                "reviewedImport",
                "reviewedRun",
                "reviewedUntil",
            ],
        ),
    )
}

fn hunt(answer: &Value) -> String {
    let of = &answer["hunt"];
    let comments = of["comments"].as_array().unwrap();
    let comments: Vec<String> = comments
        .iter()
        .map(|c| format!("; {} by {} at {}", c["text"], word(&c["by"]), word(&c["at"])))
        .collect();
    let count = |names: &[&str]| filled(&of["findings"], names);
    format!(
        "{} {}: {}, hypothesis {}, reopen {}{}{}; devices {} reviewed of {}, {} stale{}",
        word(&of["id"]),
        shortest(&word(&of["name"])),
        word(&of["status"]),
        word(&of["hypothesisStatus"]),
        word(&of["reopen"]),
        filled(of, &["owner", "lookback", "openedAt"]),
        count(&["total", "status", "classification", "reopenings", "medianSecondsToResolve", "eventsHidden"]),
        of["devices"]["reviewed"],
        of["devices"]["total"],
        of["devices"]["stale"],
        comments.concat(),
    )
}

fn suppression(of: &Value) -> String {
    format!(
        "{} {} {} {} {}: {}/{}, events {}, hidden {}, {} by {} at {}{}",
        word(&of["id"]),
        word(&of["state"]),
        word(&of["action"]),
        rule(&of["rule"]),
        word(&of["scope"]),
        word(&of["classification"]),
        word(&of["determination"]),
        of["events"],
        of["eventsHidden"],
        of["why"],
        word(&of["by"]),
        word(&of["at"]),
        filled(of, &["expiresAt", "liftedAt"]),
    )
}

fn status(of: &Value) -> Vec<String> {
    let fields = of.as_object().unwrap().iter().filter(|(name, _)| *name != "case");
    fields.map(|(name, value)| format!("{name} {}", word(value))).collect()
}

/// A change; the reason only where there is one.
fn change(of: &Value) -> String {
    let what = match (of["kind"].as_str().unwrap(), word(&of["what"])) {
        ("rule", name) => name.split('-').next().unwrap().to_owned(),
        (_, what) => what.split('.').next().unwrap().to_owned(),
    };
    let run = match &of["runId"] {
        Value::Null => String::new(),
        id => format!(" {id}"),
    };
    let why = match word(&of["why"]).as_str() {
        "" => String::new(),
        why => format!("  ({why})"),
    };
    let value = |name: &str| match word(&of[name]).as_str() {
        "" => "-".to_owned(),
        text => shortest(text),
    };
    format!(
        "{} {} {}{run}: {what} {}: {} -> {}{why}",
        of["operationId"],
        word(&of["by"]),
        word(&of["command"]),
        word(&of["field"]),
        value("old"),
        value("new"),
    )
}

/// A value in short: a review without the hash of the rules, and no text to its end.
fn shortest(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(Value::Object(mut review)) => {
            review.remove("rulesSha256");
            review.values().map(word).collect::<Vec<_>>().join("/")
        }
        _ if text.len() > 70 => format!("{}...", &text[..text.floor_char_boundary(60)]),
        _ => text.to_owned(),
    }
}
