//! Text anywhere, at the start or at the end: the `contains`, `startswith` and `endswith` families.
//!
//! The needle is plain text: `%`, `_`, `*` and `.` stand for themselves. The empty needle is always
//! found.

use super::Matcher;
use super::needle::{Haystack, Needle};
use super::text::{Case, fold, folded_prefix_len};

/// Prepares the question whether `needle` stands anywhere in a text.
///
/// `text contains needle`, and `contains_cs` with case kept. Source:
/// <https://learn.microsoft.com/kusto/query/contains-operator>.
pub(super) fn contains(needle: &str, case: Case) -> Matcher {
    let needle = Needle::new(needle, case);
    Box::new(move |text| needle.occurs_in(Haystack::new(text), |_, _| true))
}

/// Says whether `text` starts with `prefix`, case kept.
///
/// `text startswith_cs prefix`. Source:
/// <https://learn.microsoft.com/kusto/query/startswith-cs-operator>.
pub(super) fn starts_with(text: &str, prefix: &str) -> bool {
    text.starts_with(prefix)
}

/// Says whether `text` starts with `prefix`, whatever the case.
///
/// `text startswith prefix`. Source:
/// <https://learn.microsoft.com/kusto/query/startswith-operator>.
pub(super) fn starts_with_folded(text: &str, prefix: &str) -> bool {
    folded_prefix_len(text, prefix).is_some()
}

/// Says whether `text` ends with `suffix`, case kept.
///
/// `text endswith_cs suffix`. Source:
/// <https://learn.microsoft.com/kusto/query/endswith-cs-operator>.
pub(super) fn ends_with(text: &str, suffix: &str) -> bool {
    text.ends_with(suffix)
}

/// Says whether `text` ends with `suffix`, whatever the case.
///
/// `text endswith suffix`. Source:
/// <https://learn.microsoft.com/kusto/query/endswith-operator>.
pub(super) fn ends_with_folded(text: &str, suffix: &str) -> bool {
    let mut rest = text.chars().rev();
    let mut wanted = suffix.chars().rev();
    wanted.all(|wanted| rest.next().is_some_and(|c| fold(c) == fold(wanted)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `contains` as its description says it, one character after the other.
    fn contains_slowly(text: &str, needle: &str) -> bool {
        let text: Vec<char> = text.chars().map(fold).collect();
        let needle: Vec<char> = needle.chars().map(fold).collect();
        (0..=text.len()).any(|start| text[start..].starts_with(&needle))
    }

    #[test]
    fn a_needle_is_plain_text_anywhere() {
        let long = format!("{}Needle{}", "n".repeat(70_000), "e".repeat(70_000));
        for (text, needle, found, found_exactly) in [
            ("", "", true, true),
            ("abc", "", true, true),
            ("", "a", false, false),
            ("Invoke-WebRequest", "webreq", true, false),
            ("Invoke-WebRequest", "WebReq", true, true),
            ("timeouts", "timeout", true, true),
            ("timeout", "timeouts", false, false),
            ("50%off", "%o", true, true),
            ("50 off", "%o", false, false),
            ("axb", "a.b", false, false),
            ("axb", "a_b", false, false),
            ("ÜBER", "über", true, false),
            ("ЖУКИ", "ук", true, false),
            ("é", "e", false, false),
            ("\u{212A}", "k", true, false),
            (&long, "NEEDLE", true, false),
            (&long, "needles", false, false),
        ] {
            let label: String = text.chars().take(40).collect();
            let ignoring = contains(needle, Case::Ignored)(text);
            let keeping = contains(needle, Case::Kept)(text);
            assert_eq!(ignoring, found, "{label} contains {needle}");
            assert_eq!(keeping, found_exactly, "{label} contains_cs {needle}");
        }
    }

    #[test]
    fn starts_and_ends_are_told_apart() {
        for (text, needle, starts, ends) in [
            ("", "", true, true),
            ("abc", "", true, true),
            ("", "a", false, false),
            ("abc", "abc", true, true),
            ("abca", "a", true, true),
            ("abc", "ab", true, false),
            ("abc", "bc", false, true),
            ("bc", "abc", false, false),
            ("ab", "abc", false, false),
            ("éa", "é", true, false),
            ("aé", "é", false, true),
        ] {
            assert_eq!(starts_with(text, needle), starts, "{text} {needle}");
            assert_eq!(ends_with(text, needle), ends, "{text} {needle}");
            let (text, needle) = (text.to_uppercase(), needle.to_lowercase());
            assert_eq!(starts_with_folded(&text, &needle), starts, "{text} {needle}");
            assert_eq!(ends_with_folded(&text, &needle), ends, "{text} {needle}");
        }
        assert!(!starts_with("Tool.exe", "tool"));
        assert!(!ends_with("tool.EXE", ".exe"));
        assert!(starts_with_folded("\u{212A}ey", "ke"));
        assert!(ends_with_folded("in\u{212A}", "NK"));
    }

    proptest! {
        #[test]
        fn contains_agrees_with_a_slow_version_of_itself(
            text in "[abKk.é ÉЖж\u{212A}İi]{0,12}",
            needle in "[abKk.éÉЖж\u{212A}İi]{0,3}",
        ) {
            prop_assert_eq!(
                contains(&needle, Case::Ignored)(&text),
                contains_slowly(&text, &needle)
            );
            prop_assert_eq!(contains(&needle, Case::Kept)(&text), text.contains(&needle));
        }
    }
}
