//! Events that rules could not judge: the exports that brought them lack a column that the rule's condition reads.
//!
//! Such an event has nothing where the column would be, and a rule that does not match it has not found it harmless.
//! A later import that fills or repeats the event, and has the column, lets the rule judge it.

mod tables;

use std::collections::BTreeMap;

use self::tables::{Later, list_lacking_imports, list_later_imports, list_rule_texts};
use super::checking::FlatCase;
use crate::error::Result;
use crate::event::Column;
use crate::store::{Case, Import, first_statement};

/// What a rule could not judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    /// The rule.
    pub rule: String,
    /// How many events of the case it could not judge, whatever the window.
    pub events: i64,
    /// The columns that they lack and the rule needs, in published order.
    pub columns: Vec<Column>,
}

/// Events that lack the same columns.
struct Lack {
    columns: Vec<Column>,
    events: i64,
}

/// Columns that say which event it is. Every row that is taken in says that, one way or another.
const OF_EVERY_EVENT: [Column; 4] =
    [Column::Timestamp, Column::DeviceId, Column::DeviceName, Column::ReportId];

/// What the rules of a run, in the texts that they had in it, cannot judge of the case as it is now: those alone that
/// lack something, in the order of names. Where every import has every column nothing else is looked at.
///
/// # Errors
/// The case's database.
pub fn list_unjudged(case: &Case, run_id: i64) -> Result<Vec<Unjudged>> {
    let mut imports = case.list_imports()?;
    imports.retain(|import| !import.lacking.is_empty());
    if imports.is_empty() {
        return Ok(Vec::new());
    }
    let flat = FlatCase::new(Some(case))?;
    let mut needs = Vec::new();
    for (rule, text) in list_rule_texts(case.connection(), run_id)? {
        needs.push((rule, needed_columns(&flat, &text)?));
    }
    let is_needed =
        |name: &String| needs.iter().any(|(_, needed)| needed.iter().any(|column| column.name() == name));
    if !imports.iter().any(|import| import.lacking.iter().any(is_needed)) {
        return Ok(Vec::new());
    }
    let lacks = list_lacks(case, &imports)?;
    Ok(needs.into_iter().filter_map(|(rule, needed)| unjudged(rule, &needed, &lacks)).collect())
}

/// The columns that decide whether an event matches a rule, and that not every event has.
fn needed_columns(flat: &FlatCase, text: &str) -> Result<Vec<Column>> {
    let mut columns = flat.needed_columns(first_statement(text))?;
    columns.retain(|column| !OF_EVERY_EVENT.contains(column));
    Ok(columns)
}

fn unjudged(rule: String, needed: &[Column], lacks: &[Lack]) -> Option<Unjudged> {
    let of_rule: Vec<&Lack> =
        lacks.iter().filter(|lack| lack.columns.iter().any(|column| needed.contains(column))).collect();
    let events = of_rule.iter().map(|lack| lack.events).sum();
    let is_lacking = |column: &Column| of_rule.iter().any(|lack| lack.columns.contains(column));
    let columns = needed.iter().copied().filter(is_lacking).collect();
    (events > 0).then_some(Unjudged { rule, events, columns })
}

/// What events still lack. A column is there that the event's own import has, or a later one that filled or repeated
/// the event.
fn list_lacks(case: &Case, imports: &[Import]) -> Result<Vec<Lack>> {
    let lacking: BTreeMap<i64, Vec<Column>> =
        imports.iter().map(|import| (import.id, columns_of(import))).collect();
    // An import that another program takes in at this moment is in no list yet.
    let of = |import: i64| lacking.get(&import).cloned().unwrap_or_default();
    let mut never_again = list_lacking_imports(case.connection())?;
    let mut lacks = Vec::new();
    for Later { import_id, later_imports, events } in list_later_imports(case.connection())? {
        let mut columns = of(import_id);
        columns.retain(|column| later_imports.iter().all(|later| of(*later).contains(column)));
        lacks.push(Lack { columns, events });
        never_again.entry(import_id).and_modify(|rest| *rest -= events);
    }
    lacks.extend(never_again.into_iter().map(|(import, events)| Lack { columns: of(import), events }));
    lacks.retain(|lack| lack.events > 0);
    Ok(lacks)
}

fn columns_of(import: &Import) -> Vec<Column> {
    import.lacking.iter().filter_map(|name| Column::from_name(name)).collect()
}
