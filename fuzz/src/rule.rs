//! Rules of an analyst's own: their heads and their queries.

use huntcase::error::{Error, Result};
use huntcase::rules::{Catalogue, Rule, Window, answer_rule, load_rules};
use huntcase::store::{Answer, Cell};
use tempfile::TempDir;

use crate::bounded::{Fate, try_out};
use crate::case::{NOW, Sample};

/// A rule is sound, or its fault is on one of its lines. It reads the same with line ends of Windows, is stored as it is
/// written, and changes nothing when it runs. The file is called `rule.sql`.
pub fn rule(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    Sample::with(|sample| {
        let before = sample.mark();
        let catalogue = load(sample, text);
        match (own(&catalogue), catalogue.broken.as_slice()) {
            (Some(rule), []) => {
                assert_eq!(rule.text, text.trim_start_matches('\u{feff}'));
                check_line_ends(sample, text, rule);
                check_run(sample, rule);
            }
            (None, [(name, error)]) => check_fault(text, name, error),
            (found, broken) => panic!("one file gives {found:?} and {broken:?}"),
        }
        assert_eq!(sample.mark(), before, "the case was changed");
    });
}

fn load(sample: &Sample, text: &str) -> Catalogue {
    thread_local!(static FOLDER: TempDir =
        TempDir::with_prefix("huntcase-fuzz-").expect("there is a folder for temporary files"));
    FOLDER.with(|folder| {
        std::fs::write(folder.path().join("rule.sql"), text).expect("a file can be written");
        load_rules(&[folder.path().to_owned()], Some(&sample.case)).expect("the folder can be read")
    })
}

fn own(catalogue: &Catalogue) -> Option<&Rule> {
    catalogue.rules.iter().find(|rule| rule.head.name == "rule")
}

fn check_fault(text: &str, name: &str, error: &Error) {
    assert_eq!(name, "rule");
    let Error::Rule { line, problem, .. } = error else { panic!("no fault of a rule: {error:?}") };
    // Where there is no query, it is missing behind the last line.
    let lines = text.split('\n').count() + 1;
    assert!((1..=lines).contains(line) && !problem.is_empty(), "line {line} of {lines}: {problem}");
}

fn check_line_ends(sample: &Sample, text: &str, rule: &Rule) {
    if text.contains('\r') {
        return;
    }
    let catalogue = load(sample, &text.replace('\n', "\r\n"));
    if let Some(other) = own(&catalogue) {
        assert_eq!(other.head, rule.head);
    }
}

fn check_run(sample: &Sample, rule: &Rule) {
    if try_out(&sample.case, &rule.select) == Fate::Answers {
        let window = Window { start: Some(NOW.minus(rule.head.lookback)), end: Some(NOW) };
        // It may fail as any query may.
        let mut width = Width(None);
        let _ = answer_rule(&sample.case, rule, window, &mut width);
    }
}

/// Takes an answer whose rows must be as wide as its heading.
struct Width(Option<usize>);

impl Answer for Width {
    fn columns(&mut self, names: Vec<String>) -> Result<()> {
        self.0 = Some(names.len());
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        assert_eq!(self.0, Some(cells.len()), "a row is not as wide as the heading");
        Ok(())
    }
}
