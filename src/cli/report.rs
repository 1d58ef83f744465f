//! `huntcase report`

use std::io::Write;
use std::path::Path;

use clap::Args;

use super::context::{Context, parse_past};
use super::global::{AnyFormat, STANDARD_INPUT};
use super::select::{Filters, instead_words};
use crate::error::{Error, Result, exit};
use crate::event::Span;
use crate::findings::{
    Extract, ExtractRequest, Made, ReportSince, find_hunt, instead_of_none, keep_report, select_findings,
};
use crate::report::counted;
use crate::report::kinds::{Kind, SCHEMA, write_report};
use crate::rules::list_runs;
use crate::store::Case;

/// `huntcase report`
#[derive(Debug, Args)]
#[command(after_help = "The kind follows the ending of the file, or --format, which takes here:\n  \
    html        a page for people, complete in itself (.html)\n  \
    md          text for tickets (.md); without -o, this one\n  \
    csv         one line a finding, with --evidence one an event (.csv)\n  \
    json        everything in one object (.json); --schema says how\n  \
    jsonl       the same, one object a line (.jsonl)\n  \
    xlsx        a workbook (.xlsx)\n  \
    timesketch  events for Timesketch, as JSONL, or as CSV into a file that ends in .csv\n  \
    navigator   a layer for the ATT&CK Navigator\n  \
    kql         queries that find the events again in Defender (.kql)\n\n\
    A page, a text or a workbook in a file (-o) that leaves out nothing new is remembered: the next\n\
    report says what is new since. What goes to standard output is not.\n\n\
    Examples:\n  huntcase report -o report.html\n  huntcase report --since last-report -o news.md\n  \
    huntcase report --where verdict=tp --evidence -o evidence.csv\n  \
    huntcase report --hunt H-1 --format timesketch -o timeline.jsonl\n  \
    huntcase report --where 'device=web01' --format kql")]
pub struct Arguments {
    /// Only what belongs to this hunt, such as H-1, or how its name begins
    #[arg(long, value_name = "HUNT")]
    hunt: Option<String>,
    #[command(flatten)]
    filters: Filters,
    /// Only findings that were found, or decided, since: last-report, a time, or 7d before the newest run
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// One line an event instead of one a finding, for csv
    #[arg(long)]
    evidence: bool,
    /// Print the JSON Schema of the format json instead of a report
    #[arg(long)]
    schema: bool,
}

/// Runs `huntcase report`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    if arguments.schema {
        let mut output = context.output()?;
        output.write_all(SCHEMA.as_bytes())?;
        output.finish()?;
        return Ok(exit::DONE);
    }
    let kind = arguments.kind(context)?;
    let case = context.open_case()?;
    let mut output = context.output()?;
    let request = arguments.request(&case, context)?;
    let extract = Extract::read(&case, &request)?;
    write_report(&mut output, &extract, kind, context.layout())?;
    output.finish()?;
    // Rows for programs have no room for it.
    if matches!(kind, Kind::Csv | Kind::EvidenceCsv | Kind::Jsonl | Kind::Timesketch | Kind::TimesketchCsv) {
        context.say_limits(&extract.limits);
    }
    if extract.findings.is_empty() && extract.is_narrowed {
        context.say(&why_none(&case, &request)?);
    }
    let (made, tells_all_news) = (extract.made(), extract.tells_all_news);
    drop(extract);
    if kind.is_for_people() && tells_all_news && to_file(context) {
        remember(&case, &made, context);
    }
    Ok(exit::DONE)
}

/// That the report holds no finding, and what there is instead.
fn why_none(case: &Case, request: &ExtractRequest) -> Result<String> {
    let selected = select_findings(case, &request.filter, "")?;
    if selected.is_empty() {
        return Ok(instead_words(&instead_of_none(case, &request.filter)?, None));
    }
    let narrowed: Vec<&str> = [("--hunt", request.hunt.is_some()), ("--since", request.since.is_some())]
        .into_iter()
        .filter_map(|(option, is_said)| is_said.then_some(option))
        .collect();
    let others = counted(selected.len() as i64, "finding", "findings");
    Ok(format!("no finding is of the kind that was asked for; {others} without {}", narrowed.join(" and ")))
}

/// Whether the report can be handed over. On standard output it may only be looked at.
fn to_file(context: &Context) -> bool {
    context.global.output.as_deref().is_some_and(|path| path != Path::new(STANDARD_INPUT))
}

/// What was handed over has been handed over, also where the case is locked or may not be written.
fn remember(case: &Case, made: &Made, context: &Context) {
    context.say(&match keep_report(case, made, &context.analyst, context.now) {
        Ok(()) => "the next report says what is new since this one".to_owned(),
        Err(error) => format!("not noted that a report was made: {}", context.explain(error)),
    });
}

impl Arguments {
    fn request(&self, case: &Case, context: &Context) -> Result<ExtractRequest> {
        let hunt = self.hunt.as_deref().map(|given| find_hunt(case, given)).transpose()?;
        Ok(ExtractRequest {
            hunt: hunt.map(|hunt| hunt.id),
            filter: self.filters.filter(true)?,
            since: self.since.as_deref().map(|text| parse_since(text, case, context)).transpose()?,
        })
    }

    fn kind(&self, context: &Context) -> Result<Kind> {
        let ending = ending_of(context.global.output.as_deref());
        let format = match context.global.format {
            _ if context.global.json => Some(AnyFormat::Json),
            Some(format) => Some(format),
            None => format_of(&ending),
        };
        let kind = match format {
            Some(AnyFormat::Table) => return Err(unknown("found table")),
            Some(AnyFormat::Csv) if self.evidence => Kind::EvidenceCsv,
            Some(AnyFormat::Csv) => Kind::Csv,
            Some(AnyFormat::Json) => Kind::Json,
            Some(AnyFormat::Jsonl) => Kind::Jsonl,
            Some(AnyFormat::Html) => Kind::Html,
            Some(AnyFormat::Xlsx) => Kind::Xlsx,
            Some(AnyFormat::Timesketch) if ending == "csv" => Kind::TimesketchCsv,
            Some(AnyFormat::Timesketch) => Kind::Timesketch,
            Some(AnyFormat::Navigator) => Kind::Navigator,
            Some(AnyFormat::Kql) => Kind::Kql,
            Some(AnyFormat::Md) => Kind::Markdown,
            None if ending.is_empty() => Kind::Markdown,
            None => return Err(unknown(&format!("found a file that ends in .{ending}"))),
        };
        match self.evidence && kind != Kind::EvidenceCsv {
            false => Ok(kind),
            true => {
                Err(Error::Usage("--evidence goes with --format csv; the others hold the events".to_owned()))
            }
        }
    }
}

/// The ending of the file that the report is written to, in lower case; `""` for standard output and for none.
fn ending_of(path: Option<&Path>) -> String {
    let ending = path.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
    ending.unwrap_or_default()
}

fn format_of(ending: &str) -> Option<AnyFormat> {
    Some(match ending {
        "html" | "htm" => AnyFormat::Html,
        "md" | "markdown" => AnyFormat::Md,
        "csv" => AnyFormat::Csv,
        "json" => AnyFormat::Json,
        "jsonl" | "ndjson" => AnyFormat::Jsonl,
        "xlsx" => AnyFormat::Xlsx,
        "kql" => AnyFormat::Kql,
        _ => return None,
    })
}

fn unknown(found: &str) -> Error {
    Error::Usage(format!(
        "{found}, expected --format html, md, csv, json, jsonl, xlsx, timesketch, navigator or kql"
    ))
}

/// Reads since when something has to be new. A span counts back from the newest run, so that the same case
/// gives the same report tomorrow.
fn parse_since(text: &str, case: &Case, context: &Context) -> Result<ReportSince> {
    if text == "last-report" {
        return Ok(ReportSince::LastReport);
    }
    let last_run = list_runs(case)?.last().map_or(context.now, |run| run.at);
    let now = if Span::parse(text).is_some() { last_run } else { context.now };
    match parse_past("--since", text, now) {
        Ok(time) => Ok(ReportSince::Time(time)),
        Err(Error::Usage(problem)) => {
            Err(Error::Usage(problem.replace("expected ", "expected last-report, ")))
        }
        Err(error) => Err(error),
    }
}
