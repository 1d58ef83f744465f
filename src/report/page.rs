//! One thing as lines of label and value.

use std::io::{self, Write};

use super::escape::printable;
use super::wrap::{pad_to, width_of};

/// Writes one line a pair, the values aligned two blanks after the longest label.
///
/// Labels and values pass through [`printable`], so that a value stays on its line; nothing is
/// wrapped, nothing cut, and blanks at line ends are left out. No pairs write nothing.
///
/// # Errors
///
/// What `out` says.
pub fn page<W: Write + ?Sized>(out: &mut W, pairs: &[(&str, String)]) -> io::Result<()> {
    let labels: Vec<_> = pairs.iter().map(|(label, _)| printable(label)).collect();
    let widest = labels.iter().map(|l| width_of(l)).max().unwrap_or(0);
    for (label, (_, value)) in labels.iter().zip(pairs) {
        let line = format!("{}  {}", pad_to(label, widest), printable(value));
        writeln!(out, "{}", line.trim_end_matches(' '))?;
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
        page(&mut out, &pairs).unwrap();
        let expected = "\
Id            F-12
Command line  a\\x1b[2J\\nb
端末          東京
Owner
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn no_pairs_write_nothing() {
        let mut out = Vec::new();
        page(&mut out, &[]).unwrap();
        assert_eq!(out, b"");
    }
}
