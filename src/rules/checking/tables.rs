//! The case that rules are checked against, and what SQLite says of them there.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::fault;
use crate::error::Result;
use crate::event::Column;
use crate::rules::evaluating::{ARRIVED, narrowed};
use crate::store::{
    Case, Fault, Reading, check_reading, first_statement, functions, is_reading, query, tokens,
};

/// What is said of another table, which is not there where a rule is checked.
const READS_ALONE: &str = "; a rule reads DeviceProcessEvents alone";

/// Stands before the query of a rule's result, in the place of the events that the rule found.
const MATCHED_HERE: &str =
    "WITH matched AS (SELECT *, '{}' AS reason FROM DeviceProcessEvents) SELECT * FROM (";

/// Tables that a rule may read: the events, and what SQLite makes of an event's own JSON.
const READABLE: [&str; 3] = ["DeviceProcessEvents", "json_each", "json_tree"];

/// Functions of SQLite's whose answer hangs on their arguments alone. `min` and `max` of one argument are aggregates,
/// which the program shows. Not those of dates: a column may hold `now`.
const PURE: [&str; 78] = [
    "->",
    "->>",
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "ceil",
    "ceiling",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "cosh",
    "degrees",
    "exp",
    "floor",
    "format",
    "glob",
    "hex",
    "if",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_error_position",
    "json_extract",
    "json_insert",
    "json_object",
    "json_patch",
    "json_pretty",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_type",
    "json_valid",
    "length",
    "like",
    "likelihood",
    "likely",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "min",
    "mod",
    "nullif",
    "octet_length",
    "pi",
    "pow",
    "power",
    "printf",
    "quote",
    "radians",
    "replace",
    "round",
    "rtrim",
    "sign",
    "sin",
    "sqrt",
    "substr",
    "substring",
    "trim",
    "trunc",
    "typeof",
    "unhex",
    "unicode",
    "upper",
];

/// Steps of SQLite's programs that only aggregates and window functions have.
const STEPS_OF_AGGREGATES: [&str; 6] = ["AggStep", "AggStep1", "AggFinal", "AggInverse", "AggValue", "Count"];

/// What the connection is asked to look out for.
#[derive(Debug, Default)]
struct Watch {
    /// Whether a rule's own query is being prepared.
    is_rule: bool,
    /// What was refused of it first.
    refused: Option<String>,
}

/// A case without events whose `DeviceProcessEvents` is a table, so that SQLite's programs name published columns.
pub struct FlatCase {
    connection: Connection,
    watch: Arc<Mutex<Watch>>,
}

impl FlatCase {
    /// With the columns of `case`, or those of a new one.
    pub fn new(case: Option<&Case>) -> Result<Self> {
        let mut connection = Case::open_flat(case)?;
        let watch = Arc::new(Mutex::new(Watch::default()));
        let watching = watch.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            let mut watch = watching.lock().unwrap_or_else(PoisonError::into_inner);
            match watch.is_rule.then(|| refusal(&context.action)) {
                Some(None) => Authorization::Allow,
                Some(Some(reason)) => {
                    watch.refused.get_or_insert(reason);
                    Authorization::Deny
                }
                None if is_reading(&context.action) => Authorization::Allow,
                None => Authorization::Deny,
            }
        }))?;
        Ok(Self { connection, watch })
    }

    /// A rule's query, where it is one statement that reads nothing but events and calls nothing but pure functions.
    pub fn read_rule(&self, text: &str) -> std::result::Result<Reading, Fault> {
        let watch = || self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch().is_rule = true;
        let reading = check_reading(&self.connection, text);
        watch().is_rule = false;
        let reason = watch().refused.take();
        reading.map_err(|at| {
            let problem = match at.problem.strip_prefix("no such table: ") {
                Some(table) => format!("it reads {table}{READS_ALONE}"),
                None => at.problem,
            };
            Fault { offset: at.offset, problem: reason.unwrap_or(problem) }
        })
    }

    /// The query of a rule's result, where it is one statement that only reads.
    pub fn read_result(&self, text: &str) -> std::result::Result<String, Fault> {
        let result = first_statement(text);
        let behind = result.len() + 1;
        if let Some(third) = text.get(behind..).and_then(|rest| tokens(rest).next()) {
            return Err(fault(behind + third.start, "a rule is two statements at most"));
        }
        check_reading(&self.connection, &format!("{MATCHED_HERE}{result}\n)"))
            .map_err(|at| fault(at.offset.saturating_sub(MATCHED_HERE.len()), at.problem))?;
        Ok(result.trim().to_owned())
    }

    /// Whether SQLite can pick out a span of events before anything else, in the one place where the query reads them,
    /// and takes no several of them together.
    pub fn looks_at_one_event(&self, select: &str) -> rusqlite::Result<bool> {
        let steps = self.program(&narrowed(select, ARRIVED))?;
        let events = self.events_root()?;
        let reads: Vec<i64> = steps
            .iter()
            .filter(|step| step.name == "OpenRead" && step.p2 == events)
            .map(|step| step.p1)
            .collect();
        let [cursor] = reads.as_slice() else { return Ok(false) };
        let on_events = |name: &str| steps.iter().any(|step| step.name == name && step.p1 == *cursor);
        let is_aggregate = |step: &Step| STEPS_OF_AGGREGATES.contains(&step.name.as_str());
        Ok(on_events("SeekGT")
            && !on_events("Rewind")
            && !on_events("Last")
            && !steps.iter().any(is_aggregate))
    }

    /// The published columns that decide whether an event matches the rule of this query, in published order; none
    /// where SQLite cannot read the query any more, since that rule fails when it runs.
    ///
    /// Only the event's number is asked for, in an order of its own: SQLite then leaves out what the query merely shows
    /// or sorts by, and its program reads what the conditions need. What it cannot leave out, such as a column that
    /// `DISTINCT` compares, counts as needed.
    pub fn needed_columns(&self, select: &str) -> Result<Vec<Column>> {
        let Ok(reading) = check_reading(&self.connection, select) else { return Ok(Vec::new()) };
        let steps = self.program(&format!("SELECT event_id FROM (\n{}\n) ORDER BY event_id", reading.sql))?;
        let events = self.events_root()?;
        let reads = |cursor: i64| {
            steps.iter().any(|step| step.name == "OpenRead" && (step.p1, step.p2) == (cursor, events))
        };
        let is_read =
            |index: i64| steps.iter().any(|step| step.name == "Column" && step.p2 == index && reads(step.p1));
        // The view begins with the published columns in their order.
        let columns = (0..).zip(Column::ALL).filter(|(index, _)| is_read(*index)).map(|(_, column)| *column);
        Ok(columns.collect())
    }

    /// The steps of a statement's program.
    fn program(&self, sql: &str) -> rusqlite::Result<Vec<Step>> {
        let mut statement = self.connection.prepare(&format!("EXPLAIN {sql}"))?;
        let parameters = vec![0; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| {
            Ok(Step { name: row.get("opcode")?, p1: row.get("p1")?, p2: row.get("p2")? })
        })?;
        steps.collect()
    }

    fn events_root(&self) -> rusqlite::Result<i64> {
        self.connection.query_row(query!("runs/get_events_root"), [], |row| row.get("rootpage"))
    }
}

/// One step of a program. Source: <https://www.sqlite.org/opcode.html>.
struct Step {
    name: String,
    p1: i64,
    p2: i64,
}

/// Why a rule may not do something; None where it may.
fn refusal(action: &AuthAction<'_>) -> Option<String> {
    let is_one_of = |name: &str, names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    match action {
        AuthAction::Select => None,
        AuthAction::Read { table_name, column_name } if is_one_of(table_name, &READABLE) => {
            (*column_name == "import_id").then(|| {
                "it reads import_id, the order of arrival; name the columns that it is about instead of *"
                    .to_owned()
            })
        }
        AuthAction::Read { table_name, .. } => Some(format!("it reads {table_name}{READS_ALONE}")),
        AuthAction::Function { function_name } => {
            let is_pure = is_one_of(function_name, &PURE) || functions::is_for_rules(function_name);
            (!is_pure).then(|| {
                format!("it calls {function_name}, expected functions whose answer hangs on the event alone")
            })
        }
        AuthAction::Recursive => Some("a recursive WITH cannot stand in a rule".to_owned()),
        _ => Some("a rule is one SELECT".to_owned()),
    }
}
