//! The forms in which exports arrive: the same rows as portals, spreadsheets and scripts write them.
//!
//! A form keeps times at some precision. Rows are cut to it first, so that what is read back is what was written.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use huntcase::event::{DateOrder, Reading, Timestamp};
use serde_json::{Map, Value, json};

use super::Dice;
use super::exports::{COLUMNS, Row, generate, to_ndjson};

/// Columns that hold times.
const TIMES: [&str; 3] = ["Timestamp", "ProcessCreationTime", "InitiatingProcessCreationTime"];
/// Columns that hold whole numbers.
const NUMBERS: [&str; 5] = ["FileSize", "ProcessId", "LogonId", "InitiatingProcessId", "ReportId"];
/// The column that holds truths.
const TRUTH: &str = "IsProcessRemoteSession";
/// The column of the analyst's own, whose name nobody publishes.
const OWN: &str = "Site";
/// Ticks of 100 ns in a second.
const SECOND: i64 = 10_000_000;

/// How much of a time a form keeps; the finest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Ticks,
    Milliseconds,
    Seconds,
    Minutes,
}

impl Precision {
    const fn ticks(self) -> i64 {
        match self {
            Self::Ticks => 1,
            Self::Milliseconds => SECOND / 1000,
            Self::Seconds => SECOND,
            Self::Minutes => 60 * SECOND,
        }
    }

    /// Rows of which every time is cut to it.
    pub fn cut(self, rows: &[Row]) -> Vec<Row> {
        let cut = |time: Timestamp| {
            Timestamp::from_ticks(time.ticks() - time.ticks().rem_euclid(self.ticks())).to_string()
        };
        each_time(rows, cut)
    }
}

/// The same rows without a column.
pub fn without(rows: &[Row], column: &str) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.iter_mut().for_each(|row| _ = row.remove(column));
    rows
}

/// Rows for forms: those of [`generate`], with truths that are false among them.
pub fn events(seed: u64, count: usize) -> Vec<Row> {
    let (mut rows, mut dice) = (generate(seed, count), Dice(seed));
    for row in &mut rows {
        if dice.hits(4) {
            row.insert(TRUTH, "false".to_owned());
        }
    }
    rows
}

/// A form in which exports arrive.
#[derive(Clone, Copy)]
pub struct Form {
    pub name: &'static str,
    /// How much it keeps of times.
    pub precision: Precision,
    /// The zone that its times are in without naming it; None where they name theirs, or are in UTC.
    zone: Option<Tz>,
    /// What comes first in its dates, where they need it to be said.
    order: Option<DateOrder>,
    time: fn(DateTime<Tz>) -> String,
    value: fn(&str, &str) -> String,
    file: fn(&[Row]) -> String,
}

impl Form {
    /// How it is read back.
    pub fn reading(&self) -> Reading {
        Reading::new(self.zone.map(|zone| zone.name().parse().unwrap()), self.order)
    }

    /// An export of rows, whose times are no finer than the form's.
    pub fn write(&self, rows: &[Row]) -> String {
        let mut spelled = each_time(rows, |time| {
            let (seconds, ticks) = (time.ticks().div_euclid(SECOND), time.ticks().rem_euclid(SECOND));
            let time = DateTime::<Utc>::from_timestamp(seconds, ticks as u32 * 100).unwrap();
            (self.time)(time.with_timezone(&self.zone.unwrap_or(Tz::UTC)))
        });
        for (column, text) in spelled.iter_mut().flatten() {
            if !TIMES.contains(column) {
                *text = (self.value)(column, text);
            }
        }
        (self.file)(&spelled)
    }
}

fn each_time(rows: &[Row], spell: impl Fn(Timestamp) -> String) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for (_, text) in rows.iter_mut().flatten().filter(|(column, _)| TIMES.contains(column)) {
        *text = spell(Timestamp::parse(text).unwrap().0);
    }
    rows
}

/// CSV as the API's clients write it.
const PLAIN: Form = Form {
    name: "plain",
    precision: Precision::Ticks,
    zone: None,
    order: None,
    time: |time| format!("{}{}Z", time.format("%Y-%m-%dT%H:%M:%S"), fraction(time, '.')),
    value: |_, text| text.to_owned(),
    file: |rows| Sheet::PLAIN.write(rows),
};

/// The same times in JSON.
const JSON: Form = Form { name: "lines of JSON", file: to_lines, ..PLAIN };

/// Every form.
pub fn forms() -> Vec<Form> {
    [sheets(), local_times(), headings(), cells(), json_forms()].concat()
}

/// Forms that differ in what stands around the cells.
fn sheets() -> Vec<Form> {
    vec![
        PLAIN,
        Form { name: "BOM, CR LF", file: |rows| format!("\u{feff}{}", Sheet::WINDOWS.write(rows)), ..PLAIN },
        Form { name: "tabs", file: |rows| Sheet { separator: "\t", ..Sheet::PLAIN }.write(rows), ..PLAIN },
        Form { name: "bars", file: |rows| Sheet { separator: "|", ..Sheet::PLAIN }.write(rows), ..PLAIN },
        Form {
            name: "sep=;",
            file: |rows| format!("sep=;\r\n{}", Sheet { separator: ";", ..Sheet::WINDOWS }.write(rows)),
            ..PLAIN
        },
        Form {
            name: "Export-Csv with a semicolon",
            file: |rows| Sheet { separator: ";", is_quoted: true, ..Sheet::WINDOWS }.write(rows),
            ..PLAIN
        },
        Form {
            name: "Export-Csv of Windows PowerShell",
            file: |rows| {
                let sheet = Sheet { is_quoted: true, ..Sheet::WINDOWS }.write(rows);
                format!("#TYPE System.Management.Automation.PSCustomObject\r\n{sheet}")
            },
            ..PLAIN
        },
        Form {
            name: "blanks behind commas",
            file: |rows| Sheet { separator: ", ", ..Sheet::PLAIN }.write(rows),
            ..PLAIN
        },
        Form {
            name: "blanks behind commas, all quoted",
            file: |rows| Sheet { separator: ", ", is_quoted: true, ..Sheet::PLAIN }.write(rows),
            ..PLAIN
        },
        Form { name: "put together with cat", file: put_together, ..PLAIN },
    ]
}

/// Forms whose times name no zone, or do so in a way of their own.
fn local_times() -> Vec<Form> {
    let portal = Form { name: "portal, en-US", precision: Precision::Milliseconds, ..PLAIN };
    let figures = |order| Form { order: Some(order), ..portal };
    vec![
        Form { time: |time| show(time, "%b %-d, %Y %-I:%M:%S%.3f %p"), ..portal },
        Form {
            name: "portal, en-US, narrow blank before PM",
            time: |time| show(time, "%b %-d, %Y, %-I:%M:%S%.3f\u{202f}%p"),
            ..portal
        },
        Form {
            name: "portal, whole seconds",
            precision: Precision::Seconds,
            time: |time| show(time, "%b %-d, %Y %-I:%M:%S %p"),
            ..portal
        },
        Form {
            name: "portal, 24 hours",
            zone: Some(Tz::America__New_York),
            time: |time| show(time, "%b %-d, %Y %H:%M:%S%.3f"),
            ..portal
        },
        Form {
            name: "portal, day first, in Tokyo",
            zone: Some(Tz::Asia__Tokyo),
            time: |time| show(time, "%d/%m/%Y, %-I:%M:%S%.3f %P"),
            ..figures(DateOrder::DayFirst)
        },
        Form {
            name: "portal, month first, zeros before figures",
            time: |time| show(time, "%m/%d/%Y %I:%M:%S%.3f %p"),
            ..figures(DateOrder::MonthFirst)
        },
        Form {
            name: "portal, month first, no zeros",
            time: |time| show(time, "%-m/%-d/%Y, %-I:%M:%S%.3f %p"),
            ..figures(DateOrder::MonthFirst)
        },
        Form {
            name: "German Excel",
            zone: Some(Tz::Europe__Berlin),
            time: |time| format!("{},{}", time.format("%d.%m.%Y %H:%M:%S"), time.format("%3f")),
            file: |rows| format!("\u{feff}{}", Sheet { separator: ";", ..Sheet::WINDOWS }.write(rows)),
            ..portal
        },
        Form {
            name: "ISO 8601, a blank for T",
            time: |time| format!("{}{}", time.format("%Y-%m-%d %H:%M:%S"), fraction(time, '.')),
            ..PLAIN
        },
        Form {
            name: "ISO 8601, a comma before the fraction",
            time: |time| format!("{}{}", time.format("%Y-%m-%dT%H:%M:%S"), fraction(time, ',')),
            ..PLAIN
        },
        Form {
            name: "ISO 8601, no seconds",
            precision: Precision::Minutes,
            zone: Some(Tz::Europe__Berlin),
            time: |time| show(time, "%Y-%m-%d %H:%M"),
            ..PLAIN
        },
        Form {
            name: "ISO 8601, an offset",
            time: |time| {
                let there = time.with_timezone(&Tz::Asia__Kolkata);
                format!("{}{}+05:30", there.format("%Y-%m-%dT%H:%M:%S"), fraction(there, '.'))
            },
            ..PLAIN
        },
    ]
}

/// Forms that differ in their headings.
fn headings() -> Vec<Form> {
    let sentinel = Form {
        name: "Sentinel, [UTC]",
        precision: Precision::Milliseconds,
        order: Some(DateOrder::MonthFirst),
        time: |time| show(time, "%-m/%-d/%Y, %-I:%M:%S%.3f %p"),
        file: |rows| Sheet { heading: |column| with_zone(column, "UTC"), ..Sheet::WINDOWS }.write(rows),
        ..PLAIN
    };
    vec![
        // What was asked for does not matter where the heading says it.
        Form { ..sentinel },
        Form {
            name: "Sentinel, [Local Time]",
            zone: Some(Tz::Europe__Berlin),
            file: |rows| {
                Sheet { heading: |column| with_zone(column, "Local Time"), ..Sheet::WINDOWS }.write(rows)
            },
            ..sentinel
        },
        Form {
            name: "small letters",
            file: |rows| {
                Sheet { heading: |column| in_case(column, str::to_lowercase), ..Sheet::PLAIN }.write(rows)
            },
            ..PLAIN
        },
        Form {
            name: "capitals",
            file: |rows| {
                Sheet { heading: |column| in_case(column, str::to_uppercase), ..Sheet::PLAIN }.write(rows)
            },
            ..PLAIN
        },
        Form {
            name: "names of 2019",
            file: |rows| Sheet { heading: of_2019, ..Sheet::PLAIN }.write(rows),
            ..PLAIN
        },
    ]
}

/// Forms that differ in their cells.
fn cells() -> Vec<Form> {
    let pandas = Form {
        name: "pandas",
        time: |time| show(time, "%Y-%m-%d %H:%M:%S%.9f+00:00"),
        value: |column, text| match (column, text) {
            (TRUTH, "true") => "1.0".to_owned(),
            (TRUTH, _) => "0.0".to_owned(),
            _ if NUMBERS.contains(&column) || column == "ProcessUniqueId" => format!("{text}.0"),
            _ => text.to_owned(),
        },
        file: |rows| Sheet { has_index: true, ..Sheet::PLAIN }.write(rows),
        ..PLAIN
    };
    vec![
        pandas,
        Form {
            name: "pandas, objects",
            value: |column, text| match (column, text) {
                (TRUTH, "true") => "True".to_owned(),
                (TRUTH, _) => "False".to_owned(),
                _ => text.to_owned(),
            },
            ..pandas
        },
        Form { name: "Kibana, -", file: |rows| Sheet { empty: "-", ..Sheet::PLAIN }.write(rows), ..PLAIN },
        Form {
            name: "Kibana, (null)",
            file: |rows| Sheet { empty: "(null)", ..Sheet::PLAIN }.write(rows),
            ..PLAIN
        },
        Form { name: "commas between thousands", value: |column, text| grouped(column, text, ","), ..PLAIN },
        Form {
            name: "narrow blanks between thousands",
            value: |column, text| grouped(column, text, "\u{202f}"),
            ..PLAIN
        },
    ]
}

/// Forms in JSON.
fn json_forms() -> Vec<Form> {
    let powershell = Form {
        name: "ConvertTo-Json of Windows PowerShell",
        precision: Precision::Milliseconds,
        time: |time| format!("/Date({})/", time.timestamp_millis()),
        // It writes no slash behind a backslash, but other programs of its kind do.
        file: |rows| to_array(rows, |_, text| text).replace("/Date(", "\\/Date(").replace(")/", ")\\/"),
        ..JSON
    };
    vec![
        JSON,
        Form { name: "streaming API", file: |rows| to_ndjson(rows), ..JSON },
        Form { name: "Graph API", file: |rows| to_message(rows, "schema", "results"), ..JSON },
        Form { name: "older API", file: |rows| to_message(rows, "Schema", "Results"), ..JSON },
        Form { name: "value in capitals", file: |rows| to_message(rows, "context", "VALUE"), ..JSON },
        Form { name: "Log Analytics", file: to_log_analytics, ..JSON },
        Form { name: "Kusto, version 1", file: to_kusto_1, ..JSON },
        Form { name: "Kusto, version 2", file: |rows| to_kusto_2(&[to_table(rows)]), ..JSON },
        Form { name: "Kusto, version 2, progressive", file: to_progressive, ..JSON },
        Form { name: "Graph SDK", file: to_graph_sdk, ..JSON },
        Form { name: "az monitor", file: to_az, ..JSON },
        Form {
            name: "small letters in JSON",
            file: |rows| to_lines_with(rows, |column| in_case(column, str::to_lowercase)),
            ..JSON
        },
        Form {
            name: "a small letter first in JSON",
            file: |rows| {
                to_lines_with(rows, |column| in_case(column, |name| name[..1].to_lowercase() + &name[1..]))
            },
            ..JSON
        },
        powershell,
        Form {
            name: "Get-Date objects of Windows PowerShell",
            file: |rows| {
                to_array(rows, |column, text| match TIMES.contains(&column) {
                    true => json!({ "value": text, "DisplayHint": 2, "DateTime": "Monday" }),
                    false => text,
                })
            },
            ..powershell
        },
    ]
}

/// Forms whose ids and hashes are in capitals: the first spelling of each is the one that is shown.
pub fn in_capitals() -> [Form; 2] {
    let value = |column: &str, text: &str| match column {
        "DeviceId" | "SHA1" => text.to_uppercase(),
        _ => text.to_owned(),
    };
    [Form { name: "capitals in ids", value, ..PLAIN }, Form { name: "capitals in ids, JSON", value, ..JSON }]
}

fn show(time: DateTime<Tz>, pattern: &str) -> String {
    time.format(pattern).to_string()
}

/// The fraction of a second to 100 ns behind a mark, without zeros at its end; `""` for none.
fn fraction(time: DateTime<Tz>, mark: char) -> String {
    let digits = format!("{:07}", time.timestamp_subsec_nanos() / 100);
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() { String::new() } else { format!("{mark}{digits}") }
}

fn with_zone(column: &str, zone: &str) -> String {
    if TIMES.contains(&column) { format!("{column} [{zone}]") } else { column.to_owned() }
}

/// A published name in other letters. `LogonId` keeps its own: in others it is `LogonID`, another column's name.
fn in_case(column: &str, change: impl Fn(&str) -> String) -> String {
    if [OWN, "LogonId"].contains(&column) { column.to_owned() } else { change(column) }
}

fn of_2019(column: &str) -> String {
    let name = match column {
        "Timestamp" => "EventTime",
        "DeviceId" => "MachineId",
        "DeviceName" => "ComputerName",
        "InitiatingProcessParentFileName" => "InitiatingProcessParentName",
        other => other,
    };
    name.to_owned()
}

/// A size whose thousands are told apart: sizes have five digits here.
fn grouped(column: &str, text: &str, separator: &str) -> String {
    match column {
        "FileSize" => format!("{}{separator}{}", &text[..text.len() - 3], &text[text.len() - 3..]),
        _ => text.to_owned(),
    }
}

/// How cells stand in CSV.
struct Sheet {
    separator: &'static str,
    line_end: &'static str,
    /// Whether all cells are quoted; else those that need it.
    is_quoted: bool,
    /// What stands for nothing in published columns.
    empty: &'static str,
    /// Whether a column without a name comes first, with the row's number from 0.
    has_index: bool,
    heading: fn(&str) -> String,
}

impl Sheet {
    const PLAIN: Self = Self {
        separator: ",",
        line_end: "\n",
        is_quoted: false,
        empty: "",
        has_index: false,
        heading: str::to_owned,
    };
    const WINDOWS: Self = Self { line_end: "\r\n", ..Self::PLAIN };

    fn write(&self, rows: &[Row]) -> String {
        self.write_columns(rows, &COLUMNS)
    }

    fn write_columns(&self, rows: &[Row], columns: &[&str]) -> String {
        let mut text = String::new();
        self.push_line(&mut text, String::new(), columns.iter().map(|column| (self.heading)(column)));
        for (number, row) in rows.iter().enumerate() {
            let cell = |column: &&str| {
                let empty = self.empty;
                row.get(column).map_or(empty, String::as_str).to_owned()
            };
            self.push_line(&mut text, number.to_string(), columns.iter().map(cell));
        }
        text
    }

    fn push_line(&self, text: &mut String, index: String, cells: impl Iterator<Item = String>) {
        let index = self.has_index.then_some(index);
        let cells: Vec<String> = index.into_iter().chain(cells).map(|cell| self.quote(&cell)).collect();
        *text += &cells.join(self.separator);
        *text += self.line_end;
    }

    fn quote(&self, cell: &str) -> String {
        let separator = self.separator.trim_end_matches(' ');
        match self.is_quoted || cell.contains(['"', '\n', '\r']) || cell.contains(separator) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.to_owned(),
        }
    }
}

/// Two exports in one file, the second with its columns in another order and a byte order mark.
fn put_together(rows: &[Row]) -> String {
    let (first, second) = rows.split_at(rows.len() / 2);
    let mut columns = COLUMNS;
    columns.reverse();
    let second = Sheet::WINDOWS.write_columns(second, &columns);
    format!("{}\u{feff}{second}", Sheet::WINDOWS.write(first))
}

fn to_lines(rows: &[Row]) -> String {
    to_lines_with(rows, str::to_owned)
}

fn to_lines_with(rows: &[Row], key: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for row in rows {
        writeln!(text, "{}", Value::Object(to_object(row, &key, |_, value| value))).unwrap();
    }
    text
}

fn to_array(rows: &[Row], value: impl Fn(&str, Value) -> Value) -> String {
    let rows = rows.iter().map(|row| Value::Object(to_object(row, str::to_owned, &value)));
    serde_json::to_string_pretty(&rows.collect::<Vec<Value>>()).unwrap()
}

/// An answer of an API: what the columns are, then the rows.
fn to_message(rows: &[Row], schema: &str, results: &str) -> String {
    let columns = COLUMNS.map(|column| json!({ "name": column, "type": "String" }));
    let rows: Vec<Value> =
        rows.iter().map(|row| Value::Object(to_object(row, str::to_owned, |_, value| value))).collect();
    // The schema comes first, whatever the order of keys in a map.
    format!("{{\"{schema}\":{},\"{results}\":{}}}", json!(columns), json!(rows))
}

/// The cells of each row, in the order of the columns.
fn to_cells(rows: &[Row]) -> Value {
    let cells = |row: &Row| {
        let object = to_object(row, str::to_owned, |_, value| value);
        COLUMNS.map(|column| object[column].clone()).to_vec()
    };
    rows.iter().map(cells).collect()
}

/// A table that is an object: with its columns before its rows, whatever the order of keys in a map.
fn table(members: &str, key: &str, columns: &[&str], rows: (&str, &Value)) -> String {
    let columns: Value = columns.iter().map(|column| json!({ (key): column, "type": "string" })).collect();
    let (key, rows) = rows;
    let columns_key = if key == "rows" { "columns" } else { "Columns" };
    format!("{{{members},\"{columns_key}\":{columns},\"{key}\":{rows}}}")
}

fn to_log_analytics(rows: &[Row]) -> String {
    let result = table("\"name\":\"PrimaryResult\"", "name", &COLUMNS, ("rows", &to_cells(rows)));
    format!("{{\"tables\":[{result}]}}")
}

/// An answer with the tables that say how the query went.
fn to_kusto_1(rows: &[Row]) -> String {
    let of = |columns: &[&str], cells: Value| {
        table("\"TableName\":\"Table_0\"", "ColumnName", columns, ("Rows", &cells))
    };
    let status = ["Timestamp", "Severity", "SeverityName", "StatusCode", "StatusDescription"];
    let tables = [
        of(&COLUMNS, to_cells(rows)),
        of(&["Value"], json!([["{}"]])),
        of(&status, json!([["2026-05-03T00:00:00Z", 4, "Info", 0, "Query completed successfully"]])),
        of(
            &["Ordinal", "Kind", "Name", "Id", "PrettyName"],
            json!([[0, "QueryResult", "PrimaryResult", "", ""]]),
        ),
    ];
    format!("{{\"Tables\":[{}]}}", tables.join(","))
}

fn to_table(rows: &[Row]) -> String {
    let members = r#""FrameType":"DataTable","TableId":1,"TableKind":"PrimaryResult""#;
    table(members, "ColumnName", &COLUMNS, ("Rows", &to_cells(rows)))
}

/// An answer in frames, of which these hold the rows.
fn to_kusto_2(frames: &[String]) -> String {
    let header = r#"{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0"}"#;
    let members = r#""FrameType":"DataTable","TableId":0,"TableKind":"QueryProperties""#;
    let properties = json!([[1, "Visualization", "{}"]]);
    let properties = table(members, "ColumnName", &["TableId", "Key", "Value"], ("Rows", &properties));
    let end = r#"{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}"#;
    format!("[{header},\n{properties},\n{},\n{end}]", frames.join(",\n"))
}

/// The same with rows that come in two parts, behind what their columns are.
fn to_progressive(rows: &[Row]) -> String {
    let head = r#"{"FrameType":"TableHeader","TableId":1,"TableKind":"PrimaryResult","Columns":"#;
    let columns: Value = COLUMNS.iter().map(|column| json!({ "ColumnName": column })).collect();
    let fragment = |rows: &[Row]| {
        let kind = r#""FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1"#;
        format!("{{{kind},\"Rows\":{}}}", to_cells(rows))
    };
    let (first, second) = rows.split_at(rows.len() / 2);
    let progress = r#"{"FrameType":"TableProgress","TableId":1,"TableProgress":50.0}"#;
    let end = format!(r#"{{"FrameType":"TableCompletion","TableId":1,"RowCount":{}}}"#, rows.len());
    to_kusto_2(&[format!("{head}{columns}}}"), fragment(first), progress.to_owned(), fragment(second), end])
}

fn to_graph_sdk(rows: &[Row]) -> String {
    let row = |row| json!({ "AdditionalProperties": to_object(row, str::to_owned, |_, value| value) });
    let rows: Vec<Value> = rows.iter().map(row).collect();
    format!(r#"{{"AdditionalProperties":{{"@odata.context":"x"}},"Results":{},"Schema":[]}}"#, json!(rows))
}

/// All values are texts, as Python writes them.
fn to_az(rows: &[Row]) -> String {
    let text = |value: Value| match value {
        Value::Null => Value::from("None"),
        Value::Bool(truth) => Value::from(if truth { "True" } else { "False" }),
        Value::Number(number) => Value::from(number.to_string()),
        value => value,
    };
    let row = |row| {
        let object = to_object(row, str::to_owned, |_, value| value);
        let mut object: Map<String, Value> =
            object.into_iter().map(|(key, value)| (key, text(value))).collect();
        object.insert("TableName".to_owned(), Value::from("PrimaryResult"));
        Value::Object(object)
    };
    serde_json::to_string_pretty(&rows.iter().map(row).collect::<Vec<Value>>()).unwrap()
}

/// A row with numbers and truths as JSON has them, and every second empty cell as null, the others as `""`.
fn to_object(
    row: &Row,
    key: impl Fn(&str) -> String,
    value: impl Fn(&str, Value) -> Value,
) -> Map<String, Value> {
    let cell = |(number, column): (usize, &&'static str)| match row.get(column) {
        None if number % 2 == 0 => Value::Null,
        None => Value::from(""),
        Some(text) if NUMBERS.contains(column) => Value::from(text.parse::<i64>().unwrap()),
        Some(text) if *column == TRUTH => Value::from(text == "true"),
        Some(text) => value(column, Value::from(text.as_str())),
    };
    COLUMNS.iter().enumerate().map(|(number, column)| (key(column), cell((number, column)))).collect()
}
