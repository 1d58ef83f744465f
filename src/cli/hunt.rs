//! `huntcase hunt`

use std::io::Write;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::context::Context;
use super::global::Format;
use super::output::Output;
use super::run::parse_span;
use crate::error::{Error, Result, exit};
use crate::event::Span;
use crate::findings::{
    ChosenRule, Classification, Hunt, HuntChange, HuntNumbers, HuntRule, HuntStatus, HypothesisStatus,
    Reopen, ReviewState, Status, Subject, change_hunt, find_hunt, find_limits, hunt_numbers, list_devices,
    list_hunts, list_notes, list_rules_of_case, open_hunt,
};
use crate::report::sheets::{HUNTS, RULES_OF_HUNT};
use crate::report::{
    SCHEMA_VERSION, failures_in_words, json_safe, limits_data, limits_in_words, page, write_notes,
};
use crate::report::{counted, grouped};
use crate::rules::Catalogue;
use crate::store::Case;

/// `huntcase hunt`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase hunt list\n  huntcase hunt show H-1\n  \
                        huntcase hunt set H-1 --owner kim --reopen always\n  \
                        huntcase hunt close H-1 --hypothesis-status invalidated --why \"nothing but agents\"")]
pub struct Arguments {
    #[command(subcommand)]
    command: HuntCommand,
}

#[derive(Debug, Subcommand)]
enum HuntCommand {
    /// Open a hunt with rules of your choice. A rule that runs without one opens one by itself
    #[command(
        after_help = "Example:\n  huntcase hunt open \"web shells in May\" --rule detect-suspicious \\\n    \
                            --hypothesis \"someone runs commands through our web servers\" --owner kim"
    )]
    Open(OpenArguments),
    /// List hunts
    #[command(after_help = "Example:\n  huntcase hunt list --format csv")]
    List,
    /// Show a hunt in numbers
    #[command(after_help = "Example:\n  huntcase hunt show H-1")]
    Show {
        /// The hunt, such as H-1, or how its name begins
        hunt: String,
    },
    /// Change a hunt
    #[command(
        after_help = "Example:\n  huntcase hunt set H-1 --lookback 30d --reopen never --comment \"asked for more\""
    )]
    Set(SetArguments),
    /// Close a hunt: its rules no longer run
    #[command(
        after_help = "Example:\n  huntcase hunt close H-1 --hypothesis-status validated --why \"see F-3\""
    )]
    Close {
        /// The hunt, such as H-1, or how its name begins
        hunt: String,
        /// What became of the hypothesis: validated, invalidated or unknown
        #[arg(long, value_name = "STATUS")]
        hypothesis_status: Option<HypothesisStatus>,
        /// The reason, kept in the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        why: String,
    },
}

#[derive(Debug, Args)]
struct OpenArguments {
    /// Its name
    name: String,
    #[command(flatten)]
    fields: FieldArguments,
}

#[derive(Debug, Args)]
struct SetArguments {
    /// The hunt, such as H-1, or how its name begins
    hunt: String,
    /// Another name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: FieldArguments,
}

#[derive(Debug, Args)]
struct FieldArguments {
    /// What is supposed
    #[arg(long, value_name = "TEXT")]
    hypothesis: Option<String>,
    /// Where the work stands: new, active, closed, backlog or approved
    #[arg(long)]
    status: Option<HuntStatus>,
    /// What became of the hypothesis: validated, invalidated or unknown
    #[arg(long, value_name = "STATUS")]
    hypothesis_status: Option<HypothesisStatus>,
    /// How far back its rules look, such as 30d; none: to the first event
    #[arg(long, value_name = "SPAN", value_parser = parse_lookback)]
    lookback: Option<Lookback>,
    /// When new evidence opens a resolved finding again: novel (it does something new), always, or never (another
    /// finding follows it)
    #[arg(long, value_name = "POLICY")]
    reopen: Option<Reopen>,
    /// Who leads it; "" for nobody
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// A remark to add
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// A rule that is to belong to it; may be given several times
    #[arg(long = "rule", value_name = "NAME")]
    rules: Vec<String>,
    /// The reason, kept in the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

/// How far back the rules of a hunt look.
#[derive(Debug, Clone, Copy)]
enum Lookback {
    Own(Span),
    None,
}

fn parse_lookback(text: &str) -> std::result::Result<Lookback, String> {
    match text {
        "none" => Ok(Lookback::None),
        _ => parse_span(text).map(Lookback::Own).map_err(|problem| format!("{problem}, or none")),
    }
}

impl FieldArguments {
    fn change<'a>(&'a self, rules: Vec<ChosenRule<'a>>) -> HuntChange<'a> {
        HuntChange {
            name: None,
            hypothesis: self.hypothesis.as_deref(),
            status: self.status,
            hypothesis_status: self.hypothesis_status,
            lookback: self.lookback.map(|lookback| match lookback {
                Lookback::Own(span) => Some(span),
                Lookback::None => None,
            }),
            reopen: self.reopen,
            owner: self.owner.as_deref(),
            comment: self.comment.as_deref(),
            rules,
        }
    }

    /// The rules named: sound ones, or else those of the case that have exactly the name.
    fn rules<'c>(&self, catalogue: &'c Catalogue, case: Option<&Case>) -> Result<Vec<ChosenRule<'c>>> {
        let known = case.map(list_rules_of_case).transpose()?.unwrap_or_default();
        let choose = |name: &String| match catalogue.find(name) {
            Ok(rule) => Ok(ChosenRule::Sound(rule)),
            Err(error) => {
                let known = known.iter().find(|rule| rule.name == *name);
                known.map(|rule| ChosenRule::Known(rule.key)).ok_or(error)
            }
        };
        self.rules.iter().map(choose).collect()
    }
}

/// Runs `huntcase hunt`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    match &arguments.command {
        HuntCommand::Open(open) => {
            let existing = context.case_if_there()?;
            let catalogue = context.load_rules(existing.as_ref())?;
            let rules = open.fields.rules(&catalogue, existing.as_ref())?;
            let change = HuntChange { name: Some(&open.name), ..open.fields.change(rules) };
            // Before a case is made for it.
            change.check()?;
            let case = context.open_or_create_case()?;
            let before = list_rules_of_case(&case)?;
            let hunt = open_hunt(&case, &change, context.author("hunt open", &open.fields.why))?;
            say_moved(&before, &hunt, context);
            write_hunts(&[hunt], context)
        }
        HuntCommand::List => write_hunts(&list_hunts(&context.open_case()?)?, context),
        HuntCommand::Show { hunt } => {
            let case = context.open_case()?;
            let hunt = find_hunt(&case, hunt)?;
            show(&case, &hunt, context)
        }
        HuntCommand::Set(set) => {
            let case = context.open_case()?;
            let catalogue = context.load_rules(Some(&case))?;
            let rules = set.fields.rules(&catalogue, Some(&case))?;
            drop(case);
            let change = HuntChange { name: set.name.as_deref(), ..set.fields.change(rules) };
            change_and_write(&set.hunt, &change, ("hunt set", &set.fields.why), context)
        }
        HuntCommand::Close { hunt, hypothesis_status, why } => {
            let change = HuntChange {
                status: Some(HuntStatus::Closed),
                hypothesis_status: *hypothesis_status,
                ..HuntChange::default()
            };
            change_and_write(hunt, &change, ("hunt close", why), context)
        }
    }
}

fn change_and_write(
    given: &str,
    change: &HuntChange<'_>,
    (command, why): (&str, &str),
    context: &Context,
) -> Result<u8> {
    if change.is_empty() {
        return Err(Error::Usage(
            "nothing to change; say at least one of --name, --hypothesis, --status, \
            --hypothesis-status, --lookback, --reopen, --owner, --comment, --rule"
                .to_owned(),
        ));
    }
    let case = context.open_case()?;
    let hunt = find_hunt(&case, given)?;
    let before = list_rules_of_case(&case)?;
    let hunt = change_hunt(&case, hunt.id, change, context.author(command, why))?;
    say_moved(&before, &hunt, context);
    let code = write_hunts(std::slice::from_ref(&hunt), context)?;
    let numbers = hunt_numbers(&case, &hunt)?;
    let open = numbers.findings() - numbers.of_status(Status::Resolved);
    if hunt.status == HuntStatus::Closed && open > 0 {
        context.say(&counted(open, "finding of it is still open", "findings of it are still open"));
    }
    Ok(code)
}

/// Says which rules left other hunts, with their findings.
fn say_moved(before: &[HuntRule], hunt: &Hunt, context: &Context) {
    for rule in &hunt.rules {
        let old = before.iter().find(|old| old.key == rule.key).and_then(|old| old.hunt);
        if let Some(old) = old.filter(|old| *old != hunt.id) {
            context.say(&format!("{} and its findings moved from {old} to {}", rule.name, hunt.id));
        }
    }
}

fn write_hunts(hunts: &[Hunt], context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let count = HUNTS.write(&mut output, context.layout(), Vec::new(), hunts)?;
    output.finish()?;
    if count == 0 && context.format() == Format::Table {
        context.say("no hunt yet; the first run of a rule opens one: huntcase run");
    }
    Ok(exit::DONE)
}

fn show(case: &Case, hunt: &Hunt, context: &Context) -> Result<u8> {
    let numbers = hunt_numbers(case, hunt)?;
    let devices = list_devices(case, &[hunt.id])?;
    let reviewed = devices.iter().filter(|device| device.state == ReviewState::Reviewed).count() as i64;
    let stale = devices.iter().filter(|device| !device.stale.is_empty()).count() as i64;
    let ledger = Ledger { devices: devices.len() as i64, reviewed, stale };
    let mut output = context.output()?;
    match context.format() {
        Format::Table => show_page(&mut output, case, (hunt, &numbers, ledger), context)?,
        Format::Json => {
            let object = object(case, hunt, &numbers, ledger)?;
            writeln!(output, "{}", json_safe(&object.to_string()))?;
        }
        Format::Csv | Format::Jsonl => {
            RULES_OF_HUNT.write(&mut output, context.layout(), Vec::new(), &numbers.rules)?;
        }
    }
    output.finish()?;
    Ok(exit::DONE)
}

/// How far the devices were reviewed.
#[derive(Debug, Clone, Copy)]
struct Ledger {
    devices: i64,
    reviewed: i64,
    stale: i64,
}

fn show_page(
    output: &mut Output,
    case: &Case,
    (hunt, numbers, ledger): (&Hunt, &HuntNumbers, Ledger),
    context: &Context,
) -> Result<()> {
    let status =
        |(status, count): &(Status, i64)| format!("{} {}", grouped(*count), status.shown().to_lowercase());
    let verdicts = numbers.verdicts.iter().map(|verdict| match verdict.classification {
        Classification::Unknown => format!("{} without", grouped(verdict.findings)),
        Classification::TruePositive => counted(verdict.findings, "true positive", "true positives"),
        Classification::InformationalExpectedActivity => format!("{} benign", grouped(verdict.findings)),
        Classification::FalsePositive => counted(verdict.findings, "false positive", "false positives"),
    });
    let lookback = hunt.lookback.map_or("to the first event".to_owned(), |span| span.to_string());
    let time = numbers.time_to_resolve.map_or("-".to_owned(), |span| span.to_rough_text());
    writeln!(output, "{}  {}", hunt.id, crate::report::printable(&hunt.name))?;
    let mut pairs = vec![
        ("Hypothesis", hunt.hypothesis.clone()),
        ("Status", hunt.status.shown().to_owned()),
        ("Hypothesis is", hunt.hypothesis_status.shown().to_lowercase()),
        ("Owner", hunt.owner.clone()),
        ("Lookback", lookback),
        ("Reopens", hunt.reopen.shown().to_lowercase()),
        ("Findings", numbers.statuses.iter().map(status).collect::<Vec<_>>().join(", ")),
        ("Verdicts", verdicts.collect::<Vec<_>>().join(", ")),
        (
            "Reopened",
            format!(
                "{}, {}",
                counted(numbers.reopened, "finding", "findings"),
                counted(numbers.reopenings, "time", "times")
            ),
        ),
        ("Time to resolve", format!("{time} (median)")),
        ("Hidden", counted(numbers.hidden_events, "event", "events")),
        (
            "Devices",
            format!(
                "reviewed {} of {}, {} stale",
                grouped(ledger.reviewed),
                grouped(ledger.devices),
                grouped(ledger.stale)
            ),
        ),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    page(output, &pairs, context.layout().width)?;
    let limits = find_limits(case, Some(hunt.id))?;
    for line in failures_in_words(&limits).iter().chain(&limits_in_words(&limits)) {
        writeln!(output, "! {}", crate::report::printable(line))?;
    }
    writeln!(output)?;
    RULES_OF_HUNT.write(output, context.layout(), Vec::new(), &numbers.rules)?;
    let comments = list_notes(case, Subject::Hunt(hunt.id))?;
    Ok(write_notes(output, "Comments", &comments)?)
}

fn object(case: &Case, hunt: &Hunt, numbers: &HuntNumbers, ledger: Ledger) -> Result<Json> {
    let mut object = HUNTS.object(hunt);
    let statuses = numbers.statuses.iter().map(|(status, count)| (status.name().to_owned(), json!(count)));
    let verdicts = numbers.verdicts.iter().map(|v| (v.classification.name().to_owned(), json!(v.findings)));
    object["findings"] = json!({
        "total": numbers.findings(),
        "status": statuses.collect::<serde_json::Map<_, _>>(),
        "classification": verdicts.collect::<serde_json::Map<_, _>>(),
        "reopened": numbers.reopened,
        "reopenings": numbers.reopenings,
        "medianSecondsToResolve": numbers.time_to_resolve.map(Span::seconds),
        "eventsHidden": numbers.hidden_events,
    });
    object["devices"] =
        json!({ "total": ledger.devices, "reviewed": ledger.reviewed, "stale": ledger.stale });
    object["limits"] = limits_data(&find_limits(case, Some(hunt.id))?);
    object["rules"] = numbers.rules.iter().map(|rule| RULES_OF_HUNT.object(rule)).collect();
    let comments = list_notes(case, Subject::Hunt(hunt.id))?;
    object["comments"] =
        comments.iter().map(|c| json!({ "at": c.at.to_string(), "by": c.by, "text": c.text })).collect();
    Ok(json!({ "schema_version": SCHEMA_VERSION, "hunt": object }))
}
