//! Characters: what a letter folds to, and what belongs to a term.
//!
//! A *term character* is a Unicode letter or number; everything else, `_` included, separates
//! terms. *Folding* is simple lower-casing, one character for one.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether upper and lower case are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `A` is `a`.
    Ignored,
    /// `A` is not `a`: the `_cs` operators, `==` and `in`.
    Kept,
}

/// Lower-cases one character to one character.
///
/// The first character of the full mapping, which is the simple mapping: `É` gives `é`, the Kelvin
/// sign `k`, `İ` gives `i`, and `ß` stays `ß`.
#[inline]
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

/// Says whether `c` belongs to a term: general category L or N.
///
/// Not `char::is_alphanumeric`, which also takes combining vowels and circled letters.
#[inline]
pub(super) fn is_term_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

/// Finds `prefix` at the start of `text` whatever the case, and gives its length in `text`.
///
/// The length is in bytes and may differ from that of `prefix`: `É` is as long as `é`, but the
/// Kelvin sign is longer than `k`.
pub(super) fn folded_prefix_len(text: &str, prefix: &str) -> Option<usize> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        if fold(rest.next()?) != fold(wanted) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_one_to_one_lower_casing() {
        for (c, folded) in [
            ('A', 'a'),
            ('a', 'a'),
            ('[', '['),
            ('É', 'é'),
            ('Я', 'я'),
            ('ß', 'ß'),
            ('ẞ', 'ß'),
            ('\u{212A}', 'k'),
            ('İ', 'i'),
            ('ı', 'ı'),
            ('Σ', 'σ'),
            ('ς', 'ς'),
            ('中', '中'),
        ] {
            assert_eq!(fold(c), folded, "{c}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        for c in char::MIN..=char::MAX {
            assert_eq!(fold(fold(c)), fold(c), "{c:?}");
        }
    }

    #[test]
    fn folding_leaves_a_term_a_term() {
        for c in char::MIN..=char::MAX {
            assert_eq!(is_term_char(fold(c)), is_term_char(c), "{c:?}");
        }
    }

    #[test]
    fn term_characters_are_letters_and_numbers_only() {
        for c in ['a', 'Z', '0', 'é', 'Я', '中', 'ª', '²', 'Ⅷ', '٣', '½', 'ʰ'] {
            assert!(is_term_char(c), "{c}");
        }
        // The last three are alphanumeric to Rust: a combining vowel sign, a circled letter and
        // the Greek iota below.
        for c in ['_', ' ', '-', '\\', '€', '–', '\u{301}', '\u{200B}', '\u{93E}', 'Ⓐ', '\u{345}'] {
            assert!(!is_term_char(c), "{c:?}");
        }
    }

    #[test]
    fn a_folded_prefix_is_measured_in_the_text() {
        for (text, prefix, len) in [
            ("", "", Some(0)),
            ("abc", "", Some(0)),
            ("", "a", None),
            ("ABc", "ab", Some(2)),
            ("\u{212A}ey", "K", Some(3)),
            ("key", "\u{212A}E", Some(2)),
            ("éa", "ÉA", Some(3)),
            ("ab", "abc", None),
        ] {
            assert_eq!(folded_prefix_len(text, prefix), len, "{text} {prefix}");
        }
    }
}
