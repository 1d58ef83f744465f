//! Which parts of a command line made a rule match, so that they can be made to stand out.
//!
//! A rule says it in its reason, in columns such as `matched_conditions: "has whoami, contains %temp%"`: items that
//! are an operator, a blank and a word. What has another form (`parent`) names no word.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::kusto::places_of;

/// The operators after which the rest of an item is looked for as it stands. Not `matches regex`, whose pattern is
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
    /// The word, as the reason spells it.
    pub text: String,
    /// Whether it was looked for as a whole term, as `has` does.
    pub is_term: bool,
}

/// Reads the words from the columns of a reason, in their order, each once.
pub fn matched_words(reason: &Map<String, Value>) -> Vec<Word> {
    let items = reason.values().filter_map(Value::as_str).flat_map(|value| value.split(", "));
    let mut words = Vec::new();
    for word in items.filter_map(read_word) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn read_word(item: &str) -> Option<Word> {
    let (operator, text) = item.split_once(' ')?;
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
    use serde_json::json;

    use super::*;

    fn words(reason: Value) -> Vec<(String, bool)> {
        let words = matched_words(reason.as_object().expect("an object"));
        words.into_iter().map(|word| (word.text, word.is_term)).collect()
    }

    #[test]
    fn words_are_read_from_items_that_begin_with_an_operator() {
        let term = |text: &str| (text.to_owned(), true);
        let part = |text: &str| (text.to_owned(), false);
        let table = [
            (json!({}), vec![]),
            (json!({ "matched_by": "parent, grandparent" }), vec![]),
            (json!({ "a": "has whoami, contains %temp%" }), vec![term("whoami"), part("%temp%")]),
            (json!({ "a": "has ping", "b": "has ping, hasprefix pi" }), vec![term("ping"), part("pi")]),
            (json!({ "a": "has net user" }), vec![term("net user")]),
            (json!({ "a": "=~ CMD.exe, == x" }), vec![part("CMD.exe"), part("x")]),
            (json!({ "a": "has, has , hash 12, Has x" }), vec![]),
            (json!({ "a": "matches regex a.*b" }), vec![]),
            (json!({ "a": 7, "b": null, "c": ["has x"] }), vec![]),
            (json!({ "a": "has é" }), vec![term("é")]),
        ];
        for (reason, expected) in table {
            assert_eq!(words(reason.clone()), expected, "{reason}");
        }
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
