//! The program that is measured, and its case.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Result;
use super::export::Found;
use super::process::{Ran, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_huntcase");

/// A case file in a folder of its own, and nobody's configuration.
pub struct Case {
    path: PathBuf,
    nowhere: PathBuf,
}

impl Case {
    /// The case of this name in `folder`. Nothing is there before something is taken in.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(name), nowhere: folder.join("no-configuration") }
    }

    /// Removes the file, and those that SQLite may have left beside it.
    pub fn remove(&self) -> Result<()> {
        for ending in ["", "-wal", "-shm"] {
            let path = PathBuf::from(format!("{}{ending}", self.path.display()));
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// In bytes, with what SQLite left beside it.
    pub fn size(&self) -> Result<u64> {
        let mut bytes = std::fs::metadata(&self.path)?.len();
        if let Ok(log) = std::fs::metadata(format!("{}-wal", self.path.display())) {
            bytes += log.len();
        }
        Ok(bytes)
    }

    /// The program with these arguments and this case. No event is in its future.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(PROGRAM);
        self.prepare(&mut command).args(arguments);
        command
    }

    /// The same, under another program that runs it.
    pub fn command_under(&self, mut outer: Command, arguments: &[impl AsRef<OsStr>]) -> Command {
        outer.arg(PROGRAM);
        self.prepare(&mut outer).args(arguments);
        outer
    }

    fn prepare<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("HUNTCASE_NOW", "2100-01-01T00:00:00Z")
            .env("XDG_CONFIG_HOME", &self.nowhere)
            .env("XDG_DATA_HOME", &self.nowhere)
            .arg("--case")
            .arg(&self.path)
            .args(["--as", "bench", "--quiet"])
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran> {
        run(&mut self.command(arguments))
    }

    /// Takes a file in.
    pub fn ingest(&self, export: &Path) -> Result<Ran> {
        run(&mut self.command(&[OsStr::new("ingest"), export.as_os_str()]))
    }

    /// Takes a file in and runs the rules.
    pub fn run_with(&self, export: &Path) -> Result<Ran> {
        run(&mut self.command(&[OsStr::new("run"), export.as_os_str()]))
    }

    /// How many events there are.
    pub fn count_events(&self) -> Result<u64> {
        let counts = self.query("SELECT coalesce(sum(events), 0) FROM device")?;
        counts.first().copied().ok_or_else(|| "huntcase gave no number of events".into())
    }

    /// What the rule has found of a time after `since`, or else of the seven days before the newest event.
    pub fn found(&self, since: Option<&str>) -> Result<Found> {
        // The window of a finding grows with each run, so that evidence may be older.
        let since = since.map_or_else(
            || {
                "(SELECT strftime('%Y-%m-%dT%H:%M:%S', max(Timestamp), '-7 days') || substr(max(Timestamp), 20) \
                 FROM DeviceProcessEvents)"
                    .to_owned()
            },
            |since| format!("'{since}'"),
        );
        let counts = self.query(&format!(
            "SELECT count(DISTINCT DeviceId), count(*) FROM evidence JOIN DeviceProcessEvents USING (event_id) \
             WHERE Timestamp > {since}"
        ))?;
        match counts[..] {
            [devices, matches] => Ok(Found { devices, matches }),
            _ => Err("huntcase gave no numbers of devices and events".into()),
        }
    }

    fn query(&self, sql: &str) -> Result<Vec<u64>> {
        let answer = self.run(&["query", sql, "--format", "csv"])?.output;
        let line = answer.lines().nth(1).ok_or("huntcase gave no row")?;
        line.split(',').map(|cell| Ok(cell.parse()?)).collect()
    }
}
