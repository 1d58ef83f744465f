//! Several terms at once: `has_any` and `has_all`.
//!
//! A few needles are looked for one after the other. Many are looked for together, in one pass over the text. What is
//! then searched is *marked*: folded, with a byte that no text has at each edge of a term. A needle stands whole in a
//! text where the marked needle is a part of the marked text, so that no occurrence has to be looked at again.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::Matcher;
use super::error::BadNeedle;
use super::list::read_list;
use super::needle::Haystack;
use super::term::Term;
use super::text::{Case, fold, is_term_char};

/// As many needles are quicker looked for together, in short texts and in long ones.
const MANY: usize = 32;

/// The mark at the edge of a term, a byte that UTF-8 never has.
const EDGE: u8 = 0xFF;

/// The most needles that the states of one automaton may list, each in some bytes.
const LONGEST_LISTS: usize = 1 << 23;

/// Prepares the question whether a text `has` at least one of a JSON array of needles.
///
/// `text has_any list`. False for an empty list. Errors: [`BadNeedle::List`]. Source:
/// <https://learn.microsoft.com/kusto/query/has-any-operator>.
pub(super) fn has_any(list: &str) -> Result<Matcher, BadNeedle> {
    let needles = read_list(list)?;
    if let Some(matcher) = has_any_of_many(&needles) {
        return Ok(matcher);
    }
    let terms = prepare_each(&needles);
    Ok(Box::new(move |text| {
        let haystack = Haystack::new(text);
        terms.iter().any(|term| term.stands_in(haystack))
    }))
}

/// Prepares the question whether a text `has` every one of a JSON array of needles.
///
/// `text has_all list`. True for an empty list. Errors: [`BadNeedle::List`]. Source:
/// <https://learn.microsoft.com/kusto/query/has-all-operator>.
pub(super) fn has_all(list: &str) -> Result<Matcher, BadNeedle> {
    let needles = read_list(list)?;
    if let Some(matcher) = has_all_of_many(&needles) {
        return Ok(matcher);
    }
    let terms = prepare_each(&needles);
    Ok(Box::new(move |text| {
        let haystack = Haystack::new(text);
        terms.iter().all(|term| term.stands_in(haystack))
    }))
}

/// The needles of `has_any` and `has_all`, which always ignore case.
fn prepare_each(needles: &[String]) -> Vec<Term> {
    needles.iter().map(|needle| Term::new(needle, Case::Ignored)).collect()
}

/// Prepares `has_any` in one pass; None where the needles are few.
fn has_any_of_many(needles: &[String]) -> Option<Matcher> {
    if needles.len() < MANY {
        return None;
    }
    if needles.iter().any(String::is_empty) {
        return Some(Box::new(|_| true));
    }
    // Of this kind, an automaton leaves out what another needle begins, and each state lists at most one needle.
    let automaton = build(&mark_each(needles), MatchKind::LeftmostFirst)?;
    Some(Box::new(move |text| automaton.is_match(&mark(text))))
}

/// Prepares `has_all` in one pass; None where the needles are few, or parts of each other in too many ways.
fn has_all_of_many(needles: &[String]) -> Option<Matcher> {
    let longest = needles.iter().max_by_key(|needle| needle.len())?;
    let marked = mark_each(needles);
    if needles.len() < MANY || longest_lists(&marked) > LONGEST_LISTS {
        return None;
    }
    let count = marked.len();
    let automaton = build(&marked, MatchKind::Standard)?;
    // Most texts lack the longest needle, and to look for it alone is quicker.
    let longest = Term::new(longest, Case::Ignored);
    Some(Box::new(move |text| {
        longest.stands_in(Haystack::new(text)) && finds_all(&automaton, count, &mark(text))
    }))
}

/// Says whether each of the `count` needles of an automaton is a part of a marked text.
fn finds_all(automaton: &AhoCorasick, count: usize, text: &[u8]) -> bool {
    let mut missing = count;
    let mut is_found = vec![false; count];
    for place in automaton.find_overlapping_iter(text) {
        if !std::mem::replace(&mut is_found[place.pattern().as_usize()], true) {
            missing -= 1;
            if missing == 0 {
                return true;
            }
        }
    }
    missing == 0
}

/// Builds an automaton, in the form that grows with the needles alone; None where it would be too large.
fn build(marked: &BTreeSet<Vec<u8>>, kind: MatchKind) -> Option<AhoCorasick> {
    let automaton_kind = Some(AhoCorasickKind::ContiguousNFA);
    AhoCorasick::builder().match_kind(kind).kind(automaton_kind).build(marked).ok()
}

/// A bound of how many needles the states of an automaton list, and so of how many are found at one place: a state for
/// each byte, each with those that end there, which all have other lengths.
fn longest_lists(marked: &BTreeSet<Vec<u8>>) -> usize {
    let lengths: BTreeSet<usize> = marked.iter().map(Vec::len).collect();
    marked.iter().map(Vec::len).sum::<usize>().saturating_mul(lengths.len())
}

/// The marked needles, each once, without the empty one, which stands everywhere.
fn mark_each(needles: &[String]) -> BTreeSet<Vec<u8>> {
    needles.iter().filter(|needle| !needle.is_empty()).map(|needle| mark(needle)).collect()
}

/// Folds `text`, and puts [`EDGE`] wherever a term starts or ends.
fn mark(text: &str) -> Vec<u8> {
    if text.is_ascii() { mark_ascii(text.as_bytes()) } else { mark_folded(text) }
}

/// Marks a text of ASCII alone. Most texts are that, so no branch here depends on a character.
fn mark_ascii(text: &[u8]) -> Vec<u8> {
    let mut marked = vec![EDGE; 2 * text.len() + 1];
    let mut len = 0;
    let mut is_in_term = false;
    for byte in text {
        let is_term = byte.is_ascii_alphanumeric();
        len += usize::from(is_term != is_in_term);
        marked[len] = byte.to_ascii_lowercase();
        len += 1;
        is_in_term = is_term;
    }
    marked.truncate(len + usize::from(is_in_term));
    marked
}

/// Marks any text.
fn mark_folded(text: &str) -> Vec<u8> {
    let mut marked = Vec::with_capacity(2 * text.len() + 1);
    let mut is_in_term = false;
    for c in text.chars().map(fold) {
        if is_term_char(c) != is_in_term {
            marked.push(EDGE);
            is_in_term = !is_in_term;
        }
        marked.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    if is_in_term {
        marked.push(EDGE);
    }
    marked
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::term::has;
    use super::*;

    /// Asks both operators of a list, and compares with `has` of each needle.
    fn check_against_has(text: &str, needles: &[String]) {
        let list = serde_json::to_string(needles).unwrap();
        let mut each = needles.iter().map(|needle| has(needle, Case::Ignored)(text));
        assert_eq!(has_any(&list).unwrap()(text), each.clone().any(|holds| holds), "{text:?} {list}");
        assert_eq!(has_all(&list).unwrap()(text), each.all(|holds| holds), "{text:?} {list}");
    }

    #[test]
    fn any_and_all_are_made_of_has() -> Result<(), BadNeedle> {
        for (text, list, any, all) in [
            ("", "[]", false, true),
            ("abc", "[]", false, true),
            ("nltest /dclist", r#"["nltest","dclist"]"#, true, true),
            ("nltest /dclist", r#"["NLTEST","adfind"]"#, true, false),
            ("nltests", r#"["nltest","adfind"]"#, false, false),
            ("abc", r#"["zzz",""]"#, true, false),
            ("abc", r#"["ABC",null]"#, true, true),
            ("exit 7", r#"[["exit"],[7]]"#, true, true),
            ("ЖУК x", r#"["жук","é"]"#, true, false),
        ] {
            assert_eq!(has_any(list)?(text), any, "{text} has_any {list}");
            assert_eq!(has_all(list)?(text), all, "{text} has_all {list}");
        }
        Ok(())
    }

    #[test]
    fn terms_are_marked_at_their_edges() {
        for (text, marked) in [
            ("", ""),
            (".", "."),
            ("A", "|a|"),
            ("Cmd.exe /c", "|cmd|.|exe| /|c|"),
            ("_\u{212A}É_", "_|ké|_"),
            ("x\u{301}y", "|x|\u{301}|y|"),
        ] {
            let expected: Vec<u8> =
                marked.bytes().map(|byte| if byte == b'|' { EDGE } else { byte }).collect();
            assert_eq!(mark(text), expected, "{text}");
            assert_eq!(mark_folded(text), expected, "{text}");
        }
    }

    #[test]
    fn thousands_of_needles_are_found_where_they_stand() {
        let needles: Vec<String> = (0..3000).map(|number| format!("tool{number}.exe")).collect();
        let all = needles.join(" ");
        for text in
            ["", "tool17.exe", "xtool17.exe", "TOOL2999.EXE -x", "tool3000.exe", "tool2999.exes", &all]
        {
            check_against_has(text, &needles);
        }
    }

    #[test]
    fn needles_that_are_parts_of_each_other_are_told_apart() {
        for unit in ["a", ".", "a.", "é "] {
            let needles: Vec<String> = (1..=100).map(|count| unit.repeat(count)).collect();
            assert!(has_all_of_many(&needles).is_some(), "{unit}");
            for count in [99, 100, 300] {
                check_against_has(&unit.repeat(count), &needles);
            }
        }
    }

    #[test]
    fn an_automaton_that_would_list_too_many_needles_is_not_built() {
        let needles: Vec<String> = (1..=1000).map(|count| ".".repeat(count)).collect();
        assert!(has_all_of_many(&needles).is_none());
        assert!(has_any_of_many(&needles).is_some_and(|holds| holds("a.") && !holds("a")));
    }

    #[test]
    fn a_list_of_the_empty_needle_alone_stands_everywhere() {
        for count in [1, MANY - 1, MANY, 2 * MANY] {
            for text in ["", "a"] {
                check_against_has(text, &vec![String::new(); count]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_and_all_agree_with_has_of_each_needle(
            text in "[abKk._ é\u{301}ÉЖж\u{212A}İiıẞßⒶⓐ²]{0,40}",
            needles in vec("[abKk. éÉЖж\u{301}\u{212A}İiıẞßⒶⓐ²]{0,3}", 0..2 * MANY),
        ) {
            check_against_has(&text, &needles);
        }

        #[test]
        fn all_agrees_where_needles_are_cut_out_of_the_text(
            text in "[abK. é\u{212A}İi_]{1,40}",
            cuts in vec((any::<prop::sample::Index>(), 1..6_usize), 0..2 * MANY),
            stranger in select(vec!["", "a", "i", "\u{130}", "b.", "zz"]),
        ) {
            let chars: Vec<char> = text.chars().collect();
            let mut needles: Vec<String> = cuts
                .iter()
                .map(|(start, length)| chars.iter().skip(start.index(chars.len())).take(*length).collect())
                .collect();
            needles.retain(|needle| has(needle, Case::Ignored)(&text));
            check_against_has(&text, &needles);
            let repeated: Vec<String> = std::iter::repeat_n(needles, MANY).flatten().collect();
            check_against_has(&text, &repeated);
            check_against_has(&text, &[repeated, vec![stranger.to_owned()]].concat());
        }
    }
}
