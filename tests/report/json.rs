//! JSON against its schema, and JSONL.

use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::{Kind, SCHEMA};
use serde_json::Value;

use super::sample::{Sample, events, hostile};

fn judged() -> Sample {
    let sample = Sample::hostile();
    sample.judge(1, Classification::FalsePositive, Determination::NotMalicious);
    sample
}

fn object(sample: &Sample) -> Value {
    serde_json::from_slice(&sample.write(Kind::Json)).unwrap()
}

fn lines(sample: &Sample) -> Vec<Value> {
    let text = String::from_utf8(sample.write(Kind::Jsonl)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn check(report: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn a_report_is_as_its_schema_says() {
    let sample = judged();
    sample.hide("net user");
    let report = object(&sample);
    assert_eq!(check(&report), Vec::<String>::new());
    assert_eq!(report["suppressions"].as_array().unwrap().len(), 1);
}

#[test]
fn the_schema_names_every_member_and_no_other() {
    let report = object(&judged());
    for place in [
        "/report",
        "/hunts/0",
        "/rules/0",
        "/imports/0",
        "/devices/0",
        "/findings/0",
        "/findings/0/evidence/0",
    ] {
        let members = report.pointer(place).unwrap().as_object().unwrap();
        assert!(!members.is_empty(), "{place}");
        for name in members.keys() {
            let mut less = report.clone();
            less.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(name);
            assert!(!check(&less).is_empty(), "{place}/{name} can be left out");
        }
        let mut more = report.clone();
        more.pointer_mut(place).unwrap()["other"] = 1.into();
        assert!(!check(&more).is_empty(), "{place} can have other members");
    }
}

#[test]
fn command_lines_come_back_as_they_were() {
    let sample = judged();
    let report = object(&sample);
    let found: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|finding| finding["evidence"].as_array().unwrap())
        .map(|event| event["processCommandLine"].as_str().unwrap())
        .collect();
    assert_eq!(found.len(), events(&sample.extract()).len());
    for line in hostile() {
        assert!(found.contains(&line.as_str()), "{line:?}");
    }
    let text = String::from_utf8(sample.write(Kind::Json)).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\0']), "what drives a terminal is escaped");
}

#[test]
fn lines_say_what_the_object_says() {
    let sample = judged();
    let (object, lines) = (object(&sample), lines(&sample));
    let of_type = |kind: &str| lines.iter().filter(|line| line["type"] == kind).cloned().collect::<Vec<_>>();
    for (kind, name) in [("hunt", "hunts"), ("rule", "rules"), ("import", "imports"), ("device", "devices")] {
        let mut found = of_type(kind);
        found.iter_mut().for_each(|line| drop(line.as_object_mut().unwrap().remove("type")));
        assert_eq!(&found, object[name].as_array().unwrap(), "{name}");
        assert!(!found.is_empty(), "{name}");
    }
    let findings = object["findings"].as_array().unwrap();
    assert_eq!(of_type("finding").len(), findings.len());
    let mut expected = Vec::new();
    for finding in findings {
        for event in finding["evidence"].as_array().unwrap() {
            let mut event = event.clone();
            event["type"] = "event".into();
            event["finding"] = finding["id"].clone();
            expected.push(event);
        }
    }
    assert_eq!(of_type("event"), expected);
    assert!(!expected.is_empty());
    assert_eq!(lines[0]["schema_version"], 1);
    assert_eq!(lines[0]["asOf"], object["report"]["asOf"]);
}
