//! The options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::report;

/// How standard input is named among files.
pub const STANDARD_INPUT: &str = "-";

/// Options of every command; they may stand before or after it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The case file (else that of HUNTCASE_CASE, else the configuration's, else case.db)
    #[arg(long, global = true, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// How to write the answer; a table unless said otherwise, or what the command's help says
    #[arg(long, global = true, value_enum)]
    pub format: Option<AnyFormat>,
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
    /// The analyst's name for what this command records (else that of HUNTCASE_AS, else the configuration's, else the
    /// system user's)
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub analyst: Option<String>,
    /// A folder with rules of your own; may be given several times
    #[arg(long = "rules", global = true, value_name = "DIR")]
    pub rule_folders: Vec<PathBuf>,
    /// Print answers and errors only, no messages and no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// The present, for repeatable output
    #[arg(long, global = true, value_name = "TIME", hide = true)]
    pub now: Option<String>,
}

impl Global {
    /// Whether errors are to be written as JSON too.
    pub fn wants_json(&self) -> bool {
        self.json || matches!(self.format, Some(AnyFormat::Json | AnyFormat::Jsonl))
    }
}

/// What `--format` takes: how an answer is written or, for `huntcase report` alone, a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnyFormat {
    /// Columns for people; not for huntcase report
    Table,
    /// A header and the rows
    Csv,
    /// One object with all rows
    Json,
    /// One object a row
    Jsonl,
    /// A page (huntcase report)
    Html,
    /// Text for tickets (huntcase report)
    #[value(alias = "markdown")]
    Md,
    /// A workbook (huntcase report)
    Xlsx,
    /// Events for Timesketch (huntcase report)
    Timesketch,
    /// A layer for the ATT&CK Navigator (huntcase report)
    Navigator,
    /// Queries for Defender (huntcase report)
    Kql,
}

impl AnyFormat {
    /// The format of rows; None for what only reports are written as.
    pub const fn rows(self) -> Option<Format> {
        match self {
            Self::Table => Some(Format::Table),
            Self::Csv => Some(Format::Csv),
            Self::Json => Some(Format::Json),
            Self::Jsonl => Some(Format::Jsonl),
            _ => None,
        }
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Table,
    Csv,
    Json,
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
