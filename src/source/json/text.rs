//! Rewriting of JSON text that stays JSON text.

/// The deepest nesting that is taken, which is also `serde_json`'s limit.
pub const DEEPEST: usize = 128;

/// Appends `json`, which is valid, to `out` without the white space between its tokens. False, with part of it
/// appended, when it is nested deeper than [`DEEPEST`].
pub fn push_compact(json: &str, out: &mut String) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut copied = 0;
    for (i, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' if depth == DEEPEST => return false,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b' ' | b'\t' | b'\r' | b'\n' => {
                out.push_str(&json[copied..i]);
                copied = i + 1;
            }
            _ => {}
        }
    }
    out.push_str(&json[copied..]);
    true
}

/// Writes `json` to `out` with each `\u` escape of half a surrogate pair, which no text can hold, made `\ufffd`.
/// False when there was none. Positions stay what they were.
pub fn mend_surrogates(json: &str, out: &mut String) -> bool {
    out.clear();
    let mut mended = false;
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended = true;
                out.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    out.push_str(rest);
    mended
}

/// The UTF-16 unit of the `\uXXXX` at the start.
pub fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_outside_of_strings_only() {
        let table = [
            ("{ \"a b\" : [ 1 ,\r\n\t2 ] }", "{\"a b\":[1,2]}"),
            (r#"{"a":" \" [ ", "b" :"\\" }"#, r#"{"a":" \" [ ","b":"\\"}"#),
            ("[]", "[]"),
            ("\"\u{e9} \u{1f600}\" ", "\"\u{e9} \u{1f600}\""),
        ];
        for (json, expected) in table {
            let mut out = String::new();
            assert!(push_compact(json, &mut out));
            assert_eq!(out, expected);
        }
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(push_compact(&nested(DEEPEST), &mut String::new()));
        assert!(!push_compact(&nested(DEEPEST + 1), &mut String::new()));
    }

    #[test]
    fn only_lone_surrogates_are_replaced() {
        let table = [
            (r"a\ud800b", Some(r"a\ufffdb")),
            (r"\uD83D\uDE00", None),
            (r"\uDE00\uD83D", Some(r"\ufffd\ufffd")),
            (r"\ud83d\ud83d\ude00", Some(r"\ufffd\ud83d\ude00")),
            (r"\\ud800", None),
            (r"\\\ud800", Some(r"\\\ufffd")),
            (r"\u00e9\n\", None),
            ("\\\u{e9}\\u12\u{e9}", None),
            (r"\ud8", None),
        ];
        for (json, expected) in table {
            let mut out = String::new();
            assert_eq!(mend_surrogates(json, &mut out), expected.is_some(), "{json}");
            assert_eq!(out, expected.unwrap_or(json));
        }
    }
}
