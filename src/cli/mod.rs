//! The command line: one file a command. The only room that prints, reads the environment and knows the clock.

mod arguments;
mod completions;
mod config;
mod context;
mod devices;
mod findings;
mod global;
mod imports;
mod ingest;
mod output;
mod paths;
mod query;
mod rules;
mod run;
mod set;
mod status;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use arguments::Arguments;
use arguments::Command;
use context::Context;

use crate::error::{Error, Result, exit};

/// Reads the arguments, runs one command, prints its error and gives the exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // A closed pipe is no reason to fail: whoever asked has read enough.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { exit::USAGE } else { exit::DONE });
        }
    };
    let as_json = arguments.global.wants_json();
    let code = match Context::new(arguments.global).and_then(|context| dispatch(&arguments.command, &context))
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

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
}
