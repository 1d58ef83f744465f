//! `huntcase prune`

use std::io::Write;

use clap::Args;

use super::context::{Context, parse_past};
use super::global::Format;
use crate::error::{Result, exit};
use crate::findings::{Author, Prune, list_prunes, prune};
use crate::report::sheets::{PRUNED, PRUNES};
use crate::report::{counted, grouped};
use crate::store::Case;

/// `huntcase prune`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase prune --before 2026-02-01 --dry-run\n  huntcase prune --before 90d\n  \
                        huntcase prune --list"
)]
pub struct Arguments {
    /// Remove events earlier than this: a date (its midnight in UTC), a time, or a span before now such as 90d. What
    /// findings hold as evidence stays. It cannot be undone
    #[arg(long, value_name = "DATE", required_unless_present = "list")]
    before: Option<String>,
    /// Say what would be removed, and change nothing
    #[arg(short = 'n', long, conflicts_with = "list")]
    dry_run: bool,
    /// List what was pruned, when and by whom
    #[arg(long, conflicts_with = "before")]
    list: bool,
}

/// Runs `huntcase prune`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    let Some(before) = &arguments.before else {
        PRUNES.write(&mut output, context.layout(), Vec::new(), &list_prunes(&context.open_case()?)?)?;
        output.finish()?;
        return Ok(exit::DONE);
    };
    let before = parse_past("--before", before, context.now)?;
    let case = context.open_case()?;
    let size = case.size_bytes();
    let author = Author { dry_run: arguments.dry_run, ..context.author("prune", "") };
    let pruned = prune(&case, before, author)?;
    let given_back = if arguments.dry_run { None } else { give_back(&case, size, context)? };
    match context.format() {
        Format::Table => print(&mut output, &pruned, given_back, arguments.dry_run)?,
        _ => drop(PRUNED.write(&mut output, context.layout(), Vec::new(), &[(pruned, given_back)])?),
    }
    output.finish()?;
    Ok(exit::DONE)
}

/// Gives free room back to the file system, and says how much of what the case took before. The events are gone
/// whatever becomes of this, so that what hinders it is said and no error.
fn give_back(case: &Case, before: i64, context: &Context) -> Result<Option<i64>> {
    if case.free_bytes()? > 0
        && let Err(error) = case.vacuum()
    {
        let error = context.explain(error);
        context.say(&format!("no room is given back yet, huntcase optimize --vacuum does that: {error}"));
        return Ok(None);
    }
    if !case.empty_log()? {
        context.say("others read the case, whose room is given back when they are done");
        return Ok(None);
    }
    Ok(Some((before - case.size_bytes()).max(0)))
}

fn print(out: &mut impl Write, prune: &Prune, given_back: Option<i64>, dry_run: bool) -> Result<()> {
    let events = counted(prune.events, "event", "events");
    let rows = counted(prune.rows, "row", "rows");
    let bytes = given_back
        .map_or_else(String::new, |bytes| format!("; {} given back", counted(bytes, "byte", "bytes")));
    writeln!(
        out,
        "{} {events} before {} that no finding holds, and {rows} of other tables{bytes}",
        if dry_run { "would prune" } else { "pruned" },
        prune.before.to_seconds_text(),
    )?;
    if prune.unlooked > 0 {
        writeln!(out, "  {} of them no rule has looked at", grouped(prune.unlooked))?;
    }
    if prune.held > 0 {
        let held = counted(prune.held, "earlier event stays", "earlier events stay");
        writeln!(out, "  {held}: findings hold them, or they match and wait for one")?;
    }
    Ok(())
}
