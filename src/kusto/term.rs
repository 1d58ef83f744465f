//! Whole terms: the `has`, `hasprefix` and `hassuffix` families.
//!
//! A *term* is a longest run of term characters, that is of Unicode letters and numbers. The needle
//! is looked for as literal text. Where its own first or last character is a term character, the
//! haystack must not go on with another one there; an edge that is punctuation or a blank is not
//! checked. Any occurrence may qualify, and the empty needle always does.
//!
//! Source: <https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term>.

use std::cell::RefCell;
use std::ops::Range;

use super::Matcher;
use super::needle::{Haystack, Needle};
use super::text::{Case, is_term_char};

/// Prepares the question whether `needle` stands in a text as whole terms.
///
/// `text has needle`, and `has_cs` with case kept. Source:
/// <https://learn.microsoft.com/kusto/query/has-operator>.
pub(super) fn has(needle: &str, case: Case) -> Matcher {
    Term::new(needle, case).into_matcher()
}

/// Prepares the question whether some term of a text starts with `needle`.
///
/// `text hasprefix needle`, and `hasprefix_cs` with case kept. Source:
/// <https://learn.microsoft.com/kusto/query/hasprefix-operator>.
pub(super) fn has_prefix(needle: &str, case: Case) -> Matcher {
    let term = Term { checks_right: false, ..Term::new(needle, case) };
    term.into_matcher()
}

/// Prepares the question whether some term of a text ends with `needle`.
///
/// `text hassuffix needle`, and `hassuffix_cs` with case kept. Source:
/// <https://learn.microsoft.com/kusto/query/hassuffix-operator>.
pub(super) fn has_suffix(needle: &str, case: Case) -> Matcher {
    let term = Term { checks_left: false, ..Term::new(needle, case) };
    term.into_matcher()
}

/// A needle with the edges at which a term of the haystack must not go on.
pub(super) struct Term {
    needle: Needle,
    checks_left: bool,
    checks_right: bool,
}

impl Term {
    /// Prepares a needle that checks each edge which is a term character.
    pub(super) fn new(needle: &str, case: Case) -> Self {
        Self {
            needle: Needle::new(needle, case),
            checks_left: starts_in_term(needle),
            checks_right: ends_in_term(needle),
        }
    }

    fn into_matcher(self) -> Matcher {
        Box::new(move |text| self.stands_in(Haystack::new(text)))
    }

    /// Says whether the needle stands whole somewhere in a text.
    pub(super) fn stands_in(&self, haystack: Haystack<'_>) -> bool {
        let text = haystack.text();
        self.needle.occurs_in(haystack, |start, end| self.stands_at(text, start, end))
    }

    /// Says whether an occurrence stands whole: no term goes on at an edge that is checked.
    fn stands_at(&self, text: &str, start: usize, end: usize) -> bool {
        let goes_on_left = self.checks_left && ends_in_term(&text[..start]);
        let goes_on_right = self.checks_right && starts_in_term(&text[end..]);
        !goes_on_left && !goes_on_right
    }
}

/// Gives every place in `text`, in bytes, where `word` occurs whatever the case, and whether it stands there whole,
/// as `has` asks. Places may overlap; the empty word has none.
pub fn places_of(word: &str, text: &str) -> Vec<(Range<usize>, bool)> {
    if word.is_empty() {
        return Vec::new();
    }
    let term = Term::new(word, Case::Ignored);
    let places = RefCell::new(Vec::new());
    term.needle.occurs_in(Haystack::new(text), |start, end| {
        places.borrow_mut().push((start..end, term.stands_at(text, start, end)));
        false
    });
    places.into_inner()
}

fn starts_in_term(text: &str) -> bool {
    text.chars().next().is_some_and(is_term_char)
}

fn ends_in_term(text: &str) -> bool {
    text.chars().next_back().is_some_and(is_term_char)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::fold;
    use super::*;

    /// The family as its description says it, one character after the other.
    fn stands_slowly(text: &str, needle: &str, left: bool, right: bool) -> bool {
        let text: Vec<char> = text.chars().collect();
        let needle: Vec<char> = needle.chars().collect();
        let is_term = |c: Option<&char>| c.is_some_and(|&c| is_term_char(c));
        (0..=text.len()).any(|start| {
            let (before, rest) = text.split_at(start);
            let Some((found, after)) = rest.split_at_checked(needle.len()) else {
                return false;
            };
            let same = std::iter::zip(found, &needle).all(|(a, b)| fold(*a) == fold(*b));
            let left_ok = !left || !is_term(needle.first()) || !is_term(before.last());
            let right_ok = !right || !is_term(needle.last()) || !is_term(after.first());
            same && left_ok && right_ok
        })
    }

    #[test]
    fn has_finds_whole_terms_and_checks_only_term_edges() {
        let long = format!("{} tail", "tailtail_tails ".repeat(20_000));
        let unfound = "xtail tailx ".repeat(20_000);
        for (text, needle, expected) in [
            // H1: terms are runs of letters and numbers, `_` separates.
            ("shipping", "ping", false),
            ("ping -n 4", "ping", true),
            ("timeouts", "timeout", false),
            ("log_timeout_ms", "timeout", true),
            ("v2.10", "2", false),
            ("v 2.10", "2.10", true),
            // H2: literal, whatever the case.
            ("NET1 Use", "net1 use", true),
            ("abc", "a*", false),
            ("abc", ".*", false),
            // H3: an edge of punctuation or blank is not checked.
            ("calc.exe", ".exe", true),
            ("calc.exec", ".exe", false),
            ("x-nop y", "-nop", true),
            ("x -noprofile", "-nop", false),
            ("ab cd", " ", true),
            ("ab cd", "b ", false),
            ("ab cd", " cd", true),
            ("(run)", "(run)", true),
            ("x(run)y", "(run)", true),
            // H4: any occurrence may qualify.
            ("foobar-foo", "foo", true),
            ("foofoo", "foo", false),
            ("aaa aa", "aa", true),
            ("xkey: key", "key:", false),
            ("xkey: key:", "key:", true),
            // H5: the empty needle.
            ("", "", true),
            ("abc", "", true),
            ("", "a", false),
            // H6: short needles mean the same.
            ("b a", "a", true),
            ("ba", "a", false),
            // H9: Unicode, folding and edges.
            ("ÜBER uns", "über", true),
            ("ЖУК ползёт", "жук", true),
            ("ЖукМаска", "маска", false),
            ("naïf", "na", false),
            ("na€f", "na", true),
            ("x²", "x", false),
            ("x\u{301}", "x", true),
            ("\u{212A}ey", "key", true),
            ("mon\u{212A}", "mon", false),
            ("key", "\u{212A}EY", true),
            ("İd", "id", true),
            ("Straße", "strasse", false),
            (&long, "tail", true),
            (&unfound, "tail", false),
        ] {
            let label: String = text.chars().take(40).collect();
            let found = has(needle, Case::Ignored)(text);
            assert_eq!(found, expected, "{label} has {needle}");
            assert_eq!(stands_slowly(text, needle, true, true), expected, "{label} {needle}");
        }
    }

    #[test]
    fn every_place_of_a_word_is_given_and_whether_it_stands_whole() {
        for (text, word, expected) in [
            ("ping shipping PING", "ping", vec![(0..4, true), (9..13, false), (14..18, true)]),
            ("aaa", "aa", vec![(0..2, false), (1..3, false)]),
            ("x %TEMP%x", "%temp%", vec![(2..8, true)]),
            ("É éa", "é", vec![(0..2, true), (3..5, false)]),
            ("abc", "", vec![]),
            ("", "a", vec![]),
        ] {
            assert_eq!(places_of(word, text), expected, "{word} in {text}");
        }
    }

    #[test]
    fn has_cs_keeps_case() {
        for (text, needle, expected) in [
            ("Get-Item", "Item", true),
            ("Get-Item", "item", false),
            ("Get-Items Item", "Item", true),
            ("ЖУК", "Жук", false),
            ("", "", true),
            ("\u{212A}", "k", false),
        ] {
            assert_eq!(has(needle, Case::Kept)(text), expected, "{text} {needle}");
        }
    }

    #[test]
    fn prefix_and_suffix_check_one_edge_of_any_term() {
        for (text, needle, prefix, suffix) in [
            ("un-install", "inst", true, false),
            ("un-install", "all", false, true),
            ("un-install", "stal", false, false),
            ("un-install", "install", true, true),
            ("go north", "o n", false, false),
            ("go north", "o north", false, true),
            ("go north", "go n", true, false),
            ("reinstall install", "install", true, true),
            ("a.dll", ".dl", true, false),
            ("écran", "cran", false, true),
            ("écran", "ÉC", true, false),
            ("", "", true, true),
            ("abc", "", true, true),
            ("", "a", false, false),
        ] {
            assert_eq!(has_prefix(needle, Case::Ignored)(text), prefix, "{text} {needle}");
            assert_eq!(has_suffix(needle, Case::Ignored)(text), suffix, "{text} {needle}");
        }
        assert!(!has_prefix("Inst", Case::Kept)("un-install"));
        assert!(!has_suffix("ALL", Case::Kept)("un-install"));
    }

    proptest! {
        #[test]
        fn the_family_agrees_with_a_slow_version_of_itself(
            text in "[abKk._ é\u{301}ÉЖжКириллица\u{212A}İi]{0,16}",
            needle in "[abKk.éÉЖж\u{212A}İi]{0,3}",
        ) {
            for (prepare, left, right) in [
                (has as fn(&str, Case) -> Matcher, true, true),
                (has_prefix, true, false),
                (has_suffix, false, true),
            ] {
                prop_assert_eq!(
                    prepare(&needle, Case::Ignored)(&text),
                    stands_slowly(&text, &needle, left, right)
                );
            }
        }

        #[test]
        fn has_agrees_with_a_slow_version_of_itself_over_ascii(
            text in "[abAB. _]{0,24}",
            needle in "[abAB. ]{0,3}",
        ) {
            prop_assert_eq!(
                has(&needle, Case::Ignored)(&text),
                stands_slowly(&text, &needle, true, true)
            );
        }
    }
}
