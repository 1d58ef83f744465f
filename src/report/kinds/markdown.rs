//! The report as Markdown, for tickets.
//!
//! What came with the events stands in code, where Markdown means nothing and no address or name becomes a link.
//! Everything else is escaped. Source: <https://github.github.com/gfm/>.

use std::fmt::Write as _;
use std::io::Write;

use super::words;
use crate::error::Result;
use crate::event::Timestamp;
use crate::findings::{
    Classification, Evidence, Extract, Finding, News, Parts, Reported, ReviewState, RuleOfCase, Status,
};
use crate::report::{
    account, counted, limits_in_words, printable, printable_lines, process_chain, recovered_in_words, source,
    status_in_words, time_in_words, verdict_in_words, why_in_words, window_in_words,
};

/// How many events of a finding a ticket shows: so many of the first, and so many of the last.
const EVENTS_SHOWN: usize = 10;
/// How many findings a ticket shows in full.
const FINDINGS_SHOWN: usize = 200;
/// How many rows a table has at most.
const ROWS_SHOWN: usize = 1_000;

/// Writes the report.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    out.write_all(head(extract).as_bytes())?;
    out.write_all(table(extract).as_bytes())?;
    for reported in extract.findings.iter().take(FINDINGS_SHOWN) {
        let parts = extract.parts(reported.finding.id)?;
        out.write_all(finding(reported, &parts, extract.rule_of(&reported.finding)).as_bytes())?;
        write_events(out, extract, &reported.finding)?;
    }
    let folded = extract.findings.len().saturating_sub(FINDINGS_SHOWN);
    if folded > 0 {
        writeln!(
            out,
            "\n{folded} more findings are in the table only; the whole: `huntcase report --format json`"
        )?;
    }
    out.write_all(devices(extract).as_bytes())?;
    out.write_all(appendix(extract).as_bytes())?;
    Ok(())
}

fn head(extract: &Extract<'_>) -> String {
    let mut text = "# Hunt report\n\n".to_owned();
    if extract.as_of.is_none() {
        text += "**No rule has run yet: nothing can be said of findings.**\n\n";
    }
    for run in &extract.failed {
        let failure = run.failure.as_deref().unwrap_or_default();
        add(
            &mut text,
            format_args!(
                "**The rule {} failed when it last ran**, and what it would have found is not \
            here: {}\n\n",
                code(&run.rule),
                code(failure)
            ),
        );
    }
    for line in limits_in_words(&extract.limits) {
        add(&mut text, format_args!("**Not looked at**: {}\n\n", escaped(&line)));
    }
    for hunt in &extract.hunts {
        add(
            &mut text,
            format_args!("**{} {}**: {}\n\n", hunt.id, escaped(&hunt.name), escaped(&hunt.hypothesis)),
        );
        add(
            &mut text,
            format_args!(
                "Status: {}. Hypothesis: {}.\n\n",
                hunt.status.shown(),
                hunt.hypothesis_status.shown()
            ),
        );
    }
    add(&mut text, format_args!("- As of {}\n", seconds(extract.as_of)));
    for rule in &extract.rules {
        if let Some(window) = rule.window {
            add(
                &mut text,
                format_args!("- {} was last asked {}\n", code(&rule.name), window_in_words(&window)),
            );
        }
    }
    add(
        &mut text,
        format_args!(
            "- {} findings, {} events{}\n",
            extract.findings.len(),
            extract.events(),
            if extract.is_narrowed { "; not all were asked for" } else { "" }
        ),
    );
    add(&mut text, format_args!("- Inputs: {}\n", words::inputs(extract)));
    for classification in Classification::ALL {
        let count = extract.count(|finding| finding.classification == *classification);
        add(&mut text, format_args!("- Verdict {}: {count}\n", classification.shown()));
    }
    let open = extract.count(|finding| finding.status != Status::Resolved);
    add(&mut text, format_args!("- Still open: {open}\n{}\n", news(extract)));
    text
}

/// What is new, as an item.
fn news(extract: &Extract<'_>) -> String {
    let Some(since) = extract.since else { return "- This is the first report\n".to_owned() };
    let count = |holds: &dyn Fn(News) -> bool| {
        extract.findings.iter().filter(|reported| reported.news.is_some_and(holds)).count()
    };
    let new = count(&|news| news.is_new);
    let changed = count(&|news| news.name() == "changed");
    format!(
        "- Since {}: {}, {changed} changed\n",
        since.at.to_seconds_text(),
        counted(new as i64, "new finding", "new findings")
    )
}

fn table(extract: &Extract<'_>) -> String {
    if extract.findings.is_empty() {
        return match extract.is_narrowed {
            true => "No finding is of the kind that was asked for.\n".to_owned(),
            false => "No findings.\n".to_owned(),
        };
    }
    let mut text = "## Findings\n\n| Id | New | Device | Status | Verdict | Severity | Assigned | Events | Last activity |\n\
        |---|---|---|---|---|---|---|---:|---|\n".to_owned();
    for reported in extract.findings.iter().take(ROWS_SHOWN) {
        let finding = &reported.finding;
        add(
            &mut text,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
                finding.id,
                words::news(reported.news),
                cell(device(finding)),
                finding.status.shown(),
                finding.classification.shown(),
                finding.severity,
                escaped(&finding.assigned_to),
                finding.events,
                finding.last_activity.to_minutes_text()
            ),
        );
    }
    let folded = extract.findings.len().saturating_sub(ROWS_SHOWN);
    if folded > 0 {
        add(&mut text, format_args!("\n{folded} more; the whole: `huntcase report --format csv`\n"));
    }
    text
}

fn finding(reported: &Reported, parts: &Parts, rule: Option<&RuleOfCase>) -> String {
    let finding = &reported.finding;
    let mut text = format!("\n## {} {}\n\n", finding.id, code(device(finding)));
    let mut item = |label: &str, value: String| {
        if !value.is_empty() {
            add(&mut text, format_args!("- {label}: {value}\n"));
        }
    };
    item("New", words::news(reported.news));
    item("Rule", code(&finding.rule));
    item(
        "Techniques",
        rule.and_then(RuleOfCase::head).map_or_else(String::new, |head| head.techniques.join(", ")),
    );
    item("Device id", if finding.device_id.is_empty() { String::new() } else { code(&finding.device_id) });
    item("Status", escaped(&status_in_words(finding)));
    item("Verdict", escaped(&verdict_in_words(finding)));
    item("Recovered", recovered_in_words(finding));
    item("Severity", finding.severity.to_string());
    item("Assigned to", escaped(&finding.assigned_to));
    item("Tags", escaped(&finding.tags.join(", ")));
    item(
        "Activity",
        format!(
            "{} to {}",
            finding.first_activity.to_seconds_text(),
            finding.last_activity.to_seconds_text()
        ),
    );
    item("Rule versions", parts.rule_versions.join(", "));
    item(
        "Import numbers",
        parts.imports.iter().map(|import| import.id.to_string()).collect::<Vec<_>>().join(", "),
    );
    for note in &parts.notes {
        add(
            &mut text,
            format_args!(
                "\nNote by {}, {}:\n\n{}",
                escaped(&note.by),
                note.at.to_seconds_text(),
                quote(&note.text)
            ),
        );
    }
    text += "\nHistory:\n\n";
    for change in words::changes(parts) {
        add(&mut text, format_args!("- {}\n", escaped(&change)));
    }
    text
}

fn write_events<W: Write>(out: &mut W, extract: &Extract<'_>, finding: &Finding) -> Result<()> {
    let times = extract.times(finding.id)?;
    let folded = times.len().saturating_sub(2 * EVENTS_SHOWN);
    let shown = times
        .iter()
        .enumerate()
        .filter(|(index, _)| folded == 0 || *index < EVENTS_SHOWN || *index >= times.len() - EVENTS_SHOWN);
    let ids: Vec<i64> = shown.map(|(_, (event_id, _))| *event_id).collect();
    writeln!(out, "\nEvidence ({} events):", times.len())?;
    let mut count = 0;
    extract.each_event(finding.id, Some(&ids), &mut |evidence| {
        if folded > 0 && count == EVENTS_SHOWN {
            writeln!(out, "\n{folded} events between; the whole: `huntcase report --evidence --format csv`")?;
        }
        count += 1;
        Ok(out.write_all(event(&evidence, extract).as_bytes())?)
    })
}

fn event(event: &Evidence, extract: &Extract<'_>) -> String {
    let mut text = format!("\n{} {}\n\n", time_in_words(event), code(&why_in_words(&event.why)));
    let mut lines = printable(&process_chain(event)).into_owned();
    for (label, value) in [
        ("parent ", event.initiating_command_line.clone()),
        ("command", event.command_line.clone()),
        ("account", account(event)),
        ("sha1   ", event.sha1.clone()),
    ] {
        if !value.is_empty() {
            add(&mut lines, format_args!("\n{label}  {}", printable(&value)));
        }
    }
    let sha256 = extract.import(event.import_id).map_or("", |import| &import.sha256);
    add(
        &mut lines,
        format_args!("\nsource   {}, import {} sha256 {sha256}", printable(&source(event)), event.import_id),
    );
    text += &fenced(&printable_lines(&lines), "");
    text
}

fn devices(extract: &Extract<'_>) -> String {
    let count = |state| extract.devices.iter().filter(|device| device.state == state).count();
    let stale = extract.devices.iter().filter(|device| !device.stale.is_empty()).count();
    let mut text = format!(
        "\n## Devices\n\nReviewed {} of {}, {} in review, {stale} stale.\n",
        count(ReviewState::Reviewed),
        extract.devices.len(),
        count(ReviewState::InReview)
    );
    if extract.devices.is_empty() {
        return text;
    }
    text += "\n| Device | Review | By | Comment | Events | Open findings | Last event |\n|---|---|---|---|---:|---:|---|\n";
    for device in extract.devices.iter().take(ROWS_SHOWN) {
        let state = device
            .stale
            .first()
            .map_or_else(|| device.state.shown().to_owned(), |why| format!("stale: {}", why.name()));
        let review = device.review.as_ref();
        add(
            &mut text,
            format_args!(
                "| {} | {state} | {} | {} | {} | {} | {} |\n",
                cell(device.shown()),
                escaped(review.map_or("", |review| &review.by)),
                escaped(review.map_or("", |review| &review.comment)),
                device.events,
                device.open_findings,
                device.last_event.to_minutes_text()
            ),
        );
    }
    let folded = extract.devices.len().saturating_sub(ROWS_SHOWN);
    if folded > 0 {
        add(&mut text, format_args!("\n{folded} more; the whole: `huntcase devices --format csv`\n"));
    }
    text
}

fn appendix(extract: &Extract<'_>) -> String {
    let mut text = "\n## Rules\n".to_owned();
    for rule in &extract.rules {
        for version in &rule.versions {
            add(
                &mut text,
                format_args!(
                    "\n{} ({}), sha256 {}, {} events\n\n{}",
                    code(&rule.name),
                    code(&rule.id),
                    version.sha256,
                    version.events,
                    fenced(&printable_lines(&version.text.replace("\r\n", "\n")), "sql")
                ),
            );
        }
    }
    text +=
        "\n## Inputs\n\n| Import | File | SHA-256 | Rows | New | Rejected |\n|---:|---|---|---:|---:|---:|\n";
    for import in &extract.imports {
        add(
            &mut text,
            format_args!(
                "| {} | {} | {} | {} | {} | {} |\n",
                import.id,
                cell(&import.file_name),
                import.sha256,
                import.rows_read,
                import.events_new,
                import.rows_rejected
            ),
        );
    }
    if !extract.suppressions.is_empty() {
        text += "\n## Suppressions\n\n| Id | Rule | Covers | Action | Events | Hidden | Expires | Why | By |\n|---|---|---|---|---:|---:|---|---|---|\n";
    }
    for suppression in &extract.suppressions {
        let expires = suppression.expires_at.map_or_else(|| "never".to_owned(), Timestamp::to_minutes_text);
        add(
            &mut text,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {expires} | {} | {} |\n",
                suppression.id,
                cell(&suppression.rule),
                cell(&suppression.scope.to_string()),
                suppression.action.shown(),
                suppression.events,
                suppression.hidden_events,
                escaped(&suppression.why),
                escaped(&suppression.by)
            ),
        );
    }
    text
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("writing to a string cannot fail");
}

fn seconds(instant: Option<Timestamp>) -> String {
    instant.map_or_else(|| "no run yet".to_owned(), Timestamp::to_seconds_text)
}

fn device(finding: &Finding) -> &str {
    if finding.device_name.is_empty() { &finding.device_id } else { &finding.device_name }
}

/// Text in which no character means anything to Markdown.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in printable(text).chars() {
        if character.is_ascii_punctuation() && !".,;'-:/".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    // Neither would be a link then, which some readers make of bare addresses.
    let safe = safe.replace("://", "\\://").replace("www.", "www\\.").replace("WWW.", "WWW\\.");
    // A line that begins so would be a list, a rule or a heading.
    let digits = safe.bytes().take_while(u8::is_ascii_digit).count();
    match safe[digits..].starts_with(['-', '.', ':']) {
        true => format!("{}\\{}", &safe[..digits], &safe[digits..]),
        false => safe,
    }
}

/// Text on one line as code.
fn code(text: &str) -> String {
    let text = printable(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    // One blank at each end is taken off again, and keeps backticks of the text from those around it.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{ticks}{pad}{text}{pad}{ticks}") }
}

/// The same in a table, where a bar would end the cell also within code.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Lines as a block of code.
fn fenced(text: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// Lines as a quotation.
fn quote(text: &str) -> String {
    printable_lines(text).lines().map(|line| format!("> {}  \n", escaped(line))).collect()
}

/// How many backticks stand together at most.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
