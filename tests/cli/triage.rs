//! `huntcase triage`

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::support::Folder;

const WITHOUT_TERMINAL: &str = "error: triage needs a terminal that it can draw on; without one use huntcase findings, \
                                huntcase show and huntcase set\n";

#[test]
fn without_a_terminal_it_names_the_other_way() {
    let refused = Folder::with_case().run(&["triage"]).code(2);
    assert_eq!(refused.stderr, WITHOUT_TERMINAL);
}

#[cfg(unix)]
mod on_a_terminal {
    //! The built program behind a terminal of the test's own.

    use std::process::Command;
    use std::time::{Duration, Instant};

    use pty_process::Size;

    use super::super::support::Folder;
    use super::super::terminal::{PATIENCE, Terminal, size};

    /// Id, status, classification and determination of every finding.
    fn verdicts(folder: &Folder) -> Vec<[String; 4]> {
        let answer = folder.run(&["findings", "--all", "--json"]).code(0).json();
        let rows = answer["findings"].as_array().unwrap().clone();
        let row = |row: &serde_json::Value| {
            ["id", "status", "classification", "determination"]
                .map(|name| row[name].as_str().unwrap().to_owned())
        };
        rows.iter().map(row).collect()
    }

    #[track_caller]
    fn assert_given_back(screen: &vt100::Screen) {
        let modes = (screen.alternate_screen(), screen.hide_cursor(), screen.bracketed_paste());
        assert_eq!(modes, (false, false, false), "{}", screen.contents());
    }

    #[test]
    fn findings_are_decided_one_after_the_other() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[]);
        terminal.wait_for("1 of 3");
        terminal.wait_for("ping -n 4 db06.example.com");
        terminal.type_and_see("c", "True positive, because:");
        terminal.type_and_see("4", "The reason:");
        terminal.type_and_see("\r", "F-3 is resolved: True positive / Malware");
        terminal.type_and_see("n", "The note:");
        terminal.type_and_see("asked the ówner 東京\r", "noted on F-1");
        terminal.type_and_see("s", "3 of 3");
        terminal.type_and_see("<", "2 of 3");
        terminal.type_and_see("f1", "The reason:");
        terminal.type_and_see("the mónitor\r", "F-1 is resolved: False positive / Not malicious");
        terminal.type_and_see("u", "taken back: F-1 kim  status: New -> Resolved");
        terminal.type_and_see("f1", "The reason:");
        terminal.type_and_see("the mónitor\r", "3 of 3");
        terminal.type_and_see("s", "3 findings, 2 decided, 1 skipped");
        terminal.type_and_see("q", "2 decided, 1 skipped, 0 left");
        let (status, screen) = terminal.end();
        assert!(status.success(), "{status}");
        assert_given_back(&screen);
        let expected = [
            ["F-3", "resolved", "truePositive", "malware"],
            ["F-1", "resolved", "falsePositive", "notMalicious"],
            ["F-2", "new", "unknown", "unknown"],
        ];
        assert_eq!(verdicts(&folder), expected);
        let finding = folder.run(&["show", "F-1", "--json"]).code(0).json()["finding"].clone();
        assert_eq!(finding["notes"][0]["text"], "asked the ówner 東京");
        let history = finding["history"].as_array().unwrap().clone();
        let resolved = history.iter().find(|entry| entry["new"] == "resolved").unwrap();
        assert_eq!((&resolved["why"], &resolved["command"]), (&"the mónitor".into(), &"triage".into()));
    }

    #[test]
    fn a_terminal_that_goes_away_loses_nothing_that_was_decided() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[]);
        terminal.wait_for("1 of 3");
        terminal.type_and_see("f\r\r", "F-3 is resolved");
        terminal.type_and_see("nhalf a note", "half a note");
        let Terminal { pty, mut child, .. } = terminal;
        drop(pty);
        let begin = Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < PATIENCE, "the program goes on without a terminal");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(verdicts(&folder)[0], ["F-3", "resolved", "falsePositive", "other"]);
        assert_eq!(folder.run(&["show", "F-1", "--json"]).json()["finding"]["notes"], serde_json::json!([]));
    }

    #[test]
    fn a_signal_gives_the_terminal_back() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[]);
        terminal.wait_for("1 of 3");
        assert!(terminal.screen.screen().alternate_screen());
        let pid = terminal.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let (status, screen) = terminal.end();
        assert!(!status.success());
        assert_given_back(&screen);
    }

    #[test]
    fn a_new_size_is_drawn_anew() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[]);
        terminal.wait_for("1 of 3");
        terminal.pty.resize(Size::new(5, 20)).unwrap();
        terminal.screen = vt100::Parser::new(size(5), size(20), 0);
        terminal.wait_for("too small");
        terminal.pty.resize(Size::new(24, 80)).unwrap();
        terminal.screen = vt100::Parser::new(size(24), size(80), 0);
        terminal.type_and_see("", "1 of 3");
        terminal.type_and_see("q", "0 decided, 0 skipped, 3 left");
        assert_given_back(&terminal.end().1);
    }

    #[test]
    fn no_colour_is_used_where_none_is_wanted() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[("NO_COLOR", "1")]);
        terminal.wait_for("q quit");
        let screen = terminal.screen.screen().clone();
        let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        for (row, column) in cells {
            let cell = screen.cell(row, column).unwrap();
            assert_eq!((cell.fgcolor(), cell.bgcolor()), Default::default(), "{row} {column}");
        }
        let below_the_bar = (1..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        let cells = below_the_bar.filter_map(|(row, column)| screen.cell(row, column));
        let marked = cells.filter(|cell| cell.inverse()).map(|cell| cell.contents());
        assert_eq!(marked.collect::<String>(), "ping");
        terminal.type_and_see("q", "3 left");
    }

    #[test]
    fn a_dumb_terminal_is_refused() {
        let folder = Folder::with_case();
        let mut terminal = Terminal::start(&folder, &["triage"], &[("TERM", "dumb")]);
        terminal.wait_for("triage needs a terminal");
        assert_eq!(terminal.end().0.code(), Some(2));
    }
}
