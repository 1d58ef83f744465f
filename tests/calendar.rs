//! A week of hunting: seven generated days go through the built program, with decisions of two analysts between them.
//!
//! After each day all that the case says is compared with that day's file in `tests/calendar/expected`;
//! `UPDATE_EXPECTED=1` rewrites it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

mod calendar {
    pub mod commands;
    pub mod days;
    pub mod exports;
    pub mod state;
}

use std::path::Path;

use calendar::commands::Desk;
use calendar::{days, exports, state};

/// Compares with a file of `tests/calendar/expected`, whole; says which line differs first.
fn compare(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calendar/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = || found.lines().map(Some).chain([None]).zip(expected.lines().map(Some).chain([None]));
    let first = lines().enumerate().find(|(_, (found, expected))| found != expected);
    assert!(found == expected, "{name}, line and what was found and expected there: {first:#?}");
}

#[test]
fn a_week_of_exports_runs_and_decisions_ends_each_day_as_expected() {
    let desk = Desk::new();
    for day in 1..=exports::DAYS {
        desk.write_files(day);
        let mut text = days::TITLES[day - 1].to_owned() + "\n";
        for command in days::commands(day) {
            text += &desk.run(day, command);
        }
        text += &state::of(&desk, day);
        compare(&format!("day-{day}.txt"), &text);
    }
}

#[test]
fn a_state_is_the_same_when_it_is_asked_for_twice() {
    let desk = Desk::new();
    desk.write_files(1);
    desk.run(1, "kim: run day-1.csv");
    let first = state::of(&desk, 1);
    assert!(first.contains("F-1"), "there is something to say");
    assert_eq!(state::of(&desk, 1), first);
}
