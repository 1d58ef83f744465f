//! What the tests of the desk and of the screen share: a case, and a desk over it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod keys;
mod screens;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use tempfile::TempDir;

use super::desk::{Desk, Step};
use super::look::Look;
use super::screen;
use super::setting::Setting;
use crate::event::{Reading, Timestamp};
use crate::findings::{FindingId, list_findings, run_rules};
use crate::rules::{Catalogue, RunRequest, load_rules};
use crate::source::{Export, Origin};
use crate::store::{Access, Case, Request, ingest};

const NOW: &str = "2026-05-07T08:00:00Z";
const HEAD: &str = "Timestamp,DeviceId,DeviceName,FileName,ProcessCommandLine,ProcessId,AccountDomain,AccountName,\
                    SHA1,SHA256,InitiatingProcessFileName,InitiatingProcessCommandLine,\
                    InitiatingProcessParentFileName,ReportId\n";

/// A case in a folder of its own, and the shipped rules.
struct Bench {
    folder: TempDir,
    case: Case,
    rules: Catalogue,
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap().0
}

fn now() -> Timestamp {
    at(NOW)
}

/// A row of an export: a shell that a web server started at a minute of one night.
fn event(minute: u8, device: &str, command_line: &str) -> String {
    let command_line = command_line.replace('"', "\"\"");
    format!(
        "2026-05-04T02:{minute:02}:08Z,{device},{device}.example.com,cmd.exe,\"{command_line}\",{},iis apppool,shop,\
         c387f13686c14b5981f6a84e4b5ffe07dd035b41,\
         935c1861df1f4018d698e8b65abfa02d7e9037d8f68ca3c2065b6ca165d44ad2,\
         w3wp.exe,\"w3wp.exe -ap \"\"shop\"\" -v \"\"v4.0\"\"\",svchost.exe,{minute}\n",
        9000 + u16::from(minute)
    )
}

impl Bench {
    /// A case with a finding a device, after one run of the shipped rule over `events`.
    fn with(events: &[String]) -> Self {
        let folder = TempDir::new().unwrap();
        let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
        let mut bench = Self { folder, case, rules: load_rules(&[], None).unwrap() };
        bench.add("first.csv", events);
        bench
    }

    /// Three findings; latest activity first they are F-3, F-2, F-1.
    fn with_three() -> Self {
        Self::with(&[
            event(1, "web01", "cmd.exe /c whoami"),
            event(2, "web02", "cmd.exe /c whoami /all > %TEMP%\\a.txt"),
            event(3, "web03", "cmd.exe /c \"ping -n 4 db06\""),
            event(4, "web03", "cmd.exe /c \"ping -n 4 db06\""),
        ])
    }

    /// Takes events in and runs the rules.
    fn add(&mut self, file_name: &str, events: &[String]) {
        let text = HEAD.to_owned() + &events.concat();
        let mut export =
            Export::open(file_name, Origin::Text(text.into_bytes().into()), Reading::default()).unwrap();
        ingest(&mut self.case, &mut export, Request { by: "kim", at: now() }, &mut |_, _| ()).unwrap();
        let request =
            RunRequest { by: "kim", at: now(), as_of: None, lookback: None, newest: now(), stopwatch: &|| 0 };
        run_rules(&self.case, &self.rules, &request).unwrap();
    }

    /// A desk with every finding in its queue.
    fn desk(&self) -> Desk<'_> {
        let ids: Vec<FindingId> =
            list_findings(&self.case, "kim").unwrap().iter().map(|finding| finding.id).collect();
        let setting = Setting { case: &self.case, analyst: "kim", clock: &now };
        Desk::new(setting, &ids)
    }
}

/// Presses keys: letters and digits for themselves, `\n` for Enter, `\u{1b}` for Esc.
fn press(desk: &mut Desk<'_>, keys: &str) -> Step {
    let mut step = Step::Stay;
    for character in keys.chars() {
        let code = match character {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            other => KeyCode::Char(other),
        };
        step = desk.press(KeyEvent::new(code, KeyModifiers::NONE));
    }
    step
}

/// A screen of this size: its rows without blanks at their ends, and below them what stands out on each.
fn drawn(desk: &mut Desk<'_>, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut view = None;
    terminal.draw(|frame| view = Some(screen::draw(frame, desk, Look { has_colour: false }))).unwrap();
    desk.settle(view.unwrap());
    let buffer = terminal.backend().buffer();
    let (mut rows, mut marks) = (String::new(), String::new());
    for y in 0..height {
        let cells: Vec<_> = (0..width).map(|x| &buffer[(x, y)]).collect();
        let row: String = cells.iter().map(|cell| cell.symbol()).collect();
        rows += &format!("{}\n", row.trim_end());
        let marked = cells.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        let marked: String = marked.map(|cell| cell.symbol()).collect();
        if y > 0 && !marked.is_empty() {
            marks += &format!("reversed on row {y}: {marked}\n");
        }
    }
    rows + &marks
}

/// What the last key did.
fn message<'d>(desk: &'d Desk<'_>) -> &'d str {
    desk.message().map_or("", |message| message.text.as_str())
}
