//! The crate's one error type, grouped by what its reader can do about it, and the exit codes.

use std::path::PathBuf;

/// A result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The most characters of a value that an error repeats.
const QUOTED_CHARS: usize = 60;

/// A value in quotes, for an error: on one line, and the end of a long one cut off.
pub fn quoted(value: &str) -> String {
    let mut start: String = value.chars().take(QUOTED_CHARS).collect();
    if start.len() < value.len() {
        start.push('…');
    }
    format!("{start:?}")
}

fn expected(known: &str) -> String {
    if known.is_empty() { String::new() } else { format!(", expected {known}") }
}

/// The meaning of each exit code. The README's table agrees with these by test.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// Something failed at run time: an export was refused, a file could not be written.
    pub const FAILED: u8 = 1;
    /// The command line was not understood, or a value in it is not allowed: no such finding, rule or device.
    pub const USAGE: u8 = 2;
    /// Nothing to read: no such file or case, or no finding to work on that a filter selects.
    pub const NOTHING: u8 = 3;
    /// Finished, but a rule could not run, or rows were rejected under `--strict`.
    pub const INCOMPLETE: u8 = 4;
    /// The case is locked by another program, written by a newer version, or damaged.
    pub const CASE: u8 = 5;
    /// A condition that `--fail-on` named holds.
    pub const GATE: u8 = 10;
}

/// What can be done about an export that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// Nothing that is known.
    None,
    /// Say the zone of its times.
    Zone,
    /// Say what comes first in its dates.
    Order,
    /// Export times that need no saying.
    Times,
    /// Export more columns.
    Columns,
    /// Say more of its rows, so that they are known as ours.
    Table,
    /// Export it again: its values were changed, or rows were cut.
    Again,
    /// Copy it again: it is damaged.
    Copy,
    /// Say another encoding, or none.
    Encoding,
    /// Say its encoding, where it is a text.
    Encode,
    /// Unpack it, with this tool.
    Unpack(&'static str),
    /// Unpack the archive.
    Unzip,
    /// Save the workbook in another form.
    Workbook,
    /// Write lines that end as lines do.
    LineEnds,
    /// Close the quote, or export again.
    Quote,
    /// Undo the texts around the rows.
    Texts,
    /// Take the rows out of what stands around them.
    Unwrap,
    /// Ask for less, or take in what there is.
    Partial,
    /// Ask for an answer in one piece.
    Progressive,
    /// Export from Defender: other sources come later.
    OtherSource,
}

impl WayOut {
    /// In words, with the commands and options to use.
    pub const fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::Zone => {
                "say in which zone its times are, with --tz Europe/Berlin for instance; or set the portal to UTC and export \
                 again"
            }
            Self::Order => {
                "say what comes first with --dates dmy or --dates mdy; or export again behind \
                 | extend Timestamp = strcat(format_datetime(Timestamp, 'yyyy-MM-dd HH:mm:ss.fffffff'), 'Z') and the same for other times"
            }
            Self::Times => {
                "export again behind | extend Timestamp = strcat(format_datetime(Timestamp, 'yyyy-MM-dd HH:mm:ss.fffffff'), 'Z') and the same for other times"
            }
            Self::Columns => {
                "export DeviceProcessEvents without | project, or at least behind | project Timestamp, DeviceId, DeviceName, \
                 ActionType, ReportId, FileName, ProcessCommandLine, InitiatingProcessFileName, \
                 InitiatingProcessParentFileName, AccountName"
            }
            Self::Table => {
                "where they are of DeviceProcessEvents, export ActionType, ProcessId or ProcessCommandLine too"
            }
            Self::Again => {
                "export the file again, and take it in as it comes, without a spreadsheet or editor between"
            }
            Self::Copy => "copy or download the file again: it did not arrive whole",
            Self::Encoding => "leave --encoding out: the file says its encoding itself",
            Self::Encode => {
                "where it is a text of Windows, say so with --encoding windows-1252; else export it again as CSV or JSON"
            }
            Self::Unpack(hint) => hint,
            Self::Unzip => "unpack it, and take in what it holds",
            Self::Workbook => "in Excel, save the sheet as .xlsx without a password, or as CSV UTF-8",
            Self::LineEnds => "end lines with LF: tr '\\r' '\\n' < FILE | huntcase ingest -",
            Self::Quote => "close the quote, or export the file again",
            Self::Texts => "take the rows out of the texts: jq -r . FILE | huntcase ingest -",
            Self::Unwrap => "write the rows alone, one JSON object with the published columns a line",
            Self::Partial => {
                "narrow the query, in time for instance, and export again; or take in what there is with --partial"
            }
            Self::Progressive => "ask again with results_progressive_enabled=false, or with Kusto's v1 API",
            Self::OtherSource => {
                "export DeviceProcessEvents from Defender or Sentinel; Sysmon and Security events come later"
            }
        })
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An export that cannot be taken in: what was found, and what was expected.
    #[error("{file}: {problem}")]
    Export {
        /// The file as it was named.
        file: String,
        /// What was found and what was expected.
        problem: String,
        /// What can be done about it.
        way_out: WayOut,
    },
    /// A file that could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A rule with a broken head or query.
    #[error("{file} line {line}: {problem}")]
    Rule {
        /// The rule's file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Rules that could not run, each with its cause. The others did.
    #[error("{} {} failed: {}", .0.len(), if .0.len() == 1 { "rule" } else { "rules" }, .0.join("; "))]
    RulesFailed(Vec<String>),
    /// Rows that were rejected, under `--strict`.
    #[error("rows rejected: {0}")]
    RowsRejected(u64),
    /// A condition of `--fail-on` that holds.
    #[error("--fail-on {0} holds")]
    Gate(String),
    /// The case file is locked, newer than this program, or damaged.
    #[error("{path}: {problem}", path = path.display())]
    Case {
        /// The case file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A user's SQL that cannot run.
    #[error("{0}")]
    Query(String),
    /// A case, a file or a folder that is not there.
    #[error("no {what} {}", quoted(.name))]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its name as given.
        name: String,
    },
    /// Something named that the case, or the rules at hand, do not have.
    #[error("no {what} {}{}", quoted(.name), expected(.known))]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// Its name as given.
        name: String,
        /// What there is, in words; `""` where that is too much for a line.
        known: String,
    },
    /// A change that would write over somebody else's, which its author has not seen.
    #[error("{what}: {change} since you looked; look again with huntcase show {what}, or go on with --force")]
    Meanwhile {
        /// What was changed.
        what: String,
        /// Who changed what, in words.
        change: String,
    },
    /// A verdict that would replace somebody else's, which its author never looked at.
    #[error("{what}: {verdict}; look at it with huntcase show {what}, or go on with --force")]
    Judged {
        /// What was judged.
        what: String,
        /// Who concluded what, when and why, in words.
        verdict: String,
    },
    /// A filter, or a list of findings with one, that selects nothing: in words, with what there is instead.
    #[error("{0}")]
    NothingSelected(String),
    /// A value that is not allowed, with what is.
    #[error("{0}")]
    Usage(String),
    /// The case's database failed.
    #[error("the case's database: {source}")]
    Database {
        /// Whether another program holds the case.
        locked: bool,
        /// Whether the file is no sound database.
        damaged: bool,
        /// SQLite's own words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Output that could not be written.
    #[error("{0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    /// The exit code that tells a script what happened.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Unknown { .. } | Self::Meanwhile { .. } | Self::Judged { .. } => {
                exit::USAGE
            }
            Self::NotFound { .. } | Self::NothingSelected(_) => exit::NOTHING,
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => exit::NOTHING,
            Self::Rule { .. } | Self::RulesFailed(_) | Self::RowsRejected(_) => exit::INCOMPLETE,
            Self::Case { .. } => exit::CASE,
            Self::Gate(_) => exit::GATE,
            Self::Database { locked, damaged, .. } if *locked || *damaged => exit::CASE,
            _ => exit::FAILED,
        }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Export { way_out, .. } => way_out.hint(),
            Self::NotFound { what: "case", .. } => Some("make one with: huntcase run EXPORT.csv"),
            Self::Unknown { what: "rule", .. } => Some("see the rules with: huntcase rules list"),
            Self::Unknown { what: "finding", .. } => Some("see the findings with: huntcase findings --all"),
            Self::Unknown { what: "import", .. } => Some("see the imports with: huntcase imports list"),
            Self::Unknown { what: "rule or device", .. } => Some(
                "name a rule or a device of the case, a finding (F-3), a hunt (H-1) or a suppression (S-2)",
            ),
            Self::Unknown { what: "device", .. } => Some("see the devices with: huntcase devices"),
            Self::Unknown { what: "hunt", .. } => Some("see the hunts with: huntcase hunt list"),
            Self::Unknown { what: "analyst", .. } => Some("see who changed what with: huntcase history"),
            Self::Unknown { what: "suppression", .. } => {
                Some("see the suppressions with: huntcase suppress list")
            }
            Self::RowsRejected(_) => Some("see them with: huntcase imports show N --rejects"),
            Self::Database { locked: true, .. } => Some("another program has the case open; try again"),
            _ => None,
        }
    }
}
