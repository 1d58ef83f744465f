//! An export as a file gives it: its kind, whether it is ours at all, and its rows.

use std::collections::{BTreeMap, VecDeque};

use serde::de::IgnoredAny;

use super::kind::{EXPECTED, describe_names, open_input, open_rows, other_source};
use super::refusal::{Accepted, Refusal};
use super::survey::{Survey, Told, survey};
use super::tables::{Owner, owner_of};
use super::{Encoding, Notice, Origin, ReadRows, Row};
use crate::error::{Result, WayOut};
use crate::event::{ColumnSet, Expected, Fault, Kind, Reading, Sample, Timestamp};

/// How many bytes of rejected rows are held before the first event, until the file is refused.
const HELD_BEFORE_REFUSAL: usize = 32 << 20;
/// What holding a rejected row takes besides its bytes.
const REJECT_OVERHEAD: usize = 64;
/// How many other tables are counted by their names.
const MOST_TABLES: usize = 100;

/// An export whose kind is known and whose first event has been seen.
pub struct Export {
    name: String,
    origin: Origin,
    rows: Box<dyn ReadRows>,
    format: &'static str,
    reading: Reading,
    /// The date that told what comes first in others.
    told: Option<Told>,
    /// Rows rejected before the first event, while it was found out whether the file is ours.
    early_rejects: VecDeque<EarlyReject>,
    early_reject: Option<EarlyReject>,
    /// Rows of other tables by the table's name.
    other_tables: BTreeMap<String, u64>,
    /// The encoding, where something in the file was no character of it: known at the end.
    replaced: Option<Encoding>,
}

struct EarlyReject {
    line: u64,
    reason: String,
    raw: Vec<u8>,
    /// What can be done where all rows are rejected for such a reason.
    way_out: WayOut,
}

/// What the next row is while the first event is looked for.
enum First {
    /// An event, or a row that another table's name stands by: the export is one that can be taken in.
    Found,
    /// A row of another table, which nothing names.
    Unnamed,
    Rejected(EarlyReject),
    /// Nothing can be read before something is settled.
    Unsettled(u64, Fault),
    End,
}

impl Export {
    /// Tells the kind of an export from its content and reads on to its first event. `name` is what it is called.
    ///
    /// # Errors
    /// The file cannot be read, or is not ours: then the error says what was found and what was expected.
    pub fn open(name: &str, mut origin: Origin, reading: Reading) -> Result<Self> {
        let opened = open_input(&mut origin).and_then(open_rows);
        let (rows, format) = opened.map_err(|refusal| refusal.of(name))?;
        let mut export = Self {
            name: name.to_owned(),
            origin,
            rows,
            format,
            reading,
            told: None,
            early_rejects: VecDeque::new(),
            early_reject: None,
            other_tables: BTreeMap::new(),
            replaced: None,
        };
        let found = export.find_first_event();
        // What the service said is the better reason, where there is no event.
        check_whole(&*export.rows, &export.reading).and(found).map_err(|refusal| refusal.of(name))?;
        export.origin.forget();
        Ok(export)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the archive's member that it is; `""` for a file that is an export itself.
    pub fn member(&self) -> &str {
        self.origin.member()
    }

    /// `csv`, `json` or `xlsx`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The next row, or None at the end. One of another table is counted hereby.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        self.early_reject = self.early_rejects.pop_front();
        if let Some(EarlyReject { line, reason, raw, .. }) = &self.early_reject {
            return Ok(Some(Row::Rejected { line: *line, reason: reason.clone(), raw }));
        }
        let row = self.rows.next_row().map_err(|cause| Refusal::from(cause).of(&self.name))?;
        Ok(row.map(|row| match judged(row) {
            Row::Event { line, fields, raw } => {
                Row::Event { line, fields: fields.read_as(&self.reading), raw }
            }
            Row::OtherTable(table) => {
                count_table(&mut self.other_tables, table);
                Row::OtherTable(table)
            }
            rejected => rejected,
        }))
    }

    /// Steps back, so that the row just handed out comes again.
    pub fn unread_row(&mut self) {
        self.rows.unread_row();
    }

    /// Settles what a row of the line needs that could not be read without it, from the rest of the file.
    ///
    /// # Errors
    /// It cannot be settled: the error says what an analyst has to say.
    pub fn settle(&mut self, line: u64, fault: &Fault) -> Result<()> {
        match self.try_to_settle(line, fault) {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal.of(&self.name)),
        }
    }

    /// Whether what stands on a line was recovered behind a row that broke inside a text.
    pub fn is_recovered(&self, line: u64) -> bool {
        self.recovered_after().is_some_and(|after| line > after)
    }

    /// The first line that broke inside a text.
    pub fn recovered_after(&self) -> Option<u64> {
        self.rows.remarks().recovered_after()
    }

    /// How many rows were of other tables, by the table's name; `""` where nothing names it.
    pub fn other_tables(&self) -> &BTreeMap<String, u64> {
        &self.other_tables
    }

    /// The published columns that each part of the file has: known at the end.
    pub fn columns(&self) -> ColumnSet {
        self.rows.remarks().columns()
    }

    /// The published columns that the file, or a part of it, does not have: known at the end.
    pub fn lacking(&self) -> Vec<String> {
        self.rows.remarks().lacking().map(|column| column.name().to_owned()).collect()
    }

    /// What a person should know of the file: known at the end.
    pub fn notices(&self) -> Vec<Notice> {
        let mut notices = self.rows.remarks().notices();
        notices.extend(self.told.as_ref().zip(self.reading.order).map(|(told, order)| {
            let Sample { column, value } = told.sample.clone();
            Notice::DatesDecided {
                order: order.name().to_owned(),
                line: told.line,
                column: column.name().to_owned(),
                value,
            }
        }));
        notices.extend(self.replaced.map(|encoding| Notice::Replaced { encoding: encoding.to_string() }));
        notices.extend(notices_of(&self.reading));
        notices
    }

    /// Bytes read so far.
    pub fn bytes_read(&mut self) -> u64 {
        self.rows.input().bytes_read()
    }

    /// The size in bytes and the SHA-256, in hexadecimal, of the whole file.
    ///
    /// # Errors
    /// The file cannot be read, or its service says that rows are missing, and such are not taken.
    pub fn finish(&mut self) -> Result<(u64, String)> {
        check_whole(&*self.rows, &self.reading).map_err(|refusal| refusal.of(&self.name))?;
        let input = self.rows.input();
        let identity = input.finish().map_err(|cause| Refusal::from(cause).of(&self.name))?;
        self.replaced = input.is_replaced().then(|| input.form().encoding);
        Ok(identity)
    }

    fn find_first_event(&mut self) -> Accepted<()> {
        let (mut held, mut unnamed) = (0, 0_u64);
        while held < HELD_BEFORE_REFUSAL {
            match self.look_at_next()? {
                First::Found => {
                    self.rows.unread_row();
                    return Ok(());
                }
                First::Unnamed => {
                    unnamed += 1;
                    count_table(&mut self.other_tables, "");
                }
                First::Rejected(reject) => {
                    held += reject.raw.len() + REJECT_OVERHEAD;
                    self.early_rejects.push_back(reject);
                }
                First::Unsettled(line, fault) => match self.try_to_settle(line, &fault)? {
                    // Nothing was done yet with what came before.
                    Settled::FromTheStart => {
                        (held, unnamed) = (0, 0);
                        self.early_rejects.clear();
                        self.other_tables.clear();
                    }
                    Settled::Here => self.rows.unread_row(),
                },
                First::End if self.early_rejects.is_empty() && unnamed == 0 => return Ok(()),
                First::End => return Err(self.refuse_all(unnamed)),
            }
        }
        let which = format!("none of its first {} rows is an event", self.early_rejects.len());
        Err(self.describe_rejects(&which))
    }

    fn look_at_next(&mut self) -> Accepted<First> {
        let Some(row) = self.rows.next_row()? else { return Ok(First::End) };
        Ok(match judged(row) {
            Row::OtherTable("") => First::Unnamed,
            Row::OtherTable(_) => First::Found,
            Row::Rejected { line, reason, raw } => {
                let is_text = std::str::from_utf8(raw).is_ok();
                let way_out = if is_text { WayOut::Again } else { WayOut::Encode };
                First::Rejected(EarlyReject { line, reason, raw: raw.to_vec(), way_out })
            }
            Row::Event { line, fields, raw } => match fields.read_as(&self.reading).to_event() {
                Ok(_) => First::Found,
                Err(fault) if fault.is_unsettled() => First::Unsettled(line, fault),
                Err(fault) => {
                    let is_time = fault.column.kind() == Kind::Datetime;
                    let way_out = if is_time { WayOut::Times } else { WayOut::Again };
                    let reason = fault.to_string();
                    First::Rejected(EarlyReject { line, reason, raw: raw.to_vec(), way_out })
                }
            },
        })
    }

    fn try_to_settle(&mut self, line: u64, fault: &Fault) -> Accepted<Settled> {
        let Expected::Order(..) = fault.expected else {
            let (column, value) = (fault.column.name(), &fault.value);
            let problem = format!(
                "line {line}, {column}: {value:?} names no zone, and the heading says that it is in a local one"
            );
            return Err(Refusal::new(problem, WayOut::Zone));
        };
        if !self.origin.can_open_again() {
            let problem = format!("line {line}, {fault}: standard input can be read but once");
            return Err(Refusal::new(problem, WayOut::Order));
        }
        if !self.origin.is_file() {
            self.rows.input().finish()?;
        }
        let (mut rows, _) = open_rows(open_input(&mut self.origin)?)?;
        let survey = survey(&mut *rows)?;
        let Some((order, told)) = survey.order() else { return Err(undecided(&survey)) };
        self.reading.order = Some(order);
        self.told = told.cloned();
        if self.origin.is_file() {
            return Ok(Settled::Here);
        }
        (self.rows, _) = open_rows(open_input(&mut self.origin)?)?;
        Ok(Settled::FromTheStart)
    }

    /// Why a file none of whose rows is an event is not ours.
    fn refuse_all(&self, unnamed: u64) -> Refusal {
        if !self.early_rejects.is_empty() {
            let which = match self.early_rejects.len() as u64 + unnamed {
                1 => "its only row is no event".to_owned(),
                count => format!("none of its {count} rows is an event"),
            };
            return self.describe_rejects(&which);
        }
        let mut names: Vec<String> =
            self.rows.columns().iter().map(|column| column.name().to_owned()).collect();
        names.extend(self.rows.other_columns());
        let found = describe_names(if self.format == "json" { "keys" } else { "columns" }, &names);
        if let Some(source) = other_source(&names) {
            return Refusal::new(format!("these are {source}: found {found}"), WayOut::OtherSource);
        }
        if WRAPPERS.iter().any(|wrapper| names.iter().any(|name| name == wrapper)) {
            return Refusal::new(
                format!("its rows stand inside of something else: found {found}"),
                WayOut::Unwrap,
            );
        }
        let rows =
            if unnamed == 1 { "its only row".to_owned() } else { format!("each of its {unnamed} rows") };
        let problem = format!(
            "{rows} may be of another table: found {found}, expected ActionType or what only DeviceProcessEvents has"
        );
        Refusal::new(problem, WayOut::Table)
    }

    fn describe_rejects(&self, which: &str) -> Refusal {
        let first = &self.early_rejects[0];
        let reason = format!("{which}: line {}, {}", first.line, first.reason);
        let Ok(row) = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&first.raw) else {
            return Refusal::new(reason, first.way_out);
        };
        let keys: Vec<String> = row.into_keys().collect();
        let found = describe_names("keys", &keys);
        match other_source(&keys) {
            Some(source) => Refusal::new(format!("these are {source}: found {found}"), WayOut::OtherSource),
            None => Refusal::new(format!("{reason}; found {found}; {EXPECTED}"), WayOut::Columns),
        }
    }
}

/// Keys that hold rows, where they stand in ways that are not read.
const WRAPPERS: [&str; 10] = [
    "tables",
    "Tables",
    "value",
    "rows",
    "Rows",
    "AdditionalProperties",
    "data",
    "hits",
    "result",
    "responses",
];

/// Refuses a file of which its service says that rows are missing, unless such are taken.
fn check_whole(rows: &dyn ReadRows, reading: &Reading) -> Accepted<()> {
    match rows.remarks().partial().filter(|_| !reading.partial) {
        None => Ok(()),
        Some(said) => Err(Refusal::new(
            format!("rows are missing in it, as its service said: {said}; expected a whole answer"),
            WayOut::Partial,
        )),
    }
}

/// From where rows come after something was settled.
enum Settled {
    Here,
    FromTheStart,
}

/// The row, or that it is of another table.
fn judged(row: Row<'_>) -> Row<'_> {
    match row {
        Row::Event { fields, .. } => match owner_of(fields.texts()) {
            Owner::Ours => row,
            Owner::Other(table) => Row::OtherTable(table),
        },
        row => row,
    }
}

fn count_table(tables: &mut BTreeMap<String, u64>, table: &str) {
    if let Some(count) = tables.get_mut(table) {
        *count += 1;
        return;
    }
    let table = if tables.len() < MOST_TABLES { table } else { "" };
    *tables.entry(table.to_owned()).or_default() += 1;
}

/// What was noticed of an export's values.
fn notices_of(reading: &Reading) -> Vec<Notice> {
    let noticed = reading.noticed();
    let zone = reading.zone.map(|zone| zone.to_string());
    let of = |sample: Option<Sample>, make: fn(String, String) -> Notice| {
        sample.map(|Sample { column, value }| make(column.name().to_owned(), value))
    };
    let mut notices = Vec::new();
    notices.extend(noticed.without_zone.map(|Sample { column, value }| {
        let column = column.name().to_owned();
        match zone {
            Some(zone) => Notice::ZoneApplied { zone, column, value },
            None => Notice::ZoneAssumed { column, value },
        }
    }));
    notices.extend(of(noticed.twice, |column, value| Notice::TimeTwice { column, value }));
    notices.extend(of(noticed.no_time, |column, value| Notice::NoTime { column, value }));
    notices.extend(of(noticed.rounded, |column, value| Notice::Rounded { column, value }));
    notices.extend(of(noticed.text_report_id, |_, value| Notice::TextReportId { value }));
    if !noticed.empty_words.is_empty() {
        notices.push(Notice::EmptyWords { words: noticed.empty_words.into_iter().collect() });
    }
    notices
}

/// Why an export whose dates contradict each other, or do not tell, is refused.
fn undecided(survey: &Survey) -> Refusal {
    let shown =
        |told: &Told| format!("line {}, {}: {:?}", told.line, told.sample.column.name(), told.sample.value);
    let day = |time: &Timestamp| time.to_seconds_text()[..10].to_owned();
    match (&survey.day_first, &survey.month_first, &survey.undecided) {
        (Some(day_first), Some(month_first), _) => Refusal::new(
            format!(
                "its dates contradict each other: {} has the day first, {} the month",
                shown(day_first),
                shown(month_first)
            ),
            WayOut::Times,
        ),
        (_, _, Some((told, day_first, month_first))) => Refusal::new(
            format!(
                "{} may be {} or {}, and no date of the file tells which",
                shown(told),
                day(day_first),
                day(month_first)
            ),
            WayOut::Order,
        ),
        _ => Refusal::new("its dates do not tell what comes first", WayOut::Order),
    }
}

#[cfg(test)]
mod tests;
