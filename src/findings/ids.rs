//! Numbers that people type, each with a letter that says what it numbers.

macro_rules! ids {
    ($($(#[$docs:meta])* $type:ident = $prefix:literal, $what:literal;)+) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub i64);

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            /// Reads the number with its letter, in either case, or alone.
            fn from_str(text: &str) -> std::result::Result<Self, String> {
                let digits = match text.split_at_checked(2) {
                    Some((start, digits)) if start.eq_ignore_ascii_case(concat!($prefix, "-")) => digits,
                    _ => text,
                };
                let is_number = digits.bytes().all(|b| b.is_ascii_digit());
                let number = digits.parse().ok().filter(|number| *number > 0 && is_number);
                number.map(Self).ok_or_else(|| {
                    format!(concat!("found {}, expected a ", $what, " such as ", $prefix, "-3"), quoted(text))
                })
            }
        }
    )+};
}

use crate::error::quoted;

ids! {
    /// A finding's number, shown as `F-3`.
    FindingId = "F", "finding";
    /// A hunt's number, shown as `H-3`.
    HuntId = "H", "hunt";
    /// A suppression's number, shown as `S-3`.
    SuppressionId = "S", "suppression";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_or_without_its_letter() {
        for text in ["F-3", "f-3", "3"] {
            assert_eq!(text.parse(), Ok(FindingId(3)), "{text}");
        }
        assert_eq!("s-12".parse(), Ok(SuppressionId(12)));
        assert_eq!(HuntId(4).to_string(), "H-4");
    }

    #[test]
    fn anything_else_is_no_number() {
        for text in ["", "F-", "F-0", "F--3", "F-+3", "x", "F-99999999999999999999", "-3", "S-3", "\u{e9}3"] {
            let error = text.parse::<FindingId>().unwrap_err();
            assert!(error.ends_with("expected a finding such as F-3"), "{error}");
        }
    }
}
