//! A case with two rules, a clock that can be moved, and events that are made up one by one.

use huntcase::error::Result;
use huntcase::event::Timestamp;
use huntcase::findings::{
    Author, Change, Changed, Classification, Determination, Evidence, Finding, FindingId, HistoryEntry,
    HistoryFilter, HuntChange, Reopen, RunOutcome, Status, WhatChanged, change_findings, change_hunt,
    change_rule, find_finding, list_evidence, list_findings, list_history, run_rules,
};
use huntcase::rules::{Catalogue, RunRequest};
use huntcase::store::Case;

use crate::support::exports::{Row, Spelling, row, to_csv};
use crate::support::{CaseBuilder, NOW, at, own_rules, rule_text, span};

const COLUMNS: [&str; 10] = [
    "Timestamp",
    "DeviceId",
    "DeviceName",
    "FileName",
    "ProcessCommandLine",
    "AccountDomain",
    "AccountName",
    "InitiatingProcessFileName",
    "InitiatingProcessParentFileName",
    "ReportId",
];

/// An event that the rule `shells` matches, and where its command line has the word `net`, the rule `networks` too.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub device: &'static str,
    pub file: &'static str,
    pub command: &'static str,
    pub domain: &'static str,
    pub account: &'static str,
    pub parent: &'static str,
    pub grandparent: &'static str,
}

/// The usual event.
pub const USUAL: Event = Event {
    device: "web01",
    file: "cmd.exe",
    command: "cmd.exe /c whoami",
    domain: "contoso",
    account: "shop",
    parent: "w3wp.exe",
    grandparent: "svchost.exe",
};
/// Something that it has not done before.
pub const OTHER: Event = Event { command: "cmd.exe /c certutil", ..USUAL };

impl Event {
    /// Its row; the number makes it an event of its own.
    pub fn row(&self, number: usize) -> Row {
        let time = format!("2026-05-04T{:02}:{:02}:00Z", number / 60, number % 60);
        row([
            ("Timestamp", time.as_str()),
            ("DeviceId", self.device),
            ("DeviceName", self.device),
            ("FileName", self.file),
            ("ProcessCommandLine", self.command),
            ("AccountDomain", self.domain),
            ("AccountName", self.account),
            ("InitiatingProcessFileName", self.parent),
            ("InitiatingProcessParentFileName", self.grandparent),
            ("ReportId", number.to_string().as_str()),
        ])
    }
}

/// A case at work.
pub struct Bench {
    pub builder: CaseBuilder,
    pub catalogue: Catalogue,
    /// The present.
    pub now: Timestamp,
    /// How many events there have been.
    pub events: usize,
    files: usize,
}

impl Bench {
    /// An empty case.
    pub fn new() -> Self {
        let shells = "SELECT event_id FROM DeviceProcessEvents WHERE FileName <> 'svchost.exe'";
        let networks = "SELECT event_id FROM DeviceProcessEvents WHERE has(ProcessCommandLine, 'net')";
        let catalogue = own_rules(&[
            ("shells", rule_text("shells", shells)),
            ("networks", rule_text("networks", networks)),
        ]);
        Self { builder: CaseBuilder::new(), catalogue, now: at(NOW), events: 0, files: 0 }
    }

    /// A case with one finding, of the usual event, and the run that raised it.
    pub fn with_finding() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.bring(&[USUAL]), [(F1, WhatChanged::New, 1)]);
        bench
    }

    pub fn case(&self) -> &Case {
        &self.builder.case
    }

    /// Lets time pass.
    pub fn wait(&mut self, time: &str) {
        self.now = self.now.plus(span(time));
    }

    /// Takes rows in, as a file of its own.
    pub fn ingest(&mut self, rows: &[Row]) {
        self.files += 1;
        let text = to_csv(rows, &COLUMNS, Spelling::default());
        self.builder.try_ingest(&format!("file {}", self.files), text).unwrap();
    }

    /// Takes new events in, and runs the rules an hour later; gives what changed.
    pub fn bring(&mut self, events: &[Event]) -> Vec<(FindingId, WhatChanged, i64)> {
        let rows: Vec<Row> = events.iter().zip(self.events..).map(|(event, n)| event.row(n)).collect();
        self.events += events.len();
        self.ingest(&rows);
        self.wait("1h");
        let outcome = self.run();
        outcome.changes().iter().map(|c| (c.finding.id, c.change, c.events_added)).collect()
    }

    /// Runs the rules over everything.
    pub fn run(&self) -> RunOutcome {
        let request = RunRequest {
            by: "lee",
            at: self.now,
            as_of: None,
            lookback: None,
            newest: self.now,
            stopwatch: &|| 0,
        };
        let outcome = run_rules(self.case(), &self.catalogue, &request).unwrap();
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
        outcome
    }

    /// Kim, who changes something now.
    pub fn kim(&self, why: &'static str) -> Author<'static> {
        Author { by: "kim", at: self.now, command: "test", why, dry_run: false }
    }

    /// Lee, who changes something now.
    pub fn lee(&self, why: &'static str) -> Author<'static> {
        Author { by: "lee", ..self.kim(why) }
    }

    pub fn set(&self, id: FindingId, change: &Change) -> Result<Changed> {
        change_findings(self.case(), &[id], change, self.kim("because"))
    }

    /// Resolves a finding; with the classification unknown it is left undetermined.
    pub fn resolve(&self, id: FindingId, classification: Classification) {
        self.set(id, &resolved_as(classification)).unwrap();
    }

    /// What the hunt of a rule does with new evidence.
    pub fn set_hunt_policy(&self, reopen: Reopen) {
        let finding = &self.finding(F1);
        let change = HuntChange { reopen: Some(reopen), ..HuntChange::default() };
        change_hunt(self.case(), finding.hunt.unwrap(), &change, self.kim("")).unwrap();
    }

    /// What a rule does with new evidence, whatever its hunt says.
    pub fn set_rule_policy(&self, reopen: Option<Reopen>) {
        let rule = self.catalogue.find("shells").unwrap();
        change_rule(self.case(), rule, reopen, self.kim("")).unwrap();
    }

    pub fn finding(&self, id: FindingId) -> Finding {
        find_finding(self.case(), id, "nobody").unwrap()
    }

    pub fn findings(&self) -> Vec<Finding> {
        list_findings(self.case(), "nobody").unwrap()
    }

    pub fn evidence(&self, id: FindingId) -> Vec<Evidence> {
        list_evidence(self.case(), id, "nobody").unwrap()
    }

    /// All that was ever changed.
    pub fn history(&self) -> Vec<HistoryEntry> {
        let mut entries = Vec::new();
        list_history(self.case(), &HistoryFilter::default(), &mut |entry| {
            entries.push(entry);
            Ok(())
        })
        .unwrap();
        entries
    }

    /// How many changes there ever were.
    pub fn change_count(&self) -> i64 {
        self.builder.cell("SELECT count(*) FROM history").parse().unwrap()
    }

    /// The reasons of the newest run's changes of a finding, each once.
    pub fn reasons(&self, id: FindingId) -> Vec<String> {
        let history = self.history();
        let last_run = history.iter().filter_map(|entry| entry.run_id).max();
        let is_of_run = |entry: &&HistoryEntry| entry.run_id == last_run && entry.what == id.to_string();
        let mut reasons: Vec<String> =
            history.iter().filter(is_of_run).map(HistoryEntry::why_in_words).collect();
        reasons.dedup();
        reasons
    }
}

/// The first finding.
pub const F1: FindingId = FindingId(1);

/// The change that resolves a finding with a classification.
pub fn resolved_as(classification: Classification) -> Change {
    let determination = match classification {
        Classification::Unknown => Determination::Unknown,
        _ => Determination::Other,
    };
    Change {
        status: Some(Status::Resolved),
        classification: Some(classification),
        determination: Some(determination),
        ..Change::default()
    }
}
