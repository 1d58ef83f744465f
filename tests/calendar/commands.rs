//! The desk at which two analysts work: the built program, the day's files and the day's clock.

use std::process::Output;

use serde_json::Value;

use super::state::word;
use super::{days, exports};
use crate::support::{Program, rule_text};

/// The built program, and the files that come day by day.
pub struct Desk {
    program: Program,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self { program: Program::new() };
        std::fs::create_dir_all(desk.program.folder.path().join("data/huntcase/rules")).unwrap();
        desk
    }

    /// Writes the files that come on a day, rules among them.
    pub fn write_files(&self, day: usize) {
        self.program.write(&format!("day-{day}.csv"), exports::of_day(day));
        if day == exports::LATE_DAY {
            self.program.write("lap09.csv", exports::of_laptop());
        }
        for (name, body) in days::rules(day) {
            self.program.write(&format!("data/huntcase/rules/{name}.sql"), rule_text(name, body));
        }
    }

    /// Runs a command such as `kim: set F-1 --status active`; gives the command and what it said, indented.
    pub fn run(&self, day: usize, command: &str) -> String {
        let (analyst, rest) = command.split_once(": ").unwrap();
        let arguments = words(rest);
        let mut text = format!("\n{analyst}> {rest}\n");
        let said = match arguments[0].as_str() {
            "run" => self.run_rules(day, analyst, rest),
            _ => said(self.call(day, analyst, &arguments), is_told(rest)),
        };
        let is_blank = |line: &&str| line.chars().all(|character| matches!(character, ' ' | '\u{2500}'));
        for line in said.lines().map(str::trim_end).filter(|line| !is_blank(line)) {
            text += &format!("  {line}\n");
        }
        text
    }

    fn run_rules(&self, day: usize, analyst: &str, command: &str) -> String {
        let output = self.call(day, analyst, &words(&format!("{command} --json")));
        let messages = String::from_utf8(output.stderr).unwrap();
        let is_told = |line: &&str| line.contains("rejected line") || line.contains("nothing new");
        let told: String =
            messages.lines().filter(is_told).map(|line| format!("{}\n", line.trim())).collect();
        told + &run_in_words(&serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The answer of a command as JSON.
    pub fn json(&self, day: usize, analyst: &str, command: &str) -> Value {
        let mut arguments = words(command);
        arguments.push("--json".to_owned());
        let output = self.call(day, analyst, &arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{command}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn call(&self, day: usize, analyst: &str, arguments: &[String]) -> Output {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.program.command(&arguments);
        // The morning after the day.
        command.env("HUNTCASE_NOW", format!("2026-05-{:02}T08:00:00Z", 4 + day)).env("HUNTCASE_AS", analyst);
        command.output().unwrap()
    }
}

/// Whether the answer says more than the state after it.
fn is_told(command: &str) -> bool {
    command.contains("--dry-run") || command.starts_with("undo") || command.starts_with("findings")
}

/// What a command said: its answer where that is asked for, its messages, and how it ended.
fn said(output: Output, with_answer: bool) -> String {
    let (answer, messages) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let code = output.status.code().unwrap();
    let end = if code == 0 { String::new() } else { format!("exit code {code}\n") };
    format!("{}{messages}{end}", if with_answer { &answer } else { "" })
}

/// What a run said: a line an import, a line on the run, and a line a finding.
fn run_in_words(answer: &Value) -> String {
    let mut text = String::new();
    for import in answer["imports"].as_array().unwrap() {
        let count = |name: &str| import[name].to_string();
        text += &format!(
            "{}: {} rows, {} new, {} known, {} rejected\n",
            import["fileName"].as_str().unwrap(),
            count("rowsRead"),
            count("eventsNew"),
            count("eventsKnown"),
            count("rowsRejected"),
        );
    }
    let run = &answer["run"];
    text += &format!("run {}: {}", run["id"], word(&run["counts"]));
    for (name, title) in [("eventsHidden", "hidden"), ("matchesOutsideWindow", "outside the window")] {
        if run[name] != 0 {
            text += &format!(", {title} {}", run[name]);
        }
    }
    for (name, title) in [("rulesOfClosedHunts", "not run"), ("failures", "failed")] {
        if run[name] != Value::Array(Vec::new()) {
            text += &format!(", {title} {}", run[name]);
        }
    }
    text.push('\n');
    for finding in answer["findings"].as_array().unwrap() {
        let id = finding["id"].as_str().unwrap();
        text += &format!("{id} {} +{}\n", finding["change"].as_str().unwrap(), finding["eventsAdded"]);
    }
    text
}

/// The words of a command; one with blanks stands in double quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut in_quotes = false;
    for character in command.chars() {
        match character {
            '"' => in_quotes = !in_quotes,
            ' ' if !in_quotes => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}
