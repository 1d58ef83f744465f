//! One thing as lines of label and value.

use std::io::{self, Write};

use super::escape::printable;
use super::wrap::{pad_to, width_of, wrap};

/// The narrowest column that values are broken to.
const NARROWEST: usize = 20;

/// Writes one line a pair, the values aligned two blanks after the longest label.
///
/// Labels and values pass through [`printable`]. With a `width` a value that would be wider goes on in lines of its
/// own; nothing is cut, and blanks at line ends are left out. No pairs write nothing.
///
/// # Errors
///
/// What `out` says.
pub fn page<W: Write + ?Sized>(
    out: &mut W,
    pairs: &[(&str, String)],
    width: Option<usize>,
) -> io::Result<()> {
    let widest = pairs.iter().map(|(label, _)| width_of(&printable(label))).max().unwrap_or(0);
    for (label, value) in pairs {
        labelled(out, &pad_to(&printable(label), widest), value, width)?;
    }
    Ok(())
}

/// Writes a value behind its label and two blanks, as [`page`] does.
pub(super) fn labelled<W: Write + ?Sized>(
    out: &mut W,
    label: &str,
    value: &str,
    width: Option<usize>,
) -> io::Result<()> {
    let indent = width_of(label) + 2;
    let value = printable(value);
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(NARROWEST));
    for (index, line) in wrap(&value, room, usize::MAX).split('\n').enumerate() {
        let start = if index == 0 { format!("{label}  ") } else { " ".repeat(indent) };
        writeln!(out, "{}", format!("{start}{line}").trim_end_matches(' '))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_aligned_and_values_made_printable() {
        let mut out = Vec::new();
        let pairs = [
            ("Id", "F-12".to_owned()),
            ("Command line", "a\u{1b}[2J\nb ".to_owned()),
            ("端末", "東京".to_owned()),
            ("Owner", String::new()),
        ];
        page(&mut out, &pairs, None).unwrap();
        let expected = "\
Id            F-12
Command line  a\\x1b[2J\\nb
端末          東京
Owner
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_value_goes_on_below_itself_within_the_width() {
        let mut out = Vec::new();
        page(&mut out, &[("Why", "the quick brown fox jumps over the dog".to_owned())], Some(26)).unwrap();
        let expected = "Why  the quick brown fox\n     jumps over the dog\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn no_pairs_write_nothing() {
        let mut out = Vec::new();
        page(&mut out, &[], None).unwrap();
        assert_eq!(out, b"");
    }
}
