//! The rules at hand: those shipped, and those in folders of the analyst's own.

use std::path::{Path, PathBuf};

use super::checking::Checker;
use super::head::read_head;
use super::rule::{Origin, Rule, version_of};
use super::tables::{Held, list_held};
use crate::error::{Error, Result};
use crate::nearest::unknown;
use crate::store::{Case, query};

/// The shipped rules, by file name.
pub(super) const SHIPPED: [(&str, &str); 1] = [(
    "detect-suspicious-commands-initiated-by-web-server-processes.sql",
    query!("rules/detect-suspicious-commands-initiated-by-web-server-processes"),
)];

/// The rules that can run, by name, and why others cannot.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Sound rules in the order of their names.
    pub rules: Vec<Rule>,
    /// Broken ones: the name of the file without its ending, and what is wrong.
    pub broken: Vec<(String, Error)>,
}

impl Catalogue {
    /// The rule of a name, or of the only name that begins so.
    ///
    /// # Errors
    /// There is none, or more than one; or it is a broken one.
    pub fn find(&self, name: &str) -> Result<&Rule> {
        if let Some(rule) = self.rules.iter().find(|rule| rule.head.name == name) {
            return Ok(rule);
        }
        let mut alike = self.rules.iter().filter(|rule| !name.is_empty() && rule.head.name.starts_with(name));
        match (alike.next(), alike.next()) {
            (Some(rule), None) => Ok(rule),
            (Some(_), Some(_)) => Err(Error::Usage(format!("more than one rule begins with {name:?}"))),
            (None, _) => Err(unknown("rule", name, self.rules.iter().map(|rule| rule.head.name.as_str()))),
        }
    }

    /// The causes of all broken rules as one error, when there are any.
    ///
    /// # Errors
    /// There are broken rules.
    pub fn check(&self) -> Result<()> {
        match self.broken.is_empty() {
            true => Ok(()),
            false => {
                Err(Error::RulesFailed(self.broken.iter().map(|(_, error)| error.to_string()).collect()))
            }
        }
    }

    fn add(&mut self, checker: &Checker, file: &str, text: &str, origin: Origin) {
        let name = file.strip_suffix(".sql").unwrap_or(file);
        let shown = match &origin {
            Origin::Shipped => file.to_owned(),
            Origin::File(path) => path.display().to_string(),
            Origin::Case => format!("the case's {file}"),
        };
        match read_rule(checker, name, &shown, text, origin).and_then(|rule| self.check_unique(&shown, rule))
        {
            Ok(rule) => self.rules.push(rule),
            Err(error) => self.broken.push((name.to_owned(), error)),
        }
    }

    /// Adds the rules of a case that are neither at hand nor broken, in the text that the case keeps.
    fn add_held(&mut self, checker: &Checker, held: Vec<Held>) {
        for Held { id, name, text } in held {
            // A rule whose id was changed is the newest of its name.
            let is_at_hand = self.rules.iter().any(|rule| rule.head.id == id || rule.head.name == name);
            let is_broken = self.broken.iter().any(|(broken, _)| *broken == name);
            if !is_at_hand && !is_broken {
                self.add(checker, &format!("{name}.sql"), &text, Origin::Case);
            }
        }
    }

    fn check_unique(&self, file: &str, rule: Rule) -> Result<Rule> {
        let same = self
            .rules
            .iter()
            .find(|other| other.head.id == rule.head.id || other.head.name == rule.head.name);
        match same {
            Some(other) => {
                let there = match &other.origin {
                    Origin::Shipped => "shipped".to_owned(),
                    Origin::File(path) => format!("in {}", path.display()),
                    Origin::Case => "kept by the case".to_owned(),
                };
                let problem = format!("the rule {}, {there}, has the same id or name", other.head.name);
                Err(Error::Rule { file: file.to_owned(), line: 1, problem })
            }
            None => Ok(rule),
        }
    }
}

/// Reads the shipped rules, those in `folders`, every file that ends in `.sql`, in the order of names, and those that
/// `case` keeps from earlier runs and no file has. They are checked against the tables of `case`, which is quicker, or
/// those of a new one.
///
/// # Errors
/// A folder, or the case, cannot be read. A broken rule is no error here: it is listed.
pub fn load_rules(folders: &[PathBuf], case: Option<&Case>) -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let checker = Checker::new(case)?;
    for (file, text) in SHIPPED {
        catalogue.add(&checker, file, text, Origin::Shipped);
    }
    for folder in folders {
        for path in list_rule_files(folder)? {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match std::fs::read_to_string(&path) {
                Ok(text) => catalogue.add(&checker, &file, &text, Origin::File(path)),
                Err(source) => {
                    let name = file.strip_suffix(".sql").unwrap_or(&file).to_owned();
                    catalogue.broken.push((name, Error::File { path, source }));
                }
            }
        }
    }
    if let Some(case) = case {
        catalogue.add_held(&checker, list_held(case.connection())?);
    }
    catalogue.rules.sort_by(|a, b| a.head.name.cmp(&b.head.name));
    Ok(catalogue)
}

fn list_rule_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |source| Error::File { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "sql") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_rule(checker: &Checker, name: &str, file: &str, text: &str, origin: Origin) -> Result<Rule> {
    let fault = |line, problem| Error::Rule { file: file.to_owned(), line, problem };
    // Some editors begin a UTF-8 file with a byte order mark.
    let rule_text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (head, head_lines) = read_head(rule_text).map_err(|head| fault(head.line, head.problem))?;
    if head.name != name {
        return Err(fault(1, format!("the head names {:?}, but the file is called {name:?}", head.name)));
    }
    let body: String = rule_text.split_inclusive('\n').skip(head_lines).collect();
    let checked = checker.check(&body).map_err(|(line, problem)| fault(head_lines + line, problem))?;
    Ok(Rule {
        head,
        sha256: version_of(&checked.select),
        select: checked.select,
        columns: checked.columns,
        result: checked.result,
        text: rule_text.to_owned(),
        origin,
    })
}
