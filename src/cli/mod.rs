//! The command line: one file a command. The only room that prints, reads the environment and knows the clock.

mod arguments;
mod completions;
mod config;
mod confirm;
mod context;
mod devices;
mod explain;
mod findings;
mod global;
mod history;
mod hunt;
mod imports;
mod ingest;
mod inputs;
mod notices;
mod optimize;
mod output;
mod paths;
mod progress;
mod prune;
mod query;
mod reading;
mod report;
mod rules;
mod run;
mod select;
mod set;
mod status;
mod suppress;
mod triage;
mod undo;
mod usage;

use std::process::ExitCode;

use clap::CommandFactory;

pub use arguments::Arguments;
use arguments::Command;
use context::Context;
use usage::read_arguments;

use crate::error::{Error, Result, exit};

/// Reads the arguments, runs one command, prints its error and gives the exit code.
pub fn main() -> ExitCode {
    let (arguments, name) = match read_arguments() {
        Ok(read) => read,
        Err(code) => return code,
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
        Command::Triage(arguments) => triage::run(arguments, context),
        Command::Set(arguments) => set::set(arguments, context),
        Command::Note(arguments) => set::note(arguments, context),
        Command::Undo(arguments) => undo::run(arguments, context),
        Command::History(arguments) => history::run(arguments, context),
        Command::Suppress(arguments) => suppress::run(arguments, context),
        Command::Hunt(arguments) => hunt::run(arguments, context),
        Command::Devices(arguments) => devices::run(arguments, context),
        Command::Rules(arguments) => rules::run(arguments, context),
        Command::Imports(arguments) => imports::run(arguments, context),
        Command::Report(arguments) => report::run(arguments, context),
        Command::Query(arguments) => query::run(arguments, context),
        Command::Status(arguments) => status::run(arguments, context),
        Command::Prune(arguments) => prune::run(arguments, context),
        Command::Optimize(arguments) => optimize::run(arguments, context),
        Command::Config(arguments) => paths::run(arguments, context),
        Command::Completions(arguments) => completions::completions(arguments, Arguments::command(), context),
        Command::Man => completions::man(Arguments::command(), context),
    }
}

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
}
