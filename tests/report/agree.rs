//! All kinds tell the same.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use huntcase::findings::{
    Author, Classification, Determination, Extract, ExtractRequest, FindingId, HuntChange, News, ReportSince,
    keep_report, lift_suppression, list_hunts, open_hunt,
};
use huntcase::report::kinds::Kind;
use serde_json::Value;

use super::sample::{Sample, event};
use crate::support::{CaseBuilder, NOW, at, own_rules, rule_text};

/// Findings and events by each kind, where it has both.
fn counts(sample: &Sample) -> Vec<(Kind, usize, usize)> {
    let text = |kind| String::from_utf8(sample.write(kind)).unwrap();
    let rows = |kind| csv::Reader::from_reader(text(kind).as_bytes()).records().map(Result::unwrap).count();
    let json: Value = serde_json::from_str(&text(Kind::Json)).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let in_json = findings.iter().map(|finding| finding["evidence"].as_array().unwrap().len()).sum();
    let typed = |kind: &str| text(Kind::Jsonl).matches(&format!("\"type\":\"{kind}\"")).count();
    let mut book = Xlsx::new(Cursor::new(sample.write(Kind::Xlsx))).unwrap();
    let mut height = |name| book.worksheet_range(name).unwrap().height() - 1;
    let markdown = text(Kind::Markdown);
    vec![
        (Kind::Csv, rows(Kind::Csv), rows(Kind::EvidenceCsv)),
        (Kind::Json, findings.len(), in_json),
        (Kind::Jsonl, typed("finding"), typed("event")),
        (Kind::Xlsx, height("Findings"), height("Evidence")),
        (
            Kind::Html,
            text(Kind::Html).matches("<details class=\"finding\"").count(),
            text(Kind::Html).matches("<li class=\"event\">").count(),
        ),
        (Kind::Markdown, markdown.matches("\n## F-").count(), markdown.matches("\ncommand  ").count()),
        (Kind::Timesketch, findings.len(), text(Kind::Timesketch).lines().count()),
        (Kind::TimesketchCsv, findings.len(), rows(Kind::TimesketchCsv)),
        (Kind::Kql, findings.len(), text(Kind::Kql).lines().filter(|line| line.starts_with("  \"")).count()),
    ]
}

#[test]
fn every_kind_has_the_same_findings_and_events() {
    let sample = Sample::with(&[event(1, "a"), event(2, "b"), event(3, "c")]);
    for (kind, findings, events) in counts(&sample) {
        assert_eq!((findings, events), (1, 3), "{kind:?}");
    }
}

#[test]
fn what_a_suppression_hides_is_told_in_no_kind() {
    let mut other = event(2, "hide me");
    other.insert("DeviceId", "d2".to_owned());
    let sample = Sample::with(&[event(1, "a"), other]);
    sample.hide("hide me");
    for (kind, findings, events) in counts(&sample) {
        assert_eq!((findings, events), (1, 1), "{kind:?}");
    }
    let json: Value = serde_json::from_slice(&sample.write(Kind::Json)).unwrap();
    assert_eq!(json["suppressions"][0]["eventsHidden"], 1);
}

fn read<'c>(sample: &'c Sample, since: Option<ReportSince>) -> Extract<'c> {
    Extract::read(&sample.builder.case, &ExtractRequest { since, ..ExtractRequest::default() }).unwrap()
}

fn keep(sample: &Sample, by: &str) {
    let made = read(sample, None).made();
    keep_report(&sample.builder.case, &made, by, at(NOW)).unwrap();
}

fn news(extract: &Extract<'_>) -> Vec<(FindingId, Option<News>)> {
    extract.findings.iter().map(|reported| (reported.finding.id, reported.news)).collect()
}

#[test]
fn a_report_says_what_is_new_since_the_one_before_and_again_the_same() {
    let sample = Sample::with(&[event(1, "a")]);
    assert_eq!(news(&read(&sample, None)), [(FindingId(1), None)], "the first report has none before it");
    keep(&sample, "kim");
    keep(&sample, "lee");
    assert_eq!(sample.builder.cell("SELECT count(*) FROM report"), "1", "the same is kept once");
    assert_eq!(news(&read(&sample, None)), [(FindingId(1), None)], "it is not compared with itself");
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let changes = news(&read(&sample, None));
    assert!(
        matches!(changes[..], [(FindingId(1), Some(News { is_new: false, events: 0, changes: 1.. }))]),
        "{changes:?}"
    );
    assert_eq!(changes[0].1.unwrap().name(), "changed");
    let before = sample.write(Kind::Markdown);
    keep(&sample, "kim");
    assert!(sample.write(Kind::Markdown) == before, "to keep a report does not change it");
}

#[test]
fn only_what_is_new_since_the_last_report_is_told_where_that_is_asked_for() {
    let sample = Sample::with(&[event(1, "a"), event(2, "b")]);
    keep(&sample, "kim");
    let mut builder = sample.builder;
    let mut other = event(3, "c");
    other.insert("DeviceId", "d2".to_owned());
    builder.ingest(
        "more.csv",
        crate::support::exports::to_csv(&[other], &super::sample::COLUMNS, Default::default()),
    );
    let rule = own_rules(&[("shells", rule_text("shells", "SELECT event_id FROM DeviceProcessEvents"))]);
    builder.run(&rule, super::sample::AS_OF, crate::support::EVER);
    let sample = Sample { builder };
    let told = news(&read(&sample, Some(ReportSince::LastReport)));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.is_some_and(|news| news.is_new && news.events == 1), "{told:?}");
    assert_eq!(read(&sample, None).findings.len(), 2);
}

#[test]
fn a_hunt_has_its_own_reports() {
    let sample = Sample::with(&[event(1, "a")]);
    keep(&sample, "kim");
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let hunt = Some(list_hunts(&sample.builder.case).unwrap()[0].id);
    let request = ExtractRequest { hunt, ..ExtractRequest::default() };
    let extract = Extract::read(&sample.builder.case, &request).unwrap();
    assert_eq!(extract.since, None, "the report of every hunt is none of this one");
}

#[test]
fn confirmed_findings_come_first_and_false_positives_last() {
    let on = |device: &str, number| {
        let mut row = event(number, "a");
        row.insert("DeviceId", device.to_owned());
        row
    };
    let sample = Sample::with(&[on("d1", 1), on("d2", 2), on("d3", 3), on("d4", 4)]);
    sample.judge(4, Classification::FalsePositive, Determination::NotMalicious);
    sample.judge(3, Classification::InformationalExpectedActivity, Determination::ConfirmedActivity);
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let order: Vec<i64> = news(&read(&sample, None)).iter().map(|(id, _)| id.0).collect();
    assert_eq!(order, [1, 2, 3, 4]);
}

#[test]
fn a_rule_that_failed_is_said_in_every_kind_that_people_read() {
    let sample = Sample::with(&[event(1, "a")]);
    let broken = own_rules(&[(
        "breaks",
        rule_text(
            "breaks",
            "SELECT event_id FROM DeviceProcessEvents WHERE \"matches regex\"(FileName, '[')",
        ),
    )]);
    let outcome = sample.builder.run(&broken, super::sample::AS_OF, crate::support::EVER);
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(read(&sample, None).failed.len(), 1);
    let sound = own_rules(&[("shells", rule_text("shells", "SELECT event_id FROM DeviceProcessEvents"))]);
    sample.builder.run(&sound, super::sample::AS_OF, crate::support::EVER);
    assert_eq!(read(&sample, None).failed.len(), 1, "a later run without the rule does not mend it");
    for kind in [Kind::Markdown, Kind::Html, Kind::Json, Kind::Kql] {
        let text = String::from_utf8(sample.write(kind)).unwrap();
        assert!(text.contains("breaks"), "{kind:?}");
    }
}

#[test]
fn what_was_hidden_at_the_last_report_and_shows_since_is_new() {
    let mut other = event(2, "hide me");
    other.insert("DeviceId", "d2".to_owned());
    let sample = Sample::with(&[event(1, "a"), other]);
    let suppression = sample.hide("hide me");
    keep(&sample, "kim");
    let author = Author { by: "kim", at: at(NOW), command: "suppress lift", why: "", dry_run: false };
    lift_suppression(&sample.builder.case, suppression, true, author).unwrap();
    let extract = read(&sample, Some(ReportSince::LastReport));
    let told: Vec<i64> = extract.findings.iter().map(|told| told.news.unwrap().events).collect();
    assert_eq!(told, [1], "the event that no report has told, and not the other finding");
}

#[test]
fn a_hunts_report_counts_the_findings_of_that_hunt_on_its_devices() {
    let sample = Sample::with(&[event(1, "a")]);
    let change = HuntChange { name: Some("other"), ..HuntChange::default() };
    let author = Author { by: "kim", at: at(NOW), command: "hunt open", why: "", dry_run: false };
    let other = open_hunt(&sample.builder.case, &change, author).unwrap();
    let open = |hunt| {
        let request = ExtractRequest { hunt: Some(hunt), ..ExtractRequest::default() };
        let extract = Extract::read(&sample.builder.case, &request).unwrap();
        extract.devices.iter().map(|device| device.open_findings).collect::<Vec<_>>()
    };
    let own = read(&sample, None).findings[0].finding.hunt.unwrap();
    assert_eq!((open(own), open(other.id)), (vec![1], vec![0]));
}

#[test]
fn half_a_surrogate_pair_comes_through_every_kind_as_a_replacement() {
    let mut builder = CaseBuilder::new();
    let row = r#"{"Timestamp":"2026-05-04T00:00:01Z","DeviceId":"d1","DeviceName":"web01","FileName":"cmd.exe","ProcessCommandLine":"a\ud800b","ReportId":"1"}"#;
    builder.ingest("day.json", format!("{row}\n"));
    let rule = own_rules(&[("shells", rule_text("shells", "SELECT event_id FROM DeviceProcessEvents"))]);
    builder.run(&rule, super::sample::AS_OF, crate::support::EVER);
    let sample = Sample { builder };
    for kind in [
        Kind::EvidenceCsv,
        Kind::Json,
        Kind::Jsonl,
        Kind::Timesketch,
        Kind::TimesketchCsv,
        Kind::Html,
        Kind::Markdown,
    ] {
        let text = String::from_utf8(sample.write(kind)).unwrap();
        assert!(
            text.contains("a\u{fffd}b") || text.contains(r"a\ufffdb") || text.contains(r"a\u{fffd}b"),
            "{kind:?}: {text}"
        );
    }
    let mut book = Xlsx::new(Cursor::new(sample.write(Kind::Xlsx))).unwrap();
    let evidence = book.worksheet_range("Evidence").unwrap();
    assert!(
        evidence
            .rows()
            .flatten()
            .any(|cell| matches!(cell.to_string().as_str(), "a\u{fffd}b" | r"a\u{fffd}b"))
    );
    // These tell no command line, and are written all the same.
    for kind in [Kind::Navigator, Kind::Kql] {
        sample.write(kind);
    }
}
