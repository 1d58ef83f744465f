//! Kusto's string operators.

use huntcase::kusto::{Matcher, matcher, operator_names, places_of};
use huntcase::store::functions::register;
use rusqlite::Connection;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer texts show nothing more, and slow versions are slow.
const LONGEST: usize = 400;

/// An operator agrees with its SQL function, with its complement, and with a slow, obvious version of itself. The first
/// line is its right side, the rest its left side.
pub fn operators(bytes: &[u8]) {
    let Ok(input) = std::str::from_utf8(bytes) else { return };
    let (needle, text) = input.split_once('\n').unwrap_or((input, ""));
    if input.len() > LONGEST {
        return;
    }
    for name in operator_names() {
        let Some(prepared) = matcher(name, needle) else { continue };
        let holds = prepared.map(|holds| holds(text));
        assert_eq!(in_sql(name, text, needle), holds.clone().ok(), "{name} in SQL");
        if let Ok(holds) = holds {
            let opposite = operator_names().find(|other| *other == format!("!{name}"));
            let opposite = opposite.and_then(|other| matcher(other, needle)).and_then(Result::ok);
            assert!(
                opposite.is_none_or(|opposite: Matcher| opposite(text) != holds),
                "{name} and its opposite"
            );
            if let Some(expected) = holds_slowly(name, text, needle) {
                assert_eq!(holds, expected, "{text:?} {name} {needle:?}");
            }
        }
    }
    check_places(text, needle);
}

/// What the SQL function says; None where it is an error.
fn in_sql(name: &str, text: &str, needle: &str) -> Option<bool> {
    thread_local!(static CONNECTION: Connection = {
        let connection = Connection::open_in_memory().expect("there is memory");
        register(&connection).expect("functions can be registered");
        connection
    });
    CONNECTION.with(|connection| {
        let mut statement = connection.prepare_cached(&format!("SELECT \"{name}\"(?1, ?2)")).ok()?;
        statement.query_row((text, needle), |row| row.get(0)).ok()
    })
}

fn check_places(text: &str, word: &str) {
    let places = places_of(word, text);
    assert!(places.is_sorted_by(|(a, _), (b, _)| a.start < b.start));
    assert!(places.iter().all(|(place, _)| text.get(place.clone()).is_some()), "inside of a character");
    if !word.is_empty() {
        assert_eq!(Some(places.iter().any(|(_, is_whole)| *is_whole)), holds_slowly("has", text, word));
        assert_eq!(Some(!places.is_empty()), holds_slowly("contains", text, word));
    }
}

/// The operator by its definition, over letters one by one; None for one that has none here.
fn holds_slowly(name: &str, text: &str, needle: &str) -> Option<bool> {
    let (name, fold): (&str, fn(char) -> char) = match name.strip_suffix("_cs") {
        Some(name) => (name, |letter| letter),
        None => (name, |letter| letter.to_lowercase().next().unwrap_or(letter)),
    };
    let text: Vec<char> = text.chars().map(fold).collect();
    let needle: Vec<char> = needle.chars().map(fold).collect();
    let places = (0..=text.len()).filter(|start| text[*start..].starts_with(&needle));
    let ends = |start: usize| start + needle.len();
    // An end of the right side that is no letter or number may stand anywhere.
    let is_apart = |inner: Option<&char>, outer: Option<&char>| !(is_of_term(inner) && is_of_term(outer));
    let begins = |start: usize| is_apart(needle.first(), text[..start].last());
    let stops = |start: usize| is_apart(needle.last(), text[ends(start)..].first());
    let mut places = places;
    Some(match name {
        "contains" => places.next().is_some(),
        "startswith" => places.next() == Some(0),
        "endswith" => places.any(|start| ends(start) == text.len()),
        "has" => places.any(|start| begins(start) && stops(start)),
        "hasprefix" => places.any(begins),
        "hassuffix" => places.any(stops),
        "=~" => text == needle,
        _ => return None,
    })
}

fn is_of_term(letter: Option<&char>) -> bool {
    use GeneralCategoryGroup::{Letter, Number};
    letter.is_some_and(|letter| matches!(letter.general_category_group(), Letter | Number))
}
