//! Values as KQL writes them.

use std::fmt::Write;

use super::super::super::printable;
use crate::event::Timestamp;

/// A string literal in double quotes. What could break it or deceive its reader is escaped.
///
/// Sources: <https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/string>; the escapes `\u` and `\U` are in
/// `grammar/KqlTokens.g4` of <https://github.com/microsoft/Kusto-Query-Language>.
pub fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str(r"\\"),
            '\n' => literal.push_str(r"\n"),
            '\r' => literal.push_str(r"\r"),
            '\t' => literal.push_str(r"\t"),
            ' '..='~' => literal.push(character),
            _ => push_other(&mut literal, character),
        }
    }
    literal.push('"');
    literal
}

fn push_other(literal: &mut String, character: char) {
    let is_shown = printable(character.encode_utf8(&mut [0; 4])).chars().eq([character]);
    let written = match u32::from(character) {
        _ if is_shown => literal.write_char(character),
        code @ ..=0xffff => write!(literal, "\\u{code:04x}"),
        code => write!(literal, "\\U{code:08x}"),
    };
    written.expect("writing to a string cannot fail");
}

/// A datetime literal with all seven digits of its fraction.
pub fn datetime(time: Timestamp) -> String {
    format!("datetime({time})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_one_literal_on_one_line() {
        for (text, literal) in [
            ("", r#""""#),
            ("web01", r#""web01""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\r\n\tb\0\u{1b}", r#""a\r\n\tb\u0000\u001b""#),
            ("a\u{202e}\u{e0041}é東", r#""a\u202e\U000e0041é東""#),
        ] {
            assert_eq!(string(text), literal);
        }
    }

    #[test]
    fn a_time_keeps_its_ticks() {
        assert_eq!(datetime(Timestamp::from_ticks(1)), "datetime(1970-01-01T00:00:00.0000001Z)");
    }
}
