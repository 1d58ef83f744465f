//! A case that an attacker had a hand in, and that analysts have worked on.

use huntcase::findings::{
    Action, Author, Change, Classification, CommandTest, Determination, Evidence, Extract, ExtractRequest,
    FindingId, NewSuppression, Scope, Status, SuppressionId, add_suppression, change_findings,
    list_rules_of_case, write_note,
};

use huntcase::report::kinds::{Kind, write_report};
use huntcase::report::{Format, Layout};

use crate::support::exports::{Row, Spelling, row, to_csv};
use crate::support::{CaseBuilder, EVER, NOW, at, own_rules, rule_text};

pub const AS_OF: &str = "2026-06-01T00:00:00Z";
/// A device's name that could end a string, a line and a comment.
pub const DEVICE: &str = "web\"01\\\n\u{202e}] // x";
/// A note of two lines that could end a comment.
pub const NOTE: &str = "first\nDeviceProcessEvents | take 1\u{1b}[2J";
pub const TAG: &str = "<b>apt</b>";

pub const COLUMNS: [&str; 13] = [
    "Timestamp",
    "DeviceId",
    "DeviceName",
    "FileName",
    "ProcessId",
    "ProcessCommandLine",
    "AccountDomain",
    "AccountName",
    "SHA1",
    "InitiatingProcessFileName",
    "InitiatingProcessCommandLine",
    "InitiatingProcessParentFileName",
    "ReportId",
];

/// Command lines that do harm where they are taken for something else than text.
pub fn hostile() -> Vec<String> {
    let mut lines: Vec<String> = [
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "<script>alert(1)</script>&amp;]]>",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "invoice\u{202e}fdp.exe \u{2066}",
        "nul\0nul",
        "_x0041_ and _x000D_ as they are",
        "http://198.51.100.23/a.exe",
        "https://198.51.100.23/a.exe",
        "a\r\nb\tc, \"quoted\" 'single'",
        "全角 é 🦀",
        "00012345678901234567890",
        " leading and trailing ",
        "TRUE",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(format!("long {}", "<&\"A".repeat(2_000)));
    lines
}

/// The case.
pub struct Sample {
    pub builder: CaseBuilder,
}

impl Sample {
    /// A case with the rule `shells`, which has a technique, and `nothing`, which has another and finds nothing.
    pub fn with(rows: &[Row]) -> Self {
        Self::with_rule(rows, "SELECT event_id FROM DeviceProcessEvents")
    }

    /// The same where `shells` asks something of its own.
    pub fn with_rule(rows: &[Row], body: &str) -> Self {
        let mut builder = CaseBuilder::new();
        builder.ingest("day\n1.csv", to_csv(rows, &COLUMNS, Spelling::default()));
        let rule = |name: &str, technique: &str, body: &str| {
            let text = rule_text(name, body);
            (
                name.to_owned(),
                text.replacen("-- lookback", &format!("-- techniques: {technique}\n-- lookback"), 1),
            )
        };
        let shells = rule("shells", "T1059.003, T1505", body);
        let nothing =
            rule("nothing", "T1105", "SELECT event_id FROM DeviceProcessEvents WHERE FileName = 'x'");
        let catalogue = own_rules(&[("shells", shells.1), ("nothing", nothing.1)]);
        let outcome = builder.run(&catalogue, AS_OF, EVER);
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
        Self { builder }
    }

    /// Every hostile command line on a device with an id, and three events that lack what names them.
    pub fn hostile() -> Self {
        let mut rows: Vec<Row> = hostile().iter().zip(0..).map(|(line, n)| event(n, line)).collect();
        for (number, lacking) in [(100, "ReportId"), (101, "DeviceId"), (102, "ProcessId")] {
            let mut row = event(number, "net user");
            row.remove(lacking);
            if number == 102 {
                row.remove("ReportId");
            }
            rows.push(row);
        }
        let sample = Self::with(&rows);
        let big = i64::MAX.to_string();
        assert!(rows.iter().any(|row| row.get("ReportId") == Some(&big)), "a number past what a float holds");
        sample
    }

    /// Judges a finding, and says why.
    pub fn judge(&self, id: i64, classification: Classification, determination: Determination) {
        let author = Author { by: "kim", at: at(NOW), command: "set", why: "=because", dry_run: false };
        let change = Change {
            status: Some(Status::Resolved),
            classification: Some(classification),
            determination: Some(determination),
            tags: format!("+{TAG}").parse().unwrap(),
            ..Change::default()
        };
        change_findings(&self.builder.case, &[FindingId(id)], &change, author).unwrap();
        write_note(&self.builder.case, FindingId(id), NOTE, author).unwrap();
    }

    /// Hides exactly a command line; gives the suppression's number.
    pub fn hide(&self, command_line: &str) -> SuppressionId {
        let rule = list_rules_of_case(&self.builder.case).unwrap().pop().unwrap();
        let command = CommandTest { operator: "==".to_owned(), text: command_line.to_owned() };
        let new = NewSuppression {
            rule_key: rule.key,
            scope: Scope { command: Some(command), ..Scope::default() },
            action: Action::Hide,
            classification: Classification::Unknown,
            determination: Determination::Unknown,
            expires_at: None,
        };
        let author = Author { by: "kim", at: at(NOW), command: "suppress add", why: "known", dry_run: false };
        add_suppression(&self.builder.case, &new, author).unwrap().suppression.id
    }

    pub fn extract(&self) -> Extract<'_> {
        Extract::read(&self.builder.case, &ExtractRequest::default()).unwrap()
    }

    /// The report, with the formula guard.
    pub fn write(&self, kind: Kind) -> Vec<u8> {
        self.write_as(kind, Layout { formula_guard: true, ..Layout::new(Format::Csv) })
    }

    /// The report; the same when it is written again.
    pub fn write_as(&self, kind: Kind, layout: Layout) -> Vec<u8> {
        let [first, second] = [(); 2].map(|()| {
            let mut bytes = Vec::new();
            write_report(&mut bytes, &self.extract(), kind, layout).unwrap();
            bytes
        });
        assert!(!first.is_empty());
        assert!(first == second, "the same case was written in two ways");
        first
    }
}

/// Every event of every finding, in the order of reports.
pub fn events(extract: &Extract<'_>) -> Vec<(FindingId, Evidence)> {
    let mut events = Vec::new();
    for reported in &extract.findings {
        let id = reported.finding.id;
        extract
            .each_event(id, None, &mut |event| {
                events.push((id, event));
                Ok(())
            })
            .unwrap();
    }
    assert_eq!(events.len() as i64, extract.events());
    events
}

/// An event of a number of its own.
pub fn event(number: usize, command_line: &str) -> Row {
    let time =
        format!("2026-05-04T{:02}:{:02}:{:02}.{:07}Z", number / 3600, number / 60 % 60, number % 60, number);
    let report = if number == 0 { i64::MAX } else { number as i64 };
    row([
        ("Timestamp", time.as_str()),
        ("DeviceId", "d1\"\\"),
        ("DeviceName", DEVICE),
        ("FileName", "cmd.exe"),
        ("ProcessId", (4 * number).to_string().as_str()),
        ("ProcessCommandLine", command_line),
        ("AccountDomain", "contoso"),
        ("AccountName", "=kim"),
        ("SHA1", "ab"),
        ("InitiatingProcessFileName", "w3wp.exe"),
        ("InitiatingProcessCommandLine", command_line),
        ("InitiatingProcessParentFileName", "svchost.exe"),
        ("ReportId", report.to_string().as_str()),
    ])
}
