//! Widths: how wide text is, how columns share a line, how text is broken to fit.
//!
//! Width is in terminal columns, as `tabled` counts it: two for a wide character, none for a
//! combining mark. Text is taken to be printable already.

use tabled::grid::util::string::{get_char_width, get_string_width, get_text_width};

/// Gives the width of one line of text.
pub(super) fn width_of(text: &str) -> usize {
    get_string_width(text)
}

/// Gives the width of the widest line of text.
pub(super) fn text_width(text: &str) -> usize {
    get_text_width(text)
}

/// Gives `text` with blanks after it up to `width`.
pub(super) fn pad_to(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(width_of(text));
    format!("{text}{:blanks$}", "")
}

/// Shares `budget` among columns that would like to be `natural` wide.
///
/// Only the widest are made narrower, all to the same width but for the remainder.
pub(super) fn share_width(natural: &[usize], budget: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let mut narrowest_first: Vec<usize> = (0..natural.len()).collect();
    narrowest_first.sort_by_key(|&column| natural[column]);
    let mut left = budget;
    for (done, &column) in narrowest_first.iter().enumerate() {
        let share = left / (natural.len() - done);
        widths[column] = natural[column].min(share);
        left -= widths[column];
    }
    widths
}

/// Breaks `text` into lines of at most `width`, at blanks where there are some.
///
/// Of text longer than `max_lines` the beginning is kept, and its last line ends in `…`. A single
/// character wider than `width` still gets a line.
pub(super) fn wrap(text: &str, width: usize, max_lines: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if lines.len() + 1 == max_lines && width_of(rest) > width {
            let end = end_of_width(rest, width.saturating_sub(1));
            lines.push(format!("{}…", &rest[..end]));
            break;
        }
        let (line, tail) = break_line(rest, width);
        lines.push(line.to_owned());
        rest = tail;
    }
    lines.join("\n")
}

/// Splits off the first line. A blank at the break is dropped.
fn break_line(text: &str, width: usize) -> (&str, &str) {
    let end = end_of_width(text, width).max(text.chars().next().map_or(0, char::len_utf8));
    let (line, tail) = text.split_at(end);
    if tail.is_empty() {
        return (line, tail);
    }
    if let Some(tail) = tail.strip_prefix(' ') {
        return (line, tail);
    }
    match line.rfind(' ') {
        Some(blank) if !line[..blank].trim().is_empty() => (&text[..blank], &text[blank + 1..]),
        _ => (line, tail),
    }
}

/// Gives the byte at which the first `width` columns of `text` end.
///
/// The widths of the characters are added up, which for an emoji sequence is more than
/// [`width_of`] says, and never less.
fn end_of_width(text: &str, width: usize) -> usize {
    let mut used = 0;
    text.char_indices()
        .find(|(_, character)| {
            used += get_char_width(*character);
            used > width
        })
        .map_or(text.len(), |(end, _)| end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_share_what_there_is() {
        let cases: &[(&[usize], usize, &[usize])] = &[
            (&[], 10, &[]),
            (&[3, 4], 10, &[3, 4]),
            (&[3, 100], 10, &[3, 7]),
            (&[100, 3, 100], 20, &[8, 3, 9]),
            (&[5, 5, 5], 10, &[3, 3, 4]),
            (&[9], 0, &[0]),
        ];
        for (natural, budget, expected) in cases {
            assert_eq!(share_width(natural, *budget), *expected, "{natural:?}");
        }
    }

    #[test]
    fn text_is_broken_at_blanks_and_cut_with_a_mark() {
        let cases = [
            ("", 4, 3, ""),
            ("net user", 8, 3, "net user"),
            ("net user", 7, 3, "net\nuser"),
            ("net user", 3, 3, "net\nuse\nr"),
            ("net  user", 4, 3, "net \nuser"),
            ("abcdefgh", 3, 3, "abc\ndef\ngh"),
            ("abcdefghij", 3, 3, "abc\ndef\ngh…"),
            ("abcdef", 3, 1, "ab…"),
            ("東京都", 3, 9, "東\n京\n都"),
            ("東京", 1, 9, "東\n京"),
            ("e\u{301}e\u{301}e\u{301}", 2, 9, "e\u{301}e\u{301}\ne\u{301}"),
            ("👍🏽", 2, 9, "👍🏽"),
        ];
        for (text, width, max_lines, expected) in cases {
            assert_eq!(wrap(text, width, max_lines), expected, "{text:?} to {width}");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_for(text in any::<String>(), width in 2_usize..60) {
            let text = crate::report::printable(&text).into_owned();
            let wrapped = wrap(&text, width, 6);
            prop_assert!(wrapped.lines().count() <= 6);
            for line in wrapped.lines() {
                prop_assert!(width_of(line) <= width, "{line:?}");
            }
        }

        #[test]
        fn nothing_but_blanks_is_lost_where_nothing_is_cut(text in any::<String>(), width in 2_usize..60) {
            let text = crate::report::printable(&text).into_owned();
            let bare = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(bare(&wrap(&text, width, usize::MAX)), bare(&text));
        }
    }
}
