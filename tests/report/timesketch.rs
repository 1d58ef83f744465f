//! What Timesketch takes in: JSONL read by serde_json, CSV by csv.

use std::collections::BTreeMap;

use huntcase::event::Timestamp;
use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;
use huntcase::report::{Format, Layout};
use serde_json::{Value, json};

use super::sample::{NOTE, Sample, TAG, events};

fn worked_on() -> Sample {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    sample
}

fn lines(sample: &Sample) -> Vec<Value> {
    let text = String::from_utf8(sample.write(Kind::Timesketch));
    text.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn records(sample: &Sample, formula_guard: bool) -> Vec<BTreeMap<String, String>> {
    let bytes = sample.write_as(Kind::TimesketchCsv, Layout { formula_guard, ..Layout::new(Format::Csv) });
    csv::Reader::from_reader(bytes.as_slice()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_event_is_a_line_with_what_timesketch_needs() {
    let sample = worked_on();
    let lines = lines(&sample);
    let extract = sample.extract();
    assert_eq!(lines.len() as i64, extract.events());
    for (line, (id, event)) in lines.iter().zip(events(&extract)) {
        assert_eq!(line["finding_id"], id.to_string());
        assert_eq!(line["process_command_line"], event.command_line);
        assert_eq!(line["event_time"], event.time.to_string());
        assert_eq!(line["import_sha256"], extract.imports[0].sha256);
        assert_eq!(line["timestamp_desc"], "Process event recorded");
        let datetime = line["datetime"].as_str().unwrap();
        assert_eq!(datetime.len(), "2015-07-24T19:01:01.123456+00:00".len());
        assert!(datetime.ends_with("+00:00"));
        let (read, _) = Timestamp::parse(datetime).unwrap();
        assert_eq!(read.ticks(), event.time.ticks() / 10 * 10);
        assert_eq!(line["timestamp"], event.time.ticks() / 10);
        let message = line["message"].as_str().unwrap();
        assert!(message.starts_with("shells on web\"01"), "{message}");
        assert!(message.contains("svchost.exe -> w3wp.exe -> cmd.exe"), "{message}");
        assert!(!message.contains(['\u{1b}', '\u{202e}', '\n', '\0']), "{message:?}");
    }
}

#[test]
fn what_analysts_said_stands_in_every_line_of_the_finding() {
    let sample = worked_on();
    let lines = lines(&sample);
    let judged: Vec<_> = lines.iter().filter(|line| line["finding_id"] == "F-1").collect();
    assert!(!judged.is_empty() && judged.len() < lines.len());
    for line in judged {
        assert_eq!(line["verdict"], "truePositive");
        assert_eq!(line["determination"], "malware");
        assert_eq!(line["tag"], json!([TAG]));
        assert!(line["notes"][0].as_str().unwrap().ends_with(NOTE), "{line}");
        assert!(line["history"].to_string().contains("=because"), "{line}");
    }
}

#[test]
fn csv_has_the_same_rows_and_guards_against_formulas_where_asked_to() {
    let sample = worked_on();
    let lines = lines(&sample);
    for guarded in [false, true] {
        let records = records(&sample, guarded);
        assert_eq!(records.len(), lines.len());
        for (record, line) in records.iter().zip(&lines) {
            assert!(record.keys().eq(line.as_object().unwrap().keys()), "{:?}", record.keys());
            for (name, text) in record {
                let plain = match &line[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let is_formula =
                    line[name].is_string() && plain.starts_with(['=', '+', '-', '@', '\t', '\r']);
                let guard = if guarded && is_formula { "'" } else { "" };
                assert_eq!(*text, format!("{guard}{plain}"), "{name}");
            }
        }
        let first = if guarded { "'=" } else { "=" };
        assert!(records.iter().all(|record| record["account_name"].starts_with(first)));
    }
}
