//! A small case that targets ask questions of, and a look at whether it was changed.

use std::collections::BTreeSet;
use std::ffi::OsString;

use huntcase::error::Result;
use huntcase::event::Timestamp;
use huntcase::findings::run_rules;
use huntcase::rules::{RunRequest, load_rules};
use huntcase::source::{Export, Origin};
use huntcase::store::{Access, Case, Outcome, Request, ingest};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::rows::readings;

/// Two devices, a finding on one of them.
const EVENTS: &str = "\
Timestamp,DeviceId,DeviceName,ActionType,FileName,ProcessId,ProcessCommandLine,AccountName,InitiatingProcessFileName,ReportId
2026-05-04T08:00:03.1926215Z,d1,web01.example.com,ProcessCreated,cmd.exe,60,cmd.exe /c whoami,svc-web,w3wp.exe,1
2026-05-04T08:00:04Z,d1,web01.example.com,ProcessCreated,whoami.exe,64,whoami,svc-web,w3wp.exe,2
2026-05-04T09:12:00Z,d2,ws07.example.com,ProcessCreated,ipconfig.exe,7,ipconfig  /all,lee,cmd.exe,3
";

/// The present.
pub const NOW: Timestamp = Timestamp::from_ticks(17_784_576_000_000_000);

/// A case in a folder of its own. Of one that a target keeps, the folder outlives the process.
pub struct Sample {
    folder: TempDir,
    /// The case.
    pub case: Case,
    /// Another connection, which is told when the case is changed.
    observer: Connection,
}

/// What changes when something is written.
#[derive(Debug, PartialEq)]
pub struct Mark {
    version: i64,
    files: BTreeSet<OsString>,
}

impl Sample {
    /// A case with a few events and a finding.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("huntcase-fuzz-").expect("there is a folder for temporary files");
        let path = folder.path().join("case.db");
        let mut case = Case::open(&path, Access::Create).expect("a case can be made");
        take_in(&mut case, Origin::Text(EVENTS.as_bytes().into())).expect("events can be taken in");
        let rules = load_rules(&[], Some(&case)).expect("the shipped rules are sound");
        let request =
            RunRequest { by: "kim", at: NOW, as_of: None, lookback: None, newest: NOW, stopwatch: &|| 0 };
        run_rules(&case, &rules, &request).expect("the shipped rules run");
        let observer = Connection::open(&path).expect("a case can be opened twice");
        let sample = Self { folder, case, observer };
        sample.mark();
        sample
    }

    /// Lets a target look at the process's own case.
    pub fn with<T>(look: impl FnOnce(&Self) -> T) -> T {
        thread_local!(static SAMPLE: Sample = Sample::new());
        SAMPLE.with(look)
    }

    /// Equal before and after what changes nothing.
    pub fn mark(&self) -> Mark {
        let version = self.observer.pragma_query_value(None, "data_version", |row| row.get(0));
        let files = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        Mark {
            version: version.expect("the case can be read"),
            files: files.flatten().map(|file| file.file_name()).collect(),
        }
    }
}

/// Takes an export in. Its times, where they name no zone, are those of one whose clocks change.
pub fn take_in(case: &mut Case, origin: Origin) -> Result<Outcome> {
    let mut export = Export::open("export", origin, readings()[1].clone())?;
    ingest(case, &mut export, Request { by: "kim", at: NOW }, &mut |_, _| ())
}
