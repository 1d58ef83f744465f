//! What the tests share: a case in a folder of its own, the built program with a fixed clock, and exports that are
//! made up from rows.

#![allow(dead_code, reason = "no test program uses all of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

pub mod exports;
pub mod forms;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use huntcase::error::Result;
use huntcase::event::{Reading, Span, Timestamp};
use huntcase::findings::{RunOutcome, list_devices, list_evidence, list_findings, run_rules};
use huntcase::rules::{Catalogue, Rule, RunRequest, Window, answer_rule, load_rules};
use huntcase::source::{Export, Origin};
use huntcase::store::{Access, Answer, Case, Cell, Import, Outcome, Request, ingest};
use tempfile::TempDir;

/// The present in every test.
pub const NOW: &str = "2026-05-10T12:00:00Z";
/// A lookback that leaves nothing out.
pub const EVER: &str = "36500d";
/// The rule that the program ships.
pub const SHIPPED_RULE: &str = "detect-suspicious-commands-initiated-by-web-server-processes";

/// Reads an instant.
pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap().0
}

/// Reads a span.
pub fn span(text: &str) -> Span {
    Span::parse(text).unwrap()
}

/// Of the folder of facts and data that lies beside the project, a file; None, and the test says that it is skipped, where
/// it is not there. `HUNTCASE_SHARED` names the folder if it lies elsewhere.
pub fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("HUNTCASE_SHARED").map_or_else(beside, PathBuf::from).join(name);
    if !path.exists() {
        say_skipped(&format!("no shared/{name}"));
    }
    path.exists().then_some(path)
}

/// Says past the capture of output, so that it shows, that the running test shows nothing, or not all.
pub fn say_skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {test}: {why}");
}

/// The shipped rules.
pub fn shipped() -> Catalogue {
    let catalogue = load_rules(&[], None).unwrap();
    assert!(catalogue.broken.is_empty(), "{:?}", catalogue.broken);
    catalogue
}

/// A catalogue of these rules alone.
pub fn only(rules: impl IntoIterator<Item = Rule>) -> Catalogue {
    Catalogue { rules: rules.into_iter().collect(), broken: Vec::new() }
}

/// The text of a rule whose head takes five lines.
pub fn rule_text(name: &str, body: &str) -> String {
    format!(
        "-- id: id-of-{name}\n-- name: {name}\n-- severity: low\n-- hypothesis: none\n-- lookback: 7d\n{body}\n"
    )
}

/// Reads rules from their texts, as files of the analyst's; the shipped ones are left out.
pub fn own_rules(rules: &[(&str, String)]) -> Catalogue {
    let folder = TempDir::new().unwrap();
    for (name, text) in rules {
        std::fs::write(folder.path().join(format!("{name}.sql")), text).unwrap();
    }
    let mut catalogue = load_rules(&[folder.path().to_owned()], None).unwrap();
    catalogue.rules.retain(|rule| rule.origin != huntcase::rules::Origin::Shipped);
    catalogue
}

/// A case in a folder of its own.
pub struct CaseBuilder {
    pub folder: TempDir,
    pub case: Case,
}

impl Default for CaseBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl CaseBuilder {
    /// A case without events.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
        Self { folder, case }
    }

    /// An empty case that is the copy of another, which is quicker.
    pub fn copied() -> Self {
        static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
        let empty = EMPTY.get_or_init(|| {
            let Self { folder, case } = Self::new();
            drop(case);
            std::fs::read(folder.path().join("case.db")).unwrap()
        });
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("case.db");
        std::fs::write(&path, empty).unwrap();
        Self { case: Case::open(&path, Access::Write).unwrap(), folder }
    }

    /// A case with one export.
    pub fn with(text: impl AsRef<[u8]>) -> Self {
        let mut builder = Self::new();
        builder.ingest("export", text);
        builder
    }

    /// The case file.
    pub fn path(&self) -> &Path {
        self.case.path()
    }

    /// Takes a text in as an export.
    pub fn try_ingest(&mut self, name: &str, text: impl AsRef<[u8]>) -> Result<Outcome> {
        self.try_ingest_as(name, text, Reading::default())
    }

    /// The same of an export whose values are read so.
    pub fn try_ingest_as(&mut self, name: &str, text: impl AsRef<[u8]>, reading: Reading) -> Result<Outcome> {
        let mut export = Export::open(name, Origin::Text(text.as_ref().into()), reading)?;
        let request = Request { by: "kim", at: at(NOW) };
        ingest(&mut self.case, &mut export, request, &mut |_, _| ())
    }

    /// Takes a text in that the case does not have yet.
    pub fn ingest(&mut self, name: &str, text: impl AsRef<[u8]>) -> Import {
        match self.try_ingest(name, text).unwrap() {
            Outcome::Imported(import) => import,
            Outcome::AlreadyImported(import) => panic!("{name} is import {} already", import.id),
        }
    }

    /// Runs rules over the window that ends `as_of`.
    pub fn run(&self, catalogue: &Catalogue, as_of: &str, lookback: &str) -> RunOutcome {
        let request = RunRequest { as_of: Some(at(as_of)), lookback: Some(span(lookback)), ..whole() };
        run_rules(&self.case, catalogue, &request).unwrap()
    }

    /// Runs rules over everything.
    pub fn run_whole(&self, catalogue: &Catalogue) -> RunOutcome {
        run_rules(&self.case, catalogue, &whole()).unwrap()
    }

    /// Runs the shipped rules over everything.
    pub fn run_all(&self) -> RunOutcome {
        self.run_whole(&shipped())
    }

    /// What a rule returns over a window: its columns, and the rows, every cell as text.
    pub fn result_of(&self, rule: &Rule, window: Window) -> (Vec<String>, Vec<Vec<String>>) {
        let mut answer = Rows(Vec::new(), Vec::new());
        answer_rule(&self.case, rule, window, &mut answer).unwrap();
        (answer.0, answer.1)
    }

    /// A query's answer, every cell as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        rows(&self.case, sql)
    }

    /// The first cell of a query's first row.
    pub fn cell(&self, sql: &str) -> String {
        self.rows(sql)[0][0].clone()
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }

    /// Everything that a person can see, without the numbers that follow from the order of arrival.
    pub fn dump(&self) -> String {
        dump(&self.case)
    }
}

/// A run of kim's that nothing narrows.
pub fn whole() -> RunRequest<'static> {
    RunRequest { by: "kim", at: at(NOW), as_of: None, lookback: None, newest: at(NOW), stopwatch: &|| 0 }
}

struct Rows(Vec<String>, Vec<Vec<String>>);

impl Answer for Rows {
    fn columns(&mut self, names: Vec<String>) -> Result<()> {
        self.0 = names;
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        let text = |cell| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Integer(integer) => integer.to_string(),
            Cell::Real(real) => real.to_string(),
            Cell::Text(text) => format!("{text:?}"),
        };
        self.1.push(cells.into_iter().map(text).collect());
        Ok(())
    }
}

/// A query's answer: texts as in Rust, with quotes; NULL and numbers bare.
pub fn rows(case: &Case, sql: &str) -> Vec<Vec<String>> {
    let mut answer = Rows(Vec::new(), Vec::new());
    case.query(sql, &mut answer).unwrap();
    answer.1
}

/// The names of a query's columns.
pub fn columns(case: &Case, sql: &str) -> Vec<String> {
    let mut answer = Rows(Vec::new(), Vec::new());
    case.query(sql, &mut answer).unwrap();
    answer.0
}

/// The view's rows, devices and findings of a case, without the numbers that follow from the order of arrival.
pub fn dump(case: &Case) -> String {
    let mut text = String::new();
    let mut events = rows(
        case,
        "SELECT published.*, coalesce(text.text, '') FROM DeviceProcessEvents AS published
         JOIN process_event USING (event_id) LEFT JOIN text ON text_id = extra_id",
    );
    let numbers = columns(case, "SELECT * FROM DeviceProcessEvents").len() - 3;
    for event in &mut events {
        event.drain(numbers..numbers + 3);
    }
    events.sort();
    for event in events {
        writeln!(text, "event {}", event.join("|")).unwrap();
    }
    for device in list_devices(case, &[]).unwrap() {
        let (first, last) = (device.first_event, device.last_event);
        let counts = (device.events, device.findings, device.open_findings);
        writeln!(text, "device {:?} {:?} {counts:?} {first} {last}", device.id, device.name).unwrap();
    }
    let mut findings = list_findings(case, "kim").unwrap();
    findings.sort_by(|a, b| {
        (&a.rule, &a.device_id, &a.device_name).cmp(&(&b.rule, &b.device_id, &b.device_name))
    });
    for finding in findings {
        let (first, last) = (finding.first_activity, finding.last_activity);
        let word = (finding.status, finding.classification, finding.severity, finding.events);
        writeln!(
            text,
            "finding {} {:?} {:?} {word:?} {first} {last}",
            finding.rule, finding.device_id, finding.device_name
        )
        .unwrap();
        for event in list_evidence(case, finding.id, "kim").unwrap() {
            let reason = (&event.why.reasons, serde_json::to_string(&event.why.columns).unwrap());
            writeln!(
                text,
                "  {} {} {:?} {:?} {reason:?}",
                event.time, event.is_ahead, event.report_id, event.command_line
            )
            .unwrap();
        }
    }
    text
}

/// Compares two dumps line by line; says only where they differ.
pub fn assert_same(found: &str, expected: &str, when: &str) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (all_found, all_expected) = (lines(found), lines(expected));
    let shorten = |line: &String| line.replace("|\"\"", "|").replace("|NULL", "|-");
    let extra: Vec<String> = all_found.difference(&all_expected).take(3).map(shorten).collect();
    let missing: Vec<String> = all_expected.difference(&all_found).take(3).map(shorten).collect();
    assert!(found == expected, "{when}: unexpected {extra:#?}, missing {missing:#?}");
}

/// The built program in a folder of its own: the clock stands still, and nobody's configuration is read.
pub struct Program {
    pub folder: TempDir,
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

impl Program {
    /// A program in an empty folder.
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// The case that its commands use.
    pub fn case(&self) -> PathBuf {
        self.folder.path().join("case.db")
    }

    /// Writes a file into its folder.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// A command, not started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_huntcase"));
        command
            .current_dir(self.folder.path())
            .env_remove("HUNTCASE_CASE")
            .env("HUNTCASE_NOW", NOW)
            .env("HUNTCASE_AS", "kim")
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; gives its standard output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail; gives its exit code and standard error.
    pub fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
    }
}

/// A small generator of numbers that a printed seed repeats. Source: SplitMix64, Steele, Lea and Flood 2014.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Whether something of `one_in` happens.
    pub fn hits(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    /// Brings into any order.
    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for end in (1..of.len()).rev() {
            of.swap(end, self.below(end + 1));
        }
    }
}
