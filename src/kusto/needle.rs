//! Finding one needle in many haystacks.
//!
//! A needle is prepared once and then looked for in every row, so the common case, an ASCII needle
//! whatever the case, is a scan over bytes that allocates nothing.

use memchr::memmem::Finder;

use super::text::{Case, fold, folded_prefix_len};

/// The bytes that command lines and paths are made of, the most frequent first.
const FREQUENT: &[u8] = b"e rsoitnalcdm\\pwu.fhgy-xb0";

/// The text that is searched, with what is worth knowing about it once for several needles.
#[derive(Clone, Copy)]
pub(super) struct Haystack<'a> {
    text: &'a str,
    folds_bytewise: bool,
}

impl<'a> Haystack<'a> {
    /// Looks the text over once.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, folds_bytewise: text.is_ascii() || !text.chars().any(folds_into_ascii) }
    }

    /// The text itself.
    pub(super) const fn text(&self) -> &'a str {
        self.text
    }
}

/// Says whether `c` is one of the two characters outside ASCII that fold to an ASCII letter: the
/// Kelvin sign (`k`) and the capital I with dot (`i`).
///
/// A text without them has an ASCII needle only where its bytes have it.
const fn folds_into_ascii(c: char) -> bool {
    matches!(c, '\u{212A}' | '\u{130}')
}

/// A text to look for, prepared for many haystacks.
pub(super) struct Needle {
    /// Folded, unless case is kept.
    text: Box<str>,
    search: Search,
}

/// How a needle is found.
enum Search {
    /// Byte for byte.
    Exact(Box<Finder<'static>>),
    /// By the byte at this index, in either case, and then its neighbours; the needle is ASCII.
    Ascii { anchor: usize },
    /// Character by character; the needle is not ASCII.
    Folded,
}

impl Needle {
    /// Prepares `text`.
    pub(super) fn new(text: &str, case: Case) -> Self {
        if case == Case::Kept {
            return Self {
                text: text.into(),
                search: Search::Exact(Box::new(Finder::new(text).into_owned())),
            };
        }
        let text: String = text.chars().map(fold).collect();
        let search = if text.is_ascii() {
            Search::Ascii { anchor: rarest_index(text.as_bytes()) }
        } else {
            Search::Folded
        };
        Self { text: text.into(), search }
    }

    /// Says whether the needle occurs at some place that `accepts` agrees to.
    ///
    /// `accepts` is given where an occurrence starts and ends in the haystack, in bytes; occurrences
    /// may overlap. The empty needle occurs once, at the start.
    pub(super) fn occurs_in(&self, haystack: Haystack<'_>, accepts: impl Fn(usize, usize) -> bool) -> bool {
        if self.text.is_empty() {
            return accepts(0, 0);
        }
        let text = haystack.text;
        match &self.search {
            Search::Exact(finder) => self.occurs_exactly(finder, text.as_bytes(), accepts),
            Search::Ascii { anchor } if haystack.folds_bytewise => {
                self.occurs_bytewise(*anchor, text.as_bytes(), accepts)
            }
            Search::Ascii { .. } | Search::Folded => self.occurs_folded(text, accepts),
        }
    }

    fn occurs_exactly(
        &self,
        finder: &Finder<'_>,
        haystack: &[u8],
        accepts: impl Fn(usize, usize) -> bool,
    ) -> bool {
        let mut from = 0;
        while let Some(offset) = finder.find(&haystack[from..]) {
            let start = from + offset;
            if accepts(start, start + self.text.len()) {
                return true;
            }
            from = start + 1;
        }
        false
    }

    fn occurs_bytewise(
        &self,
        anchor: usize,
        haystack: &[u8],
        accepts: impl Fn(usize, usize) -> bool,
    ) -> bool {
        let needle = self.text.as_bytes();
        let Some(last_start) = haystack.len().checked_sub(needle.len()) else {
            return false;
        };
        let (lower, upper) = (needle[anchor], needle[anchor].to_ascii_uppercase());
        let searched = &haystack[..=last_start + anchor];
        let mut from = anchor;
        while let Some(offset) = memchr::memchr2(lower, upper, &searched[from..]) {
            let start = from + offset - anchor;
            let end = start + needle.len();
            if haystack[start..end].eq_ignore_ascii_case(needle) && accepts(start, end) {
                return true;
            }
            from += offset + 1;
        }
        false
    }

    fn occurs_folded(&self, haystack: &str, accepts: impl Fn(usize, usize) -> bool) -> bool {
        haystack.char_indices().any(|(start, _)| {
            folded_prefix_len(&haystack[start..], &self.text).is_some_and(|len| accepts(start, start + len))
        })
    }
}

/// The index of the byte that a scan should stop at least often.
fn rarest_index(needle: &[u8]) -> usize {
    let rarity = |byte: u8| FREQUENT.iter().position(|&frequent| frequent == byte);
    (0..needle.len()).max_by_key(|&index| rarity(needle[index]).unwrap_or(FREQUENT.len())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place where `needle` occurs in `haystack`.
    fn places(haystack: &str, needle: &str, case: Case) -> Vec<(usize, usize)> {
        let places = std::cell::RefCell::new(Vec::new());
        Needle::new(needle, case).occurs_in(Haystack::new(haystack), |start, end| {
            places.borrow_mut().push((start, end));
            false
        });
        places.into_inner()
    }

    #[test]
    fn only_two_characters_fold_into_ascii() {
        for c in char::MIN..=char::MAX {
            let folds = !c.is_ascii() && fold(c).is_ascii();
            assert_eq!(folds_into_ascii(c), folds, "{c:?}");
        }
    }

    #[test]
    fn every_occurrence_is_offered_also_overlapping_ones() {
        for (haystack, needle, case, expected) in [
            ("aAa", "aa", Case::Ignored, vec![(0, 2), (1, 3)]),
            ("aaa", "aa", Case::Kept, vec![(0, 2), (1, 3)]),
            ("aAa", "aa", Case::Kept, vec![]),
            ("xéÉx", "é", Case::Ignored, vec![(1, 3), (3, 5)]),
            ("éa", "A", Case::Ignored, vec![(2, 3)]),
            ("\u{212A}k", "k", Case::Ignored, vec![(0, 3), (3, 4)]),
            ("kK", "\u{212A}", Case::Ignored, vec![(0, 1), (1, 2)]),
            ("\u{212A}k", "k", Case::Kept, vec![(3, 4)]),
            ("abc", "", Case::Ignored, vec![(0, 0)]),
            ("", "", Case::Kept, vec![(0, 0)]),
            ("", "a", Case::Ignored, vec![]),
            ("ab", "abc", Case::Ignored, vec![]),
            ("abc", "é", Case::Ignored, vec![]),
            ("a@b", "a`b", Case::Ignored, vec![]),
        ] {
            assert_eq!(places(haystack, needle, case), expected, "{haystack} {needle}");
        }
    }

    #[test]
    fn the_rarest_byte_is_looked_for_first() {
        assert_eq!(rarest_index(b""), 0);
        assert_eq!(rarest_index(b"eze"), 1);
        assert_eq!(rarest_index(b" e"), 0);
    }
}
