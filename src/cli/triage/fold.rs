//! Text with styles, broken to the width of the screen.
//!
//! Widths are those that `ratatui` draws with: two columns for a wide character, none for a combining mark.

use ratatui::style::Style;
use ratatui::text::{Line, Span, StyledGrapheme};

/// A label and the text behind it; later rows of the text begin below its first.
#[derive(Debug, Default)]
pub struct Entry {
    /// Columns before the text, in which the label stands.
    pub indent: usize,
    /// The label, `""` for none.
    pub label: Span<'static>,
    /// The text; it has passed `printable`.
    pub text: Vec<Span<'static>>,
}

impl Entry {
    /// Breaks the entry into rows of at most `width` columns, at blanks where there are some.
    pub fn fold(&self, width: usize) -> Vec<Line<'static>> {
        let indent = self.indent.min(width / 3);
        let mut rows = Vec::new();
        for (index, row) in break_rows(&self.text, width.saturating_sub(indent)).into_iter().enumerate() {
            let mut spans = Vec::new();
            match index {
                0 => spans.extend(pad(&self.label, indent)),
                _ => spans.push(Span::raw(" ".repeat(indent))),
            }
            spans.extend(join(&row));
            rows.push(Line::from(spans));
        }
        rows
    }
}

/// The label in exactly `indent` columns, the last of them a blank.
fn pad(label: &Span<'static>, indent: usize) -> [Span<'static>; 2] {
    let cut = cut(&label.content, indent.saturating_sub(1));
    let blanks = indent.saturating_sub(Span::raw(&cut).width());
    [Span::styled(cut, label.style), Span::raw(" ".repeat(blanks))]
}

/// The beginning of a text that fits in `width` columns; `…` stands for the rest.
pub fn cut(text: &str, width: usize) -> String {
    let span = Span::raw(text);
    if span.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let graphemes = span.styled_graphemes(Style::default()).map(|grapheme| grapheme.symbol);
    let fitting = graphemes.take_while(|symbol| {
        let fits = Span::raw(*symbol).width() <= left;
        left = left.saturating_sub(Span::raw(*symbol).width());
        fits
    });
    let beginning: String = fitting.collect();
    if width == 0 { String::new() } else { beginning + "…" }
}

/// Rows of at most `width` columns; there is one at least. A character that is wider gets a row of its own. A blank
/// that would begin a row is left out.
fn break_rows<'a>(spans: &'a [Span<'static>], width: usize) -> Vec<Vec<StyledGrapheme<'a>>> {
    let (mut rows, mut row, mut used) = (Vec::new(), Vec::new(), 0);
    for grapheme in spans.iter().flat_map(|span| span.styled_graphemes(Style::default())) {
        let own = Span::raw(grapheme.symbol).width();
        if used + own > width && !row.is_empty() {
            let is_blank = grapheme.symbol == " ";
            let rest = if is_blank { Vec::new() } else { split_at_blank(&mut row) };
            rows.push(std::mem::replace(&mut row, rest));
            used = row.iter().map(|grapheme| Span::raw(grapheme.symbol).width()).sum();
            if is_blank {
                continue;
            }
        }
        row.push(grapheme);
        used += own;
    }
    if !row.is_empty() || rows.is_empty() {
        rows.push(row);
    }
    rows
}

/// Takes what stands behind the last blank out of a full row; nothing where the row is one long word.
fn split_at_blank<'a>(row: &mut Vec<StyledGrapheme<'a>>) -> Vec<StyledGrapheme<'a>> {
    let blank = row.iter().rposition(|grapheme| grapheme.symbol == " ");
    match blank {
        // The second half of a row is not left empty for the sake of one long word.
        Some(blank) if blank >= row.len() / 2 => row.split_off(blank + 1),
        _ => Vec::new(),
    }
}

/// Joins neighbours of one style.
fn join(row: &[StyledGrapheme<'_>]) -> Vec<Span<'static>> {
    let runs = row.chunk_by(|a, b| a.style == b.style);
    runs.map(|run| {
        let text: String = run.iter().map(|grapheme| grapheme.symbol).collect();
        Span::styled(text, run[0].style)
    })
    .collect()
}

/// Puts pieces side by side, two blanks apart, into rows of at most `width` columns.
pub fn pack(pieces: Vec<Vec<Span<'static>>>, width: usize) -> Vec<Line<'static>> {
    let mut rows: Vec<Line<'static>> = Vec::new();
    for piece in pieces {
        let own: usize = piece.iter().map(Span::width).sum();
        match rows.last_mut() {
            Some(row) if row.width() + 2 + own <= width => {
                row.spans.push(Span::raw("  "));
                row.spans.extend(piece);
            }
            _ => rows.push(Line::from(piece)),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(indent: usize, text: &str, width: usize) -> Vec<String> {
        let entry = Entry { indent, label: Span::raw("label"), text: vec![Span::raw(text.to_owned())] };
        entry.fold(width).iter().map(Line::to_string).collect()
    }

    #[test]
    fn rows_break_at_blanks_and_go_on_below_the_text() {
        let table: [(usize, &str, usize, &[&str]); 8] = [
            (8, "", 40, &["label   "]),
            (8, "net user", 40, &["label   net user"]),
            (8, "net user add", 24, &["label   net user add"]),
            (8, "net user add youtoo", 26, &["label   net user add ", "        youtoo"]),
            (6, "abcdefghijklmno", 18, &["label abcdefghijkl", "      mno"]),
            (3, "東京都", 9, &["l… 東京都"]),
            (3, "東京都", 8, &["… 東京都"]),
            (0, "東京", 1, &["東", "京"]),
        ];
        for (indent, text, width, expected) in table {
            assert_eq!(folded(indent, text, width), expected, "{text:?} to {width}");
        }
    }

    #[test]
    fn nothing_but_blanks_is_lost_and_no_row_is_too_wide() {
        let text =
            "cmd /c e\u{301}cho 東京 && whoami /all > C:\\very\\long\\path\\without\\blanks.txt ".repeat(40);
        for width in 2..90 {
            let rows = folded(0, &text, width);
            assert_eq!(rows.concat().replace(' ', ""), text.replace(' ', ""), "{width}");
            assert!(rows.iter().all(|row| Span::raw(row).width() <= width), "{width}");
        }
    }

    #[test]
    fn a_cut_text_ends_in_a_mark() {
        for (width, expected) in [(4, "abcd"), (3, "ab…"), (1, "…"), (0, "")] {
            assert_eq!(cut("abcd", width), expected);
        }
        assert_eq!(cut("東京", 3), "東…");
    }

    #[test]
    fn pieces_share_rows() {
        let pieces = ["aa", "bb", "cc"].map(|piece| vec![Span::raw(piece)]).to_vec();
        let rows: Vec<String> = pack(pieces, 7).iter().map(Line::to_string).collect();
        assert_eq!(rows, ["aa  bb", "cc"]);
    }
}
