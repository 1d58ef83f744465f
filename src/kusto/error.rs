//! What is wrong with a needle, in words fit for the analyst who wrote the rule.

use thiserror::Error;

/// The most characters of a needle that a message repeats.
const QUOTED_CHARS: usize = 200;

/// A needle that has no meaning to its operator.
#[derive(Debug, Error)]
pub(crate) enum BadNeedle {
    /// The list of needles is not a JSON array.
    #[error("{} is not a JSON array: {cause}", quoted(.list))]
    List {
        list: String,
        #[source]
        cause: serde_json::Error,
    },
    /// The pattern does not compile, or is too large.
    #[error("{} is not a regular expression: {}", quoted(.pattern), one_line(.cause))]
    Pattern {
        pattern: String,
        #[source]
        cause: regex::Error,
    },
}

/// Puts `text` in quotes on one line: control characters escaped, the end of a long text cut off.
///
/// Backslashes stay single, so that a pattern is found by searching for it as it was written.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for (index, c) in text.chars().enumerate() {
        if index == QUOTED_CHARS {
            quoted.push('…');
            break;
        }
        if c.is_control() {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted.push('"');
    quoted
}

/// The last line of a regex error, which says what is wrong; the lines before it draw the place.
fn one_line(cause: &regex::Error) -> String {
    let text = cause.to_string();
    let line = text.lines().next_back().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_one_short_line() {
        assert_eq!(quoted(r"\d("), r#""\d(""#);
        assert_eq!(quoted("a\nb\0"), r#""a\nb\u{0}""#);
        assert_eq!(quoted(&"é".repeat(999)).chars().count(), QUOTED_CHARS + 3);
    }
}
