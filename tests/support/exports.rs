//! Exports made up from rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Dice;

/// One row: filled columns by name.
pub type Row = BTreeMap<&'static str, String>;

/// Columns of generated rows, in the order in which an export lists them.
pub const COLUMNS: [&str; 26] = [
    "Timestamp",
    "DeviceId",
    "DeviceName",
    "ActionType",
    "FileName",
    "FolderPath",
    "SHA1",
    "FileSize",
    "ProcessVersionInfoCompanyName",
    "ProcessId",
    "ProcessCommandLine",
    "ProcessIntegrityLevel",
    "ProcessCreationTime",
    "AccountName",
    "LogonId",
    "InitiatingProcessFileName",
    "InitiatingProcessId",
    "InitiatingProcessCommandLine",
    "InitiatingProcessCreationTime",
    "InitiatingProcessParentFileName",
    "ReportId",
    "AdditionalFields",
    "IsProcessRemoteSession",
    "ProcessUniqueId",
    "MachineGroup",
    "Site",
];

/// Columns whose values are numbers in JSON.
const NUMBERS: [&str; 5] = ["FileSize", "ProcessId", "LogonId", "InitiatingProcessId", "ReportId"];

/// A row with these columns.
pub fn row<const N: usize>(cells: [(&'static str, &str); N]) -> Row {
    cells.into_iter().map(|(column, text)| (column, text.to_owned())).collect()
}

/// `count` rows of several devices, each event once. A tenth of them is what the shipped rule looks for.
pub fn generate(seed: u64, count: usize) -> Vec<Row> {
    let mut dice = Dice(seed);
    (0..count).map(|number| generate_row(&mut dice, number)).collect()
}

fn generate_row(dice: &mut Dice, number: usize) -> Row {
    let device = dice.below(5);
    // Two rows may share an instant, and devices are renamed in the middle of the week.
    let (day, second) = (3 + dice.below(6), dice.below(86_400));
    let fraction = if dice.hits(4) { String::new() } else { format!(".{:07}", dice.below(10_000_000)) };
    let clock = |second: usize| format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let web = dice.hits(2);
    let initiating =
        if web { *dice.pick(&["w3wp.exe", "Tomcat9.exe", "java.exe", "httpd.exe"]) } else { "explorer.exe" };
    let words = [
        "whoami /all",
        "ping -n 1 10.0.0.1",
        "echo \"a, b\"",
        "dir\nc:\\",
        "timeout /t 5",
        "echo %TEMP%",
        "\u{e9}t\u{e9}",
    ];
    let command = match dice.hits(2) {
        true => format!("cmd.exe /c {}", dice.pick(&words)),
        false => format!("run.exe --job {number}"),
    };
    let optional = |dice: &mut Dice, text: String| if dice.hits(4) { String::new() } else { text };
    let cells = [
        ("Timestamp", format!("2026-05-{day:02}T{}{fraction}Z", clock(second))),
        ("DeviceId", format!("{:040x}", 0xabc_0000 + device)),
        ("DeviceName", format!("host{device}{}.fabrikam.example", if day > 5 { "-new" } else { "" })),
        ("ActionType", "ProcessCreated".to_owned()),
        ("FileName", (*dice.pick(&["cmd.exe", "cmd.exe", "CMD.EXE", "run.exe"])).to_owned()),
        ("FolderPath", optional(dice, r"C:\Windows\System32\cmd.exe".to_owned())),
        ("SHA1", optional(dice, format!("{:040x}", dice_sha(number)))),
        ("FileSize", optional(dice, (20_000 + number % 7).to_string())),
        ("ProcessVersionInfoCompanyName", optional(dice, "Fabrikam, Inc.".to_owned())),
        ("ProcessId", (4 * (number % 5000)).to_string()),
        ("ProcessCommandLine", command),
        ("ProcessIntegrityLevel", optional(dice, "High".to_owned())),
        ("ProcessCreationTime", format!("2026-05-{day:02}T{}.5Z", clock(second))),
        ("AccountName", optional(dice, format!("user{}", number % 9))),
        ("LogonId", optional(dice, "999".to_owned())),
        ("InitiatingProcessFileName", initiating.to_owned()),
        ("InitiatingProcessId", (4 * (number % 300)).to_string()),
        ("InitiatingProcessCommandLine", optional(dice, format!("{initiating} -k {}", number % 11))),
        ("InitiatingProcessCreationTime", optional(dice, "2026-05-01T00:00:00.1234567Z".to_owned())),
        ("InitiatingProcessParentFileName", optional(dice, "services.exe".to_owned())),
        ("ReportId", (number % 97 + 1000 * number).to_string()),
        ("AdditionalFields", optional(dice, "{\"a\":\"b\"}".to_owned())),
        ("IsProcessRemoteSession", optional(dice, "true".to_owned())),
        ("ProcessUniqueId", optional(dice, (2_533_274_790_395_904_u64 + number as u64).to_string())),
        ("MachineGroup", optional(dice, "servers".to_owned())),
        ("Site", optional(dice, format!("site {}", number % 3))),
    ];
    cells.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn dice_sha(number: usize) -> u128 {
    u128::from(Dice((number % 13) as u64).next()) << 32
}

/// How a CSV is spelled.
#[derive(Clone, Copy, Default)]
pub struct Spelling {
    pub bom: bool,
    pub crlf: bool,
}

/// Rows as CSV with these columns.
pub fn to_csv(rows: &[Row], columns: &[&str], spelling: Spelling) -> String {
    let end = if spelling.crlf { "\r\n" } else { "\n" };
    let mut text = String::from(if spelling.bom { "\u{feff}" } else { "" });
    text += &columns.join(",");
    text += end;
    for row in rows {
        let cells: Vec<String> =
            columns.iter().map(|column| quote(row.get(column).map_or("", String::as_str))).collect();
        text += &cells.join(",");
        text += end;
    }
    text
}

fn quote(cell: &str) -> String {
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

/// Rows as the streaming API writes them: an envelope a line.
pub fn to_ndjson(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let cell = |column: &str, text: Option<&String>| match text {
            None => Value::Null,
            Some(text) if NUMBERS.contains(&column) => Value::from(text.parse::<i64>().unwrap()),
            Some(text) if column == "IsProcessRemoteSession" => Value::from(text == "true"),
            Some(text) => Value::from(text.as_str()),
        };
        let properties: Map<String, Value> =
            COLUMNS.iter().map(|column| ((*column).to_owned(), cell(column, row.get(column)))).collect();
        let envelope = json!({
            "time": "2026-05-10T00:00:00.0000000Z",
            "tenantId": "7a1f0e52-2c1d-4b0e-9d53-0d5f3c2b9a10",
            "operationName": "Publish",
            "category": "AdvancedHunting-DeviceProcessEvents",
            "properties": properties,
        });
        writeln!(text, "{envelope}").unwrap();
    }
    text
}
