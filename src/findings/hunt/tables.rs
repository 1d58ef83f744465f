//! The tables of hunts, and of the rules that belong to them.

use rusqlite::{Connection, Row, named_params};
use sha2::{Digest, Sha256};

use super::{Hunt, Reopen};
use crate::error::{Error, Result};
use crate::event::{Span, Timestamp};
use crate::findings::HuntId;
use crate::findings::tables::{time, word};
use crate::store::{Case, query};

/// A rule as the case knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HuntRule {
    /// Its number in the case.
    pub key: i64,
    /// Its name.
    pub name: String,
    /// The hunt that it belongs to; None before its first run.
    pub hunt: Option<HuntId>,
    /// What new evidence does to its resolved findings; None: as its hunt says.
    pub reopen: Option<Reopen>,
}

impl HuntRule {
    /// What changes of it the history records.
    pub(super) fn fields(&self) -> [(&'static str, String); 2] {
        [
            ("hunt", self.hunt.map_or_else(String::new, |id| id.to_string())),
            ("reopen", self.reopen.map_or_else(String::new, |reopen| reopen.to_string())),
        ]
    }
}

/// Every hunt with its rules, in the order in which they were opened.
///
/// # Errors
/// The case's database.
pub fn list_hunts(case: &Case) -> Result<Vec<Hunt>> {
    select_hunts(case.connection())
}

/// Every hunt with its rules.
pub fn select_hunts(connection: &Connection) -> Result<Vec<Hunt>> {
    let mut statement = connection.prepare_cached(query!("findings/list_hunts"))?;
    let hunts = statement.query_map(named_params! { ":hunt_id": None::<i64> }, read_hunt)?;
    let mut hunts = hunts.collect::<rusqlite::Result<Vec<_>>>()?;
    // One whose opening was undone has no name.
    hunts.retain(|hunt| !hunt.name.is_empty());
    let rules = select_rules(connection)?;
    for hunt in &mut hunts {
        hunt.rules = rules.iter().filter(|rule| rule.hunt == Some(hunt.id)).cloned().collect();
    }
    Ok(hunts)
}

/// One hunt with its rules.
pub fn get_hunt(connection: &Connection, id: HuntId) -> Result<Hunt> {
    let mut statement = connection.prepare_cached(query!("findings/list_hunts"))?;
    let mut hunts = statement.query_map(named_params! { ":hunt_id": id.0 }, read_hunt)?;
    let mut hunt = match hunts.next() {
        Some(hunt) => hunt?,
        None => return Err(Error::Unknown { what: "hunt", name: id.to_string(), known: String::new() }),
    };
    hunt.rules = select_rules(connection)?;
    hunt.rules.retain(|rule| rule.hunt == Some(id));
    Ok(hunt)
}

fn read_hunt(row: &Row<'_>) -> rusqlite::Result<Hunt> {
    Ok(Hunt {
        id: HuntId(row.get("hunt_id")?),
        name: row.get("name")?,
        hypothesis: row.get("hypothesis")?,
        status: word(row, "status")?,
        hypothesis_status: word(row, "hypothesis_status")?,
        lookback: row.get::<_, Option<i64>>("lookback")?.map(Span::from_ticks),
        reopen: word(row, "reopen")?,
        owner: row.get("owner")?,
        opened_at: time(row, "opened_at")?,
        rules: Vec::new(),
    })
}

/// Makes a hunt that has no name yet; gives its number.
pub fn insert_hunt(connection: &Connection, at: Timestamp) -> Result<HuntId> {
    connection.prepare_cached(query!("findings/insert_hunt"))?.execute([at.ticks()])?;
    Ok(HuntId(connection.last_insert_rowid()))
}

/// Writes what is decided about a hunt.
pub fn update_hunt(connection: &Connection, hunt: &Hunt) -> Result<()> {
    connection.prepare_cached(query!("findings/update_hunt"))?.execute(named_params! {
        ":hunt_id": hunt.id.0,
        ":name": hunt.name,
        ":hypothesis": hunt.hypothesis,
        ":status": hunt.status.name(),
        ":hypothesis_status": hunt.hypothesis_status.name(),
        ":lookback": hunt.lookback.map(Span::ticks),
        ":reopen": hunt.reopen.name(),
        ":owner": hunt.owner,
    })?;
    Ok(())
}

/// Whether a rule has run.
pub fn has_run(connection: &Connection, rule_id: i64) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/has_run"))?;
    Ok(statement.query_row([rule_id], |row| row.get("has_run"))?)
}

/// Whether devices were reviewed in a hunt, or comments written.
pub fn is_used(connection: &Connection, hunt: HuntId) -> Result<bool> {
    let mut statement = connection.prepare_cached(query!("findings/is_hunt_used"))?;
    Ok(statement.query_row([hunt.0], |row| row.get("is_used"))?)
}

/// Every rule that the case knows, by name.
///
/// # Errors
/// The case's database.
pub fn list_rules_of_case(case: &Case) -> Result<Vec<HuntRule>> {
    select_rules(case.connection())
}

fn select_rules(connection: &Connection) -> Result<Vec<HuntRule>> {
    let mut statement = connection.prepare_cached(query!("findings/list_rules"))?;
    let rules = statement.query_map(named_params! { ":rule_id": None::<i64> }, read_rule)?;
    Ok(rules.collect::<rusqlite::Result<_>>()?)
}

/// One rule.
pub fn get_rule(connection: &Connection, rule_id: i64) -> Result<HuntRule> {
    let mut statement = connection.prepare_cached(query!("findings/list_rules"))?;
    Ok(statement.query_row(named_params! { ":rule_id": rule_id }, read_rule)?)
}

fn read_rule(row: &Row<'_>) -> rusqlite::Result<HuntRule> {
    let reopen: Option<String> = row.get("reopen")?;
    Ok(HuntRule {
        key: row.get("rule_id")?,
        name: row.get("name")?,
        hunt: row.get::<_, Option<i64>>("hunt_id")?.map(HuntId),
        reopen: reopen.map(|_| word(row, "reopen")).transpose()?,
    })
}

/// Writes what is decided about a rule.
pub fn update_rule(connection: &Connection, rule: &HuntRule) -> Result<()> {
    connection.prepare_cached(query!("findings/update_rule"))?.execute(named_params! {
        ":rule_id": rule.key,
        ":hunt_id": rule.hunt.map(|id| id.0),
        ":reopen": rule.reopen.map(Reopen::name),
    })?;
    Ok(())
}

/// The SHA-256 of the versions in which a hunt's rules last ran, by which one set is told from another.
pub fn rule_versions_digest(connection: &Connection, hunt: HuntId) -> Result<String> {
    let mut statement = connection.prepare_cached(query!("findings/list_hunt_rule_versions"))?;
    let versions = statement.query_map([hunt.0], |row| row.get::<_, String>("version"))?;
    let mut digest = Sha256::new();
    for version in versions {
        digest.update(version?);
        digest.update("\n");
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
