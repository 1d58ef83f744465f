//! `matches regex`.

use regex::RegexBuilder;

use super::Matcher;
use super::error::BadNeedle;

/// The most memory, in bytes, that one compiled pattern may take.
const PATTERN_SIZE_BYTES: usize = 10 * 1024 * 1024;

/// Prepares the question whether `pattern` matches somewhere in a text.
///
/// `text matches regex pattern`. The search is not anchored and keeps case; `.` does not
/// match a line feed; `(?i)` and the other flags may stand in the pattern. Kusto's syntax is that of
/// the `regex` crate, so no pattern is translated; its limit of 16 groups is not enforced.
///
/// Errors: [`BadNeedle::Pattern`] if the pattern does not compile or is too large compiled.
///
/// Source: <https://learn.microsoft.com/kusto/query/matches-regex-operator>,
/// <https://learn.microsoft.com/kusto/query/regex>.
pub(super) fn matches_regex(pattern: &str) -> Result<Matcher, BadNeedle> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(PATTERN_SIZE_BYTES)
        .build()
        .map_err(|cause| BadNeedle::Pattern { pattern: pattern.to_owned(), cause })?;
    Ok(Box::new(move |text| regex.is_match(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_searched_for_anywhere() -> Result<(), BadNeedle> {
        for (text, pattern, matches) in [
            ("", "", true),
            ("", "^$", true),
            ("abc", "", true),
            ("port 8443 open", r"\d{4}", true),
            ("port 844 open", r"\d{4}", false),
            ("Port", "port", false),
            ("Port", "(?i)PORT", true),
            ("École", r"^\w+$", true),
            ("ÉCOLE", "(?i)école", true),
            ("a\nb", "a.b", false),
            ("a\nb", "(?s)a.b", true),
            ("a\nb", "^b$", false),
            ("a\nb", "(?m)^b$", true),
            ("b\n", "b$", false),
            ("Жук", r"^\p{Lu}", true),
            ("q7", "[a-z&&[^aeiou]][0-9--5]", true),
        ] {
            assert_eq!(matches_regex(pattern)?(text), matches, "{text:?} {pattern}");
        }
        Ok(())
    }

    #[test]
    fn a_pattern_that_does_not_compile_is_named() {
        let huge = format!("(?:{}){{1000}}", r"\w{100}");
        for (pattern, message) in [
            ("(", r#""(" is not a regular expression: unclosed group"#),
            (
                r"a(?=b)\d",
                r#""a(?=b)\d" is not a regular expression: look-around, including look-ahead and look-behind, is not supported"#,
            ),
            (
                huge.as_str(),
                r#""(?:\w{100}){1000}" is not a regular expression: Compiled regex exceeds size limit of 10485760 bytes"#,
            ),
        ] {
            let error = matches_regex(pattern).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(message));
        }
    }
}
