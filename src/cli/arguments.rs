//! What can be typed.

use clap::{Parser, Subcommand};

use super::global::Global;
use super::{
    completions, devices, findings, history, hunt, imports, ingest, optimize, paths, prune, query, report,
    rules, run, set, status, suppress, triage, undo,
};

/// A case store for ongoing threat hunts over Microsoft Defender process events.
///
/// Takes in DeviceProcessEvents exports day after day, runs hunting rules as SQL over what is new, and keeps
/// findings with their evidence, status, verdict and notes in one file.
#[derive(Debug, Parser)]
#[command(
    name = "huntcase",
    version,
    propagate_version = true,
    after_help = "Examples:\n  huntcase run exports/*.csv\n  huntcase findings\n  huntcase show F-3\n  \
                  huntcase set F-3 --status resolved --verdict benign --why \"the monitoring agent\""
)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take in what is new, run the rules, and print what changed
    Run(run::Arguments),
    /// Take in exports, without running rules
    Ingest(ingest::Arguments),
    /// List findings: open work, latest activity first
    Findings(findings::ListArguments),
    /// Show one finding whole, with its evidence
    Show(findings::ShowArguments),
    /// Walk through open findings on the whole screen and decide each with one key
    Triage(triage::Arguments),
    /// Change findings: status, verdict, severity, assignee, tags
    Set(set::SetArguments),
    /// Add a note to a finding
    Note(set::NoteArguments),
    /// Take back your last change
    Undo(undo::Arguments),
    /// Show who changed what, when and why
    History(history::Arguments),
    /// List devices, or record that some were reviewed
    Devices(devices::Arguments),
    /// Say what is known to be harmless, list that, or end it
    Suppress(suppress::Arguments),
    /// Open, list, show, change and close hunts
    Hunt(hunt::Arguments),
    /// List and show rules, or print what a rule's published query returns
    Rules(rules::Arguments),
    /// List imports, or show one with its rejected rows
    Imports(imports::Arguments),
    /// Write a report for others: a page, a ticket, a workbook, data
    Report(report::Arguments),
    /// Run a SELECT of your own over the case
    Query(query::Arguments),
    /// Say what the case holds
    Status(status::Arguments),
    /// Take old events out of the case that no finding holds
    Prune(prune::Arguments),
    /// Keep the case fast, and give back the room that it does not need
    Optimize(optimize::Arguments),
    /// Say where the configuration and your own rules are looked for
    Config(paths::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    #[command(after_help = "Example:\n  huntcase man > huntcase.1")]
    Man,
}
