//! Takes in day after day, and prints what each one took: whether the hundredth day costs what the first did.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::Result;
use super::export::{Form, Found, World};
use super::program::Case;
use super::table::grouped;

/// Where days come from.
pub enum Days {
    /// Generated ones.
    Made(World),
    /// A command that writes the export of `{day}`, which counts from 0, to standard output. It may write what the rule
    /// has to find in all days so far to the file `{truth}`.
    Commanded(String),
}

/// What a command says that the rule has to find.
#[derive(Deserialize)]
struct Truth {
    now: String,
    since: String,
    matching_events: u64,
    devices: serde_json::Map<String, Value>,
}

struct Expected {
    as_of: Option<String>,
    since: String,
    found: Found,
}

const HEAD: &str =
    "day      events  ingest    events/s     run  case bytes  of CSV  peak memory  devices  matches";

/// Prints one line a day. Fails when the rule does not find what it has to.
pub fn draw_curve(folder: &Path, days: &Days, count: u64) -> Result<()> {
    let case = Case::new(folder, "curve.db");
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{HEAD}")?;
    let (mut before, mut export_bytes) = (0, 0);
    for day in 0..count {
        let export = folder.join("day.csv");
        let expected = days.make(&export, &folder.join("truth.json"), day)?;
        export_bytes += std::fs::metadata(&export)?.len();
        let ingest = case.ingest(&export)?;
        std::fs::remove_file(&export)?;
        let as_of = expected.as_ref().and_then(|expected| expected.as_of.as_deref());
        let run = match as_of {
            Some(as_of) => case.run(&["run", "--as-of", as_of])?,
            None => case.run(&["run"])?,
        };
        let (events, size) = (case.count_events()?, case.size()?);
        let seconds = ingest.time.as_secs_f64();
        write!(
            stdout,
            "{day:>3}  {:>10}  {seconds:>4.1} s  {:>8}/s  {:>3.2} s  {:>7.1} MB  {:>6.3}  {:>8.1} MB",
            grouped(events as f64),
            grouped((events - before) as f64 / seconds),
            run.time.as_secs_f64(),
            size as f64 / 1e6,
            size as f64 / export_bytes as f64,
            ingest.peak.max(run.peak) as f64 / 1e6,
        )?;
        if let Some(expected) = expected {
            let found = case.found(Some(&expected.since))?;
            writeln!(stdout, "  {:>7}  {:>7}", found.devices, found.matches)?;
            if found != expected.found {
                return Err(
                    format!("day {day}: huntcase has {found:?}, expected {:?}", expected.found).into()
                );
            }
        } else {
            writeln!(stdout)?;
        }
        before = events;
    }
    Ok(())
}

impl Days {
    fn make(&self, export: &Path, truth: &Path, day: u64) -> Result<Option<Expected>> {
        match self {
            Self::Made(world) => {
                let events = world.day_with_overlap(day);
                let (since, found) = (world.since(events.end), world.find(events.end));
                world.write(export, Form::Csv, events)?;
                Ok(Some(Expected { as_of: None, since, found }))
            }
            Self::Commanded(template) => {
                let command = template
                    .replace("{day}", &day.to_string())
                    .replace("{truth}", &truth.display().to_string());
                let mut shell = Command::new("sh");
                let status = shell
                    .args(["-c", &command])
                    .stdin(Stdio::null())
                    .stdout(File::create(export)?)
                    .status()?;
                if !status.success() {
                    return Err(format!("{command}: ended with {status}").into());
                }
                template.contains("{truth}").then(|| read_truth(truth)).transpose()
            }
        }
    }
}

fn read_truth(path: &Path) -> Result<Expected> {
    let truth: Truth = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let found = Found { devices: truth.devices.len() as u64, matches: truth.matching_events };
    Ok(Expected { as_of: Some(truth.now), since: truth.since, found })
}
