//! Evidence that rests on rows recovered behind a broken one is told as such.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use huntcase::findings::{Finding, FindingId, list_findings, list_hidden_findings};
use huntcase::report::kinds::Kind;
use huntcase::report::recovered_among;
use serde_json::Value;

use super::sample::{COLUMNS, Sample, event, events};
use crate::support::exports::{Spelling, to_csv};

/// A finding with the events 1 to 4, whose rows begin on the lines 2, 4, 6 and 8 of import 1. Import 2 brought an event
/// of no finding.
fn sample(state: &str) -> Sample {
    let rows: Vec<_> = (1..=4).map(|number| event(number, &format!("run {number}"))).collect();
    let mut sample = Sample::with(&rows);
    sample.builder.ingest("day2.csv", to_csv(&[event(9, "later")], &COLUMNS, Spelling::default()));
    sample.builder.connect().execute_batch(state).unwrap();
    sample
}

/// The events that are told as recovered.
fn recovered(sample: &Sample) -> Vec<i64> {
    let events = events(&sample.extract()).into_iter();
    events.map(|(_, event)| event).filter(|event| event.is_recovered).map(|event| event.event_id).collect()
}

const BROKEN: &str = "UPDATE import SET recovered_after = 4 WHERE import_id = 1;";
const OTHER_BROKEN: &str = "UPDATE import SET recovered_after = 7 WHERE import_id = 2;";
const FILLED: &str = "INSERT INTO event_completion (event_id, import_id, line) VALUES (1, 2, 7), (2, 2, 8);";
const WHOLE: &str = "INSERT INTO repeated_event (event_id, import_id, is_whole) VALUES (2, 1, 1), (3, 2, 1);";
const PARTS: &str = "INSERT INTO repeated_event (event_id, import_id, is_whole) VALUES (2, 1, 0), (3, 2, 0);";

#[test]
fn an_event_rests_on_a_recovered_row_until_a_row_in_order_says_it_whole() {
    let cases: [(&str, &[&str], &[i64]); 9] = [
        ("no row broke", &[FILLED], &[]),
        ("its own row", &[BROKEN], &[3, 4]),
        ("repeated whole", &[BROKEN, WHOLE], &[4]),
        ("repeated in part", &[BROKEN, PARTS], &[3, 4]),
        ("an import that brought none of them", &[OTHER_BROKEN], &[]),
        ("a row that filled it", &[OTHER_BROKEN, FILLED], &[2]),
        ("filled, repeated whole", &[OTHER_BROKEN, FILLED, WHOLE], &[]),
        ("filled, repeated in part", &[OTHER_BROKEN, FILLED, PARTS], &[2]),
        ("both", &[BROKEN, OTHER_BROKEN, FILLED], &[2, 3, 4]),
    ];
    for (what, state, expected) in cases {
        let sample = sample(&state.concat());
        assert_eq!(recovered(&sample), expected, "{what}");
        let finding = list_findings(&sample.builder.case, "kim").unwrap().remove(0);
        assert_eq!(finding.recovered_events, expected.len() as i64, "{what}, counted");
    }
}

#[test]
fn what_is_hidden_is_not_counted_as_recovered() {
    let mut rows = vec![event(1, "shown"), event(2, "hidden")];
    rows[1].insert("DeviceId", "d2".to_owned());
    let sample = Sample::with(&rows);
    sample.builder.connect().execute_batch("UPDATE import SET recovered_after = 1").unwrap();
    sample.hide("hidden");
    let counts = |finding: &Finding| (finding.events, finding.hidden_events, finding.recovered_events);
    let case = &sample.builder.case;
    assert_eq!(counts(&list_findings(case, "kim").unwrap()[0]), (1, 0, 1));
    assert_eq!(counts(&list_hidden_findings(case, "kim").unwrap()[0]), (0, 1, 0));
}

#[test]
fn a_notice_names_ten_findings_and_counts_the_others() {
    let sample = sample(BROKEN);
    let finding = list_findings(&sample.builder.case, "kim").unwrap().remove(0);
    let many: Vec<Finding> = (1..=12).map(|id| Finding { id: FindingId(id), ..finding.clone() }).collect();
    let notice = recovered_among(&many[1..]).unwrap();
    let end = ", F-11 and 1 more rest on rows recovered behind a broken one (huntcase show F-2)";
    assert!(notice.starts_with("F-2, F-3, ") && notice.ends_with(end), "{notice}");
    assert_eq!(recovered_among(&[Finding { recovered_events: 0, ..finding }]), None);
}

#[test]
fn reports_for_people_say_it_of_the_finding_and_of_its_events() {
    let sample = sample(&[BROKEN, OTHER_BROKEN, FILLED].concat());
    for kind in [Kind::Markdown, Kind::Html] {
        let text = String::from_utf8(sample.write(kind)).unwrap();
        for (words, count) in [
            ("3 of 4 events rest on rows recovered behind a broken one: look at the export", 1),
            ("line 6, recovered behind the broken row of line 4", 1),
            ("line 8, recovered behind the broken row of line 4", 1),
            ("line 4, filled by a row recovered behind a broken one", 1),
            ("recovered", 5),
        ] {
            assert_eq!(text.to_lowercase().matches(words).count(), count, "{kind:?}: {words}\n{text}");
        }
    }
}

#[test]
fn reports_for_programs_have_it_with_each_event() {
    let sample = sample(BROKEN);
    let expected = ["false", "false", "true", "true"];
    let json: Value = serde_json::from_slice(&sample.write(Kind::Json)).unwrap();
    let finding = &json["findings"][0];
    let events = finding["evidence"].as_array().unwrap().iter();
    assert_eq!(events.map(|event| event["recovered"].to_string()).collect::<Vec<_>>(), expected);
    assert_eq!(finding["eventsRecovered"], 2);
    for kind in [Kind::EvidenceCsv, Kind::TimesketchCsv] {
        let bytes = sample.write(kind);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let at = reader.headers().unwrap().iter().position(|name| name == "recovered").unwrap();
        let found: Vec<_> = reader.records().map(|record| record.unwrap()[at].to_owned()).collect();
        assert_eq!(found, expected, "{kind:?}");
    }
    let mut book = Xlsx::new(Cursor::new(sample.write(Kind::Xlsx))).unwrap();
    let evidence = book.worksheet_range("Evidence").unwrap();
    let at = evidence.rows().next().unwrap().iter().position(|name| *name == "recovered").unwrap();
    let found: Vec<_> = evidence.rows().skip(1).map(|row| row[at].clone()).collect();
    assert_eq!(found, [false, false, true, true].map(Data::Bool));
}
