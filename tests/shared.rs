//! Published facts, real data, and generated data of which it is known what must be found. They lie in a folder beside the
//! project; where it is not there, these tests say so and do nothing. `HUNTCASE_SHARED` names it if it lies elsewhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use huntcase::error::{Error, exit};
use huntcase::event::{Column, Reading, TimeZone};
use huntcase::findings::{list_devices, list_evidence, list_findings};
use huntcase::rules::Window;
use huntcase::store::{Import, Outcome};
use serde_json::Value;
use support::{CaseBuilder, EVER, SHIPPED_RULE, assert_same, at, say_skipped, shared, shipped};
use tempfile::TempDir;

/// Takes a real file in; gives the case after a run of the shipped rules over everything.
fn case_of(path: &Path) -> (CaseBuilder, Import) {
    let mut case = CaseBuilder::new();
    let import = case.ingest(path.to_str().unwrap(), std::fs::read(path).unwrap());
    assert!(case.run_all().failures.is_empty());
    (case, import)
}

/// The message with which a real file is refused.
fn refusal(path: &Path) -> String {
    let mut case = CaseBuilder::new();
    let error = case.try_ingest("file", std::fs::read(path).unwrap()).unwrap_err();
    assert!(matches!(&error, Error::Export { .. }), "{error:?}");
    assert_eq!(error.exit_code(), exit::FAILED);
    assert!(case.case.list_imports().unwrap().is_empty());
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "0");
    error.to_string()
}

#[test]
fn the_columns_are_the_published_ones() {
    let Some(path) = shared("kql/deviceprocessevents.csv") else { return };
    let ours: Vec<String> =
        Column::ALL.iter().map(|column| format!("{},{}", column.name(), column.kind().name())).collect();
    let published = std::fs::read_to_string(path).unwrap();
    let rows = published.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0);
    assert_eq!(ours, rows.collect::<Vec<_>>());
}

#[test]
fn the_native_export_of_msticpy_has_two_hundred_events_and_nothing_to_find() {
    let Some(path) = shared("data/native/msticpy_mde_proc_pub.csv") else { return };
    let (case, import) = case_of(&path);
    assert_eq!((import.rows_read, import.events_new, import.rows_rejected), (200, 200, 0));
    assert_eq!(list_devices(&case.case, &[]).unwrap().len(), 1);
    assert!(import.first_event.unwrap() >= at("2021-12-15T23:00:00Z"));
    assert!(import.last_event.unwrap() < at("2021-12-16T03:33:00Z"));
    assert!(list_findings(&case.case, "kim").unwrap().is_empty());
}

#[test]
fn the_union_export_of_plaso_has_two_events_and_the_rows_of_seven_other_tables() {
    let Some(path) = shared("data/native/plaso_advanced_hunting_test.csv") else { return };
    let (case, import) = case_of(&path);
    assert_eq!((import.rows_read, import.events_new, import.rows_rejected), (129, 2, 0));
    assert_eq!(import.other_tables.values().sum::<i64>(), 127);
    assert_eq!((import.other_tables.len(), import.other_tables.contains_key("")), (7, false));
    let actions = case.rows("SELECT DISTINCT ActionType FROM DeviceProcessEvents");
    assert_eq!(actions, [["\"ProcessCreated\""]]);
    assert!(list_findings(&case.case, "kim").unwrap().is_empty());
}

#[test]
fn local_times_without_a_zone_are_refused_with_column_and_text_and_read_with_one() {
    let Some(path) = shared("data/native/azure_sentinel_m365_processevents_excerpt.csv") else { return };
    let said = refusal(&path);
    assert!(said.contains("TimeGenerated") || said.contains("Timestamp"), "{said}");
    assert!(said.contains("10/25/2023"), "{said}");
    let mut case = CaseBuilder::new();
    let reading = Reading::new(Some(TimeZone::UTC), None);
    let outcome = case.try_ingest_as("file", std::fs::read(path).unwrap(), reading).unwrap();
    let Outcome::Imported(import) = outcome else { panic!("{outcome:?}") };
    assert_eq!((import.rows_read, import.events_new), (2, 2));
}

#[test]
fn internal_column_names_and_raw_telemetry_are_refused() {
    for name in [
        "data/internal/msticpy_mde_proc_cs1.csv",
        "data/telemetry/msticpy_processes_on_host_4688.csv",
        "data/telemetry/otrf_log4shell_sysmon.zip",
        "data/telemetry/otrf_proxylogon_sysmon.ndjson",
        "data/telemetry/sbousseaden_LM_typical_IIS_webshell_sysmon_1_10_traces.evtx",
    ] {
        let Some(path) = shared(name) else { continue };
        let said = refusal(&path);
        assert!(said.contains("expected") || said.contains("these are "), "{name}: {said}");
    }
}

#[test]
fn proxylogon_is_one_finding_with_two_events() {
    let Some(path) = shared("data/derived/otrf_proxylogon_sysmon_as_dpe.ndjson") else { return };
    let (case, import) = case_of(&path);
    assert_eq!((import.rows_read, import.events_new), (13, 13));
    let findings = list_findings(&case.case, "kim").unwrap();
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.rule.as_str(), finding.events), (SHIPPED_RULE, 2));
    assert_eq!(finding.device_name.to_lowercase(), "mxs01.azsentinel.local");
    let evidence = list_evidence(&case.case, finding.id, "kim").unwrap();
    let times: Vec<String> = evidence.iter().map(|event| event.time.to_string()[..23].to_owned()).collect();
    assert_eq!(times, ["2021-03-14T06:40:15.338", "2021-03-14T06:40:15.345"]);
    for event in evidence {
        let reasons: Vec<_> =
            event.why.reasons.iter().map(|r| (r.column.as_str(), r.needle.as_str())).collect();
        assert_eq!(
            reasons,
            [
                ("FileName", "cmd.exe"),
                ("InitiatingProcessFileName", "w3wp.exe"),
                ("ProcessCommandLine", "whoami")
            ]
        );
        assert_eq!((event.file_name.as_str(), event.initiating_file_name.as_str()), ("cmd.exe", "w3wp.exe"));
    }
}

#[test]
fn the_other_derived_events_have_nothing_to_find() {
    let Some(path) = shared("data/derived/otrf_all_as_dpe.ndjson") else { return };
    let (case, import) = case_of(&path);
    assert_eq!((import.rows_read, import.events_new, import.rows_rejected), (2958, 2958, 0));
    assert_eq!(list_devices(&case.case, &[]).unwrap().len(), 21);
    assert!(list_findings(&case.case, "kim").unwrap().is_empty());
}

/// Generated files with what must be found in them.
struct Generated {
    folder: TempDir,
}

impl Generated {
    /// None where there is no generator or nothing to run it with.
    fn new() -> Option<Self> {
        shared("bench/generate.py")?;
        match Command::new("python3").arg("--version").output() {
            Ok(output) if output.status.success() => Some(Self { folder: TempDir::new().unwrap() }),
            _ => {
                say_skipped("no python3");
                None
            }
        }
    }

    /// What one call of the generator writes, and its truth.
    fn generate(&self, more: &[&str]) -> (Vec<u8>, Truth) {
        let truth = self.folder.path().join("truth.json");
        let output = Command::new("python3")
            .arg(shared("bench/generate.py").unwrap())
            .args(["--rows", "20000", "--devices", "64", "--seed", "3", "--truth", truth.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (output.stdout, Truth(serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap()))
    }

    /// The seven days, each led by the tail of the day before.
    fn days(&self, format: &str) -> (Vec<Vec<u8>>, Truth) {
        let mut days: Vec<_> =
            (0..7).map(|day| self.generate(&["--format", format, "--day", &day.to_string()])).collect();
        let truth = days.pop().unwrap();
        let files = days.into_iter().map(|(file, _)| file).chain([truth.0]).collect();
        (files, truth.1)
    }
}

struct Truth(Value);

impl Truth {
    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap()
    }

    /// Device ids with their distinct command lines, sorted.
    fn devices(&self) -> BTreeMap<String, Vec<String>> {
        let devices = self.0["devices"].as_object().unwrap();
        let commands = |device: &Value| serde_json::from_value(device["commands"].clone()).unwrap();
        devices.iter().map(|(id, device)| (id.clone(), commands(device))).collect()
    }

    /// Compares the published query's answer over the truth's window.
    fn check(&self, case: &CaseBuilder, when: &str) {
        let window = Window { start: Some(at(self.text("since"))), end: Some(at(self.text("now"))) };
        let catalogue = shipped();
        let (_, rows) = case.result_of(catalogue.find(SHIPPED_RULE).unwrap(), window);
        assert!(!rows.is_empty(), "{when}: there is something to find");
        let mut found = BTreeMap::new();
        for row in &rows {
            // Cells are texts as Rust writes them: DeviceId, any_Timestamp twice, any_FileName, set_ProcessCommandLine.
            let text = |cell: usize| serde_json::from_str::<String>(&row[cell]).unwrap();
            let first = self.0["devices"][&text(0)]["first"].as_str().unwrap();
            assert_eq!(at(&text(1)), at(first), "{when}");
            found.insert(text(0), serde_json::from_str::<Vec<String>>(&text(4)).unwrap());
        }
        assert_eq!(found, self.devices(), "{when}");
        assert_eq!(
            case.cell("SELECT count(*) FROM process_event"),
            self.0["events_in_store"].to_string(),
            "{when}"
        );
    }

    /// Compares findings too: only where every run asked about the truth's window alone.
    fn check_findings(&self, case: &CaseBuilder, when: &str) {
        let found: BTreeMap<String, (i64, String, String)> = list_findings(&case.case, "kim")
            .unwrap()
            .into_iter()
            .map(|f| (f.device_id, (f.events, f.first_activity.to_string(), f.last_activity.to_string())))
            .collect();
        let expected: BTreeMap<String, (i64, String, String)> = self.0["devices"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(id, device)| {
                let text = |key: &str| device[key].as_str().unwrap().to_owned();
                (id.clone(), (device["events"].as_i64().unwrap(), text("first"), text("last")))
            })
            .collect();
        assert_eq!(found, expected, "{when}");
        let events: i64 = found.values().map(|(events, _, _)| events).sum();
        assert_eq!(Value::from(events), self.0["matching_events"], "{when}");
    }
}

/// A case of several files, in this order, with one run after all.
fn ingest_all(files: &[Vec<u8>], truth: &Truth) -> CaseBuilder {
    let mut case = CaseBuilder::new();
    for (number, file) in files.iter().enumerate() {
        let import = case.ingest(&format!("file {number}"), file);
        assert_eq!(import.rows_rejected + import.rows_conflicting + import.events_completed, 0, "{import:?}");
    }
    case.run(&shipped(), truth.text("now"), "7d");
    case
}

#[test]
fn generated_events_in_one_file_give_what_the_generator_says() {
    let Some(generated) = Generated::new() else { return };
    let (file, truth) = generated.generate(&["--format", "csv"]);
    let case = ingest_all(&[file], &truth);
    truth.check(&case, "one file");
    truth.check_findings(&case, "one file");
    let (stream, _) = generated.generate(&["--format", "ndjson"]);
    let from_stream = ingest_all(&[stream], &truth);
    truth.check(&from_stream, "one stream");
    assert_same(&from_stream.dump(), &case.dump(), "one stream");
    // What other runs asked about makes no difference to the answer for this window.
    case.run(&shipped(), truth.text("now"), EVER);
    truth.check(&case, "after a run over everything");
}

/// Whether the published rule finds a row: read off the page, one condition after the other.
fn is_found(row: &csv::StringRecord, column: &dyn Fn(&str) -> usize) -> bool {
    let cell = |name: &str| row[column(name)].to_owned();
    let is_server = |name: &str| {
        let name = cell(name);
        ["w3wp.exe", "beasvc.exe", "httpd.exe"].contains(&name.as_str())
            || name.to_lowercase().starts_with("tomcat")
    };
    let command = cell("ProcessCommandLine").to_lowercase();
    let terms: Vec<&str> = command.split(|c: char| !c.is_alphanumeric()).collect();
    let words = ["wget", "whoami", "certutil", "systeminfo", "ping", "ipconfig", "timeout"];
    (is_server("InitiatingProcessFileName") || is_server("InitiatingProcessParentFileName"))
        && ["cmd.exe", "powershell.exe"].contains(&cell("FileName").to_lowercase().as_str())
        && (command.contains("%temp%") || words.iter().any(|word| terms.contains(word)))
}

#[test]
fn a_month_at_once_gives_findings_of_the_whole_span_and_the_result_of_the_last_week() {
    let Some(generated) = Generated::new() else { return };
    let (file, truth) = generated.generate(&["--format", "csv", "--days", "30"]);
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let headers = reader.headers().unwrap().clone();
    let column =
        |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name).unwrap();
    let mut expected = BTreeMap::<String, i64>::new();
    for row in reader.records().map(Result::unwrap).filter(|row| is_found(row, &column)) {
        *expected.entry(row[column("DeviceId")].to_owned()).or_default() += 1;
    }
    let mut case = CaseBuilder::new();
    case.ingest("month", file);
    case.run_all();
    truth.check(&case, "the last week");
    let findings = list_findings(&case.case, "kim").unwrap();
    let found: BTreeMap<String, i64> = findings.into_iter().map(|f| (f.device_id, f.events)).collect();
    assert_eq!(found, expected);
    let of_the_week = truth.0["matching_events"].as_i64().unwrap();
    assert!(of_the_week > 0 && expected.values().sum::<i64>() > of_the_week, "a week is not all of it");
}

#[test]
fn generated_days_give_the_same_in_any_order_given_twice_and_in_either_format() {
    let Some(generated) = Generated::new() else { return };
    let (mut days, truth) = generated.days("csv");
    let case = ingest_all(&days, &truth);
    truth.check(&case, "days in order");
    truth.check_findings(&case, "days in order");
    let expected = case.dump();

    // With a run after each day, as of its end. The window's hull is wider then, so that findings may hold more.
    let mut daily = CaseBuilder::new();
    for (number, day) in days.iter().enumerate() {
        daily.ingest(&format!("day {number}"), day);
        daily.run(&shipped(), &format!("2026-05-{:02}T00:00:00Z", number + 4), "7d");
    }
    truth.check(&daily, "a run a day");

    // Twice: the same bytes are known at once.
    let mut twice = case;
    for day in &days {
        let outcome = twice.try_ingest("again", day).unwrap();
        assert!(matches!(outcome, Outcome::AlreadyImported(_)), "{outcome:?}");
    }
    twice.run(&shipped(), truth.text("now"), "7d");
    assert_same(&twice.dump(), &expected, "days given twice");

    days.reverse();
    let reverse = ingest_all(&days, &truth);
    truth.check(&reverse, "days in reverse");
    assert_same(&reverse.dump(), &expected, "days in reverse");

    let (streams, _) = generated.days("ndjson");
    let mut mixed = CaseBuilder::new();
    for (number, stream) in streams.iter().enumerate() {
        mixed.ingest(&format!("stream {number}"), stream);
    }
    let known: i64 = days
        .iter()
        .map(|day| mixed.ingest("csv", day))
        .map(|import| import.events_known - import.rows_read)
        .sum();
    assert_eq!(known, 0, "every CSV row is known from the streams");
    mixed.run(&shipped(), truth.text("now"), "7d");
    truth.check(&mixed, "streams, then CSV");
    assert_same(&mixed.dump(), &expected, "streams, then CSV");
}
