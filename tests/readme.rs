//! The README says what the program does: its walk is run, its tables are compared with the code.
//!
//! `UPDATE_EXPECTED=1` rewrites the output in the walk.

#[path = "cli/support.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use support::Folder;

const README: &str = include_str!("../README.md");
/// An export with local dates, as the README names it.
const PORTAL: &str = "tests/fixtures/portal/2026-05-07.csv";

fn readme_path() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"))
}

/// The text under a heading, up to the next one of the same rank or above.
fn section(heading: &str) -> &'static str {
    let rank = heading.chars().take_while(|c| *c == '#').count();
    let start = README.find(&format!("\n{heading}\n")).expect(heading) + heading.len() + 2;
    let ends = (1..=rank).filter_map(|n| README[start..].find(&format!("\n{} ", "#".repeat(n))));
    &README[start..start + ends.min().unwrap_or(README.len() - start)]
}

/// The cells of a section's tables, without headings.
fn table_rows(section: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = section.lines().collect();
    let is_row = |line: &str| line.starts_with("| ") || line.starts_with("|---");
    let mut rows = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let is_heading = lines.get(index + 1).is_some_and(|next| next.starts_with("|---"));
        if is_row(line) && !is_heading && !line.starts_with("|---") {
            let cells = line.trim_start_matches('|').trim_end_matches('|').split('|');
            rows.push(cells.map(str::trim).collect());
        }
    }
    rows
}

/// The texts between backticks.
fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The words of a command line as a shell would split them; quotes only.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn the_walk_has_the_output_it_shows() {
    let folder = Folder::new();
    folder.write(PORTAL, include_bytes!("fixtures/portal/2026-05-07.csv"));
    let (mut found, mut command, mut in_walk) = (String::new(), String::new(), false);
    let mut commands = 0;
    for line in README.lines() {
        let was_in_walk = in_walk;
        in_walk = match line {
            "```console" => true,
            "```" => false,
            _ => in_walk,
        };
        let is_first = line.starts_with("$ ");
        if in_walk && was_in_walk && !is_first && command.is_empty() {
            continue; // output, which comes anew
        }
        found += &format!("{line}\n");
        if in_walk && (is_first || !command.is_empty()) {
            command += line;
        }
        if command.ends_with('\\') {
            command.pop(); // it goes on
        } else if let Some(arguments) = std::mem::take(&mut command).strip_prefix("$ huntcase ") {
            let words = shell_words(arguments);
            let ran = folder.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).code(0);
            found += &ran.text();
            commands += 1;
        }
    }
    assert!(commands >= 10, "{commands} commands");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(readme_path(), &found).unwrap();
    }
    let now = std::fs::read_to_string(readme_path()).unwrap();
    assert_eq!(found, now, "UPDATE_EXPECTED=1 rewrites the walk's output");
}

#[test]
fn the_walk_begins_with_new_findings_and_ends_with_none() {
    let walk = section("## A walk from export to verdict");
    let runs: Vec<&str> = walk.lines().filter(|line| line.starts_with("run ")).collect();
    assert_eq!(runs.len(), 3);
    assert!(runs[0].contains(": 2 new findings,") && runs[1].contains(": 1 new finding,"), "{runs:?}");
    assert!(runs[2].contains(": 0 new findings, 0 updated, 0 repeated, 0 reopened, 3 unchanged"), "{runs:?}");
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let source = include_str!("../src/error.rs");
    let (mut expected, mut meaning) = (Vec::new(), String::new());
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            meaning = text.to_owned();
        } else if let Some(constant) = line.strip_prefix("pub const ").filter(|it| !it.starts_with("fn ")) {
            let code = constant.split_once("= ").unwrap().1.trim_end_matches(';');
            expected.push(vec![code.to_owned(), meaning.clone()]);
        }
    }
    use huntcase::error::exit;
    let constants =
        [exit::DONE, exit::FAILED, exit::USAGE, exit::NOTHING, exit::INCOMPLETE, exit::CASE, exit::GATE];
    let codes: Vec<String> = expected.iter().map(|row| row[0].clone()).collect();
    assert_eq!(codes, constants.map(|code| code.to_string()), "every constant is in the list above");
    assert_eq!(table_rows(section("### Exit codes")), expected);
}

#[test]
fn every_command_is_named() {
    let help = Folder::new().run(&["--help"]).code(0).stdout;
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = code_spans(section("## Commands")).join("\n");
    let mut count = 0;
    for name in commands.filter_map(|line| line.split_whitespace().next()) {
        assert!(named.contains(&format!("huntcase {name}")), "{name}");
        count += 1;
    }
    assert!(count > 10, "{help}");
}

#[test]
fn every_environment_variable_is_named() {
    let source = include_str!("../src/cli/context.rs");
    let read = source.split('"').filter(|text| text.starts_with("HUNTCASE_"));
    let named = code_spans(section("## Configuration"));
    let named = named.into_iter().filter(|span| span.starts_with("HUNTCASE_"));
    assert_eq!(named.collect::<BTreeSet<_>>(), read.collect::<BTreeSet<_>>());
}

#[test]
fn every_shipped_rule_is_named() {
    let rules = Folder::new().run(&["rules", "list", "--json"]).json();
    let documented = code_spans(section("## Rules"));
    let rules = rules["rules"].as_array().unwrap();
    assert!(!rules.is_empty());
    for rule in rules {
        assert!(documented.contains(&rule["name"].as_str().unwrap()), "{}", rule["name"]);
    }
}

#[test]
fn every_sql_function_is_in_the_table_and_no_other() {
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name != "in";
    let registered: BTreeSet<String> = huntcase::kusto::operator_names()
        .map(|name| if is_name(name) { name.to_owned() } else { format!("\"{name}\"") })
        .collect();
    let rows = table_rows(section("### SQL functions"));
    let spans = rows.iter().flat_map(|row| row[..2].iter().flat_map(|cell| code_spans(cell)));
    let documented: BTreeSet<String> =
        spans.map(|span| span.split('(').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(documented, registered);
}

#[test]
fn every_table_and_view_is_named() {
    let documented = code_spans(section("## Tables"));
    let mut count = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap() {
        let migration = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in migration.lines() {
            let made = line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("CREATE VIEW "));
            let name = made.and_then(|rest| rest.split_whitespace().next());
            // One that is made anew gets its name in the end.
            let is_lasting = |name: &&str| {
                *name != "content_key" && !migration.contains(&format!("ALTER TABLE {name} RENAME"))
            };
            if let Some(name) = name.filter(is_lasting) {
                assert!(documented.contains(&name), "{name}");
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_rule_that_it_shows_is_sound() {
    let text =
        section("## Rules").split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = Folder::with_case();
    folder.write("my-rules/encoded-powershell.sql", text);
    let export = support::export_of(&["powershell -enc aQBlAHgA", "powershell -File a.ps1 -e x"])
        .replace(",cmd.exe,", ",PowerShell.exe,");
    folder.write("encoded.csv", export);
    let ran = folder.run(&["run", "encoded.csv", "--rules", "my-rules", "--json"]).code(0).json();
    let changes = ran["findings"].as_array().unwrap();
    let of_rule: Vec<_> = changes.iter().filter(|change| change["rule"] == "encoded-powershell").collect();
    assert_eq!((of_rule.len(), &of_rule[0]["eventsAdded"]), (1, &2.into()));
}

#[test]
fn words_for_verdicts_are_taken_by_the_program() {
    let folder = Folder::with_case();
    let mut verdicts = 0;
    for row in table_rows(section("## Commands")).iter().filter(|row| row.len() == 3 && row[2] != "none") {
        verdicts += 1;
        let verdict = code_spans(row[0])[0];
        for determination in code_spans(row[2]) {
            let words = ["set", "F-1", "--verdict", verdict, "--determination", determination];
            folder.run(&words).code(0);
        }
    }
    assert_eq!(verdicts, 3, "true positive, benign, false positive");
}
