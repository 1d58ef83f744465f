//! Runs the program in a folder of its own, at a fixed time and under a fixed name.

#![allow(dead_code, reason = "two test programs use this, each its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The walk's three exports, as commands name them.
pub const DAYS: [&str; 3] = [
    "tests/fixtures/walk/2026-05-04.csv",
    "tests/fixtures/walk/2026-05-05.csv",
    "tests/fixtures/walk/2026-05-06.csv",
];
const NOW: &str = "2026-05-07T08:00:00Z";
const ANALYST: &str = "kim";

/// What the program said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Checks the exit code; what was said is shown when it is another.
    #[track_caller]
    pub fn code(self, expected: u8) -> Self {
        assert_eq!(self.code, i32::from(expected), "\n{}{}", self.stdout, self.stderr);
        self
    }

    /// The answer as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect(&self.stdout)
    }

    /// Everything said, the answer first.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// A folder with a copy of the walk's exports.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        for day in DAYS {
            folder.write(day, std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(day)).unwrap());
        }
        folder
    }

    /// A folder with a case into which the whole walk went: three findings, seven devices.
    pub fn with_case() -> Self {
        let folder = Self::new();
        folder.run(&["run", DAYS[0], DAYS[1], DAYS[2]]).code(0);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, about to be run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_huntcase"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("HUNTCASE_CASE")
            .env("HUNTCASE_NOW", NOW)
            .env("HUNTCASE_AS", ANALYST)
            .env("HOME", self.path("home"))
            .env("APPDATA", self.path("home/config"))
            .env("XDG_CONFIG_HOME", self.path("home/config"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        finish(&mut self.command(arguments))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        ran(child.wait_with_output().unwrap())
    }
}

/// Runs a command that was made ready.
pub fn finish(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Compares with a file of `tests/cli/expected`, whole.
#[track_caller]
pub fn assert_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} is not as expected; UPDATE_EXPECTED=1 rewrites it");
}

/// An export with one event a command line: `w3wp.exe` starts `cmd.exe` on web09.
pub fn export_of(command_lines: &[&str]) -> String {
    let mut text =
        "Timestamp,DeviceId,DeviceName,FileName,ProcessCommandLine,InitiatingProcessFileName,ReportId\n"
            .to_owned();
    for (index, line) in command_lines.iter().enumerate() {
        let quoted = format!("\"{}\"", line.replace('"', "\"\""));
        text += &format!("2026-05-04T10:00:{index:02}Z,d9,web09,cmd.exe,{quoted},w3wp.exe,{index}\n");
    }
    text
}

/// The rows of a CSV answer by column name.
pub fn csv_rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Checks that the four formats give the same rows under the same names, in the same order. `kind` is the member
/// of the JSON answer that holds them. Gives the rows of JSON.
#[track_caller]
pub fn assert_formats_agree(folder: &Folder, arguments: &[&str], kind: &str) -> Vec<Value> {
    let ask = |format| folder.run(&[arguments, &["--format", format]].concat()).code(0);
    let json = ask("json").json();
    assert_eq!(json["schema_version"], 1);
    let rows = json[kind].as_array().unwrap().clone();
    let lines: Vec<Value> =
        ask("jsonl").stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, rows, "jsonl and json");
    let csv = csv_rows(&ask("csv").stdout);
    assert_eq!(csv.len(), rows.len(), "csv and json");
    for (record, row) in csv.iter().zip(&rows) {
        let row = row.as_object().unwrap();
        assert_eq!(record.keys().collect::<Vec<_>>(), row.keys().collect::<Vec<_>>(), "names");
        for (name, text) in record {
            let expected = match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(text, &expected, "{name}");
        }
    }
    let table = ask("table").stdout;
    assert_eq!(table.lines().count(), rows.len() + 2, "a heading, a rule, the rows:\n{table}");
    rows
}

/// Says of every import of a case that its file has no InitiatingProcessParentFileName.
pub fn lack_parents(folder: &Folder) {
    let case = rusqlite::Connection::open(folder.path("case.db")).unwrap();
    case.execute("UPDATE import SET lacking = '[\"InitiatingProcessParentFileName\"]'", []).unwrap();
}
