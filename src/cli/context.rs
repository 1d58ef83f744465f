//! What every command needs to know of the world: the case, the clock, the analyst, the terminal.

use std::collections::HashSet;
use std::env::VarError;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::Utc;

use super::config::Config;
use super::global::{AnyFormat, Format, Global, STANDARD_INPUT};
use super::output::{Output, say, whole_path};
use crate::error::{Error, Result, quoted};
use crate::event::{Span, Timestamp};
use crate::findings::{Author, LONGEST_NAME, Limits};
use crate::report::{Layout, failures_in_words, limits_in_words};
use crate::rules::{Catalogue, load_rules};
use crate::store::{Access, Case, READ_ONLY, locked};

/// The columns of a terminal that does not say how many it has.
const USUAL_WIDTH: usize = 80;
const DEFAULT_CASE: &str = "case.db";
/// The command that is written in formats of its own.
const REPORT: &str = "report";

/// What every command needs to know of the world.
pub struct Context {
    pub global: Global,
    pub config: Config,
    pub analyst: String,
    pub now: Timestamp,
    /// The command's name.
    command: String,
    started: Instant,
}

impl Context {
    /// Reads the configuration, the clock and the user's name.
    pub fn new(mut global: Global, command: String) -> Result<Self> {
        let rows = global.format.map(AnyFormat::rows);
        if rows == Some(None) && command != REPORT {
            return Err(Error::Usage(format!(
                "huntcase {command} writes a table, csv, json or jsonl; the other formats are those of huntcase {REPORT}"
            )));
        }
        let config = Config::load()?;
        global.case = global
            .case
            .or_else(|| std::env::var_os("HUNTCASE_CASE").filter(|path| !path.is_empty()).map(PathBuf::from));
        global.analyst = global.analyst.map_or_else(|| variable("HUNTCASE_AS"), |name| Ok(Some(name)))?;
        let now_named_by = if global.now.is_some() { "--now" } else { "HUNTCASE_NOW" };
        global.now = global.now.map_or_else(|| variable("HUNTCASE_NOW"), |now| Ok(Some(now)))?;
        let now = match &global.now {
            Some(text) => parse_time(now_named_by, text, Timestamp::from(Utc::now()))?,
            None => Utc::now().into(),
        };
        let analyst = global.analyst.clone().or_else(|| config.analyst.clone()).unwrap_or_else(system_user);
        let is_name = !analyst.trim().is_empty() && !analyst.contains(char::is_control);
        if !is_name || analyst.chars().count() > LONGEST_NAME {
            return Err(Error::Usage(format!(
                "the analyst's name: found {}, expected 1 to {LONGEST_NAME} characters on one line",
                quoted(&analyst)
            )));
        }
        Ok(Self { global, config, analyst, now, command, started: Instant::now() })
    }

    /// The case file's path.
    pub fn case_path(&self) -> PathBuf {
        let named = self.global.case.clone().or_else(|| self.config.case.clone());
        named.unwrap_or_else(|| PathBuf::from(DEFAULT_CASE))
    }

    /// Opens the case, which must be there.
    pub fn open_case(&self) -> Result<Case> {
        self.open(Access::Write)
    }

    /// Opens the case where there is one.
    pub fn case_if_there(&self) -> Result<Option<Case>> {
        let has_case = std::fs::metadata(self.case_path()).is_ok_and(|metadata| metadata.len() > 0);
        has_case.then(|| self.open_case()).transpose()
    }

    /// Opens the case, or makes it, which is said.
    pub fn open_or_create_case(&self) -> Result<Case> {
        let path = self.case_path();
        let is_there = path.exists();
        let case = self.open(Access::Create)?;
        if !is_there {
            self.say(&format!("made {}", path.display()));
        }
        Ok(case)
    }

    /// Refuses a format for an answer that is lines of plain text.
    ///
    /// # Errors
    /// Another format was asked for.
    pub fn expect_lines(&self, what: &str) -> Result<()> {
        match self.format() {
            Format::Table => Ok(()),
            _ => Err(Error::Usage(format!("{what} gives plain lines; leave --format and --json away"))),
        }
    }

    /// The error with what this command knows of it: who holds a case that is locked.
    pub fn explain(&self, error: Error) -> Error {
        match error {
            Error::Database { locked: true, .. } => locked(&self.case_path()),
            Error::Database { source, .. } if source.to_string() == READ_ONLY => {
                Error::Case { path: self.case_path(), problem: READ_ONLY.to_owned() }
            }
            error => error,
        }
    }

    /// Whoever has to wait for this command is told whose it is.
    fn open(&self, access: Access) -> Result<Case> {
        let mut case = Case::open(&self.case_path(), access)?;
        let since = self.now.to_seconds_text();
        case.sign(format!("{} (huntcase {}, since {since})", self.analyst, self.command));
        Ok(case)
    }

    /// The shipped rules and the analyst's own, for a case when there is one; a folder named twice counts once.
    pub fn load_rules(&self, case: Option<&Case>) -> Result<Catalogue> {
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut known = HashSet::new();
        for folder in self.global.rule_folders.iter().cloned().chain(self.config.rule_folders()) {
            if known.insert(whole_path(&folder)) {
                folders.push(folder);
            }
        }
        load_rules(&folders, case)
    }

    /// Where the answer goes, and how. The case is never overwritten.
    pub fn output(&self) -> Result<Output> {
        self.output_beside(&[])
    }

    /// The same for a command that reads `inputs`, which are not overwritten either.
    pub fn output_beside(&self, inputs: &[PathBuf]) -> Result<Output> {
        let case = self.case_path();
        let mut protected = Vec::new();
        for path in [whole_path(&case), case] {
            for ending in ["-wal", "-shm", "-journal", "-writer"] {
                let mut name = path.clone().into_os_string();
                name.push(ending);
                protected.push((name.into(), "a part of the case"));
            }
            protected.push((path, "the case"));
        }
        let files = inputs.iter().filter(|path| *path != Path::new(STANDARD_INPUT));
        protected.extend(files.map(|path| (path.clone(), "one of the files to take in")));
        Output::open(self.global.output.as_deref(), self.global.force, &protected)
    }

    /// How the answer is laid out: it fits the terminal, when it goes to one.
    pub fn layout(&self) -> Layout {
        let to_terminal = self.global.output.as_deref().is_none_or(|path| path == Path::new("-"))
            && std::io::stdout().is_terminal();
        let width = to_terminal.then(terminal_width);
        Layout { format: self.format().into(), width, formula_guard: !self.global.no_formula_guard }
    }

    /// How a table for whoever is asked on the terminal is laid out.
    pub fn layout_of_question(&self) -> Layout {
        Layout { format: Format::Table.into(), width: Some(terminal_width()), formula_guard: false }
    }

    /// How the answer is written.
    pub fn format(&self) -> Format {
        if self.global.json {
            return Format::Json;
        }
        self.global.format.and_then(AnyFormat::rows).unwrap_or(Format::Table)
    }

    /// Who changes something now, by which command, and why.
    pub fn author<'a>(&'a self, command: &'a str, why: &'a str) -> Author<'a> {
        Author { by: &self.analyst, at: self.now, command, why, dry_run: false }
    }

    /// Says something for people to standard error, unless they want quiet.
    pub fn say(&self, message: &str) {
        if !self.global.quiet {
            say(message);
        }
    }

    /// Says what a case cannot speak of.
    pub fn say_limits(&self, limits: &Limits) {
        for line in failures_in_words(limits).iter().chain(&limits_in_words(limits)) {
            self.say(line);
        }
    }

    /// The present of a command that goes on for long: the clock again, unless it is fixed.
    pub fn present(&self) -> Timestamp {
        if self.global.now.is_some() { self.now } else { Utc::now().into() }
    }

    /// Milliseconds since the command began; 0 where the clock is fixed.
    pub fn elapsed_ms(&self) -> i64 {
        match self.global.now {
            Some(_) => 0,
            None => i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX),
        }
    }
}

/// Reads a time that an option gives: `now`, a date, or an ISO time, in UTC unless it names a zone.
pub fn parse_time(option: &str, text: &str, now: Timestamp) -> Result<Timestamp> {
    if text == "now" {
        return Ok(now);
    }
    Timestamp::parse_typed(text)
        .ok_or_else(|| expected(option, text, "now, a date such as 2026-05-03, or 2026-05-03T06:40:00Z"))
}

/// Reads a time in the past that an option gives: a span before now such as `7d`, or what [`parse_time`] reads.
pub fn parse_past(option: &str, text: &str, now: Timestamp) -> Result<Timestamp> {
    if let Some(span) = Span::parse(text) {
        return Ok(now.minus(span));
    }
    let time = parse_time(option, text, now).map_err(|_| {
        expected(option, text, "a span such as 7d, a date such as 2026-05-03, or 2026-05-03T06:40:00Z")
    })?;
    match time <= now {
        true => Ok(time),
        false => Err(Error::Usage(format!("{option}: {} is in the future", quoted(text)))),
    }
}

/// Reads a time in the future that an option gives: a span from now such as `30d`, or a time; None for `never`.
pub fn parse_future(option: &str, text: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    if text == "never" {
        return Ok(None);
    }
    let time = match Span::parse(text) {
        Some(span) => now.plus(span),
        None => Timestamp::parse_typed(text).ok_or_else(|| {
            expected(option, text, "a span such as 30d, a date such as 2026-05-03, or never")
        })?,
    };
    match time > now {
        true => Ok(Some(time)),
        false => Err(expected(option, text, "a time in the future, a span such as 30d, or never")),
    }
}

fn expected(option: &str, found: &str, expected: &str) -> Error {
    Error::Usage(format!("{option}: found {}, expected {expected}", quoted(found)))
}

/// An environment variable; an empty one is none.
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Error::Usage(format!("{name}: its value is not valid UTF-8, expected text")))
        }
    }
}

/// How many columns the terminal has. One that does not say is one all the same.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
}

fn system_user() -> String {
    whoami::username().unwrap_or_else(|_| "unknown".to_owned())
}
