//! Findings and events as CSV, read by the csv crate.

use std::collections::BTreeMap;

use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;
use huntcase::report::{Format, Layout};
use serde_json::Value;

use super::sample::{NOTE, Sample, TAG, events, hostile};

fn records(sample: &Sample, kind: Kind, formula_guard: bool) -> Vec<BTreeMap<String, String>> {
    let bytes = sample.write_as(kind, Layout { formula_guard, ..Layout::new(Format::Csv) });
    csv::Reader::from_reader(bytes.as_slice()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_finding_carries_its_verdict_notes_history_and_rule_versions() {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let findings = records(&sample, Kind::Csv, true);
    assert_eq!(findings.len(), sample.extract().findings.len());
    let finding = &findings[0];
    assert_eq!((finding["id"].as_str(), finding["classification"].as_str()), ("F-1", "truePositive"));
    let json = |name: &str| serde_json::from_str::<Value>(&finding[name]).unwrap();
    assert_eq!(json("notes")[0]["text"], NOTE);
    assert_eq!(json("tags"), serde_json::json!([TAG]));
    assert!(json("history").as_array().unwrap().iter().any(|change| change["why"] == "=because"));
    assert_eq!(json("ruleVersions")[0].as_str().unwrap().len(), 64);
    let import = &json("imports")[0];
    assert_eq!((import["id"].as_i64(), import["sha256"].as_str().map(str::len)), (Some(1), Some(64)));
    assert!(!finding.contains_key("unseen"));
}

#[test]
fn what_a_spreadsheet_would_run_is_guarded_and_nothing_else_is_changed() {
    let sample = Sample::hostile();
    let plain = records(&sample, Kind::EvidenceCsv, false);
    let guarded = records(&sample, Kind::EvidenceCsv, true);
    let events = events(&sample.extract());
    assert_eq!((plain.len(), guarded.len()), (events.len(), events.len()));
    let mut guards = 0;
    for ((id, event), (plain, guarded)) in events.iter().zip(plain.iter().zip(&guarded)) {
        assert_eq!(plain["finding"], id.to_string());
        assert_eq!(plain["processCommandLine"], event.command_line);
        assert_eq!(plain["importSha256"].len(), 64);
        let is_formula = event.command_line.starts_with(['=', '+', '-', '@']);
        let guard = if is_formula { "'" } else { "" };
        assert_eq!(guarded["processCommandLine"], format!("{guard}{}", event.command_line));
        guards += i32::from(is_formula);
    }
    assert_eq!(guards, 4);
    assert!(hostile().iter().all(|line| plain.iter().any(|row| row["processCommandLine"] == *line)));
}
