//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{completions, config, devices, findings, imports, ingest, query, rules, run, set};
use crate::report;

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

/// Options of every command; they may stand before or after it.
#[derive(Debug, Args)]
pub struct Global {
    /// The case file
    #[arg(long, global = true, value_name = "FILE", env = "HUNTCASE_CASE", hide_env_values = true)]
    pub case: Option<PathBuf>,
    /// How to write the answer
    #[arg(long, global = true, value_enum, default_value = "table")]
    pub format: Format,
    /// Short for --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// Write the answer to a file, which only its owner can read; - is standard output
    #[arg(short, long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Let --output overwrite a file
    #[arg(long, global = true)]
    pub force: bool,
    /// Leave CSV texts that a spreadsheet would run as a formula as they are
    #[arg(long, global = true)]
    pub no_formula_guard: bool,
    /// The analyst's name for what this command records (else the configuration's, else the system user)
    #[arg(long = "as", global = true, value_name = "NAME", env = "HUNTCASE_AS", hide_env_values = true)]
    pub analyst: Option<String>,
    /// A folder with rules of your own; may be given several times
    #[arg(long = "rules", global = true, value_name = "DIR")]
    pub rule_folders: Vec<PathBuf>,
    /// Say only what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// The present, for repeatable output
    #[arg(long, global = true, value_name = "TIME", env = "HUNTCASE_NOW", hide = true)]
    pub now: Option<String>,
}

impl Global {
    /// Whether errors are to be written as JSON too.
    pub fn wants_json(&self) -> bool {
        self.json || matches!(self.format, Format::Json | Format::Jsonl)
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// A header and the rows
    Csv,
    /// One object with all rows
    Json,
    /// One object a row
    Jsonl,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Self::Table,
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
            Format::Jsonl => Self::Jsonl,
        }
    }
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
    /// Change findings: status, verdict, severity, assignee
    Set(set::SetArguments),
    /// Add a note to a finding
    Note(set::NoteArguments),
    /// List devices, or record that some were reviewed
    Devices(devices::Arguments),
    /// List and show rules, or print what a rule's published query returns
    Rules(rules::Arguments),
    /// List imports, or show one with its rejected rows
    Imports(imports::Arguments),
    /// Run a SELECT of your own over the case
    Query(query::Arguments),
    /// Say what the case holds
    #[command(after_help = "Examples:\n  huntcase status\n  huntcase status --json")]
    Status,
    /// Say where the configuration and your own rules are looked for
    Config(config::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    #[command(after_help = "Example:\n  huntcase man > huntcase.1")]
    Man,
}
