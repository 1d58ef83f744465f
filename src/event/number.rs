//! Whole numbers as exports write them.

/// What a text says of a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// This one.
    Number(i64),
    /// One of which a spreadsheet took digits away: `2.53E+15`.
    Rounded,
}

/// Reads a whole number: digits, also as pandas writes them (`72192.0`), with separators between thousands, or with an
/// exponent. None for what is none, or does not fit 64 bits.
pub fn read_whole(text: &str) -> Option<Whole> {
    let text = text.trim_matches(char::is_whitespace);
    if let Ok(number) = text.parse() {
        return Some(Whole::Number(number));
    }
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        return read_exponent(mantissa, exponent);
    }
    if let Some((digits, fraction)) = text.split_once('.')
        // Three zeros may be those of a thousand.
        && (is_zeros(fraction) && fraction.len() != 3)
        && let Ok(number) = digits.parse()
    {
        return Some(from_float(number));
    }
    without_separators(text)?.parse().ok().map(Whole::Number)
}

/// Whether a spreadsheet took digits of a number away: fewer stand here than the number has.
pub fn is_rounded(text: &str) -> bool {
    let parts = text.split_once(['e', 'E']);
    parts.is_some_and(|(mantissa, exponent)| read_exponent(mantissa, exponent) == Some(Whole::Rounded))
}

/// `2.533274790395904E+15` says each digit, `2.53E+15` does not.
fn read_exponent(mantissa: &str, exponent: &str) -> Option<Whole> {
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_mantissa = digits.len() == 1
        && digits != "0"
        && is_digits(digits)
        && (fraction.is_empty() || is_digits(fraction));
    if !is_mantissa || exponent > 40 {
        return None;
    }
    match fraction.len() {
        count if count < exponent => Some(Whole::Rounded),
        _ if is_zeros(&fraction[exponent..]) || fraction.len() == exponent => {
            format!("{whole}{}", &fraction[..exponent]).parse().ok().map(from_float)
        }
        _ => None,
    }
}

/// A number that was written as a floating point number is: one past 2^53 has lost digits on the way.
fn from_float(number: i64) -> Whole {
    if number.unsigned_abs() > 1 << 53 { Whole::Rounded } else { Whole::Number(number) }
}

/// The digits of a number whose thousands are told apart, all by the same character.
fn without_separators(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let separator = digits.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, ',' | '.' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}') {
        return None;
    }
    let groups: Vec<&str> = digits.split(separator).collect();
    // One group behind a point may be a fraction as well.
    let is_told = groups.len() > if separator == '.' { 2 } else { 1 };
    let is_grouped = is_digits(groups[0])
        && groups[0].len() <= 3
        && !groups[0].starts_with('0')
        && groups[1..].iter().all(|group| group.len() == 3 && is_digits(group));
    (is_told && is_grouped).then(|| text.replace(separator, ""))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_where_no_digit_is_lost() {
        let number = |number| Some(Whole::Number(number));
        let table = [
            ("72192", number(72192)),
            ("72192.0", number(72192)),
            ("72192.00", number(72192)),
            (" 72192 ", number(72192)),
            ("0072192", number(72192)),
            ("9223372036854775807", number(i64::MAX)),
            ("-1", number(-1)),
            ("1,234,567", number(1_234_567)),
            ("1.234.567", number(1_234_567)),
            ("1 234", number(1234)),
            ("1\u{202f}234\u{202f}567", number(1_234_567)),
            ("1'234", number(1234)),
            ("-1,234", number(-1234)),
            ("1.234567E+6", number(1_234_567)),
            ("1,234567E+06", number(1_234_567)),
            ("1.2345670E+6", number(1_234_567)),
            ("1E+0", number(1)),
            ("1.2345678901234568e+16", Some(Whole::Rounded)),
            ("12345678901234568.0", Some(Whole::Rounded)),
            ("2.53E+15", Some(Whole::Rounded)),
            ("2,53327E+15", Some(Whole::Rounded)),
            ("1E+3", Some(Whole::Rounded)),
            ("-2.5e15", Some(Whole::Rounded)),
        ];
        for (text, expected) in table {
            assert_eq!(read_whole(text), expected, "{text}");
        }
        for text in [
            "",
            " ",
            "-",
            "1.000",
            "1.234",
            "72192.5",
            "9223372036854775808",
            "1,23",
            "1,2345",
            "0,123",
            "12,345.0",
            "1,234 567",
            "1.23456789E+6",
            "0.5E+3",
            "12.5E+3",
            "E+3",
            "1E+",
            "1E+99",
            "0x3e7",
            "1\u{e9}000",
            "1,,000",
        ] {
            assert_eq!(read_whole(text), None, "{text}");
        }
    }
}
