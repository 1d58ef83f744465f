//! What is left of an ingest, a run or a prune that is killed at any moment.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]
#![allow(clippy::print_stderr, reason = "the seed has to be seen to be used again")]

mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use huntcase::store::{Access, Case};
use rusqlite::Connection;
use support::{Dice, Program, dump};

const KILLS: usize = 30;
const ROWS: usize = 8_000;

/// Events of several devices, mostly with command lines of their own, some of which a web server started.
fn export() -> String {
    let mut dice = Dice(7);
    let mut csv =
        "Timestamp,DeviceId,DeviceName,FileName,ProcessId,ProcessCommandLine,InitiatingProcessFileName,\
                   InitiatingProcessId,InitiatingProcessParentFileName,ReportId\n"
            .to_owned();
    for number in 0..ROWS {
        let device = dice.below(9);
        let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
        let command = match dice.below(4) {
            0 => "cmd.exe /c whoami".to_owned(),
            1 => format!("cmd.exe /c ping -n {} 10.0.0.1", dice.below(20)),
            _ => format!("cmd.exe /c job {number} --id {:016x}", dice.next()),
        };
        let initiating = if dice.hits(200) { "w3wp.exe" } else { "explorer.exe" };
        writeln!(
            csv,
            "2026-05-{:02}T{hour:02}:{minute:02}:{second:02}.{:07}Z,{device:040x},host{device},cmd.exe,{},{command},\
             {initiating},{},userinit.exe,{number}",
            4 + number / 86_400,
            dice.below(10_000_000),
            dice.below(60_000),
            dice.below(60_000),
        )
        .unwrap();
    }
    csv
}

/// The case as a person sees it.
fn dump_of(path: &Path) -> String {
    dump(&Case::open(path, Access::Write).unwrap())
}

/// Checks a case that an ingest was killed over; says how many events it has, None where there is no case yet.
fn check(path: &Path) -> Option<i64> {
    if !path.exists() {
        return None;
    }
    drop(Case::open(path, Access::Create).unwrap());
    let connection = Connection::open(path).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let words: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "ok");
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let events = count("SELECT count(*) FROM process_event");
    let imports = count("SELECT count(*) FROM import");
    assert_eq!(events, imports * ROWS as i64, "an import is whole or not there");
    for table in ["device", "text", "command_line", "image", "recent_content"] {
        assert_eq!(count(&format!("SELECT count(*) FROM {table}")) > 0, imports > 0, "{table}");
    }
    Some(events)
}

/// Kills an ingest of standard input that has read a part of an export, somewhere within it, and waits for the rest.
fn kill_midway(program: &Program, export: &str, dice: &mut Dice) {
    let mut child = spawn(program, &["ingest", "-"]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&export.as_bytes()[..dice.below(export.len())]).unwrap();
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it cannot have ended: its input goes on");
}

/// Kills a command at a moment within about the time that it takes: perhaps at its start, perhaps when it has ended.
fn kill_sometime(program: &Program, arguments: &[&str], duration: Duration, dice: &mut Dice) {
    let mut child = spawn(program, arguments);
    std::thread::sleep(Duration::from_micros(dice.below(duration.as_micros() as usize) as u64));
    child.kill().unwrap();
    child.wait().unwrap();
}

fn spawn(program: &Program, arguments: &[&str]) -> Child {
    let mut command = program.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn an_ingest_that_is_killed_leaves_a_sound_case_with_all_of_the_file_or_nothing() {
    let seed = std::env::var("HUNTCASE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("seed: HUNTCASE_SEED={seed}");
    let mut dice = Dice(seed);
    let export = export();

    let undisturbed = Program::new();
    undisturbed.write("export.csv", &export);
    let start = Instant::now();
    undisturbed.ok(&["ingest", "export.csv"]);
    let whole = start.elapsed();
    undisturbed.ok(&["run"]);
    let expected = dump_of(&undisturbed.case());
    assert!(expected.contains("\nfinding "), "there is something to find");

    let (mut disturbed, mut empty, mut done) = (Program::new(), 0, 0);
    disturbed.write("export.csv", &export);
    for _ in 0..KILLS / 2 {
        kill_midway(&disturbed, &export, &mut dice);
        assert!(matches!(check(&disturbed.case()), None | Some(0)), "a part of a file is in the case");
        kill_sometime(&disturbed, &["ingest", "export.csv"], whole, &mut dice);
        match check(&disturbed.case()) {
            None | Some(0) => empty += 1,
            Some(_) => {
                // The file is in: begin anew, so that later kills meet an ingest too.
                done += 1;
                if done <= 3 {
                    assert_eq!(finish(&disturbed), expected);
                }
                disturbed = Program::new();
                disturbed.write("export.csv", &export);
            }
        }
    }
    eprintln!("of those killed sometime, {empty} left no events, {done} left all");
    assert_eq!(finish(&disturbed), expected);
}

#[test]
fn an_ingest_that_is_killed_over_a_case_with_events_adds_all_of_the_file_or_nothing() {
    let export = export();
    let lines: Vec<&str> = export.lines().collect();
    let program = Program::new();
    // The second file begins with the last thousand rows of the first.
    let second = [&lines[..1], &lines[4001..]].concat().join("\n");
    program.write("first.csv", lines[..=5000].join("\n"));
    program.write("second.csv", &second);
    program.ok(&["ingest", "first.csv"]);
    let case = program.case();
    let before = std::fs::read(&case).unwrap();
    let start = Instant::now();
    program.ok(&["ingest", "second.csv"]);
    let whole = start.elapsed();
    let expected = dump_of(&case);
    let events = |path: &Path| dump_of(path).lines().filter(|line| line.starts_with("event ")).count();
    assert_eq!(events(&case), ROWS);
    let mut dice = Dice(23);
    for number in 0..KILLS / 4 {
        std::fs::write(&case, &before).unwrap();
        let possible: &[usize] = if number % 2 == 0 {
            kill_midway(&program, &second, &mut dice);
            &[5000]
        } else {
            kill_sometime(&program, &["ingest", "second.csv"], whole, &mut dice);
            &[5000, ROWS]
        };
        let found = events(&case);
        assert!(possible.contains(&found), "{found}");
        program.ok(&["ingest", "second.csv"]);
        assert_eq!(dump_of(&case), expected);
        let words: String = Connection::open(&case)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(words, "ok");
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", case.display()));
        }
    }
}

/// Does the job to its end, and shows the case.
fn finish(program: &Program) -> String {
    program.ok(&["ingest", "export.csv"]);
    program.ok(&["run"]);
    dump_of(&program.case())
}

#[test]
fn a_run_that_is_killed_is_repeated_as_if_it_had_not_been() {
    let export = export();
    let undisturbed = Program::new();
    undisturbed.write("export.csv", &export);
    undisturbed.ok(&["ingest", "export.csv"]);
    let start = Instant::now();
    undisturbed.ok(&["run"]);
    let whole = start.elapsed();
    let expected = dump_of(&undisturbed.case());

    let program = Program::new();
    program.write("export.csv", &export);
    program.ok(&["ingest", "export.csv"]);
    let mut dice = Dice(11);
    for _ in 0..8 {
        kill_sometime(&program, &["run"], whole, &mut dice);
        let connection = Connection::open(program.case()).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let (runs, findings) = (count("SELECT count(*) FROM run"), count("SELECT count(*) FROM finding"));
        assert_eq!(findings > 0, runs > 0, "a run is recorded with what it found");
        assert_eq!(count("SELECT count(*) FROM rule_run"), runs);
    }
    program.ok(&["run"]);
    assert_eq!(dump_of(&program.case()), expected);
}

#[test]
fn a_prune_that_is_killed_leaves_all_events_or_the_newer_ones() {
    let program = Program::new();
    program.write("export.csv", export());
    program.ok(&["ingest", "export.csv"]);
    program.ok(&["run", "--lookback", "1h"]);
    let whole = std::fs::read(program.case()).unwrap();
    let prune = ["prune", "--before", "2026-05-04T02:00"];
    let start = Instant::now();
    program.ok(&prune);
    let duration = start.elapsed();
    let expected = dump_of(&program.case());
    let left = std::fs::metadata(program.case()).unwrap().len();

    let (mut dice, mut states) = (Dice(u64::from(std::process::id())), [0, 0]);
    for _ in 0..KILLS {
        let killed = Program::new();
        std::fs::write(killed.case(), &whole).unwrap();
        kill_sometime(&killed, &prune, duration, &mut dice);
        drop(Case::open(&killed.case(), Access::Write).unwrap());
        let connection = Connection::open(killed.case()).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let words: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(words, "ok");
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        let (events, prunes) =
            (count("SELECT count(*) FROM process_event"), count("SELECT count(*) FROM prune"));
        assert_eq!(events == ROWS as i64, prunes == 0, "{events} events and {prunes} prunes");
        states[prunes as usize] += 1;
        drop(connection);
        killed.ok(&prune);
        assert_eq!(dump_of(&killed.case()), expected);
        let size = std::fs::metadata(killed.case()).unwrap().len();
        assert!(size.abs_diff(left) < left / 20, "room is given back the next time: {size}, expected {left}");
    }
    eprintln!("{} were killed before and {} after the events went", states[0], states[1]);
}
