//! `huntcase history`

use clap::Args;

use super::context::{Context, parse_past};
use super::global::Format;
use crate::error::{Error, Result, exit};
use crate::findings::{
    FindingId, HistoryFilter, HuntId, Subject, SuppressionId, check_analyst, find_device, find_finding,
    find_hunt, find_suppression, list_history, list_known_devices, list_rules_of_case,
    unknown_rule_or_device,
};
use crate::report::grouped;
use crate::report::sheets::HISTORY;
use crate::store::Case;

/// `huntcase history`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase history F-3\n  huntcase history web01 --since 7d\n  \
                        huntcase history --by kim --format csv -o kim.csv")]
pub struct Arguments {
    /// A finding (F-3), hunt (H-1), suppression (S-2), rule or device; without it, all
    what: Option<String>,
    /// Only what this analyst changed, by commands or by runs
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only what was changed since: 7d, or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
}

/// Runs `huntcase history`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let since =
        arguments.since.as_deref().map(|text| parse_past("--since", text, context.now)).transpose()?;
    let filter = match &arguments.what {
        Some(what) => filter_of(&case, what, context)?,
        None => HistoryFilter::default(),
    };
    if let Some(by) = &arguments.by {
        check_analyst(&case, by, false)?;
    }
    let filter = HistoryFilter { by: arguments.by.clone(), since, ..filter };
    let mut output = context.output()?;
    let mut rows = HISTORY.begin(&mut output, context.layout())?;
    list_history(&case, &filter, &mut |entry| {
        if context.format() != Format::Table || !entry.is_consequence() {
            rows.row(&entry)?;
        }
        Ok(())
    })?;
    let count = rows.finish()?;
    output.finish()?;
    if count == 0 && context.format() == Format::Table {
        context.say(&why_none(&case, arguments, filter)?);
    }
    Ok(exit::DONE)
}

/// That no change is shown, and how many there are without the options that choose some.
fn why_none(case: &Case, arguments: &Arguments, filter: HistoryFilter) -> Result<String> {
    let of_all = HistoryFilter { by: None, since: None, ..filter };
    let mut count = 0;
    list_history(case, &of_all, &mut |entry| {
        count += i64::from(!entry.is_consequence());
        Ok(())
    })?;
    let options = [("--by", arguments.by.is_some()), ("--since", arguments.since.is_some())];
    let options: Vec<&str> =
        options.iter().filter(|(_, is_said)| *is_said).map(|(option, _)| *option).collect();
    Ok(match options.is_empty() {
        true => "no change of this kind".to_owned(),
        false => format!("no change of this kind; {} without {}", grouped(count), options.join(" and ")),
    })
}

fn has_history(case: &Case, filter: &HistoryFilter) -> Result<bool> {
    let mut has_any = false;
    list_history(case, filter, &mut |_| {
        has_any = true;
        Ok(())
    })?;
    Ok(has_any)
}

/// What a name asks for. A number with its letter goes before names; a rule before a device.
fn filter_of(case: &Case, what: &str, context: &Context) -> Result<HistoryFilter> {
    let of = |subject| HistoryFilter { subject: Some(subject), ..HistoryFilter::default() };
    let has_letter = |letter: &str| what.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(letter));
    if let Some(id) = what.parse::<FindingId>().ok().filter(|_| has_letter("F-")) {
        return find_finding(case, id, &context.analyst).map(|finding| of(Subject::Finding(finding.id)));
    }
    if let Some(id) = what.parse::<HuntId>().ok().filter(|_| has_letter("H-")) {
        let filter = of(Subject::Hunt(id));
        // One whose opening was undone has a history all the same.
        return if has_history(case, &filter)? { Ok(filter) } else { find_hunt(case, what).map(|_| filter) };
    }
    if let Some(id) = what.parse::<SuppressionId>().ok().filter(|_| has_letter("S-")) {
        let filter = of(Subject::Suppression(id));
        return if has_history(case, &filter)? {
            Ok(filter)
        } else {
            find_suppression(case, id).map(|_| filter)
        };
    }
    let rules = list_rules_of_case(case)?;
    if let Some(rule) = rules.iter().rev().find(|rule| rule.name == what) {
        return Ok(HistoryFilter { rule: Some(rule.key), ..HistoryFilter::default() });
    }
    let begins: Vec<_> =
        rules.iter().filter(|rule| !what.is_empty() && rule.name.starts_with(what)).collect();
    let devices = list_known_devices(case)?;
    match find_device(&devices, what) {
        Ok(device) => Ok(HistoryFilter { device: Some(device.key), ..HistoryFilter::default() }),
        Err(Error::Unknown { .. }) if begins.len() == 1 => {
            Ok(HistoryFilter { rule: Some(begins[0].key), ..HistoryFilter::default() })
        }
        Err(Error::Unknown { .. }) => Err(unknown_rule_or_device(&rules, &devices, what)),
        Err(error) => Err(error),
    }
}
