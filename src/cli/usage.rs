//! Reading the command line, and what to say of one that cannot be read.

use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use super::arguments::Arguments;
use super::output::print_error;
use crate::error::{Error, exit};

/// Reads the command line; gives it with the command's name.
///
/// # Errors
/// The exit code, where there is nothing to run: the command line is wrong, or only asks for help. What there is to
/// say has been said.
pub fn read_arguments() -> Result<(Arguments, String), ExitCode> {
    let read = Arguments::command().try_get_matches().and_then(|matches| {
        let name = matches.subcommand_name().unwrap_or_default().to_owned();
        Ok((Arguments::from_arg_matches(&matches)?, name))
    });
    read.map_err(|usage| {
        if !usage.use_stderr() {
            // A closed pipe is no reason to fail: whoever asked has read enough.
            let _ = usage.print();
            return ExitCode::from(exit::DONE);
        }
        match (in_our_words(&usage), asks_for_json()) {
            (Some(message), as_json) => print_error(&Error::Usage(message), as_json),
            (None, true) => print_error(&Error::Usage(on_one_line(&usage)), true),
            (None, false) => drop(usage.print()),
        }
        ExitCode::from(exit::USAGE)
    })
}

/// A value that is not allowed, in one line: clap would repeat it, however long it is.
fn in_our_words(usage: &clap::Error) -> Option<String> {
    match usage.kind() {
        ErrorKind::ValueValidation => {
            let Some(ContextValue::String(argument)) = usage.get(ContextKind::InvalidArg) else {
                return None;
            };
            let name = argument.split(' ').next().unwrap_or_default();
            let name = name.trim_matches(['[', ']', '<', '>', '.']);
            Some(format!("{name}: {}", usage.source()?))
        }
        ErrorKind::InvalidUtf8 => Some("an argument is not valid UTF-8, expected text".to_owned()),
        _ => None,
    }
}

/// What clap says, without its advice.
fn on_one_line(usage: &clap::Error) -> String {
    let text = usage.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let message = lines.collect::<Vec<_>>().join(" ");
    message.strip_prefix("error: ").unwrap_or(&message).to_owned()
}

/// Whether the command line, which could not be read as a whole, asks for JSON.
fn asks_for_json() -> bool {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let is_json = |argument: &OsString| argument == "json" || argument == "jsonl";
    arguments.iter().any(|a| a == "--json" || a == "--format=json" || a == "--format=jsonl")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && is_json(&pair[1]))
}
