//! `huntcase rules`

use std::io::Write;

use clap::{Args, Subcommand};

use super::context::Context;
use super::global::Format;
use super::output::print_error;
use super::run::WindowArguments;
use crate::error::{Error, Result, exit};
use crate::report::printable_lines;
use crate::report::sheets::{RULE_RESULT, RULES};
use crate::rules::{Catalogue, Rule, Window, rule_result};

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
    /// Print the table that the published query returns: one row a device
    #[command(
        after_help = "Example:\n  huntcase rules result detect-suspicious --as-of 2026-05-09 --format csv"
    )]
    Result {
        /// The rule's name, or how it begins
        name: String,
        #[command(flatten)]
        window: WindowArguments,
    },
}

/// Runs `huntcase rules`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let catalogue = context.load_rules()?;
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
            let end = window.as_of(&case, context)?;
            let window = Window { start: end.minus(window.lookback.unwrap_or(rule.head.lookback)), end };
            let rows = rule_result(&case, &rule, window)?;
            RULE_RESULT.write(&mut output, context.layout(), Vec::new(), &rows)?;
        }
    }
    output.finish()?;
    Ok(exit::DONE)
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
