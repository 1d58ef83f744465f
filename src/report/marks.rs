//! Which parts of a command line made a rule match, so that they can be made to stand out.
//!
//! A rule says it in its reasons: a column, an operator and what was looked for.

use std::ops::Range;

use crate::findings::Why;
use crate::kusto::places_of;
use crate::rules::Reason;

/// The operators whose needle is looked for as it stands. Not `matches regex`, whose pattern is
/// no part of the text.
const OPERATORS: [&str; 16] = [
    "has",
    "has_cs",
    "has_any",
    "has_all",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "contains",
    "contains_cs",
    "startswith",
    "startswith_cs",
    "endswith",
    "endswith_cs",
    "==",
    "=~",
];

/// A word that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word, as the rule spells it.
    pub text: String,
    /// Whether it was looked for as a whole term, as `has` does.
    pub is_term: bool,
}

/// The words that a rule found in a column, in the order of its reasons, each once.
pub fn matched_words(why: &Why, column: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for reason in why.reasons.iter().filter(|reason| reason.column == column) {
        let word = read_word(reason);
        words.extend(word.filter(|word| !words.contains(word)));
    }
    words
}

fn read_word(reason: &Reason) -> Option<Word> {
    let (operator, text) = (reason.operator.as_str(), reason.needle.as_str());
    let is_known = OPERATORS.contains(&operator) && !text.trim().is_empty();
    let is_term = matches!(operator, "has" | "has_cs" | "has_any" | "has_all");
    is_known.then(|| Word { text: text.to_owned(), is_term })
}

/// Gives the parts of `text`, in bytes, that are one of the words, whatever the case: from left to right, without
/// overlaps. Of a term the whole occurrences count, and the others only where there is no whole one.
pub fn mark(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = words.iter().flat_map(|word| places_of_word(text, word)).collect();
    parts.sort_by_key(|part| (part.start, part.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match merged.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => merged.push(part),
        }
    }
    merged
}

fn places_of_word(text: &str, word: &Word) -> Vec<Range<usize>> {
    let places = places_of(&word.text, text);
    let only_whole = word.is_term && places.iter().any(|(_, is_whole)| *is_whole);
    places.into_iter().filter(|(_, is_whole)| *is_whole || !only_whole).map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_an_operator_looks_for_in_the_column_itself() {
        let reason = |(column, operator, needle): (&str, &str, &str)| Reason {
            column: column.to_owned(),
            operator: operator.to_owned(),
            needle: needle.to_owned(),
        };
        let reasons = [
            ("c", "has", "whoami"),
            ("c", "contains", "%temp%"),
            ("c", "has", "whoami"),
            ("d", "has", "ping"),
            ("c", "hasprefix", "net, user"),
            ("c", "=~", "CMD.exe"),
            ("c", "has", " "),
            ("c", "Has", "x"),
            ("c", "matches regex", "a.*b"),
        ];
        let why = Why { reasons: reasons.map(reason).to_vec(), ..Why::default() };
        let words: Vec<_> =
            matched_words(&why, "c").into_iter().map(|word| (word.text, word.is_term)).collect();
        let expected = [("whoami", true), ("%temp%", false), ("net, user", false), ("CMD.exe", false)];
        assert_eq!(words, expected.map(|(text, is_term)| (text.to_owned(), is_term)));
        assert_eq!(matched_words(&why, "C"), []);
    }

    /// A word, and whether it is a term.
    type Asked<'a> = (&'a str, bool);

    /// The text with its marked parts in brackets.
    fn marked(text: &str, words: &[Asked<'_>]) -> String {
        let word = |&(text, is_term): &Asked<'_>| Word { text: text.to_owned(), is_term };
        let mut shown = text.to_owned();
        for part in mark(text, &words.iter().map(word).collect::<Vec<_>>()).into_iter().rev() {
            shown.insert(part.end, ']');
            shown.insert(part.start, '[');
        }
        shown
    }

    #[test]
    fn words_are_marked_whatever_the_case_and_terms_whole_where_they_are() {
        let table: [(&str, &[Asked<'_>], &str); 10] = [
            ("cmd /c WhoAmI", &[("whoami", true)], "cmd /c [WhoAmI]"),
            ("shipping & ping", &[("ping", true)], "shipping & [ping]"),
            ("shipping & ping", &[("ping", false)], "ship[ping] & [ping]"),
            ("shipping", &[("ping", true)], "ship[ping]"),
            ("%TEMP%\\a", &[("%temp%", false), ("temp", true)], "[%TEMP%]\\a"),
            ("aaaa", &[("aa", false)], "[aaaa]"),
            ("ab", &[("a", false), ("b", false)], "[ab]"),
            ("É é", &[("é", true)], "[É] [é]"),
            ("nothing", &[("whoami", true)], "nothing"),
            ("", &[("", false), ("x", true)], ""),
        ];
        for (text, words, expected) in table {
            assert_eq!(marked(text, words), expected, "{text}");
        }
    }
}
