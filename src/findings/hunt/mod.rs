//! Hunts: hypotheses with the rules that test them.
//!
//! Every rule belongs to one hunt; its first run opens one from its head, unless it was given one before.

mod numbers;
mod tables;

use rusqlite::Connection;

use super::HuntId;
use super::change::{add_note, check_name, check_text};
use super::history::{Author, Operation, Subject, time_value};
use super::words::words;
use crate::error::{Error, Result, quoted};
use crate::event::{Span, Timestamp};
use crate::nearest::{plain, unknown_among};
use crate::rules::{Rule, keep_rule};
use crate::store::Case;

pub use numbers::{FEWEST_VERDICTS, HuntNumbers, RuleNumbers, VerdictCount, hunt_numbers};
pub(super) use tables::rule_versions_digest;
pub use tables::{HuntRule, list_hunts, list_rules_of_case};

words! {
    /// Where the work on a hunt stands. Source: `HuntStatus` of Microsoft Sentinel.
    HuntStatus {
        New = "new", "New";
        Active = "active", "Active";
        Closed = "closed", "Closed";
        Backlog = "backlog", "Backlog";
        Approved = "approved", "Approved";
    }
}

words! {
    /// What became of a hypothesis. Source: `HypothesisStatus` of Microsoft Sentinel.
    HypothesisStatus {
        Unknown = "unknown", "Unknown";
        Validated = "validated", "Validated";
        Invalidated = "invalidated", "Invalidated";
    }
}

words! {
    /// What new evidence does to a resolved finding.
    Reopen {
        Novel = "novel", "On new behaviour", also "novelty";
        Always = "always", "Always";
        Never = "never", "Never";
    }
}

/// A hypothesis with the rules that test it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunt {
    /// Its number.
    pub id: HuntId,
    /// Its name, which no other hunt has.
    pub name: String,
    /// What is supposed.
    pub hypothesis: String,
    /// Where the work stands. The rules of a closed hunt do not run.
    pub status: HuntStatus,
    /// What became of the hypothesis.
    pub hypothesis_status: HypothesisStatus,
    /// How far back its rules look; None: to the first event.
    pub lookback: Option<Span>,
    /// What new evidence does to a resolved finding, where the rule does not say otherwise.
    pub reopen: Reopen,
    /// Who leads it, `""` for nobody.
    pub owner: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its rules, by name.
    pub rules: Vec<HuntRule>,
}

/// A rule that somebody named.
#[derive(Debug, Clone, Copy)]
pub enum ChosenRule<'a> {
    /// One that can run.
    Sound(&'a Rule),
    /// One that the case knows, by its number there, whether or not it can run.
    Known(i64),
}

/// What is to become of a hunt; None leaves a field as it is.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields are those of a hunt")]
pub struct HuntChange<'a> {
    pub name: Option<&'a str>,
    pub hypothesis: Option<&'a str>,
    pub status: Option<HuntStatus>,
    pub hypothesis_status: Option<HypothesisStatus>,
    /// `Some(None)`: to the first event.
    pub lookback: Option<Option<Span>>,
    pub reopen: Option<Reopen>,
    pub owner: Option<&'a str>,
    /// A remark to add.
    pub comment: Option<&'a str>,
    /// Rules that are to belong to it from now on.
    pub rules: Vec<ChosenRule<'a>>,
}

impl HuntChange<'_> {
    /// Whether it leaves everything as it is.
    pub fn is_empty(&self) -> bool {
        let texts = [self.name, self.hypothesis, self.owner, self.comment];
        texts.iter().all(Option::is_none)
            && self.status.is_none()
            && self.hypothesis_status.is_none()
            && self.lookback.is_none()
            && self.reopen.is_none()
            && self.rules.is_empty()
    }

    /// Says whether its texts can be those of a hunt.
    ///
    /// # Errors
    /// One of them cannot.
    pub fn check(&self) -> Result<()> {
        if let Some(name) = self.name {
            check_name("the name", name)?;
            if name.parse::<HuntId>().is_ok() {
                return Err(Error::Usage(
                    "the name: a hunt cannot be called as hunts are numbered".to_owned(),
                ));
            }
        }
        if let Some(owner) = self.owner.filter(|owner| !owner.is_empty()) {
            check_name("the owner", owner)?;
        }
        self.hypothesis.map_or(Ok(()), |text| check_text("the hypothesis", text))
    }
}

impl Hunt {
    /// What changes of it the history records, by the names that exports use.
    pub(super) fn fields(&self) -> [(&'static str, String); 8] {
        [
            ("name", self.name.clone()),
            ("hypothesis", self.hypothesis.clone()),
            ("status", self.status.to_string()),
            ("hypothesisStatus", self.hypothesis_status.to_string()),
            ("lookback", self.lookback.map_or_else(String::new, |span| span.to_string())),
            ("reopen", self.reopen.to_string()),
            ("owner", self.owner.clone()),
            ("openedAt", time_value(Some(self.opened_at))),
        ]
    }

    /// Gives a field the value that the history has for it. False where there is no such field or value.
    pub(super) fn set_field(&mut self, field: &str, value: &str) -> bool {
        match field {
            "name" => value.clone_into(&mut self.name),
            "hypothesis" => value.clone_into(&mut self.hypothesis),
            "status" => return value.parse().map(|status| self.status = status).is_ok(),
            "hypothesisStatus" => return value.parse().map(|status| self.hypothesis_status = status).is_ok(),
            "lookback" => self.lookback = Span::parse(value),
            "reopen" => return value.parse().map(|reopen| self.reopen = reopen).is_ok(),
            "owner" => value.clone_into(&mut self.owner),
            _ => return false,
        }
        true
    }

    fn apply(&mut self, change: &HuntChange<'_>) -> Result<()> {
        change.check()?;
        let set = |field: &mut String, text: Option<&str>| {
            if let Some(text) = text {
                text.clone_into(field);
            }
        };
        set(&mut self.name, change.name);
        set(&mut self.hypothesis, change.hypothesis);
        set(&mut self.owner, change.owner);
        self.status = change.status.unwrap_or(self.status);
        self.hypothesis_status = change.hypothesis_status.unwrap_or(self.hypothesis_status);
        self.lookback = change.lookback.unwrap_or(self.lookback);
        self.reopen = change.reopen.unwrap_or(self.reopen);
        Ok(())
    }
}

/// Opens a hunt; its rules leave the hunts that they belonged to.
///
/// # Errors
/// A name that is missing, too long or taken.
pub fn open_hunt(case: &Case, change: &HuntChange<'_>, author: Author<'_>) -> Result<Hunt> {
    check_text("the reason", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let id = insert_hunt(connection, &operation, change)?;
    let hunt = tables::get_hunt(connection, id)?;
    author.finish(transaction)?;
    Ok(hunt)
}

fn insert_hunt(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    change: &HuntChange<'_>,
) -> Result<HuntId> {
    let at = operation.author().at;
    let id = tables::insert_hunt(connection, at)?;
    let mut hunt = tables::get_hunt(connection, id)?;
    hunt.status = HuntStatus::New;
    hunt.apply(change)?;
    check_unique(connection, &hunt)?;
    record_opening(connection, operation, &hunt)?;
    add_parts(connection, operation, id, change)?;
    Ok(id)
}

/// Records all of a hunt that was not there, and writes it.
fn record_opening(connection: &Connection, operation: &Operation<'_, '_>, hunt: &Hunt) -> Result<()> {
    let nothing = hunt.fields().map(|(field, _)| (field, String::new()));
    operation.record_all(Subject::Hunt(hunt.id), nothing, hunt.fields(), operation.author().why.into())?;
    tables::update_hunt(connection, hunt)
}

/// Changes a hunt.
///
/// # Errors
/// A hunt that is not there, or a name that is too long or taken.
pub fn change_hunt(case: &Case, id: HuntId, change: &HuntChange<'_>, author: Author<'_>) -> Result<Hunt> {
    check_text("the reason", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let operation = Operation::of_command(connection, author);
    let old = tables::get_hunt(connection, id)?;
    let mut new = old.clone();
    new.apply(change)?;
    if new.name != old.name {
        check_unique(connection, &new)?;
    }
    operation.record_all(Subject::Hunt(id), old.fields(), new.fields(), author.why.into())?;
    tables::update_hunt(connection, &new)?;
    add_parts(connection, &operation, id, change)?;
    let hunt = tables::get_hunt(connection, id)?;
    author.finish(transaction)?;
    Ok(hunt)
}

/// Adds a change's comment and rules to a hunt.
fn add_parts(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    id: HuntId,
    change: &HuntChange<'_>,
) -> Result<()> {
    if let Some(comment) = change.comment {
        add_note(connection, operation, Subject::Hunt(id), comment)?;
    }
    for rule in &change.rules {
        let rule_id = match rule {
            ChosenRule::Sound(rule) => keep_rule(connection, rule)?,
            ChosenRule::Known(rule_id) => *rule_id,
        };
        let old = tables::get_rule(connection, rule_id)?;
        write_rule(connection, operation, &old, &HuntRule { hunt: Some(id), ..old.clone() })?;
    }
    Ok(())
}

fn check_unique(connection: &Connection, hunt: &Hunt) -> Result<()> {
    let others = tables::select_hunts(connection)?;
    let name = hunt.name.to_lowercase();
    match others.iter().find(|other| other.id != hunt.id && other.name.to_lowercase() == name) {
        Some(other) => Err(Error::Usage(format!("{} is called {} already", other.id, quoted(&other.name)))),
        None => Ok(()),
    }
}

/// Sets what a rule does with new evidence of resolved findings, whatever its hunt says; None: as its hunt says.
///
/// # Errors
/// The case's database.
pub fn change_rule(case: &Case, rule: &Rule, reopen: Option<Reopen>, author: Author<'_>) -> Result<HuntRule> {
    check_text("the reason", author.why)?;
    let connection = case.connection();
    let transaction = case.begin()?;
    let rule_id = keep_rule(connection, rule)?;
    let old = tables::get_rule(connection, rule_id)?;
    let new = HuntRule { reopen, ..old.clone() };
    write_rule(connection, &Operation::of_command(connection, author), &old, &new)?;
    author.finish(transaction)?;
    Ok(new)
}

/// Records what differs between a rule as it was and as it is to be, and writes it.
fn write_rule(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    old: &HuntRule,
    new: &HuntRule,
) -> Result<()> {
    operation.record_all(
        Subject::Rule(old.key),
        old.fields(),
        new.fields(),
        operation.author().why.into(),
    )?;
    tables::update_rule(connection, new)
}

/// The hunt that a rule belongs to; where it has none, one is opened from its head. Gives the rule as the case has it
/// too.
pub(super) fn hunt_of_rule(
    connection: &Connection,
    operation: &Operation<'_, '_>,
    rule: &Rule,
) -> Result<(Hunt, HuntRule)> {
    let rule_id = keep_rule(connection, rule)?;
    let known = tables::get_rule(connection, rule_id)?;
    if let Some(id) = known.hunt {
        return Ok((tables::get_hunt(connection, id)?, known));
    }
    let name = free_name(connection, &rule.head.name)?;
    let id = tables::insert_hunt(connection, operation.author().at)?;
    let blank = tables::get_hunt(connection, id)?;
    let status = HuntStatus::Active;
    let hunt = Hunt { name, hypothesis: rule.head.hypothesis.clone(), status, ..blank };
    record_opening(connection, operation, &hunt)?;
    write_rule(connection, operation, &known, &HuntRule { hunt: Some(id), ..known.clone() })?;
    Ok((tables::get_hunt(connection, id)?, tables::get_rule(connection, rule_id)?))
}

/// The rule's name, or where a hunt is called so already, the name and a number. A hunt's name is checked where a
/// person gives it; a head that says too much is no reason not to run.
fn free_name(connection: &Connection, name: &str) -> Result<String> {
    let taken: Vec<String> =
        tables::select_hunts(connection)?.into_iter().map(|hunt| hunt.name.to_lowercase()).collect();
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    Ok(names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default())
}

/// The hunt of a number, of a name, or of the only name that begins so.
///
/// # Errors
/// There is none, or more than one.
pub fn find_hunt(case: &Case, given: &str) -> Result<Hunt> {
    let hunts = list_hunts(case)?;
    let key = given.trim().to_lowercase();
    let id: Option<HuntId> = given.parse().ok();
    let exact = hunts.iter().find(|hunt| hunt.name.to_lowercase() == key);
    if let Some(hunt) = exact.or_else(|| hunts.iter().find(|hunt| Some(hunt.id) == id)) {
        return Ok(hunt.clone());
    }
    let mut alike = hunts.iter().filter(|hunt| !key.is_empty() && hunt.name.to_lowercase().starts_with(&key));
    match (alike.next(), alike.next()) {
        (Some(hunt), None) => Ok(hunt.clone()),
        (Some(_), Some(_)) => Err(Error::Usage(format!("more than one hunt begins with {}", quoted(given)))),
        (None, _) => Err(unknown_hunt(&hunts, given)),
    }
}

/// Says that no hunt is called so.
pub(super) fn unknown_hunt(hunts: &[Hunt], given: &str) -> Error {
    let names: Vec<&str> = hunts.iter().map(|hunt| hunt.name.as_str()).collect();
    let shown = |index: usize| format!("{} ({})", hunts[index].id, plain(names[index]));
    unknown_among("hunt", given, &names, &shown)
}

/// Gives a field of a hunt the value that the history has for it.
pub(super) fn restore_hunt(connection: &Connection, id: HuntId, field: &str, value: &str) -> Result<bool> {
    let mut hunt = tables::get_hunt(connection, id)?;
    if field == "name" {
        check_name_can_be(connection, &hunt, value)?;
    }
    // A hunt whose opening is undone keeps its row, for the history, and has no name.
    let is_set = hunt.set_field(field, value) || value.is_empty();
    tables::update_hunt(connection, &hunt)?;
    Ok(is_set)
}

/// Says whether a hunt can have an earlier name again, or, without a name, be as if it had not been opened.
fn check_name_can_be(connection: &Connection, hunt: &Hunt, name: &str) -> Result<()> {
    match hunt.rules.first() {
        Some(rule) if name.is_empty() => Err(Error::Usage(format!(
            "{} was given the rule {} since; nothing is undone, close it instead: huntcase hunt close {}",
            hunt.id, rule.name, hunt.id
        ))),
        None if name.is_empty() && tables::is_used(connection, hunt.id)? => Err(Error::Usage(format!(
            "{} holds reviews or comments since; nothing is undone, close it instead: huntcase hunt close {}",
            hunt.id, hunt.id
        ))),
        _ if name.is_empty() => Ok(()),
        _ => check_unique(connection, &Hunt { name: name.to_owned(), ..hunt.clone() }),
    }
}

/// Whether a hunt is there: one whose opening was undone has no name.
pub(super) fn is_there(connection: &Connection, id: HuntId) -> Result<bool> {
    Ok(!tables::get_hunt(connection, id)?.name.is_empty())
}

/// A field of a hunt as the history would have it now.
pub(super) fn hunt_value(connection: &Connection, id: HuntId, field: &str) -> Result<Option<String>> {
    let hunt = tables::get_hunt(connection, id)?;
    Ok(hunt.fields().into_iter().find(|(name, _)| *name == field).map(|(_, value)| value))
}

/// Gives a field of a rule the value that the history has for it.
pub(super) fn restore_rule(connection: &Connection, rule_id: i64, field: &str, value: &str) -> Result<bool> {
    let mut rule = tables::get_rule(connection, rule_id)?;
    match field {
        "hunt" if value.is_empty() && tables::has_run(connection, rule_id)? => {
            return Err(Error::Usage(format!(
                "{} has run since, and a rule that has belongs to a hunt; nothing is undone, move it instead: \
                 huntcase hunt set HUNT --rule {}",
                rule.name, rule.name
            )));
        }
        "hunt" => rule.hunt = value.parse().ok(),
        "reopen" => rule.reopen = value.parse().ok(),
        _ => return Ok(false),
    }
    tables::update_rule(connection, &rule)?;
    Ok(true)
}

/// A field of a rule as the history would have it now.
pub(super) fn rule_value(connection: &Connection, rule_id: i64, field: &str) -> Result<Option<String>> {
    let rule = tables::get_rule(connection, rule_id)?;
    Ok(rule.fields().into_iter().find(|(name, _)| *name == field).map(|(_, value)| value))
}
