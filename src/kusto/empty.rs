//! `isempty` and its complement `isnotempty`.

/// Says whether `text` has no characters; a blank is one.
///
/// `isempty(text)`, with `isnotempty` as its complement. Source:
/// <https://learn.microsoft.com/kusto/query/isempty-function>.
pub(super) const fn is_empty(text: &str) -> bool {
    text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_without_characters_is_empty() {
        assert!(is_empty(""));
        for text in [" ", "\0", "\u{200B}", "a", "é"] {
            assert!(!is_empty(text), "{text:?}");
        }
    }
}
