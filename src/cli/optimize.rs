//! `huntcase optimize`

use std::io::Write;

use clap::Args;

use super::context::Context;
use super::global::Format;
use crate::error::{Result, exit};
use crate::report::sheets::{SPACES, Space};
use crate::report::{counted, grouped};

/// `huntcase optimize`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase optimize\n  huntcase optimize --vacuum")]
pub struct Arguments {
    /// Write the case anew without the room that holds nothing. The larger the case the longer it takes, and for a while
    /// it takes twice the room
    #[arg(long)]
    vacuum: bool,
}

/// Runs `huntcase optimize`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let case = context.open_case()?;
    let before = case.size_bytes();
    case.analyze()?;
    if arguments.vacuum {
        case.vacuum()?;
    }
    if !case.empty_log()? {
        context.say("others read the case: its log stays, and counts, until they are done");
    }
    let space = Space { before, after: case.size_bytes(), free: case.free_bytes()? };
    match context.format() {
        Format::Table => print(&mut output, &case.path().display().to_string(), space)?,
        _ => drop(SPACES.write(&mut output, context.layout(), Vec::new(), &[space])?),
    }
    output.finish()?;
    Ok(exit::DONE)
}

fn print(out: &mut impl Write, case: &str, space: Space) -> Result<()> {
    let (before, after) = (counted(space.before, "byte", "bytes"), grouped(space.after));
    writeln!(out, "{}: {before} before, {after} now", crate::report::printable(case))?;
    if space.free > 0 {
        let free = counted(space.free, "byte", "bytes");
        writeln!(out, "  {free} in it hold nothing; --vacuum gives them back")?;
    }
    Ok(())
}
