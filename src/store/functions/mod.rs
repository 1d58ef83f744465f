//! KQL's string operators as SQL functions.
//!
//! Every string operator of the Kusto query language is an SQL function of exactly the same name,
//! so that a rule reads like the published query it came from. Names that are not SQL identifiers
//! are written in double quotes:
//!
//! ```sql
//! SELECT event_id FROM process_event
//! WHERE has(command_line, 'whoami')
//!   AND "!has"(folder_path, 'sccm')
//!   AND "in~"(file_name, '["cmd.exe", "powershell.exe"]');
//! ```
//!
//! The first argument is the *haystack*, the text that is looked at; the second, where there is
//! one, is the *needle*. `has_any`, `has_all` and the `in` family take a JSON array of needles.
//! All functions are deterministic and innocuous: they may stand in views and indexes.
//!
//! - **Total.** The answer is 1 or 0, never NULL: Kusto's strings have no null, so NULL is read as
//!   the empty string, and `!op` is the exact complement of `op`. Integers and reals are read as
//!   their text, blobs as UTF-8 in which broken bytes become U+FFFD.
//! - **Errors.** A pattern that does not compile and a list that is not a JSON array end the query
//!   with an error that names the function and quotes the argument.
//! - **Difference.** Letters are compared by simple, one-to-one Unicode lower-casing. Kusto folds
//!   beyond ASCII too, but does not say how it treats `ß` or the Turkish `İ`; here `ß` is not `ss`.
//!   That is inferred, not documented.
//!
//! A constant needle, a bound parameter included, is prepared once a statement.
//!
//! May use `rusqlite` and `event`. Source:
//! <https://learn.microsoft.com/kusto/query/datatypes-string-operators>.

mod behaviour;
mod canonical;
mod empty;
mod equality;
mod error;
mod list;
mod needle;
mod regex;
mod substring;
mod term;
mod text;
mod ticks;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

pub use canonical::sha256_hex;
use error::{BadNeedle, FunctionError};
pub use term::places_of;
use text::{Case, text_of};

/// A prepared needle: says of a haystack whether the operator holds.
pub type Matcher = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// How an operator is computed.
#[derive(Clone, Copy)]
enum Test {
    /// From the haystack alone.
    One(fn(&str) -> bool),
    /// From haystack and needle as they are; there is nothing worth preparing.
    Pair(fn(&str, &str) -> bool),
    /// From a needle that is prepared first, once a statement where it is constant.
    Prepared(fn(&str) -> Result<Matcher, BadNeedle>),
}

/// An operator under its KQL name, with the name of its complement where it has one.
struct Operator {
    name: &'static str,
    negated: Option<&'static str>,
    test: Test,
}

/// An operator that needs no preparation.
const fn pair(name: &'static str, negated: &'static str, test: fn(&str, &str) -> bool) -> Operator {
    Operator { name, negated: Some(negated), test: Test::Pair(test) }
}

/// An operator with a complement whose needle is prepared.
const fn prepared(
    name: &'static str,
    negated: &'static str,
    prepare: fn(&str) -> Result<Matcher, BadNeedle>,
) -> Operator {
    Operator { name, negated: Some(negated), test: Test::Prepared(prepare) }
}

/// An operator that KQL has no `!` form of, and whose needle is prepared.
const fn positive(name: &'static str, prepare: fn(&str) -> Result<Matcher, BadNeedle>) -> Operator {
    Operator { name, negated: None, test: Test::Prepared(prepare) }
}

/// Every operator there is; [`register`] and [`operator_names`] read nothing else.
const OPERATORS: &[Operator] = &[
    pair("==", "!=", equality::equals),
    pair("=~", "!~", equality::equals_folded),
    prepared("in", "!in", |list| equality::is_in(list, Case::Kept)),
    prepared("in~", "!in~", |list| equality::is_in(list, Case::Ignored)),
    prepared("contains", "!contains", |needle| Ok(substring::contains(needle, Case::Ignored))),
    prepared("contains_cs", "!contains_cs", |needle| Ok(substring::contains(needle, Case::Kept))),
    pair("startswith", "!startswith", substring::starts_with_folded),
    pair("startswith_cs", "!startswith_cs", substring::starts_with),
    pair("endswith", "!endswith", substring::ends_with_folded),
    pair("endswith_cs", "!endswith_cs", substring::ends_with),
    prepared("has", "!has", |needle| Ok(term::has(needle, Case::Ignored))),
    prepared("has_cs", "!has_cs", |needle| Ok(term::has(needle, Case::Kept))),
    prepared("hasprefix", "!hasprefix", |needle| Ok(term::has_prefix(needle, Case::Ignored))),
    prepared("hasprefix_cs", "!hasprefix_cs", |needle| Ok(term::has_prefix(needle, Case::Kept))),
    prepared("hassuffix", "!hassuffix", |needle| Ok(term::has_suffix(needle, Case::Ignored))),
    prepared("hassuffix_cs", "!hassuffix_cs", |needle| Ok(term::has_suffix(needle, Case::Kept))),
    positive("has_any", term::has_any),
    positive("has_all", term::has_all),
    positive("matches regex", regex::matches_regex),
    Operator { name: "isempty", negated: Some("isnotempty"), test: Test::One(empty::is_empty) },
];

/// Other spellings that Kusto takes, and the operator that each stands for.
const ALIASES: [(&str, &str); 3] = [("<>", "!="), ("notcontains", "!contains"), ("notempty", "isnotempty")];

/// Registers every KQL string operator on `conn`, as the module's documentation describes.
///
/// Errors: whatever SQLite reports when a function cannot be created.
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    for operator in OPERATORS {
        register_as(conn, operator.name, operator.test, false)?;
        if let Some(negated) = operator.negated {
            register_as(conn, negated, operator.test, true)?;
        }
        for (alias, _) in ALIASES.iter().filter(|(_, name)| operator.negated == Some(name)) {
            register_as(conn, alias, operator.test, true)?;
        }
    }
    behaviour::register(conn)?;
    canonical::register(conn)?;
    ticks::register(conn)
}

/// Prepares the operator `name` with its right side, for use outside SQL. None where there is no such operator of
/// two sides.
///
/// # Errors
/// The right side is no pattern, or no list, of the operator.
pub fn matcher(name: &str, needle: &str) -> Option<Result<Matcher, String>> {
    let (operator, is_negated) = OPERATORS.iter().find_map(|operator| match name {
        _ if operator.name == name => Some((operator, false)),
        _ if operator.negated == Some(name) => Some((operator, true)),
        _ => None,
    })?;
    let matcher: Result<Matcher, BadNeedle> = match operator.test {
        Test::One(_) => return None,
        Test::Pair(test) => {
            let needle = needle.to_owned();
            Ok(Box::new(move |text| test(text, &needle)))
        }
        Test::Prepared(prepare) => prepare(needle),
    };
    let matcher = matcher.map(|holds| -> Matcher { Box::new(move |text| holds(text) != is_negated) });
    Some(matcher.map_err(|cause| cause.to_string()))
}

/// Lists the names that [`register`] registers: each positive form directly before its complement, then the aliases.
pub fn operator_names() -> impl Iterator<Item = &'static str> {
    let names = OPERATORS.iter().flat_map(|operator| std::iter::once(operator.name).chain(operator.negated));
    names.chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// Whether a function of ours may stand in a rule: its answer hangs on its arguments alone.
pub(crate) fn is_for_rules(name: &str) -> bool {
    name.eq_ignore_ascii_case(ticks::NAME) || operator_names().any(|known| known.eq_ignore_ascii_case(name))
}

/// Registers `test`, or its complement, as the SQL function `name`.
fn register_as(conn: &Connection, name: &'static str, test: Test, negated: bool) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    match test {
        Test::One(test) => conn
            .create_scalar_function(name, 1, flags, move |ctx| Ok(test(&text_of(ctx.get_raw(0))) != negated)),
        Test::Pair(test) => conn.create_scalar_function(name, 2, flags, move |ctx| {
            Ok(test(&text_of(ctx.get_raw(0)), &text_of(ctx.get_raw(1))) != negated)
        }),
        Test::Prepared(prepare) => conn.create_scalar_function(name, 2, flags, move |ctx| {
            let matcher = ctx.get_or_create_aux(1, |needle| {
                prepare(&text_of(needle)).map_err(|cause| FunctionError { function: name, cause })
            })?;
            Ok(matcher(&text_of(ctx.get_raw(0))) != negated)
        }),
    }
}

#[cfg(test)]
mod tests;
