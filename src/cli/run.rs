//! `huntcase run`

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use serde_json::json;

use super::context::{Context, parse_time};
use super::global::Format;
use super::ingest::{imported, ingest_files, print_summaries, say_summaries};
use super::inputs::files_of;
use super::output::print_error;
use super::reading::ReadingArguments;
use super::select::is_open;
use crate::error::{Error, Result, exit, quoted};
use crate::event::{Span, Timestamp};
use crate::findings::{Finding, RunOutcome, WhatChanged, run_rules};
use crate::report::sheets::{CHANGES, IMPORTS};
use crate::report::{counted, grouped, limits_data, limits_in_words, printable, recovered_among};
use crate::rules::{RunRequest, Severity};
use crate::store::Case;

/// `huntcase run`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase run exports/*.csv\n  huntcase run\n  \
                        huntcase run --as-of 2026-05-09 --lookback 30d\n  huntcase run --fail-on new")]
pub struct Arguments {
    /// Exports to take in first, or folders of them; - is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    window: WindowArguments,
    /// Exit with 4 when rows were rejected
    #[arg(long)]
    strict: bool,
    /// Exit with 10 when this holds: new (findings were raised), reopened (resolved ones opened again), open (findings
    /// are not resolved), or severity=high (one that is not resolved is at least that)
    #[arg(long, value_name = "CONDITION")]
    fail_on: Option<Gate>,
}

/// What narrows the window: without it, rules are asked about every event that they were not asked about before.
#[derive(Debug, Args)]
pub struct WindowArguments {
    /// The end of the window: now, or a time. What is later waits for another run
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// How far back the window goes, such as 7d or 12h, from --as-of or the newest event that is not in the future
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    pub lookback: Option<Span>,
}

impl WindowArguments {
    /// The end of the window, where one is asked for.
    pub fn end(&self, context: &Context) -> Result<Option<Timestamp>> {
        self.as_of.as_ref().map(|text| parse_time("--as-of", text, context.now)).transpose()
    }
}

/// The newest event of the case that is not in the future; now, where there is none.
pub fn newest_event(case: &Case, context: &Context) -> Result<Timestamp> {
    Ok(case.last_event(context.now)?.unwrap_or(context.now))
}

/// Reads a span such as `7d`.
pub fn parse_span(text: &str) -> std::result::Result<Span, String> {
    let expected = "expected a number and d, h, m or s, such as 7d";
    let span = Span::parse(text).filter(|span| span.ticks() > 0);
    span.ok_or_else(|| format!("found {}, {expected}", quoted(text)))
}

/// A condition that ends a run with an exit code of its own.
#[derive(Debug, Clone, Copy)]
enum Gate {
    New,
    Reopened,
    Open,
    Severity(Severity),
}

impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match (text, text.strip_prefix("severity=")) {
            ("new", _) => Ok(Self::New),
            ("reopened", _) => Ok(Self::Reopened),
            ("open", _) => Ok(Self::Open),
            (_, Some(severity)) => severity.parse().map(Self::Severity),
            _ => Err(format!(
                "found {}, expected new, reopened, open, or severity=informational|low|medium|high",
                quoted(text)
            )),
        }
    }
}

/// Runs `huntcase run`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let files = files_of(&arguments.files);
    let mut output = context.output_beside(&files)?;
    // Before anything is taken in, so that a folder that is not there shows first.
    let catalogue = context.load_rules(context.case_if_there()?.as_ref())?;
    let ingested = ingest_files(&files, &arguments.reading.asked(context)?, context)?;
    let case = context.open_case()?;
    let request = RunRequest {
        by: &context.analyst,
        at: context.now,
        as_of: arguments.window.end(context)?,
        lookback: arguments.window.lookback,
        newest: newest_event(&case, context)?,
        stopwatch: &|| context.elapsed_ms(),
    };
    let outcome = run_rules(&case, &catalogue, &request)?;
    if context.format() == Format::Table {
        print_summaries(&mut output, &ingested)?;
        print_run(&mut output, &outcome, request.instant(), context)?;
    } else {
        if !context.global.quiet {
            say_summaries(&ingested);
        }
        let imports: Vec<_> =
            ingested.outcomes.iter().filter_map(imported).map(|i| IMPORTS.object(i)).collect();
        let run = json!({
            "id": outcome.run_id,
            "asOf": request.instant().to_string(),
            "counts": counts(&outcome),
            "eventsHidden": outcome.events_hidden,
            "eventsHiddenInAll": outcome.events_hidden_in_all,
            "rulesOfClosedHunts": outcome.rules_of_closed_hunts,
            "rulesOfCase": outcome.rules_of_case,
            "limits": limits_data(&outcome.limits),
            "failures": outcome.failures,
        });
        let members = vec![("imports", imports.into()), ("run", run)];
        CHANGES.write(&mut output, context.layout(), members, &outcome.findings)?;
    }
    output.finish()?;
    let code = ingested.code(arguments.strict)?;
    finish(arguments, outcome, code, context)
}

/// The exit code: files that failed first, then rules, then the gate.
fn finish(arguments: &Arguments, outcome: RunOutcome, code: u8, context: &Context) -> Result<u8> {
    if !outcome.failures.is_empty() {
        let error = Error::RulesFailed(outcome.failures);
        print_error(&error, context.global.wants_json());
        return Ok(if code == exit::DONE { error.exit_code() } else { code });
    }
    let Some(gate) = arguments.fail_on.filter(|_| code == exit::DONE) else { return Ok(code) };
    let has = |change| outcome.count(change) > 0;
    let mut open = outcome.findings.iter().map(|change| &change.finding).filter(|finding| is_open(finding));
    let (holds, name) = match gate {
        Gate::New => (has(WhatChanged::New), "new".to_owned()),
        Gate::Reopened => (has(WhatChanged::Reopened), "reopened".to_owned()),
        Gate::Open => (open.next().is_some(), "open".to_owned()),
        Gate::Severity(least) => (open.any(|f| f.severity >= least), format!("severity={least}")),
    };
    if holds { Err(Error::Gate(name)) } else { Ok(code) }
}

/// How many findings each word of a run's summary stands for.
fn counts(outcome: &RunOutcome) -> serde_json::Map<String, serde_json::Value> {
    WhatChanged::ALL.iter().map(|change| (change.name().to_owned(), outcome.count(*change).into())).collect()
}

fn print_run(out: &mut impl Write, outcome: &RunOutcome, as_of: Timestamp, context: &Context) -> Result<()> {
    writeln!(out, "run {} as of {}: {}", outcome.run_id, as_of.to_seconds_text(), in_words(outcome))?;
    for line in notices(outcome) {
        writeln!(out, "  {}", printable(&line))?;
    }
    let changes = outcome.changes();
    if !changes.is_empty() {
        writeln!(out)?;
        CHANGES.write(out, context.layout(), Vec::new(), changes)?;
    }
    Ok(())
}

/// `3 new findings, 1 updated, 0 repeated, 0 reopened, 2 unchanged`; `absent` only where there are some.
fn in_words(outcome: &RunOutcome) -> String {
    let words = WhatChanged::ALL.iter().filter_map(|change| match (change, outcome.count(*change)) {
        (WhatChanged::New, count) => Some(counted(count, "new finding", "new findings")),
        (WhatChanged::Absent, 0) => None,
        (change, count) => Some(format!("{} {}", grouped(count), change.name())),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What else a person has to know of a run.
fn notices(outcome: &RunOutcome) -> Vec<String> {
    let mut notices = Vec::new();
    if outcome.events_hidden_in_all > 0 {
        let events = counted(outcome.events_hidden, "event", "events");
        notices.push(format!(
            "{events} hidden by suppressions, {} in all",
            grouped(outcome.events_hidden_in_all)
        ));
    }
    if !outcome.rules_of_closed_hunts.is_empty() {
        notices.push(format!(
            "not run, since their hunts are closed: {}",
            outcome.rules_of_closed_hunts.join(", ")
        ));
    }
    if !outcome.rules_of_case.is_empty() {
        let names = outcome.rules_of_case.join(", ");
        notices.push(format!("asked in the text that the case keeps, since no file is at hand: {names}"));
    }
    if outcome.count(WhatChanged::Absent) > 0 {
        notices
            .push("absent: open, but the rule as it is now no longer matches any of the evidence".to_owned());
    }
    notices.extend(limits_in_words(&outcome.limits));
    notices.extend(recovered_among(to_judge(outcome)));
    notices
}

/// The findings that a run has put before somebody.
fn to_judge(outcome: &RunOutcome) -> impl Iterator<Item = &Finding> {
    use WhatChanged::{New, Reopened, Updated};
    let changes = outcome.findings.iter().filter(|change| matches!(change.change, New | Updated | Reopened));
    changes.map(|change| &change.finding)
}
