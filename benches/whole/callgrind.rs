//! Counts instructions, which are nearly the same every time and on every machine, where times are not.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Result;
use super::baseline::Kind;
use super::export::{Form, World};
use super::program::Case;
use super::table::{Figure, Unit};

const EVENTS: u64 = 20_000;

/// Counts the instructions of taking in a small export and of running the rules. None without valgrind.
pub fn count_instructions(folder: &Path) -> Result<Option<Vec<Figure>>> {
    let asked =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !asked.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let export = folder.join("callgrind.csv");
    World::new(EVENTS / 7).write(&export, Form::Csv, 0..EVENTS)?;
    let case = Case::new(folder, "callgrind.db");
    let counts = folder.join("callgrind.out");
    let ingest = [OsStr::new("ingest"), export.as_os_str()];
    let run = [OsStr::new("run")];
    let commands: [(&str, &str, &[&OsStr]); 3] = [
        ("instructions: ingest 20,000 events", "ingest", &ingest),
        ("instructions: run the rule", "run", &run),
        ("instructions: run it again", "again", &run),
    ];
    let mut figures = Vec::new();
    for (name, key, arguments) in commands {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--tool=callgrind"]);
        valgrind.arg(format!("--callgrind-out-file={}", counts.display()));
        let mut command = case.command_under(valgrind, arguments);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("{command:?} ended with {status}").into());
        }
        let mut figure = Figure::alone(name, key, Unit::Instructions, read_total(&counts)?);
        figure.kind = Some(Kind::Instructions);
        figures.push(figure);
    }
    Ok(Some(figures))
}

/// The total in a file of callgrind, over all threads.
fn read_total(path: &Path) -> Result<f64> {
    let text = std::fs::read_to_string(path)?;
    let totals: Vec<f64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("totals:"))
        .filter_map(|count| count.trim().parse().ok())
        .collect();
    if totals.is_empty() {
        return Err(format!("{}: no line of totals", path.display()).into());
    }
    Ok(totals.iter().sum())
}
