//! The tokens of an SQL text, as SQLite cuts them, and the form in which two texts that ask the same are the same.
//!
//! Source: `tokenize.c` of SQLite.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a bare name or a number.
    Word,
    /// A name in double quotes, backticks or brackets.
    QuotedName,
    /// A text or a blob.
    Literal,
    /// One character of anything else.
    Sign,
}

/// A token, and where it begins, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub start: usize,
}

impl Token<'_> {
    /// Whether it is this keyword or bare name, whatever the case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it is a text or a blob.
    pub fn is_literal(&self) -> bool {
        self.kind == Kind::Literal
    }

    /// Whether it names this, in quotes or bare, whatever the case.
    pub fn names(&self, name: &str) -> bool {
        let inner = match self.kind {
            Kind::Word => self.text,
            // A text in single quotes is a name where SQLite expects one.
            Kind::QuotedName | Kind::Literal => self.text.get(1..self.text.len() - 1).unwrap_or_default(),
            Kind::Sign => return false,
        };
        inner.eq_ignore_ascii_case(name)
    }
}

/// Cuts an SQL text into its tokens, without blanks and comments.
pub(crate) fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        start += blank_len(&sql[start..]);
        let rest = &sql[start..];
        let (kind, len) = token_len(rest)?;
        let token = Token { kind, text: &rest[..len], start };
        start += len;
        Some(token)
    })
}

/// How long the blanks and comments are with which a text begins.
fn blank_len(text: &str) -> usize {
    let mut len = 0;
    loop {
        let rest = &text[len..];
        let skipped = match rest.as_bytes() {
            [b' ' | b'\t' | b'\n' | b'\x0c' | b'\r', ..] => 1,
            [b'-', b'-', ..] => rest.find('\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            _ if rest.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
            _ => return len,
        };
        len += skipped;
    }
}

/// The kind and length of the token with which a text begins; None at its end.
fn token_len(text: &str) -> Option<(Kind, usize)> {
    Some(match text.as_bytes() {
        [] => return None,
        [b'\'', ..] => (Kind::Literal, quoted_len(text, '\'')),
        [b'x' | b'X', b'\'', ..] => (Kind::Literal, 1 + quoted_len(&text[1..], '\'')),
        [quote @ (b'"' | b'`'), ..] => (Kind::QuotedName, quoted_len(text, char::from(*quote))),
        [b'[', ..] => (Kind::QuotedName, text.find(']').map_or(text.len(), |end| end + 1)),
        _ => match text.find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '_' | '$'))
        {
            Some(0) => (Kind::Sign, 1),
            end => (Kind::Word, end.unwrap_or(text.len())),
        },
    })
}

/// How long the quoted part is with which a text begins: up to a quote that is not doubled.
fn quoted_len(text: &str, quote: char) -> usize {
    let mut end = 1;
    while let Some(found) = text[end..].find(quote) {
        end += found + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
    text.len()
}

/// The first statement of a text, without its semicolon.
pub(crate) fn first_statement(sql: &str) -> &str {
    let end = tokens(sql).find(|token| token.is_sign(";"));
    end.map_or(sql, |token| &sql[..token.start])
}

/// The first statement of a text, a blank between its tokens and without its comments and semicolon: texts that differ
/// only in these ask the same.
pub(crate) fn canonical(sql: &str) -> String {
    tokens(first_statement(sql)).map(|token| token.text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_as_sqlite_cuts_it() {
        use Kind::{Literal, QuotedName, Sign, Word};
        let table: [(&str, &[(Kind, &str)]); 9] = [
            ("", &[]),
            (" \t\r\n\u{c}-- all\n/* of it", &[]),
            ("\u{feff}a--b\nc/*;*/d", &[(Word, "a"), (Word, "c"), (Word, "d")]),
            ("'it''s' x'ab' X", &[(Literal, "'it''s'"), (Literal, "x'ab'"), (Word, "X")]),
            (r#""a""b" `c` [d;]"#, &[(QuotedName, r#""a""b""#), (QuotedName, "`c`"), (QuotedName, "[d;]")]),
            ("a.1>=é2", &[(Word, "a"), (Sign, "."), (Word, "1"), (Sign, ">"), (Sign, "="), (Word, "é2")]),
            ("'open", &[(Literal, "'open")]),
            ("[open", &[(QuotedName, "[open")]),
            ("'--' --'", &[(Literal, "'--'")]),
        ];
        for (text, expected) in table {
            let found: Vec<_> = tokens(text).map(|token| (token.kind, token.text)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_asked_does_not_hang_on_blanks_comments_and_the_end() {
        for same in [
            "SELECT a,b FROM c WHERE d='e  f'",
            "-- id: 1\nSELECT a , b\nFROM c /* why */ WHERE d = 'e  f';\n",
            "SELECT a,b FROM c WHERE d='e  f'; SELECT 2",
        ] {
            assert_eq!(canonical(same), "SELECT a , b FROM c WHERE d = 'e  f'", "{same}");
        }
        assert_ne!(canonical("SELECT 'a b'"), canonical("SELECT 'a  b'"));
        assert_ne!(canonical("SELECT x'ab'"), canonical("SELECT x 'ab'"));
    }

    proptest::proptest! {
        #[test]
        fn every_byte_belongs_to_one_token_or_to_none(sql in r#"[a '"`\[\]x;/*\-\né\u{feff}]{0,24}"#) {
            let mut end = 0;
            for token in tokens(&sql) {
                proptest::prop_assert!(token.start >= end && !token.text.is_empty());
                end = token.start + token.text.len();
            }
            proptest::prop_assert!(end <= sql.len());
        }
    }
}
