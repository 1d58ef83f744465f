//! `huntcase undo`

use clap::Args;

use super::context::Context;
use super::global::Format;
use crate::error::{Result, exit};
use crate::findings::{Author, undo};
use crate::report::sheets::HISTORY;

/// `huntcase undo`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase undo --dry-run\n  huntcase undo --why \"the wrong finding\"")]
pub struct Arguments {
    /// The reason, kept in the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Show what would be taken back, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Runs `huntcase undo`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let case = context.open_case()?;
    let author = Author { dry_run: arguments.dry_run, ..context.author("undo", &arguments.why) };
    let undone = undo(&case, author)?;
    let is_shown = |is_consequence: bool| context.format() != Format::Table || !is_consequence;
    let changes = undone.changes.iter().filter(|entry| is_shown(entry.is_consequence()));
    HISTORY.write(&mut output, context.layout(), Vec::new(), changes)?;
    output.finish()?;
    let command = undone.undone.first().map_or("", |entry| &entry.command);
    let what = if arguments.dry_run { "would take back" } else { "took back" };
    context.say(&format!("{what} your last change, made with {command}"));
    Ok(exit::DONE)
}
