//! Checking that a rule asks about one event at a time, whatever else the case holds and whenever it is asked.
//!
//! A rule is prepared against a case whose `DeviceProcessEvents` is a table and the only one that it may read. SQLite
//! then says which functions and columns it uses, and its program shows whether a span of events can be picked out
//! before anything else is done: only a query that gives of each event what that event alone decides can be narrowed so.
//! For the SQL that people write; what the program itself makes is held by its own tests.

mod tables;

pub use self::tables::FlatCase;
use crate::error::Result;
use crate::store::{Case, Fault, Token, first_statement, tokens};

/// What is wrong with a part of a rule's text, and where, in bytes from its start.
fn fault(offset: usize, problem: impl Into<String>) -> Fault {
    Fault { offset, problem: problem.into() }
}

/// The parts of a rule's text that are sound.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    /// The one SELECT that gives the events, without its semicolon.
    pub select: String,
    /// The names of its columns after the first.
    pub columns: Vec<String>,
    /// The SELECT over the events found that gives the rule's result; None where it has none of its own.
    pub result: Option<String>,
}

/// Checks texts of rules.
pub struct Checker(FlatCase);

/// Words that SQLite reserves for what looks at several rows.
const WORDS_OF_SEVERAL_EVENTS: [&str; 7] =
    ["LIMIT", "UNION", "INTERSECT", "EXCEPT", "VALUES", "GROUP", "HAVING"];
const ONE_EVENT: &str = "a rule looks at one event at a time: read DeviceProcessEvents once, without GROUP BY, \
                         LIMIT, aggregates or window functions";
const ARRIVAL: &str = "event_id stands in the order of arrival; it can only be the first column of the rule's SELECT and \
                       of subqueries in FROM";

impl Checker {
    /// A checker: against the columns of `case`, which is quicker, or those of a new one.
    pub fn new(case: Option<&Case>) -> Result<Self> {
        FlatCase::new(case).map(Self)
    }

    /// Checks that a text is one SELECT that looks at one event at a time and begins with `event_id`, and that a second
    /// SELECT, where there is one, can be its result. Faults are told with their line, from 1.
    pub fn check(&self, body: &str) -> std::result::Result<Checked, (usize, String)> {
        let line_of = |offset: usize| body.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        self.check_parts(body).map_err(|at| (line_of(at.offset), at.problem))
    }

    fn check_parts(&self, body: &str) -> std::result::Result<Checked, Fault> {
        let start = tokens(body).next().map_or(0, |token| token.start);
        let question = first_statement(body);
        let begins = |word| tokens(question).next().is_none_or(|token| token.is_word(word));
        if !begins("SELECT") && !begins("WITH") {
            return Err(fault(start, "a rule is one SELECT"));
        }
        let reading =
            self.0.read_rule(question).map_err(|at| Fault { offset: at.offset.max(start), ..at })?;
        check_words(question)?;
        match reading.columns.first() {
            Some(column) if column == "event_id" => {}
            Some(column) => {
                return Err(fault(start, format!("the first column is {column:?}, expected event_id")));
            }
            None => return Err(fault(start, "there is no column, expected event_id")),
        }
        check_event_ids(question)?;
        match self.0.looks_at_one_event(&reading.sql) {
            Ok(true) => {}
            Ok(false) => return Err(fault(start, ONE_EVENT)),
            Err(cause) => {
                return Err(fault(start, format!("the query cannot be narrowed to new events: {cause}")));
            }
        }
        let columns = reading.columns.into_iter().skip(1).collect();
        let result = self.check_result(body, question.len() + 1)?;
        Ok(Checked { select: reading.sql, columns, result })
    }

    /// The statement behind the first, where there is one.
    fn check_result(&self, body: &str, from: usize) -> std::result::Result<Option<String>, Fault> {
        let Some(rest) = body.get(from..).filter(|rest| tokens(rest).next().is_some()) else {
            return Ok(None);
        };
        let result = self.0.read_result(rest);
        result.map(Some).map_err(|at| fault(from + at.offset, at.problem))
    }
}

/// Refuses words that SQLite reserves for what looks at several events.
fn check_words(question: &str) -> std::result::Result<(), Fault> {
    let of_several = |token: &Token<'_>| WORDS_OF_SEVERAL_EVENTS.iter().any(|word| token.is_word(word));
    match tokens(question).find(of_several) {
        Some(token) => Err(fault(token.start, format!("found {}; {ONE_EVENT}", token.text.to_uppercase()))),
        None => Ok(()),
    }
}

/// Where a query stands behind a parenthesis, or at its beginning.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Whether its columns are those of the rule, or of a table that the rule reads.
    is_table: bool,
    clause: Clause,
    /// Whether its SELECT names `event_id`.
    has_event_id: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clause {
    With,
    Select,
    From,
    Other,
}

impl Level {
    /// The level behind a parenthesis that opens behind these tokens.
    fn open(self, before: &[Token<'_>]) -> Self {
        let is_word = |word| before.last().is_some_and(|token| token.is_word(word));
        let is_from = before.last().is_some_and(|_| is_from(before, before.len() - 1));
        let is_next_table =
            self.clause == Clause::From && before.last().is_some_and(|token| token.is_sign(","));
        let is_in_with = self.clause == Clause::With && (is_word("AS") || is_word("MATERIALIZED"));
        let is_table = self.is_table && (is_from || is_word("JOIN") || is_next_table || is_in_with);
        Self { is_table, clause: Clause::Other, has_event_id: false }
    }

    /// Takes the next token of this level.
    fn pass(&mut self, tokens: &[Token<'_>], index: usize) {
        let token = &tokens[index];
        if token.is_word("WITH") {
            self.clause = Clause::With;
        } else if token.is_word("SELECT") {
            self.clause = Clause::Select;
        } else if is_from(tokens, index) {
            self.clause = Clause::From;
        } else if token.is_word("WHERE") || token.is_word("ORDER") {
            self.clause = Clause::Other;
        }
    }
}

/// Whether a token is the FROM of a SELECT, and not that of `IS DISTINCT FROM`.
fn is_from(tokens: &[Token<'_>], index: usize) -> bool {
    tokens[index].is_word("FROM") && !(index > 0 && tokens[index - 1].is_word("DISTINCT"))
}

/// Refuses every use of `event_id` but as the first column of a SELECT that is the rule's own or a table that it reads,
/// under its own name.
fn check_event_ids(question: &str) -> std::result::Result<(), Fault> {
    let tokens: Vec<Token<'_>> = tokens(question).collect();
    let mut levels = vec![Level { is_table: true, clause: Clause::Other, has_event_id: false }];
    for (index, token) in tokens.iter().enumerate() {
        let Some(level) = levels.last_mut() else { break };
        level.pass(&tokens, index);
        if names_event(&tokens, index) {
            if !(level.is_table && level.clause == Clause::Select && is_first_column(&tokens, index)) {
                return Err(fault(token.start, ARRIVAL));
            }
            level.has_event_id = true;
        }
        if level.has_event_id && level.clause == Clause::Select && is_every_column(&tokens, index) {
            return Err(fault(token.start, "beside event_id columns are named, since * may hold it again"));
        }
        if renames_columns(&tokens[index..]) {
            return Err(fault(
                token.start,
                "a WITH that gives its columns other names cannot stand in a rule",
            ));
        }
        if token.is_sign("(") {
            let opened = level.open(&tokens[..index]);
            levels.push(opened);
        } else if token.is_sign(")") {
            levels.pop();
        }
    }
    Ok(())
}

/// Whether a token names an event's number: as SQLite, the view, or SQLite for a column that comes twice does.
fn names_event(tokens: &[Token<'_>], index: usize) -> bool {
    let token = &tokens[index];
    // A text is a name only behind a table's.
    let is_name = !token.is_literal() || (index > 0 && tokens[index - 1].is_sign("."));
    is_name
        && (["event_id", "rowid", "oid", "_rowid_"].iter().any(|name| token.names(name))
            || token.text.trim_start_matches(['"', '`', '[']).to_ascii_lowercase().starts_with("event_id:"))
}

/// Whether a token is the `*` that stands for every column, and no product.
fn is_every_column(tokens: &[Token<'_>], index: usize) -> bool {
    tokens[index].is_sign("*")
        && index > 0
        && (tokens[index - 1].is_sign(",") || tokens[index - 1].is_sign("."))
}

/// Whether the token is called `event_id` and stands behind `SELECT`, `DISTINCT` or `ALL`, with a table's name before it
/// or without, and before a comma or `FROM`.
fn is_first_column(tokens: &[Token<'_>], index: usize) -> bool {
    let is_alone = tokens.get(index + 1).is_none_or(|next| next.is_sign(",") || next.is_word("FROM"));
    let mut before = &tokens[..index];
    if let [rest @ .., _table, dot] = before
        && dot.is_sign(".")
    {
        before = rest;
    }
    if let [rest @ .., word] = before
        && (word.is_word("DISTINCT") || word.is_word("ALL"))
    {
        before = rest;
    }
    tokens[index].names("event_id")
        && is_alone
        && before.last().is_some_and(|select| select.is_word("SELECT"))
}

/// `) AS (`, with `NOT MATERIALIZED` or `MATERIALIZED` between: only a WITH that lists names for its columns has it.
fn renames_columns(tokens: &[Token<'_>]) -> bool {
    let [close, as_, rest @ ..] = tokens else { return false };
    let mut rest = rest.iter().skip_while(|token| token.is_word("NOT") || token.is_word("MATERIALIZED"));
    close.is_sign(")") && as_.is_word("AS") && rest.next().is_some_and(|token| token.is_sign("("))
}

#[cfg(test)]
mod tests;
