use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Counting, Coverage, Gap, Hole, find_gaps};
use crate::event::{Day, Reading, Span, Timestamp};
use crate::source::{Export, Origin};
use crate::store::{Access, Case, Import, Request, ingest};

const NOW: &str = "2026-05-31T12:00:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp::parse_typed(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::of(at(text))
}

/// A case with these events, each a device and a time.
fn case_of(events: &[(&str, &str)]) -> (TempDir, Case) {
    let folder = TempDir::new().unwrap();
    let mut case = Case::open(&folder.path().join("case.db"), Access::Create).unwrap();
    let rows =
        events.iter().enumerate().map(|(n, (device, time))| format!("{time},{device},{device},4,{n}\n"));
    let text = format!("Timestamp,DeviceId,DeviceName,ProcessId,ReportId\n{}", rows.collect::<String>());
    let mut export =
        Export::open("export", Origin::Text(text.as_bytes().into()), Reading::default()).unwrap();
    ingest(&mut case, &mut export, Request { by: "kim", at: at(NOW) }, &mut |_, _| ()).unwrap();
    (folder, case)
}

fn coverage_of(events: &[(&str, &str)], since: Option<&str>) -> Coverage {
    let (_folder, case) = case_of(events);
    let counted = case.coverage(since.map(at), at(NOW), Counting::Events).unwrap();
    let mut by_day = case.coverage(since.map(at), at(NOW), Counting::Days).unwrap();
    assert_eq!(by_day.devices, counted.devices, "an event a day says the same of devices");
    assert!(by_day.days.iter().all(|day| day.events.is_none()));
    for (day, whole) in by_day.days.iter_mut().zip(&counted.days) {
        day.events = whole.events;
    }
    assert_eq!(by_day.days, counted.days, "and of days");
    counted
}

/// Each row of days: from, to, events, devices, silent ones.
fn days(coverage: &Coverage) -> Vec<(String, String, i64, i64, i64)> {
    let row = |day: &super::DayCoverage| {
        (day.day.to_string(), day.last_day().to_string(), day.events.unwrap(), day.devices, day.silent)
    };
    coverage.days.iter().map(row).collect()
}

fn row(from: &str, to: &str, events: i64, devices: i64, silent: i64) -> (String, String, i64, i64, i64) {
    (from.to_owned(), to.to_owned(), events, devices, silent)
}

const THREE: [(&str, &str); 8] = [
    ("even", "2026-05-01T08:00:00Z"),
    ("even", "2026-05-02T08:00:00Z"),
    ("even", "2026-05-02T23:59:59.9999999Z"),
    ("even", "2026-05-05T06:00:00Z"),
    ("holes", "2026-05-01T00:00:00Z"),
    ("holes", "2026-05-05T10:00:00Z"),
    ("quiet", "2026-05-01T10:00:00Z"),
    ("quiet", "2026-05-02T10:00:00Z"),
];

#[test]
fn holes_and_silence_of_each_device_are_counted_and_the_worst_comes_first() {
    let coverage = coverage_of(&THREE, None);
    let found: Vec<_> = coverage
        .devices
        .iter()
        .map(|d| (d.name.as_str(), d.events, d.days, d.case_days, d.holes, d.hole_days, d.silence.unwrap()))
        .collect();
    let hours = |hours: &str| Span::parse(hours).unwrap();
    let expected = [
        ("holes", 2, 2, 5, 1, 3, hours("0h")),
        ("quiet", 2, 2, 5, 0, 0, hours("72h")),
        ("even", 4, 3, 5, 1, 2, hours("4h")),
    ];
    assert_eq!(found, expected);
    assert_eq!(coverage.devices[0].longest_hole, Some(Hole { first: day("2026-05-02"), days: 3 }));
    assert_eq!(coverage.devices[1].first_event, Some(at("2026-05-01T10:00:00Z")));
}

#[test]
fn a_day_says_who_spoke_and_who_was_known_and_silent() {
    let coverage = coverage_of(&THREE, None);
    let expected = [
        row("2026-05-01", "2026-05-01", 3, 3, 0),
        row("2026-05-02", "2026-05-02", 3, 2, 1),
        row("2026-05-03", "2026-05-04", 0, 0, 2),
        row("2026-05-05", "2026-05-05", 2, 2, 0),
    ];
    assert_eq!(days(&coverage), expected);
    assert_eq!((coverage.case_days(), coverage.empty_days()), (5, 2));
    let worst = coverage.worst_days(2);
    assert_eq!(worst.iter().map(|of| of.day).collect::<Vec<_>>(), [day("2026-05-03"), day("2026-05-02")]);
}

#[test]
fn the_longest_hole_is_the_first_of_several() {
    let times =
        ["2026-05-01", "2026-05-03", "2026-05-06", "2026-05-09"].map(|day| format!("{day}T08:00:00Z"));
    let events: Vec<_> = times.iter().map(|time| ("d", time.as_str())).collect();
    let device = &coverage_of(&events, None).devices[0];
    assert_eq!((device.holes, device.hole_days), (3, 5));
    assert_eq!(device.longest_hole, Some(Hole { first: day("2026-05-04"), days: 2 }));
}

#[test]
fn many_days_without_an_event_are_one_row() {
    let events =
        [("old", "2001-01-01T00:00:00Z"), ("d", "2026-05-01T08:00:00Z"), ("d", "2026-05-02T08:00:00Z")];
    let coverage = coverage_of(&events, None);
    assert_eq!(coverage.days.len(), 4);
    assert_eq!(days(&coverage)[1], row("2001-01-02", "2026-04-30", 0, 0, 0));
    assert_eq!(coverage.devices[0].name, "old", "it has been silent for long");
}

#[test]
fn a_clock_that_is_ahead_makes_no_other_device_silent() {
    let events = [
        ("ahead", "2026-05-02T08:00:00Z"),
        ("ahead", "2031-01-01T00:00:00Z"),
        ("ahead", "2031-01-02T00:00:00Z"),
        ("d", "2026-05-02T09:00:00Z"),
        ("future", "2031-01-01T00:00:00Z"),
    ];
    let coverage = coverage_of(&events, None);
    assert_eq!(days(&coverage), [row("2026-05-02", "2026-05-02", 2, 2, 0)]);
    let found: Vec<_> =
        coverage.devices.iter().map(|d| (d.name.as_str(), d.events, d.ahead, d.silence)).collect();
    let expected =
        [("future", 0, 1, None), ("ahead", 1, 2, Span::parse("1h")), ("d", 1, 0, Span::parse("0h"))];
    assert_eq!(found, expected);
    assert_eq!((coverage.devices[0].first_event, coverage.devices[0].last_event), (None, None));
    assert_eq!(coverage.devices[1].last_event, Some(at("2026-05-02T08:00:00Z")));
}

#[test]
fn days_before_a_prune_are_neither_holes_nor_silence() {
    // What was pruned is gone; one event of its time is still held.
    let events = [
        ("known", "2026-05-01T08:00:00Z"),
        ("known", "2026-05-07T08:00:00Z"),
        ("late", "2026-05-06T08:00:00Z"),
        ("gone", "2026-05-02T08:00:00Z"),
    ];
    let coverage = coverage_of(&events, Some("2026-05-04T12:00:00Z"));
    let expected = [
        row("2026-05-05", "2026-05-05", 0, 0, 1),
        row("2026-05-06", "2026-05-06", 1, 1, 1),
        row("2026-05-07", "2026-05-07", 1, 1, 0),
    ];
    let [first, second, third] = expected;
    assert_eq!(days(&coverage), [first, second, third]);
    let found: Vec<_> =
        coverage.devices.iter().map(|d| (d.name.as_str(), d.days, d.hole_days, d.silence)).collect();
    let expected = [
        ("gone", 0, 0, Span::parse("5d")),
        ("known", 1, 2, Span::parse("0d")),
        ("late", 1, 0, Span::parse("1d")),
    ];
    assert_eq!(found, expected);
    assert!(coverage_of(&events[..1], Some("2026-05-04")).days.is_empty(), "nothing is left to look at");
}

#[test]
fn a_case_without_events_covers_nothing() {
    let coverage = coverage_of(&[], None);
    assert_eq!((coverage.days, coverage.devices), (Vec::new(), Vec::new()));
}

/// The first event of an import and its last.
type ImportSpan<'t> = Option<(&'t str, &'t str)>;

fn import(id: i64, span: ImportSpan<'_>) -> Import {
    let (first_event, last_event) = span.map(|(first, last)| (at(first), at(last))).unzip();
    Import { id, first_event, last_event, ..Import::default() }
}

#[test]
fn a_gap_is_a_span_that_none_of_all_imports_covers() {
    let gap = |from: &str, to: &str, import_before, import_after| Gap {
        from: at(from),
        to: at(to),
        import_before,
        import_after,
    };
    let cases: [(&[ImportSpan<'_>], Vec<Gap>); 6] = [
        (&[], vec![]),
        (&[None, Some(("2026-05-01", "2026-05-02"))], vec![]),
        (&[Some(("2026-05-01", "2026-05-02")), Some(("2026-05-02", "2026-05-03"))], vec![]),
        (
            &[Some(("2026-05-03", "2026-05-04")), Some(("2026-05-01", "2026-05-02"))],
            vec![gap("2026-05-02", "2026-05-03", 2, 1)],
        ),
        // The first reaches over the second.
        (
            &[
                Some(("2026-05-01", "2026-05-09")),
                Some(("2026-05-02", "2026-05-03")),
                Some(("2026-05-10", "2026-05-11")),
            ],
            vec![gap("2026-05-09", "2026-05-10", 1, 3)],
        ),
        (
            &[
                Some(("2026-05-01", "2026-05-02")),
                Some(("2026-05-05", "2026-05-05")),
                Some(("2026-05-08", "2026-05-09")),
            ],
            vec![gap("2026-05-02", "2026-05-05", 1, 2), gap("2026-05-05", "2026-05-08", 2, 3)],
        ),
    ];
    for (spans, expected) in cases {
        let imports: Vec<Import> = spans.iter().zip(1..).map(|(span, id)| import(id, *span)).collect();
        assert_eq!(find_gaps(&imports), expected, "{spans:?}");
    }
    assert_eq!(gap("2026-05-02", "2026-05-05", 1, 2).length(), Span::from_days(3));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against a slow version that says for each device and day whether there is an event.
    #[test]
    fn days_and_devices_agree_with_a_list_of_all(
        events in prop::collection::vec((0..4_usize, 1..9_u32, 0..24_u32), 1..20),
    ) {
        let names = ["a", "b", "c", "d"];
        let times: Vec<String> =
            events.iter().map(|(_, day, hour)| format!("2026-05-{day:02}T{hour:02}:00:00Z")).collect();
        let rows: Vec<_> = events.iter().zip(&times).map(|((device, ..), time)| (names[*device], time.as_str())).collect();
        let coverage = coverage_of(&rows, None);

        let mut spoken: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for (device, day, _) in &events {
            spoken.entry(names[*device]).or_default().insert(*day);
        }
        let all: BTreeSet<u32> = events.iter().map(|(_, day, _)| *day).collect();
        let (first, last) = (*all.first().unwrap(), *all.last().unwrap());
        let of_day = |day: u32| {
            let has = spoken.values().filter(|days| days.contains(&day)).count() as i64;
            let known = spoken.values().filter(|days| *days.first().unwrap() <= day && day <= *days.last().unwrap());
            let count = events.iter().filter(|(_, of, _)| *of == day).count() as i64;
            (count, has, known.count() as i64 - has)
        };
        let expected: Vec<_> = (first..=last).map(of_day).collect();
        let found: Vec<_> = coverage
            .days
            .iter()
            .flat_map(|day| vec![(day.events.unwrap(), day.devices, day.silent); day.days as usize])
            .collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(coverage.devices.len(), spoken.len());
        for device in &coverage.devices {
            let days = &spoken[device.name.as_str()];
            let span = days.last().unwrap() - days.first().unwrap() + 1;
            prop_assert_eq!(device.days, days.len() as i64);
            prop_assert_eq!(device.hole_days, i64::from(span) - days.len() as i64);
            let ordered: Vec<u32> = days.iter().copied().collect();
            let holes = ordered.windows(2).filter(|pair| pair[1] - pair[0] > 1).count();
            prop_assert_eq!(device.holes, holes as i64);
        }
    }
}
