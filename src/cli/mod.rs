//! The command line: one file a command. The only room that prints, reads the environment and knows the clock.

mod arguments;
mod completions;
mod config;
mod context;
mod count;
mod devices;
mod findings;
mod global;
mod history;
mod hunt;
mod imports;
mod ingest;
mod output;
mod paths;
mod query;
mod rules;
mod run;
mod select;
mod set;
mod status;
mod suppress;
mod undo;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

pub use arguments::Arguments;
use arguments::Command;
use context::Context;

use crate::error::{Error, Result, exit};

/// Reads the arguments, runs one command, prints its error and gives the exit code.
pub fn main() -> ExitCode {
    let read = Arguments::command().try_get_matches().and_then(|matches| {
        let name = matches.subcommand_name().unwrap_or_default().to_owned();
        Ok((Arguments::from_arg_matches(&matches)?, name))
    });
    let (arguments, name) = match read {
        Ok(read) => read,
        Err(usage) if usage.use_stderr() && asks_for_json() => {
            output::print_error(&usage_error(&usage), true);
            return ExitCode::from(exit::USAGE);
        }
        Err(usage) => {
            // A closed pipe is no reason to fail: whoever asked has read enough.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { exit::USAGE } else { exit::DONE });
        }
    };
    let as_json = arguments.global.wants_json();
    let code = match Context::new(arguments.global, name)
        .and_then(|context| dispatch(&arguments.command, &context).map_err(|error| context.explain(error)))
    {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => exit::DONE,
        Err(error) => {
            output::print_error(&error, as_json);
            error.exit_code()
        }
    };
    ExitCode::from(code)
}

fn dispatch(command: &Command, context: &Context) -> Result<u8> {
    match command {
        Command::Run(arguments) => run::run(arguments, context),
        Command::Ingest(arguments) => ingest::run(arguments, context),
        Command::Findings(arguments) => findings::list(arguments, context),
        Command::Show(arguments) => findings::show(arguments, context),
        Command::Set(arguments) => set::set(arguments, context),
        Command::Note(arguments) => set::note(arguments, context),
        Command::Undo(arguments) => undo::run(arguments, context),
        Command::History(arguments) => history::run(arguments, context),
        Command::Suppress(arguments) => suppress::run(arguments, context),
        Command::Hunt(arguments) => hunt::run(arguments, context),
        Command::Devices(arguments) => devices::run(arguments, context),
        Command::Rules(arguments) => rules::run(arguments, context),
        Command::Imports(arguments) => imports::run(arguments, context),
        Command::Query(arguments) => query::run(arguments, context),
        Command::Status => status::run(context),
        Command::Config(arguments) => paths::run(arguments, context),
        Command::Completions(arguments) => completions::completions(arguments, Arguments::command(), context),
        Command::Man => completions::man(Arguments::command(), context),
    }
}

/// Whether the command line, which could not be read as a whole, asks for JSON.
fn asks_for_json() -> bool {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let is_json = |argument: &std::ffi::OsString| argument == "json" || argument == "jsonl";
    arguments.iter().any(|a| a == "--json" || a == "--format=json" || a == "--format=jsonl")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && is_json(&pair[1]))
}

/// What clap says, on one line and without its advice.
fn usage_error(usage: &clap::Error) -> Error {
    let text = usage.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let message = lines.collect::<Vec<_>>().join(" ");
    Error::Usage(message.strip_prefix("error: ").unwrap_or(&message).to_owned())
}

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
}
