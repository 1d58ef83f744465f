//! An export as a file gives it: its kind, whether it is ours at all, and its rows.

use std::collections::{BTreeMap, VecDeque};

use serde::de::IgnoredAny;

use super::refusal::{Accepted, Refusal};
use super::survey::{Survey, Told, survey};
use super::tables::{Owner, can_be_ours, owner_of};
use super::{CsvRows, Input, JsonRows, Notice, Origin, ReadRows, Row};
use crate::error::{Result, WayOut};
use crate::event::{Column, ColumnSet, Expected, Fault, Kind, Reading, Sample, Timestamp};

/// How many bytes of rejected rows are held before the first event, until the file is refused.
const HELD_BEFORE_REFUSAL: usize = 32 << 20;
/// What holding a rejected row takes besides its bytes.
const REJECT_OVERHEAD: usize = 64;
/// How many other tables are counted by their names.
const MOST_TABLES: usize = 100;
const EXPECTED: &str = "expected DeviceProcessEvents columns: Timestamp, DeviceId or DeviceName, and ProcessCommandLine, \
                        ProcessId or another of the created process, or ActionType";

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
        };
        export.find_first_event().map_err(|refusal| refusal.of(name))?;
        export.origin.forget();
        Ok(export)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `csv` or `json`.
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
    /// The file cannot be read.
    pub fn finish(&mut self) -> Result<(u64, String)> {
        self.rows.input().finish().map_err(|cause| Refusal::from(cause).of(&self.name))
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
                First::Rejected(EarlyReject { line, reason, raw: raw.to_vec(), way_out: WayOut::Again })
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

/// Keys that hold rows in ways that are not read.
const WRAPPERS: [&str; 4] = ["tables", "Tables", "value", "AdditionalProperties"];

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

pub(super) fn open_input(origin: &mut Origin) -> Accepted<Input> {
    let mut input = Input::new(origin.open()?);
    input.more()?;
    Ok(input)
}

pub(super) fn open_rows(mut input: Input) -> Accepted<(Box<dyn ReadRows>, &'static str)> {
    if input.window().starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.window();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if is_bare_utf16(start) {
        return Err(not_text("UTF-16 text", WayOut::Utf8));
    }
    match first {
        None => return Err(Refusal::new(format!("the file is empty; {EXPECTED}"), WayOut::Columns)),
        Some(b'{' | b'[') => return Ok((Box::new(JsonRows::new(input)), "json")),
        Some(b'"') if are_texts(start) => {
            let problem =
                "its lines are texts that hold JSON, in quotes of their own; expected the JSON itself";
            return Err(Refusal::new(problem, WayOut::Texts));
        }
        Some(_) => {}
    }
    if let Some((kind, way_out)) = known_binary(start) {
        return Err(not_text(kind, way_out));
    }
    let rows = CsvRows::new(input)?;
    check_headings(&rows)?;
    Ok((Box::new(rows), "csv"))
}

/// Whether the text begins with a JSON text that holds an object.
fn are_texts(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    [&b"\"{\\\""[..], b"\"[{\\\"", b"\"{ \\\""].iter().any(|beginning| start.starts_with(beginning))
}

fn known_binary(start: &[u8]) -> Option<(&'static str, WayOut)> {
    Some(match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("UTF-16 text", WayOut::Utf8),
        [0x1f, 0x8b, ..] => ("a gzip file", WayOut::Gunzip),
        [b'P', b'K', 3, 4, ..] => ("a zip or Excel file", WayOut::Unzip),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => ("a Windows event log (EVTX)", WayOut::OtherSource),
        _ if start.iter().take(4096).filter(|byte| **byte == 0).count() > 16 => {
            ("a binary file", WayOut::Columns)
        }
        _ if !is_text_line(start) => ("a binary file", WayOut::Columns),
        _ => return None,
    })
}

fn not_text(kind: &str, way_out: WayOut) -> Refusal {
    Refusal::new(format!("this is {kind}; expected CSV or JSON text in UTF-8"), way_out)
}

/// Whether the text looks like UTF-16 without a byte order mark: every other byte is 0.
fn is_bare_utf16(start: &[u8]) -> bool {
    let (pairs, _) = start[..start.len().min(64)].as_chunks::<2>();
    let is = |zero: usize| pairs.iter().all(|pair| pair[zero] == 0 && pair[1 - zero] != 0);
    pairs.len() > 1 && (is(0) || is(1))
}

/// Whether the first line is UTF-8 without control characters. Carriage returns are judged with the headings.
fn is_text_line(start: &[u8]) -> bool {
    let end = memchr::memchr(b'\n', start).unwrap_or(start.len());
    let line = match std::str::from_utf8(&start[..end]) {
        Ok(line) => line,
        // The window ends inside a character.
        Err(error) if error.error_len().is_none() && end == start.len() => return true,
        Err(_) => return false,
    };
    !line.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r'))
}

fn check_headings(rows: &CsvRows) -> Accepted<()> {
    let headings = rows.headings();
    if headings.iter().any(|heading| heading.contains(['\r', '\n'])) {
        return Err(Refusal::new("its lines end in CR alone; expected LF or CR LF", WayOut::LineEnds));
    }
    // Of another table for sure: its rows are counted and passed over.
    if !rows.table_of_headings().is_empty() {
        return Ok(());
    }
    let columns = rows.columns();
    let has = |any: &[Column]| any.iter().any(|column| columns.has(*column));
    let is_ours = has(&[Column::Timestamp, Column::TimeGenerated])
        && has(&[Column::DeviceId, Column::DeviceName])
        && (can_be_ours(columns) || rows.names_tables());
    if is_ours {
        return Ok(());
    }
    let found = describe_names("columns", headings);
    match other_source(headings) {
        Some(source) => Err(Refusal::new(format!("these are {source}: found {found}"), WayOut::OtherSource)),
        None => Err(Refusal::new(format!("found {found}; {EXPECTED}"), WayOut::Columns)),
    }
}

/// Events of another source than Defender, told by names that only they have.
fn other_source(names: &[String]) -> Option<&'static str> {
    let has = |name: &str| names.iter().any(|known| known.trim().eq_ignore_ascii_case(name));
    match () {
        () if has("NewProcessName") || has("NewProcessId") => Some("Security events (4688)"),
        () if has("UtcTime") || has("ProcessGuid") => Some("Sysmon events"),
        () if has("EventID") && has("Channel") => Some("Windows events"),
        () => None,
    }
}

fn describe_names(what: &str, names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| shorten(name)).collect();
    let more = names.len() - shown.len();
    match more {
        0 => format!("the {what} {}", shown.join(", ")),
        _ => format!("the {what} {} and {more} more", shown.join(", ")),
    }
}

fn shorten(heading: &str) -> String {
    let short: String = heading.chars().take(40).collect();
    let dots = if short.len() < heading.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{DateOrder, TimeZone};

    fn open(bytes: &[u8]) -> std::result::Result<Export, String> {
        Export::open("x", Origin::Text(bytes.into()), Reading::default()).map_err(|error| error.to_string())
    }

    fn problem_of(bytes: &[u8]) -> String {
        open(bytes).err().unwrap_or_else(|| "it was opened".to_owned())
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_with_what_was_found() {
        let no_device = b"Timestamp,FileName\n2026-05-03T00:00:00Z,a.exe\n";
        let network = b"Timestamp,DeviceId,RemoteIP,InitiatingProcessFileName\n";
        let table: [(&[u8], &str); 17] = [
            (b"", "x: the file is empty"),
            (b" \r\n\n", "x: the file is empty"),
            (b"\xff\xfeT\0i\0", "x: this is UTF-16 text"),
            (b"T\0i\0m\0e\0", "x: this is UTF-16 text"),
            (b"[\0{\0\"\0", "x: this is UTF-16 text"),
            (b"\x89PNG\r\n\x1a\n", "x: this is a binary file"),
            (b"GIF89a\x01\x02", "x: this is a binary file"),
            (
                b"Timestamp,DeviceId,ProcessCommandLine\r2026-05-03T00:00:00Z,d,a\r",
                "x: its lines end in CR alone",
            ),
            (b"\x1f\x8b\x08\0", "x: this is a gzip file"),
            (b"PK\x03\x04zip", "x: this is a zip or Excel file"),
            (b"ElfFile\0", "x: this is a Windows event log"),
            (&[7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "x: this is a binary file"),
            (b"dear diary", "x: found the columns \"dear diary\"; expected DeviceProcessEvents columns"),
            (no_device, "x: found the columns \"Timestamp\", \"FileName\"; expected"),
            (network, "\"InitiatingProcessFileName\"; expected"),
            (
                b"Timestamp,DeviceId,ProcessId,ProcessId\n",
                "x: the column ProcessId appears twice in the header",
            ),
            (
                b"{\"EventID\":1,\"Channel\":\"Sysmon\"}\n",
                "these are Windows events: found the keys \"EventID\", \"Channel\"",
            ),
        ];
        for (bytes, expected) in table {
            let problem = problem_of(bytes);
            assert!(problem.contains(expected), "{problem}");
            assert!(!problem.contains('\n'), "{problem}");
        }
    }

    #[test]
    fn a_file_whose_times_are_local_is_refused_with_column_and_text() {
        let text = b"\"Timestamp [Local Time]\",DeviceId,ProcessId\n\"10/25/2023, 9:43:21.990 AM\",d,4\n";
        assert_eq!(
            problem_of(text),
            "x: line 2, Timestamp: \"10/25/2023, 9:43:21.990 AM\" names no zone, and the heading says that it is in a \
             local one"
        );
        let reading = Reading::new(Some(TimeZone::UTC), None);
        assert!(Export::open("x", Origin::Text(text.as_slice().into()), reading).is_ok());
    }

    fn reading_of(text: &str) -> std::result::Result<Option<DateOrder>, String> {
        open(text.as_bytes()).map(|export| export.reading.order)
    }

    #[test]
    fn all_dates_of_a_file_tell_what_comes_first_in_each() {
        let file = |times: &[&str]| {
            let rows = times.iter().map(|time| format!("{time},d,4,\n"));
            format!("Timestamp,DeviceId,ProcessId,ProcessCreationTime\n{}", rows.collect::<String>())
        };
        let (day, month) = (Ok(Some(DateOrder::DayFirst)), Ok(Some(DateOrder::MonthFirst)));
        let ambiguous = "05/12/2024 18:41:25";
        assert_eq!(reading_of(&file(&[ambiguous, ambiguous, "13/05/2024 18:41"])), day);
        assert_eq!(reading_of(&file(&[ambiguous, "\"5/13/2024, 6:41:25.321 PM\""])), month);
        assert_eq!(reading_of(&file(&["05/05/2024 18:41"])), day);
        assert_eq!(reading_of(&file(&["2024-05-12T18:41:25Z"])), Ok(None));
        // Another column tells too, and so does a row that is of another table.
        let other_column = file(&[ambiguous]).replace("4,\n", "4,31/01/2024 18:41\n");
        assert_eq!(reading_of(&other_column), day);
        let undecided = reading_of(&file(&[ambiguous])).unwrap_err();
        assert_eq!(
            undecided,
            "x: line 2, Timestamp: \"05/12/2024 18:41:25\" may be 2024-12-05 or 2024-05-12, and no date of the file \
             tells which"
        );
        let contradiction = reading_of(&file(&["13/05/2024 18:41", "05/13/2024 18:41"])).unwrap_err();
        assert!(
            contradiction
                .contains("its dates contradict each other: line 2, Timestamp: \"13/05/2024 18:41\"")
        );
    }

    #[test]
    fn a_stream_whose_dates_have_to_tell_is_read_from_its_start_again() {
        let text = "Timestamp,DeviceId,ProcessId\nbad,d,1\n05/12/2024 18:41,d,2\n13/05/2024 18:41,d,3\n";
        let origin = || Origin::stream(Box::new(std::io::Cursor::new(text.as_bytes())));
        let mut export = Export::open("-", origin(), Reading::default()).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = export.next_row().unwrap() {
            match row {
                Row::Event { line, .. } | Row::Rejected { line, .. } => lines.push(line),
                Row::OtherTable(_) => {}
            }
        }
        assert_eq!(lines, [2, 3, 4]);
        assert_eq!(export.finish().unwrap().0, text.len() as u64);
    }

    #[test]
    fn a_file_of_another_table_is_ours_to_pass_over_where_that_is_named() {
        let named = "Timestamp,DeviceId,ActionType,FileName\n2026-05-03T00:00:00Z,d,FileCreated,a\n";
        let mut export = open(named.as_bytes()).unwrap();
        assert!(matches!(export.next_row().unwrap(), Some(Row::OtherTable("DeviceFileEvents"))));
        assert!(export.next_row().unwrap().is_none());
        assert_eq!(export.other_tables()["DeviceFileEvents"], 1);
        let unnamed = named.replace("FileCreated", "Unheard");
        assert!(
            problem_of(unnamed.as_bytes()).starts_with("x: its only row may be of another table: found ")
        );
        let telling = b"Timestamp,DeviceId,OSPlatform\n2026-05-03T00:00:00Z,d,Windows11\n";
        let mut export = open(telling).unwrap();
        assert!(matches!(export.next_row().unwrap(), Some(Row::OtherTable("DeviceInfo"))));
    }

    #[test]
    fn rows_rejected_before_the_first_event_are_handed_out_first() {
        let mut export =
            open(b"Timestamp,DeviceId,ProcessCommandLine\nbad,d,a\n2026-05-03T00:00:00Z,d,b\n").unwrap();
        let mut lines = Vec::new();
        while let Some(row) = export.next_row().unwrap() {
            lines.push(match row {
                Row::Event { line, fields, .. } => {
                    (line, fields.to_event().unwrap().created.command_line.to_owned())
                }
                Row::Rejected { line, .. } => (line, "rejected".to_owned()),
                Row::OtherTable(_) => (0, "other".to_owned()),
            });
        }
        assert_eq!(lines, [(2, "rejected".to_owned()), (3, "b".to_owned())]);
    }

    #[test]
    fn many_bad_rows_at_the_start_do_not_refuse_the_good_ones_behind() {
        let bad = "bad,d,a\n".repeat(3000);
        let text = format!("Timestamp,DeviceId,ProcessCommandLine\n{bad}2026-05-03T00:00:00Z,d,b\n");
        assert_eq!(open(text.as_bytes()).unwrap().early_rejects.len(), 3000);
        assert!(
            problem_of(format!("Timestamp,DeviceId,ProcessCommandLine\n{bad}").as_bytes())
                .starts_with("x: none of its 3000 rows is an event: line 2, ")
        );
        let long = format!("bad,d,{}\n", "a".repeat(1 << 20)).repeat(40);
        assert!(
            problem_of(format!("Timestamp,DeviceId,ProcessCommandLine\n{long}").as_bytes())
                .starts_with("x: none of its first 32 rows is an event: line 2, ")
        );
    }

    #[test]
    fn an_export_without_rows_is_ours() {
        for bytes in
            [&b"\xef\xbb\xbfTimestamp,DeviceId,ProcessCommandLine\r\n"[..], b"{\"records\":[]}", b"[]"]
        {
            let mut export = open(bytes).unwrap();
            assert!(export.next_row().unwrap().is_none());
        }
    }

    #[test]
    fn the_kind_comes_from_the_content() {
        assert_eq!(open(b"Timestamp,DeviceId,ProcessCommandLine\n").unwrap().format(), "csv");
        assert_eq!(open(b"\n [ ]").unwrap().format(), "json");
    }
}
