//! Text made safe to show: what is invisible or commands a terminal is spelled out.
//!
//! Command lines come from attackers. One that holds an escape sequence could retitle or rewrite
//! the analyst's terminal, one with bidi controls could read backwards. Sources: CVE-2021-42574
//! ("Trojan Source"); Unicode's `Default_Ignorable_Code_Point`,
//! <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Spells out every character of `text` that could drive a terminal or deceive its reader.
///
/// - Control characters (C0, DEL, C1) become `\n`, `\r`, `\t` or `\xNN`; ESC is `\x1b`.
/// - Bidi and other format characters, invisible letters and marks (variation selectors too), tag
///   characters, line and paragraph separators, spaces other than U+0020 and the ideographic
///   U+3000, private and unassigned characters become `\u{202e}` and the like.
///
/// A backslash stays as it is, since Windows paths are full of them: the result is for reading, not
/// for turning back. Text with nothing to spell out is borrowed.
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_deceptive)
}

/// Spells out the same characters as [`printable`] but keeps line feeds, for text of several lines.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| character != '\n' && is_deceptive(character))
}

fn escape(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Nearly all text is this plain, and reports hold millions of cells.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(&is_unsafe) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    for character in text[first..].chars() {
        if is_unsafe(character) {
            push_escaped(&mut safe, character);
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Writes the same characters of JSON text as `\uXXXX` escapes, which changes no value.
///
/// Outside of strings JSON has blanks and line feeds only, which stay, as all of ASCII does: in strings it is escaped
/// already, but for DEL.
pub fn json_safe(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.as_bytes().contains(&0x7f) {
        return Cow::Borrowed(json);
    }
    let is_unsafe =
        |character: char| character == '\u{7f}' || (!character.is_ascii() && is_deceptive(character));
    if !json.contains(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_unsafe(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(safe, "\\u{unit:04x}").expect("writing to a string cannot fail");
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

fn push_escaped(safe: &mut String, character: char) {
    let written = match (character, u32::from(character)) {
        ('\n', _) => safe.write_str("\\n"),
        ('\r', _) => safe.write_str("\\r"),
        ('\t', _) => safe.write_str("\\t"),
        (_, code) if code < 0x100 && character.is_control() => write!(safe, "\\x{code:02x}"),
        (_, code) => write!(safe, "\\u{{{code:04x}}}"),
    };
    written.expect("writing to a string cannot fail");
}

fn is_deceptive(character: char) -> bool {
    match character {
        ' '..='~' | '\u{3000}' => false,
        '\0'..='\u{1f}' | '\u{7f}' => true,
        _ => is_invisible(character) || has_deceptive_category(character),
    }
}

/// Says whether a letter, mark or symbol shows nothing; the categories do not tell.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{034f}'                    // combining grapheme joiner
        | '\u{115f}' | '\u{1160}'     // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'     // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'     // Mongolian variation selectors
        | '\u{2800}'                  // blank braille pattern
        | '\u{3164}' | '\u{ffa0}'     // Hangul fillers
        | '\u{fe00}'..='\u{fe0f}'     // variation selectors
        | '\u{e0000}'..='\u{e0fff}' // tags and more variation selectors
    )
}

fn has_deceptive_category(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_deceive_is_spelled_out() {
        let cases = [
            ("\u{1b}]0;title\u{7}", r"\x1b]0;title\x07"),
            ("\u{1b}[2J", r"\x1b[2J"),
            ("a\0b\u{7f}c", r"a\x00b\x7fc"),
            ("\u{9b}31m\u{85}", r"\x9b31m\x85"),
            ("a\r\n\tb", r"a\r\n\tb"),
            ("invoice\u{202e}fdp.exe", r"invoice\u{202e}fdp.exe"),
            ("\u{61c}\u{200e}\u{200f}", r"\u{061c}\u{200e}\u{200f}"),
            ("\u{2066}\u{2069}", r"\u{2066}\u{2069}"),
            ("po\u{200b}wer\u{feff}shell", r"po\u{200b}wer\u{feff}shell"),
            ("so\u{ad}ft", r"so\u{00ad}ft"),
            ("a\u{2028}b\u{2029}c", r"a\u{2028}b\u{2029}c"),
            ("\u{e0041}\u{e01ef}\u{fe0f}", r"\u{e0041}\u{e01ef}\u{fe0f}"),
            ("svchost\u{a0}.exe\u{3164}", r"svchost\u{00a0}.exe\u{3164}"),
            ("\u{e000}\u{10ffff}\u{378}", r"\u{e000}\u{10ffff}\u{0378}"),
        ];
        for (text, expected) in cases {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn ordinary_text_is_borrowed_unchanged() {
        for text in [
            "",
            r"C:\Windows\System32\net.exe user /add",
            "Grüße, naïve e\u{301}",
            "全角　東京 한국어 🦀",
            "שלום مرحبا",
        ] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn json_is_escaped_without_a_change_of_value() {
        let text = "a\u{9b}\u{202e}\u{e0041}\u{7f}\u{2028}\"é東\\u\n";
        let json = serde_json::json!({ text: [text] });
        let safe = json_safe(&json.to_string()).into_owned();
        assert!(!safe.chars().any(is_deceptive), "{safe}");
        assert!(safe.contains(r"\u009b\u202e\udb40\udc41\u007f\u2028"), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), json);
    }

    #[test]
    fn lines_are_kept_only_where_asked_for() {
        assert_eq!(printable("a\nb\u{1b}"), r"a\nb\x1b");
        assert_eq!(printable_lines("a\nb\u{1b}\r\n"), "a\nb\\x1b\\r\n");
    }

    proptest! {
        #[test]
        fn nothing_deceptive_is_left_and_doing_it_twice_changes_nothing(text in any::<String>()) {
            let once = printable(&text).into_owned();
            prop_assert!(!once.chars().any(is_deceptive));
            prop_assert_eq!(printable(&once), once.as_str());
        }
    }
}
