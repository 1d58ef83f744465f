//! Whole values: `==`, `=~`, `in`, `in~` and their complements.
//!
//! Nothing is trimmed, and no character stands for another.

use super::Matcher;
use super::error::BadNeedle;
use super::list::read_list;
use super::text::{Case, fold};

/// Says whether the two texts are the same, character for character.
///
/// `a == b`, with `!=` as its complement. Source:
/// <https://learn.microsoft.com/kusto/query/equals-cs-operator>.
pub(super) fn equals(a: &str, b: &str) -> bool {
    a == b
}

/// Says whether the two texts are the same, whatever the case.
///
/// `a =~ b`, with `!~` as its complement. Source:
/// <https://learn.microsoft.com/kusto/query/equals-operator>.
pub(super) fn equals_folded(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold).eq(b.chars().map(fold))
}

/// Prepares the question whether a text is one of a JSON array of texts.
///
/// `text in list` and, whatever the case, `text in~ list`, with `!in` and `!in~` as complements. An empty list holds nothing. Errors: [`BadNeedle::List`]. Source:
/// <https://learn.microsoft.com/kusto/query/in-cs-operator>,
/// <https://learn.microsoft.com/kusto/query/in-operator>.
pub(super) fn is_in(list: &str, case: Case) -> Result<Matcher, BadNeedle> {
    let mut values = read_list(list)?;
    if case == Case::Ignored {
        for value in &mut values {
            *value = value.chars().map(fold).collect();
        }
    }
    // UTF-8 sorts by bytes as it does by characters, so both searches below see the same order.
    values.sort_unstable();
    Ok(match case {
        Case::Kept => Box::new(move |text| values.binary_search_by(|value| value.as_str().cmp(text)).is_ok()),
        Case::Ignored => Box::new(move |text| {
            values.binary_search_by(|value| value.chars().cmp(text.chars().map(fold))).is_ok()
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_whole() {
        for (a, b, same, same_folded) in [
            ("", "", true, true),
            ("", "a", false, false),
            ("cmd.exe", "cmd.exe", true, true),
            ("CMD.exe", "cmd.EXE", false, true),
            ("cmd.exe ", "cmd.exe", false, false),
            ("cmd", "cmd.exe", false, false),
            ("c%d", "cmd", false, false),
            ("ÉCOLE", "école", false, true),
            ("cole", "école", false, false),
            ("Straße", "STRASSE", false, false),
            ("\u{212A}ey", "key", false, true),
            ("key", "\u{212A}EY", false, true),
            ("é", "e\u{301}", false, false),
            ("@", "`", false, false),
        ] {
            assert_eq!(equals(a, b), same, "{a} == {b}");
            assert_eq!(equals_folded(a, b), same_folded, "{a} =~ {b}");
        }
    }

    #[test]
    fn a_list_holds_whole_values() -> Result<(), BadNeedle> {
        for (text, list, held, held_folded) in [
            ("a", "[]", false, false),
            ("", "[]", false, false),
            ("", r#"[""]"#, true, true),
            ("", "[null]", true, true),
            ("", r#"["a"]"#, false, false),
            ("wscript.exe", r#"["mshta.exe","wscript.exe"]"#, true, true),
            ("WScript.exe", r#"["mshta.exe","wscript.exe"]"#, false, true),
            ("wscript", r#"["mshta.exe","wscript.exe"]"#, false, false),
            ("b", r#"["c","a","b","a"]"#, true, true),
            ("7", "[[7]]", true, true),
            ("ЖУК", r#"["я","жук","a"]"#, false, true),
            ("z", r#"["я","Z","a"]"#, false, true),
            ("_", r#"["A","_","a"]"#, true, true),
        ] {
            assert_eq!(is_in(list, Case::Kept)?(text), held, "{text} in {list}");
            assert_eq!(is_in(list, Case::Ignored)?(text), held_folded, "{text} in~ {list}");
        }
        Ok(())
    }
}
