//! How an argument is read.

use std::borrow::Cow;

use rusqlite::types::ValueRef;

/// Reads an argument as text: NULL as the empty string, numbers as their text.
///
/// A real keeps its point (`1.0`) and has as many digits as tell it from its neighbours. A blob is
/// read as UTF-8, as is text; bytes that are not UTF-8 become U+FFFD.
#[inline]
pub(super) fn text_of(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Null => Cow::Borrowed(""),
        ValueRef::Integer(number) => Cow::Owned(number.to_string()),
        ValueRef::Real(number) => Cow::Owned(format!("{number:?}")),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            simdutf8::basic::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_value_is_read_as_text() {
        for (value, text) in [
            (ValueRef::Null, ""),
            (ValueRef::Integer(-12), "-12"),
            (ValueRef::Integer(i64::MIN), "-9223372036854775808"),
            (ValueRef::Real(1.0), "1.0"),
            (ValueRef::Real(0.5), "0.5"),
            (ValueRef::Text("né".as_bytes()), "né"),
            (ValueRef::Text(b"a\xFFb"), "a\u{FFFD}b"),
            (ValueRef::Blob(b"cmd\0"), "cmd\0"),
            (ValueRef::Blob(b"\xC3"), "\u{FFFD}"),
        ] {
            assert_eq!(text_of(value), text);
        }
    }
}
