//! `huntcase rules`

use std::io::Write;

use clap::{Args, Subcommand};

use super::context::Context;
use super::global::Format;
use super::output::{Output, print_error};
use super::query::Printer;
use super::run::{WindowArguments, newest_event};
use crate::error::{Error, Result, exit};
use crate::findings::{Reopen, change_rule, find_limits};
use crate::report::printable_lines;
use crate::report::sheets::RULES;
use crate::rules::{Catalogue, Rule, Window, answer_rule};
use crate::store::Case;

/// `huntcase rules`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase rules list --rules my-rules\n  huntcase rules show detect-suspicious\n  \
                        huntcase rules result detect-suspicious --lookback 30d --format csv"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: RuleCommand,
}

#[derive(Debug, Subcommand)]
enum RuleCommand {
    /// List the rules, shipped ones and your own
    #[command(after_help = "Example:\n  huntcase rules list")]
    List,
    /// Show a rule's text
    #[command(after_help = "Example:\n  huntcase rules show detect-suspicious")]
    Show {
        /// The rule's name, or how it begins
        name: String,
    },
    /// Print what a rule returns over its lookback: of the shipped rule, the table of the published query, one row a
    /// device; of a rule without a result of its own, the events that it found
    #[command(
        after_help = "Example:\n  huntcase rules result detect-suspicious --as-of 2026-05-09 --format csv"
    )]
    Result {
        /// The rule's name, or how it begins
        name: String,
        #[command(flatten)]
        window: WindowArguments,
    },
    /// Say when new evidence opens a rule's resolved findings again, whatever its hunt says
    #[command(
        after_help = "Example:\n  huntcase rules set detect-suspicious --reopen always --why \"too quiet\""
    )]
    Set {
        /// The rule's name, or how it begins
        name: String,
        /// novel (they do something new), always, never (another finding follows), or hunt (as its hunt says)
        #[arg(long, value_name = "POLICY", value_parser = parse_policy)]
        reopen: Policy,
        /// The reason, kept in the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        why: String,
    },
}

/// A policy of the rule's own, or that of its hunt.
#[derive(Debug, Clone, Copy)]
enum Policy {
    Own(Reopen),
    Hunt,
}

fn parse_policy(text: &str) -> std::result::Result<Policy, String> {
    match text {
        "hunt" => Ok(Policy::Hunt),
        _ => text.parse().map(Policy::Own).map_err(|problem: String| problem + ", hunt"),
    }
}

/// Runs `huntcase rules`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let catalogue = context.load_rules(context.case_if_there()?.as_ref())?;
    let mut output = context.output()?;
    match &arguments.command {
        RuleCommand::List => {
            RULES.write(&mut output, context.layout(), Vec::new(), &catalogue.rules)?;
            output.finish()?;
            return end_with_broken(&catalogue, context);
        }
        RuleCommand::Show { name } => {
            let rule = find(catalogue, name)?;
            match context.format() {
                Format::Table => output.write_all(printable_lines(&rule.text).as_bytes())?,
                _ => drop(RULES.write(&mut output, context.layout(), Vec::new(), [&rule])?),
            }
        }
        RuleCommand::Result { name, window } => {
            let rule = find(catalogue, name)?;
            let case = context.open_case()?;
            let end = window.end(context)?.map_or_else(|| newest_event(&case, context), Ok)?;
            let start = end.minus(window.lookback.unwrap_or(rule.head.lookback));
            print_result(&case, &rule, Window { start: Some(start), end: Some(end) }, &mut output, context)?;
        }
        RuleCommand::Set { name, reopen, why } => {
            let rule = find(catalogue, name)?;
            let case = context.open_case()?;
            let own = match reopen {
                Policy::Own(reopen) => Some(*reopen),
                Policy::Hunt => None,
            };
            change_rule(&case, &rule, own, context.author("rules set", why))?;
            let policy = own.map_or("as its hunt says".to_owned(), |reopen| reopen.shown().to_lowercase());
            context.say(&format!("{}: reopens {policy}", rule.head.name));
        }
    }
    output.finish()?;
    Ok(exit::DONE)
}

fn print_result(
    case: &Case,
    rule: &Rule,
    window: Window,
    output: &mut Output,
    context: &Context,
) -> Result<()> {
    let mut printer = Printer::new(output, context.layout(), "result");
    answer_rule(case, rule, window, &mut printer)?;
    printer.finish()?;
    context.say_limits(&find_limits(case, None)?);
    Ok(())
}

/// The rule of a name; a broken one is an error of its own, never a rule that is not there.
fn find(mut catalogue: Catalogue, name: &str) -> Result<Rule> {
    if let Some(broken) = catalogue.broken.iter().position(|(file, _)| file == name) {
        return Err(catalogue.broken.swap_remove(broken).1);
    }
    catalogue.find(name).cloned()
}

fn end_with_broken(catalogue: &Catalogue, context: &Context) -> Result<u8> {
    let Err(error @ Error::RulesFailed(_)) = catalogue.check() else { return Ok(exit::DONE) };
    print_error(&error, context.global.wants_json());
    Ok(error.exit_code())
}
