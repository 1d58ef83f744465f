//! Kusto's string operators as pure functions, and the one table of their names.
//!
//! The left side of an operator is the *haystack*, the text that is looked at; the right side, where there is one, is
//! the *needle*. `has_any`, `has_all` and the `in` family take a JSON array of needles. A needle that is worth it is
//! prepared once for many haystacks.
//!
//! - **Complements.** There is no null: `!op` is the exact complement of `op`.
//! - **Errors.** A pattern that does not compile and a list that is not a JSON array are errors that quote the needle,
//!   never "no match".
//! - **Difference.** Letters are compared by simple, one-to-one Unicode lower-casing. Kusto folds
//!   beyond ASCII too, but does not say how it treats `ß` or the Turkish `İ`; here `ß` is not `ss`.
//!   That is inferred, not documented.
//!
//! Imports nothing of ours. Source: <https://learn.microsoft.com/kusto/query/datatypes-string-operators>.

mod empty;
mod equality;
mod error;
mod list;
mod needle;
mod regex;
mod substring;
mod term;
mod terms;
mod text;

pub(crate) use error::{BadNeedle, quoted};
pub use term::places_of;
use text::Case;
pub(crate) use text::fold;

/// Part of every version of a rule. Raised when the meaning of an operator is mended, so that rules read old events
/// again.
pub(crate) const MEANING: u32 = 1;

/// A prepared needle: says of a haystack whether the operator holds.
pub type Matcher = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// How an operator is computed.
#[derive(Clone, Copy)]
pub(crate) enum Test {
    /// From the haystack alone.
    One(fn(&str) -> bool),
    /// From haystack and needle as they are; there is nothing worth preparing.
    Pair(fn(&str, &str) -> bool),
    /// From a needle that is prepared first, once a statement where it is constant.
    Prepared(fn(&str) -> Result<Matcher, BadNeedle>),
}

/// An operator under its KQL name, with the name of its complement where it has one.
pub(crate) struct Operator {
    name: &'static str,
    negated: Option<&'static str>,
    /// How it is computed, under its own name.
    pub test: Test,
}

impl Operator {
    /// Every name that it goes by, with whether the name stands for its complement.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let aliases = ALIASES.iter().filter(|(_, name)| self.negated == Some(name)).map(|(alias, _)| *alias);
        let opposites = self.negated.into_iter().chain(aliases);
        std::iter::once((self.name, false)).chain(opposites.map(|name| (name, true)))
    }
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

/// Every operator there is; whoever asks for operators reads nothing else.
pub(crate) const OPERATORS: &[Operator] = &[
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
    positive("has_any", terms::has_any),
    positive("has_all", terms::has_all),
    positive("matches regex", regex::matches_regex),
    Operator { name: "isempty", negated: Some("isnotempty"), test: Test::One(empty::is_empty) },
];

/// Other spellings that Kusto takes, and the operator that each stands for.
const ALIASES: [(&str, &str); 3] = [("<>", "!="), ("notcontains", "!contains"), ("notempty", "isnotempty")];

/// Prepares the operator `name` with its right side. None where there is no such operator of
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

/// Lists all names of operators: each positive form directly before its complement, then the aliases.
pub fn operator_names() -> impl Iterator<Item = &'static str> {
    let names = OPERATORS.iter().flat_map(|operator| std::iter::once(operator.name).chain(operator.negated));
    names.chain(ALIASES.iter().map(|(alias, _)| *alias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_operator_of_kql_is_in_the_table() {
        let mut expected: Vec<String> = [
            "==",
            "!=",
            "=~",
            "!~",
            "in",
            "!in",
            "in~",
            "!in~",
            "has_any",
            "has_all",
            "matches regex",
            "isempty",
            "isnotempty",
            "<>",
            "notcontains",
            "notempty",
        ]
        .map(String::from)
        .to_vec();
        for family in ["contains", "startswith", "endswith", "has", "hasprefix", "hassuffix"] {
            for (before, after) in [("", ""), ("!", ""), ("", "_cs"), ("!", "_cs")] {
                expected.push(format!("{before}{family}{after}"));
            }
        }
        let mut names: Vec<&str> = operator_names().collect();
        expected.sort_unstable();
        names.sort_unstable();
        assert_eq!(names, expected);
    }
}
